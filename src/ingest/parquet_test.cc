#include "ingest/parquet.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/duckdb.h"

namespace pursuit::ingest {
namespace {

constexpr std::array<Field, 4> kWanted = {Field::kLeadId, Field::kCreatedAt, Field::kChannel,
                                          Field::kValue};

std::string path_of(const std::string& name) {
  return (std::filesystem::path(testing::TempDir()) / name).string();
}

/// Writes the rows of a query as Parquet.
std::string made(const std::string& name, const std::string& select,
                 const std::string& options = "") {
  std::string path = path_of(name);
  const std::vector<std::string> paths = {path};
  auto database = base::DuckDatabase::open({.paths = paths});
  auto connection = database->connect();
  const auto done = connection->run("COPY (" + select + ") TO " + base::quote_literal(path) +
                                    " (FORMAT parquet, USE_TMP_FILE false" + options + ")");
  EXPECT_TRUE(done) << done.error().text();
  return path;
}

class Collector final : public RecordSink {
 public:
  void take(const RecordBatch& batch, PartRejects&) override {
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      std::string text = std::to_string(first_line + batch.line_in_part(row)) + ":";
      for (std::size_t slot = 0; slot < batch.layout().slots(); ++slot) {
        if (slot > 0) text += '|';
        const auto instants = batch.instants(slot);
        if (instants.empty()) {
          text += batch.texts(slot)[row];
        } else if (instants[row] != base::kNoInstant) {
          text += "@" + base::format_instant(instants[row]);
        }
      }
      rows.push_back(text);
    }
  }
  std::uint64_t first_line = 1;
  std::vector<std::string> rows;
};

struct Outcome {
  std::vector<std::string> rows;
  std::vector<Reject> rejects;
  std::string error;
  std::size_t parts = 0;
};

Outcome read(const std::string& path, const Mapping& mapping, bool want_extras = false) {
  Outcome outcome;
  auto reader = open_parquet(path, mapping.of(FileKind::kLeads),
                             {.wanted = kWanted, .want_extras = want_extras});
  if (!reader) {
    outcome.error = reader.error().text();
    return outcome;
  }
  Rejects rejects;
  Collector collector;
  std::vector<std::vector<std::uint64_t>> first_lines(1);
  outcome.parts = (*reader)->parts();
  for (std::size_t part = 0; part < outcome.parts; ++part) {
    first_lines[0].push_back(collector.first_line);
    PartRejects part_rejects;
    const auto end = (*reader)->read_part(part, collector, part_rejects);
    if (!end) {
      outcome.error = end.error().text();
      return outcome;
    }
    collector.first_line += end->lines;
    rejects.take(0, part, std::move(part_rejects));
  }
  rejects.finish(first_lines);
  outcome.rows = collector.rows;
  outcome.rejects = rejects.kept();
  return outcome;
}

Outcome read(const std::string& path) { return read(path, identity_mapping({})); }

/// Reads it all within limits; the error that ends it, and how many bytes of text came before.
std::pair<base::Error, std::size_t> bounded(const std::string& path, std::uint64_t max_bytes,
                                            std::uint64_t max_part_bytes) {
  const Mapping mapping = identity_mapping({});
  auto reader = open_parquet(
      path, mapping.of(FileKind::kLeads),
      {.wanted = kWanted, .max_unpacked_bytes = max_bytes, .max_part_bytes = max_part_bytes});
  if (!reader) return {reader.error(), 0};
  Collector collector;
  base::Error error{base::ErrorCode::kUsage, "read to its end", {}};
  for (std::size_t part = 0; part < (*reader)->parts(); ++part) {
    PartRejects rejects;
    if (const auto end = (*reader)->read_part(part, collector, rejects); !end) {
      error = end.error();
      break;
    }
  }
  std::size_t bytes = 0;
  for (const std::string& row : collector.rows) bytes += row.size();
  return {error, bytes};
}

TEST(ParquetIn, ATextThatADictionaryRepeatsIsCountedEachTime) {
  // Few bytes in the file, four million out of it.
  const std::string path = made("repeated.parquet",
                                "SELECT repeat('x', 1000) AS lead_id, '2026-05-01' AS created_at "
                                "FROM range(4000)");
  EXPECT_LT(std::filesystem::file_size(path), 100'000u);
  constexpr std::uint64_t kLimit = 1u << 20;
  for (const auto& [whole, part] : {std::pair{kLimit, UINT64_MAX}, {UINT64_MAX, kLimit}}) {
    const auto [error, bytes] = bounded(path, whole, part);
    EXPECT_EQ(error.code, base::ErrorCode::kLimit) << error.text();
    EXPECT_NE(error.message.find("unpacks to more"), std::string::npos) << error.message;
    EXPECT_LE(bytes, 2 * kLimit);
  }
  EXPECT_EQ(bounded(path, UINT64_MAX, UINT64_MAX).first.message, "read to its end");
}

TEST(ParquetIn, RowsWithNothingInThemAreNotForNothing) {
  const std::string path =
      made("empty.parquet",
           "SELECT NULL::VARCHAR AS lead_id, NULL::VARCHAR AS created_at FROM range(200000)");
  const auto [error, bytes] = bounded(path, 1u << 20, UINT64_MAX);
  EXPECT_EQ(error.code, base::ErrorCode::kLimit) << error.text();
}

TEST(ParquetIn, PagesThatUnpackToFarMoreThanTheyAreAreRefusedUnread) {
  const std::string path =
      made("pages.parquet",
           "SELECT repeat('x', 50000) || i AS lead_id, 'x' AS created_at FROM range(2000) t(i)",
           ", COMPRESSION zstd");
  EXPECT_LT(std::filesystem::file_size(path), 200'000u);
  const auto [error, bytes] = bounded(path, UINT64_MAX, UINT64_MAX);
  EXPECT_EQ(error.code, base::ErrorCode::kLimit) << error.text();
  EXPECT_EQ(bytes, 0u);
}

TEST(ParquetIn, DeliversTimestampsAsInstantsAndTheRestAsText) {
  const std::string path = made("types.parquet",
                                "SELECT 7 AS lead_id, TIMESTAMPTZ '2026-06-01 03:00:00.5+03' AS "
                                "created_at, 'عروض رمضان 2026' AS channel, 12.50::DECIMAL(9,2) AS "
                                "value UNION ALL SELECT 8, NULL, '', NULL");
  EXPECT_EQ(read(path).rows, (std::vector<std::string>{
                                 "1:7|@2026-06-01T00:00:00.500Z|عروض رمضان 2026|12.50", "2:8|||"}));
}

TEST(ParquetIn, ReadsLocalTimeInTheZoneOfTheMapping) {
  const auto mapping = parse_mapping("[leads]\ntime_zone = \"Asia/Riyadh\"\n", "m.toml", {});
  ASSERT_TRUE(mapping);
  for (const char* type : {"TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"}) {
    const std::string path =
        made("local.parquet",
             "SELECT 'L1' AS lead_id, '2026-06-02'::" + std::string(type) + " AS created_at");
    EXPECT_EQ(read(path, *mapping).rows,
              std::vector<std::string>{"1:L1|@2026-06-01T21:00:00.000Z||"})
        << type;
  }
  const std::string text =
      made("text.parquet", "SELECT 'L1' AS lead_id, '2026-06-02 00:00' AS created_at");
  EXPECT_EQ(read(text, *mapping).rows, std::vector<std::string>{"1:L1|2026-06-02 00:00||"});
}

TEST(ParquetIn, RowsComeInOrderWithTheirNumbersWhateverTheRowGroups) {
  const std::string path =
      made("groups.parquet",
           "SELECT 'L' || range AS lead_id, TIMESTAMPTZ '2026-01-01 00:00:00Z' AS created_at, "
           "CASE WHEN range % 3 = 0 THEN NULL ELSE 'channel ' || range END AS channel "
           "FROM range(1000000)",
           ", ROW_GROUP_SIZE 10240");
  const Outcome outcome = read(path);
  EXPECT_GE(outcome.parts, 2u);
  ASSERT_EQ(outcome.rows.size(), 1'000'000u);
  for (std::size_t i = 0; i < outcome.rows.size(); i += 1'009) {
    const std::string n = std::to_string(i);
    EXPECT_EQ(outcome.rows[i], std::to_string(i + 1) + ":L" + n + "|@2026-01-01T00:00:00.000Z|" +
                                   (i % 3 == 0 ? "" : "channel " + n) + "|");
  }
}

TEST(ParquetIn, RejectsRowsThatCannotBeTakenAndGoesOn) {
  const std::string path = made(
      "rejects.parquet",
      "SELECT CASE WHEN range = 3 THEN 'a' || chr(0) ELSE 'L' || range END AS lead_id, CASE "
      "range WHEN 5 THEN TIMESTAMPTZ 'infinity' WHEN 6 THEN TIMESTAMPTZ '1850-01-01 00:00:00Z' "
      "ELSE TIMESTAMPTZ '2026-01-01 00:00:00Z' END AS created_at, CASE range WHEN 7 THEN "
      "repeat('x', 2000000) WHEN 8 THEN 'longer than a dozen' || chr(0) ELSE 'ok' END AS "
      "channel FROM range(3000)");
  const Outcome outcome = read(path);
  ASSERT_EQ(outcome.rows.size(), 2'995u);
  EXPECT_EQ(outcome.rows[3], "5:L4|@2026-01-01T00:00:00.000Z|ok|");
  EXPECT_EQ(outcome.rows[4], "10:L9|@2026-01-01T00:00:00.000Z|ok|");
  const std::vector<std::pair<std::uint64_t, RejectReason>> expected = {
      {4, RejectReason::kNul},
      {6, RejectReason::kBadInstant},
      {7, RejectReason::kBadInstant},
      {8, RejectReason::kFieldTooLong},
      {9, RejectReason::kNul}};
  ASSERT_EQ(outcome.rejects.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(outcome.rejects[i].line, expected[i].first);
    EXPECT_EQ(outcome.rejects[i].reason, expected[i].second);
  }
  EXPECT_EQ(outcome.rejects[1].field, Field::kCreatedAt);
  EXPECT_EQ(outcome.rejects[1].text, "L5,,ok,");
}

TEST(ParquetIn, ReadsThroughAMappingWithNamesThatNeedQuotes) {
  const auto mapping = parse_mapping(
      "[leads]\ncolumns = { lead_id = 'the \"id\"; --', created_at = 'concept:time' }\n"
      "constants = { channel = 'phone' }\n",
      "m.toml", {});
  ASSERT_TRUE(mapping) << mapping.error().text();
  const std::string path =
      made("a [b]*? 'c'.parquet",
           "SELECT 'L1' AS \"the \"\"id\"\"; --\", '2026' AS \"concept:time\", [1, 2] AS list, "
           "TIMESTAMPTZ '2026-06-01 03:00:00Z' AS seen");
  EXPECT_EQ(read(path, *mapping, true).rows,
            std::vector<std::string>{"1:L1|2026|phone||[1, 2]|2026-06-01T03:00:00.000Z"});
}

TEST(ParquetIn, ReadsOneFileAndNotAPattern) {
  made("pattern_1.parquet", "SELECT 'L1' AS lead_id, '' AS created_at");
  EXPECT_NE(read(path_of("pattern_*.parquet")).error, "");
}

TEST(ParquetIn, AColumnThatIsMissingOrNestedIsAnError) {
  const std::string missing = read(made("missing.parquet", "SELECT 1 AS lead_id")).error;
  EXPECT_NE(missing.find("'created_at'"), std::string::npos) << missing;
  const std::string nested =
      read(made("nested.parquet", "SELECT [1] AS lead_id, '' AS created_at")).error;
  EXPECT_NE(nested.find("nested"), std::string::npos) << nested;
  EXPECT_NE(nested.find("nested.parquet"), std::string::npos) << nested;
}

TEST(ParquetIn, AnEmptyTableHasNoRows) {
  const Outcome outcome =
      read(made("empty.parquet", "SELECT 'x' AS lead_id, '' AS created_at WHERE false"));
  EXPECT_EQ(outcome.error, "");
  EXPECT_TRUE(outcome.rows.empty());
}

TEST(ParquetIn, DamageIsOneErrorThatNamesTheFile) {
  const std::string path = made("whole.parquet",
                                "SELECT md5(range::VARCHAR) AS lead_id, '' AS created_at FROM "
                                "range(50000)",
                                ", COMPRESSION zstd");
  EXPECT_TRUE(is_parquet(path));
  std::ifstream in(path, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto damaged = [&](const std::string& bytes) {
    const std::string at = path_of("damaged.parquet");
    std::ofstream(at, std::ios::binary) << bytes;
    return read(at);
  };
  std::string overwritten = whole;
  overwritten.replace(4, 16, std::string(16, '\x5a'));  // the header of the first page
  std::string footer = whole;
  footer.replace(footer.size() - 60, 50, std::string(50, '\xff'));
  for (const std::string& bytes :
       {std::string(), std::string("PAR1"), whole.substr(0, whole.size() / 2),
        whole.substr(0, whole.size() - 1), overwritten, footer}) {
    const Outcome outcome = damaged(bytes);
    EXPECT_NE(outcome.error.find("damaged.parquet"), std::string::npos) << outcome.error;
    EXPECT_EQ(outcome.error.find('\n'), std::string::npos) << outcome.error;
  }
  EXPECT_NE(read(path_of("no_such.parquet")).error, "");
  EXPECT_FALSE(is_parquet(path_of("no_such.parquet")));
}

}  // namespace
}  // namespace pursuit::ingest
