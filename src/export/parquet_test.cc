#include "export/parquet.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/duckdb.h"
#include "export/output_file.h"

namespace pursuit::exporting {
namespace {

std::string path_of(const char* name) {
  return (std::filesystem::path(testing::TempDir()) / name).string();
}

/// Rows of a query on the file `path`, each as its values joined by '|'.
std::vector<std::string> rows_of(const std::string& path, const std::string& select,
                                 const std::string& where = "true") {
  const std::vector<std::string> paths = {path};
  auto database = base::DuckDatabase::open({.threads = 2, .paths = paths});
  EXPECT_TRUE(database);
  auto connection = database->connect();
  auto result = connection->query("SELECT concat_ws('|', " + select + ") FROM read_parquet(" +
                                  base::quote_literal(path) + ") WHERE " + where);
  EXPECT_TRUE(result) << result.error().text();
  std::vector<std::string> rows;
  for (auto chunk = result->fetch(); chunk && *chunk; chunk = result->fetch()) {
    for (std::size_t i = 0; i < (*chunk)->rows(); ++i)
      rows.emplace_back(base::view_of((*chunk)->values<duckdb_string_t>(0)[i]));
  }
  return rows;
}

base::Result<std::uint64_t> written_by(unsigned threads, const std::string& path,
                                       const ParquetTable& table) {
  base::ThreadPool pool(threads);
  DiskWriter writer;
  return write_parquet(path, table, pool, writer);
}

std::string text_of_length(std::size_t n) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

TEST(ParquetOut, KeepsEveryTypeAndAbsentValues) {
  ParquetTable table{.columns = {{"text", ParquetType::kText},
                                 {"real", ParquetType::kDouble},
                                 {"whole", ParquetType::kInteger},
                                 {"yes", ParquetType::kBoolean},
                                 {"at", ParquetType::kInstant}},
                     .rows = 2,
                     .fill = [](std::uint64_t begin, std::size_t count, ParquetBatch& batch) {
                       ASSERT_EQ(begin, 0u);
                       ASSERT_EQ(count, 2u);
                       batch.set_text(0, 0, "عروض \"رمضان\"");
                       batch.set_double(1, 0, 0.1);
                       batch.set_integer(2, 0, -7);
                       batch.set_boolean(3, 0, true);
                       batch.set_instant(4, 0, 1'780'272'000'123);
                       for (std::size_t c = 0; c < 5; ++c) batch.set_null(c, 1);
                     }};
  const std::string path = path_of("parquet_types.parquet");
  const auto written = written_by(2, path, table);
  ASSERT_TRUE(written) << written.error().text();
  EXPECT_EQ(*written, std::filesystem::file_size(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
  EXPECT_EQ(
      rows_of(path, R"("text", "real", "whole", "yes", epoch_ms("at"), typeof("at"))"),
      (std::vector<std::string>{"عروض \"رمضان\"|0.1|-7|true|1780272000123|TIMESTAMP WITH TIME ZONE",
                                "TIMESTAMP WITH TIME ZONE"}));
}

TEST(ParquetOut, KeepsTextOfEveryLengthAndOwner) {
  ParquetTable table{.columns = {{"text", ParquetType::kText}, {"copied", ParquetType::kText}},
                     .rows = 40,
                     .fill = [](std::uint64_t begin, std::size_t count, ParquetBatch& batch) {
                       static const std::string kText = text_of_length(40);
                       for (std::size_t i = 0; i < count; ++i) {
                         batch.set_text(0, i, std::string_view(kText).substr(0, begin + i));
                         batch.set_copied_text(1, i, text_of_length(begin + i));
                       }
                     }};
  const std::string path = path_of("parquet_texts.parquet");
  ASSERT_TRUE(written_by(1, path, table));
  const std::vector<std::string> rows = rows_of(path, "text, copied");
  ASSERT_EQ(rows.size(), 40u);
  for (std::size_t n = 0; n < rows.size(); ++n)
    EXPECT_EQ(rows[n], text_of_length(n) + "|" + text_of_length(n));
}

TEST(ParquetOut, KeepsTheOrderOfRowsWithSeveralThreads) {
  ParquetTable table{.columns = {{"n", ParquetType::kInteger}},
                     .rows = 500'000,
                     .fill = [](std::uint64_t begin, std::size_t count, ParquetBatch& batch) {
                       for (std::size_t i = 0; i < count; ++i)
                         batch.set_integer(0, i, static_cast<std::int64_t>((begin + i) * 3));
                     }};
  const std::string path = path_of("parquet_order.parquet");
  ASSERT_TRUE(written_by(4, path, table));
  const std::vector<std::string> rows = rows_of(path, "n");
  ASSERT_EQ(rows.size(), 500'000u);
  for (std::size_t i = 0; i < rows.size(); i += 997) EXPECT_EQ(rows[i], std::to_string(i * 3));
}

// Columns that repeat themselves and columns that do not, with and without absent values, in one
// row group of more rows than a page has.
TEST(ParquetOut, KeepsLongRowGroupsWhateverTheirEncoding) {
  constexpr std::size_t kRows = 300'001;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < 3'000; ++i) names.push_back("name " + std::to_string(i % 1'500));
  ParquetBatch batch({{"few", ParquetType::kText},
                      {"key", ParquetType::kText, true},
                      {"real", ParquetType::kDouble},
                      {"grade", ParquetType::kDouble},
                      {"yes", ParquetType::kBoolean},
                      {"day", ParquetType::kDate},
                      {"none", ParquetType::kText},
                      {"at", ParquetType::kInstant},
                      {"id", ParquetType::kText, true}});
  batch.clear(7);
  batch.make_room(kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    // Two places hold each name.
    batch.set_text(0, i, names[i * 7 % 3'000]);
    batch.set_copied_text(1, i, "k" + std::to_string(i / 3));
    batch.set_double(2, i, static_cast<double>(i) / 7);
    batch.set_double(3, i, static_cast<double>(i % 5));
    batch.set_boolean(4, i, i % 3 == 0);
    batch.set_date(5, i, static_cast<std::int32_t>(i % 1'000) - 500);
    batch.set_null(6, i);
    batch.set_instant(7, i, static_cast<base::Millis>(i) - 5);
    batch.set_copied_text(8, i, "i" + std::to_string(i));
    if (i % 11 == 0) batch.set_null(2, i);
    if (i < 140'000) batch.set_null(3, i);
    if (i % 10 == 9) batch.set_null(0, i);
  }
  TextBuffer bytes;
  const std::vector<ParquetRowGroup> groups = {batch.encode(kRows, bytes)};
  EXPECT_EQ(groups[0].chunks[6].absent, kRows);
  EXPECT_GT(groups[0].chunks[0].dictionary_bytes, 0u);
  EXPECT_GT(groups[0].chunks[1].dictionary_bytes, 0u);
  EXPECT_EQ(groups[0].chunks[8].dictionary_bytes, 0u);
  const std::string path = path_of("parquet_long.parquet");
  ASSERT_TRUE(write_file(path, std::string(kParquetMagic) + std::string(bytes.text()) +
                                   parquet_footer(batch.columns(), groups)));
  const std::vector<std::string> rows =
      rows_of(path, R"(coalesce(few, '-'), key, coalesce(round(real * 7)::BIGINT, -1),
               coalesce(grade, -1), yes, date_diff('day', DATE '1970-01-01', day), none,
               epoch_ms("at"), id)");
  ASSERT_EQ(rows.size(), kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    const std::string n = std::to_string(i);
    const std::string expected =
        (i % 10 == 9 ? "-" : names[i * 7 % 3'000]) + "|k" + std::to_string(i / 3) + "|" +
        (i % 11 == 0 ? "-1" : n) + "|" + (i < 140'000 ? "-1" : std::to_string(i % 5)) + ".0|" +
        (i % 3 == 0 ? "true" : "false") + "|" + std::to_string(static_cast<int>(i % 1'000) - 500) +
        "|" + std::to_string(static_cast<long>(i) - 5) + "|i" + n;
    ASSERT_EQ(rows[i], expected) << i;
  }
  // What a reader skips by least and greatest values is really not there.
  for (const char* sought :
       {"key = 'k99999'", "id = 'i300000'", "real = 300000.0 / 7", "grade = 4",
        "day = '1968-08-19'", "few = 'name 7'", "\"at\" = '1970-01-01 00:00:00Z'"})
    EXPECT_FALSE(rows_of(path, "key", sought).empty()) << sought;
}

TEST(ParquetOut, ATableWithoutRowsStillHasItsColumns) {
  ParquetTable table{.columns = {{"we\"ird; name", ParquetType::kText}}, .rows = 0, .fill = {}};
  const std::string path = path_of("parquet_empty.parquet");
  ASSERT_TRUE(written_by(2, path, table));
  EXPECT_TRUE(rows_of(path, "\"we\"\"ird; name\"").empty());
}

TEST(ParquetOut, AFolderThatIsNotThereIsAnErrorThatNamesTheFile) {
  ParquetTable table{.columns = {{"a", ParquetType::kText}}, .rows = 0, .fill = {}};
  const std::string path = path_of("no/such/folder/x.parquet");
  const auto written = written_by(1, path, table);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().where, path);
  EXPECT_EQ(written.error().code, base::ErrorCode::kIo);
}

}  // namespace
}  // namespace pursuit::exporting
