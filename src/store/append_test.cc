#include <cmath>

#include <gtest/gtest.h>

#include "store/test_database.h"

namespace pursuit::store {
namespace {

using enum AppendStatus;
using model::Dimension;
using model::Entry;

class Append : public OnDatabase {};
INSTANTIATE_TEST_SUITE_P(On, Append, both_databases(), kind_name);

std::string at(const LeadState& state, Dimension d) { return state.dimensions[index_of(d)]; }

TEST_P(Append, NumbersChangesWithoutGapsInOrder) {
  const auto store = open();
  const auto first = append(*store, {entry("1", lead_row("A")), entry("2", lead_row("B"))});
  const auto second = append(*store, {entry("3", event_row("B", "Contacted", 5))});
  EXPECT_EQ(first[0].seq, 1);
  EXPECT_EQ(first[1].seq, 2);
  EXPECT_EQ(second[0].seq, 3);
  EXPECT_EQ(first[1].lead, 2u);
  EXPECT_EQ(second[0].lead, 2u);
}

TEST_P(Append, SameSourceAndKeyIsARepeatOrAConflict) {
  const auto store = open();
  append(*store, {entry("1", lead_row("A")), entry("e", event_row("A", "Contacted", 5))});
  const auto before = scanned(*store);
  const auto results = append(*store, {entry("e", event_row("A", "Contacted", 5)),
                                       entry("e", event_row("A", "Contacted", 6)),
                                       entry("e", event_row("A", "Contacted", 7), "other")});
  EXPECT_EQ(results[0].status, kRepeated);
  EXPECT_EQ(results[0].seq, 2);
  EXPECT_EQ(results[1].status, kConflict);
  EXPECT_EQ(results[1].seq, 2);
  EXPECT_FALSE(results[1].reason.empty());
  EXPECT_EQ(results[2].status, kApplied);
  EXPECT_EQ(results[2].seq, 3);
  EXPECT_NE(scanned(*store), before);
}

TEST_P(Append, RepeatsWithinOneBatchCountOnce) {
  const auto store = open();
  const auto results =
      append(*store, {entry("1", lead_row("A")), entry("1", lead_row("A")),
                      entry("1", lead_row("B")), entry("2", event_row("A", "Contacted", 5)),
                      entry("3", event_row("A", "Contacted", 5))});
  EXPECT_EQ(results[1].status, kRepeated);
  EXPECT_EQ(results[1].seq, 1);
  EXPECT_EQ(results[2].status, kConflict);
  EXPECT_EQ(results[4].status, kRepeated);
  EXPECT_EQ(results[4].seq, results[3].seq);
  EXPECT_EQ(store->counts()->last_seq, 2);
}

TEST_P(Append, AnEqualStageEventOfAnotherSourceIsARepeat) {
  const auto store = open();
  append(*store, {entry("1", lead_row("A")), entry("2", event_row("A", "Contacted", 5))});
  const auto results = append(*store, {entry("x", event_row("A", "Contacted", 5), "crm"),
                                       entry("y", event_row("A", "Deciding", 5), "crm")});
  EXPECT_EQ(results[0].status, kRepeated);
  EXPECT_EQ(results[0].seq, 2);
  EXPECT_EQ(results[1].status, kApplied);
  EXPECT_EQ(store->counts()->events, 2);
}

TEST_P(Append, RowsOfAnUnknownLeadAreRefusedAloneAndMayComeAgain) {
  const auto store = open();
  const std::vector<Entry> orphans = {
      entry("e", event_row("A", "Contacted", 5)), entry("o", outcome_row("A", true, 6)),
      entry("s", signal_row("A", "call", 7)), entry("n", note_row("A", "note", 8))};
  for (const AppendResult& result : append(*store, orphans)) {
    EXPECT_EQ(result.status, kUnknownLead);
    EXPECT_EQ(result.seq, 0);
  }
  EXPECT_EQ(store->counts()->last_seq, 0);
  append(*store, {entry("1", lead_row("A"))});
  for (const AppendResult& result : append(*store, orphans)) EXPECT_EQ(result.status, kApplied);
  EXPECT_EQ(store->counts()->last_seq, 5);
}

TEST_P(Append, ALeadOfTheSameBatchIsKnownToWhatFollowsIt) {
  const auto store = open();
  const auto results =
      append(*store, {entry("0", event_row("A", "Contacted", 5)), entry("1", lead_row("A")),
                      entry("2", event_row("A", "Contacted", 5))});
  EXPECT_EQ(results[0].status, kUnknownLead);
  EXPECT_EQ(results[2].status, kApplied);
}

TEST_P(Append, ALeadRowChangesOnlyWhatItCarries) {
  const auto store = open();
  model::LeadRow first = lead_row("A", 1'000);
  first.channel = "Web";
  first.region = "KSA";
  append(*store, {entry("1", first)});
  model::LeadRow second;
  second.lead_id = "A";
  second.region = "";
  second.owner = "Huda";
  const auto results = append(*store, {entry("2", second)});
  ASSERT_EQ(results[0].status, kApplied);
  ASSERT_TRUE(results[0].state.has_value());
  EXPECT_EQ(results[0].state->created_at_ms, 1'000);
  EXPECT_EQ(at(*results[0].state, Dimension::kChannel), "Web");
  EXPECT_EQ(at(*results[0].state, Dimension::kRegion), "");
  EXPECT_EQ(at(*results[0].state, Dimension::kOwner), "Huda");
  EXPECT_EQ(scanned(*store)[1], "lead 1 A 1000 |||Web|||Huda");
}

TEST_P(Append, ABadRowNeverFailsTheOthers) {
  const auto store = open();
  model::LeadRow no_instant;
  no_instant.lead_id = "B";
  model::LeadRow not_text = lead_row("C");
  not_text.channel = "\xff\xfe";
  model::LeadRow nul = lead_row("D");
  nul.name = std::string("a\0b", 3);
  const auto results = append(
      *store,
      {entry("1", no_instant), entry("2", not_text), entry("3", nul), entry("4", lead_row("")),
       entry("", lead_row("E")), entry("6", lead_row(std::string(257, 'x'))),
       entry("7", lead_row("F", base::kMaxInstantMs)), entry("8", event_row("A", "", 5)),
       entry("9", cost_row("Web", std::nan(""))), entry("10", lead_row("A"))});
  for (std::size_t i = 0; i + 1 < results.size(); ++i) {
    EXPECT_EQ(results[i].status, kInvalid) << i;
    EXPECT_FALSE(results[i].reason.empty()) << i;
  }
  EXPECT_EQ(results.back().status, kApplied);
  EXPECT_EQ(store->counts()->leads, 1);
  EXPECT_EQ(results.back().lead, 1u);
}

TEST_P(Append, SeveralCallersEntriesGoInTogether) {
  const auto store = open();
  const std::vector<Entry> one = {entry("1", lead_row("A"))};
  const std::vector<Entry> two = {entry("2", event_row("A", "Contacted", 5)),
                                  entry("3", lead_row("B"))};
  const std::vector<std::span<const Entry>> parts = {one, two};
  const auto results = store->append(parts, kReceived);
  ASSERT_TRUE(results.has_value());
  ASSERT_EQ(results->size(), 3u);
  EXPECT_EQ((*results)[1].status, kApplied);
  EXPECT_EQ((*results)[2].seq, 3);
}

TEST_P(Append, EverythingIsThereAfterOpeningAgain) {
  const std::string url = new_url();
  std::vector<std::string> before;
  {
    const auto store = open(url);
    append(*store, {entry("1", lead_row("A")), entry("2", event_row("A", "Contacted", 5)),
                    entry("3", signal_row("A", "call", 7))});
    before = scanned(*store);
  }
  const auto store = open(url);
  EXPECT_EQ(scanned(*store), before);
  EXPECT_EQ(append(*store, {entry("4", event_row("A", "Deciding", 6))})[0].seq, 4);
}

TEST_P(Append, ImportsCommitInPartsAndCarryOn) {
  const auto store = open();
  std::vector<Entry> entries;
  for (int i = 0; i < 1'000; ++i) {
    const std::string id = std::to_string(i / 10);
    if (i % 10 == 0) entries.push_back(entry("lead" + id, lead_row(id)));
    entries.push_back(entry(std::to_string(i), event_row(id, "Contacted", i)));
  }
  entries.push_back(entry("x", event_row("nobody", "Contacted", 1)));
  const auto first = store->append_bulk(entries, kReceived, 64);
  ASSERT_TRUE(first.has_value()) << first.error().text();
  EXPECT_EQ(first->applied, 1'100);
  EXPECT_EQ(first->last_seq, 1'100);
  ASSERT_EQ(first->refusals.size(), 1u);
  EXPECT_EQ(first->refusals[0].index, 1'100u);
  const auto again = store->append_bulk(entries, kReceived);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->applied, 0);
  EXPECT_EQ(again->repeated, 1'100);
  EXPECT_EQ(store->counts()->events, 1'000);
}

}  // namespace
}  // namespace pursuit::store
