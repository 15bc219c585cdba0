#include "ingest/json_lines.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/limits.h"

namespace pursuit::ingest {
namespace {

constexpr std::array<Field, 4> kWanted = {Field::kLeadId, Field::kCreatedAt, Field::kChannel,
                                          Field::kValue};

/// Rows as their values joined by '|', with the line in front.
class Collector final : public RecordSink {
 public:
  void take(const RecordBatch& batch, PartRejects&) override {
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      std::string text = std::to_string(first_line + batch.line_in_part(row)) + ":";
      for (std::size_t slot = 0; slot < batch.layout().slots(); ++slot) {
        if (slot > 0) text += '|';
        text += batch.texts(slot)[row];
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

Outcome read(std::string_view text, const Mapping& mapping, std::size_t part_bytes = 8 << 20,
             bool want_extras = false) {
  const ReadOptions options{
      .wanted = kWanted, .want_extras = want_extras, .part_bytes = part_bytes};
  auto reader =
      open_json_lines(FileBytes::of_text(text, "x.jsonl"), mapping.of(FileKind::kLeads), options);
  Outcome outcome;
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
    EXPECT_TRUE(end);
    collector.first_line += end->lines;
    rejects.take(0, part, std::move(part_rejects));
  }
  EXPECT_TRUE((*reader)->parts_agree());
  rejects.finish(first_lines);
  outcome.rows = collector.rows;
  outcome.rejects = rejects.kept();
  return outcome;
}

Outcome read(std::string_view text) { return read(text, identity_mapping({})); }

TEST(JsonLines, TakesMembersByNameWhateverTheirOrder) {
  const Outcome outcome = read(
      "{\"lead_id\":\"L1\",\"created_at\":\"2026-01-01\",\"channel\":\"phone\",\"value\":12.50}\n"
      "{\"value\": null, \"x\": [1, {\"y\": 2}], \"channel\" : true ,\"created_at\":\"2026-01-02\","
      "\"lead_id\":42}\r\n");
  EXPECT_EQ(outcome.rows,
            (std::vector<std::string>{"1:L1|2026-01-01|phone|12.50", "2:42|2026-01-02|true|"}));
  EXPECT_TRUE(outcome.rejects.empty());
}

TEST(JsonLines, UndoesEscapes) {
  const Outcome outcome =
      read(R"({"lead_id":"a\"\\\/\n\u00e9\ud83d\ude00","created_at":"","chan\u006eel":"عروض"})");
  EXPECT_EQ(outcome.rows, std::vector<std::string>{"1:a\"\\/\né😀||عروض|"});
}

TEST(JsonLines, TakesNumbersWithExponentsOfAnyLength) {
  const std::string zeros(30, '0');
  EXPECT_EQ(
      read(R"({"lead_id":7e-)" + zeros + R"(1,"x":[-0.5e-9)" + zeros + R"(],"created_at":""})")
          .rows,
      std::vector<std::string>{"1:7e-" + zeros + "1|||"});
  const std::string good = "{\"lead_id\":\"a\",\"created_at\":\"\"}\n";
  for (const char* after : {" x}", "\"x\"}", "e1}", ""}) {
    const Outcome outcome = read(good + R"({"lead_id":"b","created_at":"","x":1e)" + zeros + after);
    EXPECT_EQ(outcome.rows.size(), 1u) << after;
    EXPECT_EQ(outcome.rejects.size(), 1u) << after;
  }
}

TEST(JsonLines, OfMembersOfTheSameNameTheLastCounts) {
  EXPECT_EQ(read(R"({"lead_id":"a","created_at":"","lead_id":"b"})").rows,
            std::vector<std::string>{"1:b|||"});
}

TEST(JsonLines, ABadLineIsRejectedAndReadingGoesOn) {
  const std::string good = "{\"lead_id\":\"L1\",\"created_at\":\"\"}\n";
  const Outcome outcome =
      read(good + "{\"lead_id\":\"L2\"\n\n  \n[1]\n{\"lead_id\":\"L3\"} x\n" +
           "{\"lead_id\":{\"id\":1}}\n{\"lead_id\":\"\\u0000\"}\n{\"lead_id\":\"\xff\"}\n" +
           std::string("{\"lead_id\":\"a\0b\"}\n", 18) + "{\"x\":{\"lead_id\":[1,}}\n" + good);
  EXPECT_EQ(outcome.rows, (std::vector<std::string>{"1:L1|||", "12:L1|||"}));
  const std::vector<std::pair<std::uint64_t, RejectReason>> expected = {
      {2, RejectReason::kBadJson},     {5, RejectReason::kBadJson}, {6, RejectReason::kBadJson},
      {7, RejectReason::kNestedValue}, {8, RejectReason::kNul},     {9, RejectReason::kNotUtf8},
      {10, RejectReason::kNul},        {11, RejectReason::kBadJson}};
  ASSERT_EQ(outcome.rejects.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(outcome.rejects[i].line, expected[i].first);
    EXPECT_EQ(outcome.rejects[i].reason, expected[i].second) << outcome.rejects[i].text;
  }
  EXPECT_EQ(outcome.rejects[0].text, "{\"lead_id\":\"L2\"");
  EXPECT_EQ(outcome.rejects[3].field, Field::kLeadId);
}

TEST(JsonLines, HoldsLinesAndFieldsToTheirLimits) {
  const std::string good = "{\"lead_id\":\"L1\",\"created_at\":\"\"}\n";
  const std::string line(base::kMaxLineBytes, ' ');
  const std::string field(base::kMaxFieldBytes + 1, 'x');
  const Outcome outcome = read(good + "{\"x\":\"" + line + "\"}\n{\"lead_id\":\"" + field +
                               "\"}\n{\"x\":\"" + field + "\",\"lead_id\":\"L2\"}\n");
  EXPECT_EQ(outcome.rows, (std::vector<std::string>{"1:L1|||", "4:L2|||"}));
  ASSERT_EQ(outcome.rejects.size(), 2u);
  EXPECT_EQ(outcome.rejects[0].reason, RejectReason::kTooLong);
  EXPECT_EQ(outcome.rejects[1].reason, RejectReason::kFieldTooLong);
  EXPECT_LE(outcome.rejects[0].text.size(), kMaxRejectTextBytes + 3);
}

TEST(JsonLines, DeepNestingIsRejectedNotFollowed) {
  const std::string good = "{\"lead_id\":\"L1\",\"created_at\":\"\"}\n";
  const std::string deep =
      "{\"x\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}\n";
  const Outcome outcome = read(good + deep + good);
  EXPECT_EQ(outcome.rows.size(), 2u);
  ASSERT_EQ(outcome.rejects.size(), 1u);
  EXPECT_EQ(outcome.rejects[0].reason, RejectReason::kBadJson);
}

TEST(JsonLines, PartsOfAnySizeGiveTheSameRowsAndLines) {
  std::string text = "\xEF\xBB\xBF";
  for (int i = 0; i < 2'000; ++i) {
    const std::string n = std::to_string(i);
    text += i % 17 == 0 ? "bad\n" : "{\"lead_id\":\"L" + n + "\\u0041\",\"created_at\":\"\"}\n";
  }
  text.pop_back();  // the last line has no end
  const Mapping mapping = identity_mapping({});
  const Outcome whole = read(text, mapping);
  EXPECT_EQ(whole.parts, 1u);
  EXPECT_EQ(whole.rows.size() + whole.rejects.size(), 2'000u);
  for (const std::size_t part_bytes : {std::size_t{1}, std::size_t{50}, std::size_t{4'096}}) {
    const Outcome parts = read(text, mapping, part_bytes);
    EXPECT_GT(parts.parts, 1u);
    EXPECT_EQ(parts.rows, whole.rows);
    ASSERT_EQ(parts.rejects.size(), whole.rejects.size());
    for (std::size_t i = 0; i < whole.rejects.size(); ++i)
      EXPECT_EQ(parts.rejects[i].line, whole.rejects[i].line);
  }
}

TEST(JsonLines, GivesTheMembersNobodyAskedForAsExtras) {
  const Outcome outcome = read(
      "{\"lead_id\":\"L1\",\"created_at\":\"\",\"colour\":\"red\"}\n"
      "{\"lead_id\":\"L2\",\"created_at\":\"\",\"doors\":5}\n",
      identity_mapping({}), 8 << 20, true);
  EXPECT_EQ(outcome.rows, (std::vector<std::string>{"1:L1||||red|", "2:L2|||||5"}));
}

TEST(JsonLines, ReadsThroughAMapping) {
  const auto mapping = parse_mapping(
      "[leads]\ncolumns = { lead_id = \"id\", created_at = \"born\", value = \"rare\" }\n"
      "constants = { channel = \"phone\" }\n",
      "m.toml", {});
  ASSERT_TRUE(mapping) << mapping.error().text();
  EXPECT_EQ(
      read("{\"id\":1,\"born\":\"2026\"}\n{\"id\":2,\"born\":\"\",\"rare\":3}\n", *mapping).rows,
      (std::vector<std::string>{"1:1|2026|phone|", "2:2||phone|3"}));
}

TEST(JsonLines, AFileThatCannotBeOneIsAnError) {
  EXPECT_NE(read("").error.find("empty"), std::string::npos);
  EXPECT_NE(read(" \n\r\n").error.find("empty"), std::string::npos);
  EXPECT_NE(read("lead_id,created_at\nL1,2026\n").error.find("JSON"), std::string::npos);
  const std::string error = read("{\"id\":\"L1\",\"created_at\":\"\"}\n").error;
  EXPECT_NE(error.find("'lead_id'"), std::string::npos) << error;
  EXPECT_NE(error.find("x.jsonl"), std::string::npos) << error;
}

}  // namespace
}  // namespace pursuit::ingest
