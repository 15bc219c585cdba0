#include "ingest/entry_json.h"

#include <string>

#include <gtest/gtest.h>

namespace pursuit::ingest {
namespace {

std::expected<model::Entry, EntryError> read(std::string_view line) {
  return EntryReader().read(line, "crm");
}

std::string error_of(std::string_view line) {
  const auto entry = read(line);
  return entry ? "" : entry.error().field + ": " + entry.error().reason;
}

TEST(EntryJson, ALeadKeepsWhatIsGivenAndLeavesTheRestAlone) {
  const auto entry = read(
      R"({"type":"lead","source_key":"7","lead_id":"L1","created_at":"2026-06-01T10:00:00+04:00",)"
      R"("region":"UAE","owner":null,"value":120000.5,"name":"نورة","loyalty":3,"vip":true})");
  ASSERT_TRUE(entry) << entry.error().reason;
  EXPECT_EQ(entry->source, "crm");
  EXPECT_EQ(entry->source_key, "7");
  const auto& row = std::get<model::LeadRow>(entry->row);
  EXPECT_EQ(row.lead_id, "L1");
  EXPECT_EQ(row.created_at_ms, base::parse_instant("2026-06-01T06:00:00Z")->at_ms);
  EXPECT_EQ(row.region, "UAE");
  EXPECT_EQ(row.owner, "");
  EXPECT_EQ(row.dealer, std::nullopt);
  EXPECT_EQ(row.name, "نورة");
  EXPECT_EQ(row.value, 120000.5);
  EXPECT_EQ(row.attributes,
            (std::vector<std::pair<std::string, std::string>>{{"loyalty", "3"}, {"vip", "true"}}));
}

TEST(EntryJson, EveryTypeIsRead) {
  EXPECT_EQ(std::get<model::EventRow>(
                read(R"({"type":"event","source":"dms","lead_id":"L1","stage":"Contacted",)"
                     R"("at":"2026-06-01T10:00:00Z","actor":"Sami"})")
                    ->row),
            (model::EventRow{"L1", "Contacted", 1780308000000, "Sami"}));
  EXPECT_EQ(std::get<model::OutcomeRow>(
                read(R"({"type":"outcome","lead_id":"L1","outcome":"won","at":"2026-06-01",)"
                     R"("revenue":9,"transaction_id":"T"})")
                    ->row),
            (model::OutcomeRow{"L1", true, 1780272000000, "", 9.0, "T"}));
  EXPECT_EQ(std::get<model::SignalRow>(
                read(R"({"type":"signal","lead_id":"L1","kind":"engagement","at":"2026-06-01",)"
                     R"("value":0.5})")
                    ->row),
            (model::SignalRow{"L1", "engagement", 1780272000000, 0.5, ""}));
  EXPECT_EQ(std::get<model::CostRow>(
                read(R"({"type":"cost","channel":"web","from":"1970-01-02","to":"1970-01-31",)"
                     R"("amount":10,"currency":"AED"})")
                    ->row),
            (model::CostRow{"web", "", 1, 30, 10, "AED"}));
  EXPECT_EQ(std::get<model::NoteRow>(
                read(R"({"type":"note","lead_id":"L1","at":"2026-06-01","text":"called"})")->row),
            (model::NoteRow{"L1", "note", 1780272000000, "called", ""}));
}

TEST(EntryJson, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of("nonsense"), ": not a JSON object");
  EXPECT_EQ(error_of(""), ": not a JSON object");
  EXPECT_EQ(error_of("[1]"), ": not a JSON object");
  EXPECT_EQ(error_of("{\"type\":\"event\",\"lead_id\":\"\xff\"}"), ": not valid UTF-8");
  EXPECT_EQ(error_of("{}"), "type: missing or empty");
  EXPECT_EQ(error_of(R"({"type":"order"})"),
            "type: none of lead, event, outcome, signal, cost, note");
  EXPECT_EQ(error_of(R"({"type":"event","lead_id":"L1","stage":"X"})"), "at: missing or empty");
  EXPECT_EQ(error_of(R"({"type":"event","lead_id":{},"stage":"X"})"),
            "lead_id: an object or a list where a plain value is wanted");
  EXPECT_EQ(error_of(R"({"type":"event","lead_id":"L1","stage":"X","at":"soon"})"),
            "at: not an instant between 1900 and 2300, as 2026-06-01T08:30:00Z");
  EXPECT_EQ(error_of(R"({"type":"event","lead_id":"L1","stage":"X","at":"2026-06-01","when":1})"),
            "when: not known here");
  EXPECT_EQ(error_of(R"({"type":"outcome","lead_id":"L1","outcome":"win","at":"2026-06-01"})"),
            "outcome: neither \"won\" nor \"lost\"");
  EXPECT_EQ(
      error_of(
          R"({"type":"signal","lead_id":"L","kind":"propensity","at":"2026-06-01","value":2})"),
      "value: not between 0 and 1");
  EXPECT_EQ(error_of(R"({"type":"cost","channel":"w","from":"2026-06-02","to":"2026-06-01"})"),
            "to: before \"from\"");
  EXPECT_EQ(error_of(R"({"type":"note","lead_id":"L","kind":"fax","at":"2026-06-01"})"),
            "kind: none of \"note\", \"call\", \"email\", \"visit\"");
  EXPECT_EQ(error_of(R"({"type":"note","lead_id":"L\u0000","at":"2026-06-01"})"),
            "lead_id: NUL character");
  EXPECT_EQ(error_of(R"({"type":"event","lead_id":")" + std::string(300, 'x') + R"("})"),
            "lead_id: longer than 256 bytes");
  EXPECT_EQ(EntryReader().read(R"({"type":"event"})", "").error().field, "source");
}

}  // namespace
}  // namespace pursuit::ingest
