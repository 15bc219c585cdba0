#include "ingest/csv_reader.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/limits.h"

namespace pursuit::ingest {
namespace {

using namespace std::string_literals;

// A record or a reject, by its line in the file.
struct Row {
  std::uint64_t line = 0;
  std::optional<RejectReason> reason;
  std::vector<std::string> values;
  std::string raw;
  friend bool operator==(const Row&, const Row&) = default;
  friend void PrintTo(const Row& row, std::ostream* out) {
    *out << row.line << (row.reason ? " " + std::string(text_of(*row.reason)) : "") << " ["
         << row.raw << "]";
    for (const std::string& value : row.values) *out << " <" << value << ">";
  }
};

class Collector final : public RecordSink {
 public:
  void take(const RecordBatch& batch, PartRejects&) override {
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      Row out{.line = batch.line_in_part(row), .reason = {}, .values = {}, .raw = batch.raw(row)};
      for (std::size_t slot = 0; slot < batch.layout().slots(); ++slot) {
        out.values.emplace_back(batch.texts(slot)[row]);
      }
      rows.push_back(std::move(out));
    }
  }
  std::vector<Row> rows;
};

constexpr std::array kEventFields = {Field::kLeadId, Field::kStage, Field::kAt};

struct Input {
  std::string text;
  std::size_t part_bytes = 1 << 20;
  bool exact_parts = false;
  bool want_extras = false;
  FileMapping mapping = identity_mapping(model::FunnelPolicy{}).of(FileKind::kEvents);
};

base::Result<std::unique_ptr<Reader>> open(const Input& input) {
  return open_csv(FileBytes::of_text(input.text, "events.csv"), input.mapping,
                  {.file = 0,
                   .wanted = kEventFields,
                   .want_extras = input.want_extras,
                   .exact_parts = input.exact_parts,
                   .part_bytes = input.part_bytes});
}

// All records and rejects of a text, in order; parts are read from the last to the first.
std::vector<Row> read(Input input, bool* agreed = nullptr) {
  auto reader = open(input);
  EXPECT_TRUE(reader.has_value()) << reader.error().text();
  if (!reader) return {};
  const std::size_t parts = (*reader)->parts();
  std::vector<Collector> sinks(parts);
  std::vector<std::uint64_t> lines(parts + 1, 0);
  Rejects rejects;
  for (std::size_t part = parts; part-- > 0;) {
    PartRejects part_rejects;
    const auto end = (*reader)->read_part(part, sinks[part], part_rejects);
    EXPECT_TRUE(end.has_value());
    lines[part + 1] = end->lines;
    rejects.take(0, part, std::move(part_rejects));
  }
  if (agreed != nullptr) *agreed = (*reader)->parts_agree();
  if (!(*reader)->parts_agree()) {
    EXPECT_FALSE(input.exact_parts);
    input.exact_parts = true;
    return read(std::move(input));
  }
  lines[0] = (*reader)->layout().first_line;
  std::inclusive_scan(lines.begin(), lines.end(), lines.begin());
  std::vector<Row> rows;
  for (std::size_t part = 0; part < parts; ++part) {
    for (Row& row : sinks[part].rows) {
      row.line += lines[part];
      rows.push_back(std::move(row));
    }
  }
  rejects.finish({lines});
  for (const Reject& reject : rejects.kept()) {
    rows.push_back(
        {.line = reject.line, .reason = reject.reason, .values = {}, .raw = reject.text});
  }
  std::ranges::stable_sort(rows, {}, &Row::line);
  return rows;
}

bool is_utf8_by_hand(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    // The texts below hold no other characters beyond ASCII than é.
    if (c < 0x80) {
      ++i;
    } else if (c == 0xC3 && i + 1 < text.size() &&
               static_cast<unsigned char>(text[i + 1]) == 0xA9) {
      i += 2;
    } else {
      return false;
    }
  }
  return true;
}

// The rules of csv_record.h, one character at a time and all in one place.
std::vector<Row> read_by_hand(std::string_view text, std::size_t columns) {
  std::vector<Row> rows;
  std::uint64_t line = 2;
  std::size_t begin = text.find('\n') + 1;
  while (begin < text.size()) {
    Row row{.line = line, .reason = {}, .values = {""}, .raw = {}};
    enum { kStart, kPlain, kQuoted, kAfterQuote, kSpoilt } state = kStart;
    std::size_t at = begin;
    for (; at < text.size(); ++at) {
      const char c = text[at];
      const bool line_end =
          c == '\n' || (c == '\r' && (at + 1 == text.size() || text[at + 1] == '\n'));
      if (state == kQuoted) {
        if (c != '"') {
          row.values.back() += c;
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
          row.values.back() += text[at++];
        } else {
          state = kAfterQuote;
        }
        continue;
      }
      if (line_end && state != kSpoilt) {
        if (c == '\r') continue;
        break;
      }
      if (c == '\n') break;
      if (c == ',') {
        row.values.emplace_back();
        state = kStart;
      } else if (c == '"' && state == kStart) {
        state = kQuoted;
      } else if (state == kAfterQuote || state == kSpoilt) {
        state = kSpoilt;
        row.reason = RejectReason::kTextAfterQuote;
      } else {
        row.values.back() += c;
        state = kPlain;
      }
    }
    if (state == kQuoted) {
      row.reason = RejectReason::kOpenQuote;
      at = std::min(text.find('\n', begin), text.size());
    }
    row.raw = text.substr(begin, at - begin);
    line += row.reason == RejectReason::kOpenQuote
                ? 1
                : 1 + static_cast<std::uint64_t>(std::ranges::count(row.raw, '\n'));
    if (row.raw.ends_with('\r')) row.raw.pop_back();
    begin = at + 1;
    if (row.raw.empty()) continue;
    if (!row.reason && row.raw.find('\0') != std::string::npos) row.reason = RejectReason::kNul;
    if (!row.reason && !is_utf8_by_hand(row.raw)) row.reason = RejectReason::kNotUtf8;
    if (!row.reason && row.values.size() < columns) row.reason = RejectReason::kMissingColumns;
    if (!row.reason && row.values.size() > columns) row.reason = RejectReason::kExtraColumns;
    if (row.reason) row.values.clear();
    rows.push_back(std::move(row));
  }
  return rows;
}

TEST(CsvReader, ReadsRowsAndNumbersTheirLines) {
  const auto rows =
      read({.text = "lead_id,stage,at\nL1,Created,2026-01-01\r\n\nL2,\"a \"\"b\"\"\nc\",x\n"
                    "L3,,"});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].line, 2u);
  EXPECT_EQ(rows[0].values, (std::vector<std::string>{"L1", "Created", "2026-01-01"}));
  EXPECT_EQ(rows[1].line, 4u);
  EXPECT_EQ(rows[1].values, (std::vector<std::string>{"L2", "a \"b\"\nc", "x"}));
  EXPECT_EQ(rows[2].line, 6u);
  EXPECT_EQ(rows[2].values, (std::vector<std::string>{"L3", "", ""}));
}

TEST(CsvReader, ColumnsMayStandInAnyOrderAmongOthers) {
  const Input input{.text = "\xEF\xBB\xBF at ,note,\"stage\",lead_id\nT,n,S,L\n",
                    .want_extras = true};
  const auto reader = open(input);
  ASSERT_TRUE(reader) << reader.error().text();
  EXPECT_EQ((*reader)->layout().extra_names, std::vector<std::string>{"note"});
  const auto rows = read(input);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].values, (std::vector<std::string>{"L", "S", "T", "n"}));
}

TEST(CsvReader, UnknownColumnsAreNamedWhereNobodyWantsThem) {
  const auto reader = open({.text = "lead_id,actor,note,stage,at\n"});
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->layout().unknown, std::vector<std::string>{"note"});
  EXPECT_EQ((*reader)->parts(), 0u);
}

TEST(CsvReader, TheDelimiterIsTheOneThatFindsOurColumns) {
  for (const char delimiter : {',', ';', '\t', '|'}) {
    std::string text = "lead_id;stage;at;a,b,c,d,e,f\nL1;S;T;x,y\n";
    if (delimiter == ',') text = "lead_id;stage;at;x\nL1;S;T;\n";
    std::ranges::replace(text, ';', delimiter);
    const auto rows = read({.text = text});
    ASSERT_EQ(rows.size(), 1u) << delimiter;
    EXPECT_EQ(rows[0].values, (std::vector<std::string>{"L1", "S", "T"}));
  }
}

TEST(CsvReader, TheMappingMayNameTheDelimiterAndConstants) {
  Input input{.text = "lead_id:at\nL1:T\n"};
  input.mapping.delimiter = ':';
  auto& stage = input.mapping.sources[index_of(Field::kStage)];
  stage.column.clear();
  stage.constant = "Contacted";
  const auto rows = read(input);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].values, (std::vector<std::string>{"L1", "Contacted", "T"}));
}

TEST(CsvReader, AFileThatCannotBeReadIsOneError) {
  const auto error_of = [](const std::string& text) {
    const auto reader = open({.text = text});
    return reader ? "" : reader.error().text();
  };
  EXPECT_EQ(error_of(""), "events.csv: the file is empty");
  EXPECT_EQ(error_of("\xEF\xBB\xBF\n\r\n"), "events.csv: the file is empty");
  EXPECT_EQ(error_of("\xFF\xFEl\0"s),
            "events.csv: the file is in UTF-16 (little endian); it must be in UTF-8");
  EXPECT_EQ(error_of("\xFE\xFF\0l"s),
            "events.csv: the file is in UTF-16 (big endian); it must be in UTF-8");
  EXPECT_EQ(error_of("\xFF\xFE\0\0l\0\0\0"s),
            "events.csv: the file is in UTF-32 (little endian); it must be in UTF-8");
  EXPECT_NE(error_of("l\0e\0"s).find("UTF-16"), std::string::npos);
  EXPECT_NE(error_of("lead_id,stage,at,pr\xE9nom\n").find("not UTF-8"), std::string::npos);
  EXPECT_EQ(error_of("lead_id,\"stage\nat"),
            "events.csv: the header has a quote that is not closed, or text after one");
  EXPECT_EQ(error_of("id,stage,when\n"),
            "events.csv: there is no column 'lead_id', 'at'; the columns are: id, stage, when");
  EXPECT_EQ(error_of("lead_id,stage,at,at\n"),
            "events.csv: the column 'at' is there twice; the columns are: lead_id, stage, at, at");
  std::string wide = "lead_id,stage,at";
  for (std::size_t i = 0; i < base::kMaxColumns; ++i) wide += ",c" + std::to_string(i);
  EXPECT_NE(error_of(wide).find("more than 1024 columns"), std::string::npos);
}

TEST(CsvReader, ABadRowIsRejectedAndReadingGoesOn) {
  const auto rows = read({.text = "lead_id,stage,at\n"
                                  "L1,S\n"
                                  "L2,S,T,more\n"
                                  "L3,\"S\"x,T\n"
                                  "L4,S\0,T\n"
                                  "L5,\xE9,T\n"
                                  "L6,5\" tyre,T\n"
                                  "L7,\"open,T\n"
                                  "L8,\xC3\xA9,T\n"s});
  ASSERT_EQ(rows.size(), 8u);
  EXPECT_EQ(rows[0].reason, RejectReason::kMissingColumns);
  EXPECT_EQ(rows[1].reason, RejectReason::kExtraColumns);
  EXPECT_EQ(rows[2].reason, RejectReason::kTextAfterQuote);
  EXPECT_EQ(rows[3].reason, RejectReason::kNul);
  EXPECT_EQ(rows[4].reason, RejectReason::kNotUtf8);
  EXPECT_EQ(rows[5].values[1], "5\" tyre");
  EXPECT_EQ(rows[6].reason, RejectReason::kOpenQuote);
  EXPECT_EQ(rows[6].raw, "L7,\"open,T");
  EXPECT_EQ(rows[7].values[1], "\xC3\xA9");
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i].line, i + 2);
}

TEST(CsvReader, ARecordOverTheLimitIsRejectedAndReadingGoesOn) {
  const std::string huge(base::kMaxLineBytes, 'x');
  for (const std::string& opening : {"L1,S,"s, "L1,S,\""s}) {
    const auto rows =
        read({.text = "lead_id,stage,at\n" + opening + huge + "\nL2,S,T\n", .part_bytes = 1 << 20});
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_TRUE(rows[0].reason == RejectReason::kTooLong ||
                rows[0].reason == RejectReason::kOpenQuote);
    EXPECT_LE(rows[0].raw.size(), kMaxRejectTextBytes + 3);
    EXPECT_EQ(rows[1].values, (std::vector<std::string>{"L2", "S", "T"}));
  }
  const auto rows =
      read({.text = "lead_id,stage,at\nL1,S," + std::string(base::kMaxFieldBytes + 1, 'x')});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].reason, RejectReason::kFieldTooLong);
}

TEST(CsvReader, AQuotedLineEndAcrossPartsIsNoticed) {
  const std::string text = "lead_id,stage,at\nL1,\"a\nb\nc,d,e\nf\",T\nL2,S,T\n";
  bool agreed = true;
  const auto rows = read({.text = text, .part_bytes = 8}, &agreed);
  EXPECT_FALSE(agreed);
  EXPECT_EQ(rows, read({.text = text}));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].line, 6u);
}

// Short texts made of what matters, so that every rule meets every other.
rc::Gen<std::string> odd_text() {
  const auto pieces = rc::gen::weightedElement<std::string>({{8, "a"s},
                                                             {6, ","s},
                                                             {4, "\""s},
                                                             {4, "\n"s},
                                                             {1, "\r"s},
                                                             {1, "\r\n"s},
                                                             {3, "L1,S,T\n"s},
                                                             {2, "\"x\",\"y\"\"z\",\n"s},
                                                             {1, "\xC3\xA9"s},
                                                             {1, "\xE9"s},
                                                             {1, "\0"s},
                                                             {1, std::string(70, 'b')}});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(pieces),
                      [](const std::vector<std::string>& list) {
                        return std::accumulate(list.begin(), list.end(), std::string());
                      });
}

TEST(CsvReader, AnyTextReadsAsTheRulesSayHoweverItIsCut) {
  EXPECT_TRUE(rc::check("any text, any cut", [] {
    const std::string text = "lead_id,stage,at\n" + *odd_text();
    const auto expected = read_by_hand(text, 3);
    for (const std::size_t part_bytes : {1u, 2u, 7u, 64u, 100'000u}) {
      RC_ASSERT(read({.text = text, .part_bytes = part_bytes}) == expected);
      RC_ASSERT(read({.text = text, .part_bytes = part_bytes, .exact_parts = true}) == expected);
    }
  }));
}

TEST(CsvReader, LongTextsReadTheSameHoweverTheyAreCut) {
  std::string text = "lead_id,stage,at\n";
  std::uint64_t state = 3;
  while (text.size() < 300'000) {
    state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    const auto kind = (state >> 40) % 300;
    text += kind == 0   ? "L1,\"quoted, and\nover lines\",T\r\n"
            : kind == 1 ? "L1,caf\xC3\xA9,T\n"
            : kind == 2 ? "L1,caf\xE9,T\n"
            : kind == 3 ? "L1,S,T,more\n"
            : kind == 4 ? "\n"
                        : "L" + std::to_string(state >> 20) + ",Stage,2026-01-01T00:00:00Z\n";
  }
  const auto expected = read_by_hand(text, 3);
  for (const std::size_t part_bytes : {13u, 5'000u, 40'000u, 1'000'000u}) {
    ASSERT_EQ(read({.text = text, .part_bytes = part_bytes}), expected);
  }
}

}  // namespace
}  // namespace pursuit::ingest
