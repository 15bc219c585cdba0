// Actions and their undoing in both databases.
#include <algorithm>

#include <gtest/gtest.h>

#include "store/test_database.h"

namespace pursuit::store {
namespace {

using enum AppendStatus;
using model::ActionKind;
using model::Dimension;

class Action : public OnDatabase {};
INSTANTIATE_TEST_SUITE_P(On, Action, both_databases(), kind_name);

model::ActionRow action_row(std::string lead, ActionKind kind, std::string value = "",
                            base::Millis at_ms = 5'000) {
  model::ActionRow row{.lead_id = std::move(lead),
                       .kind = kind,
                       .at_ms = at_ms,
                       .author = "sara",
                       .text = "why",
                       .value = std::move(value),
                       .until_ms = {}};
  if (kind == ActionKind::kSnooze) row.until_ms = at_ms + 1'000;
  return row;
}

model::UndoRow undo_row(std::string lead, std::int64_t action) {
  return {.lead_id = std::move(lead), .action = action, .at_ms = 9'000, .author = "omar"};
}

AppendResult append_one(Store& store, std::string key, model::Row row) {
  return append(store, {entry(std::move(key), std::move(row))}).front();
}

/// A scan without its first line, the counts, which tell of every change.
std::vector<std::string> content(const Store& store) {
  std::vector<std::string> lines = scanned(store);
  std::erase_if(lines, [](const std::string& line) { return line.starts_with("counts"); });
  return lines;
}

void expect_sound(const Store& store) {
  const auto report = store.check();
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->problems, std::vector<std::string>{});
}

TEST_P(Action, EachKindDoesItsPartAndIsTakenBackWithoutATrace) {
  const auto store = open();
  append(*store, {entry("1", lead_row("A")), entry("2", event_row("A", "Deciding", 2'000))});
  const auto before = content(*store);
  const auto counts = *store->counts();
  const struct {
    model::ActionRow row;
    std::string line;
  } cases[] = {
      {action_row("A", ActionKind::kNote), "note 1 note 5000"},
      {action_row("A", ActionKind::kCall), "note 1 call 5000"},
      {action_row("A", ActionKind::kEmail), "note 1 email 5000"},
      {action_row("A", ActionKind::kSnooze), "snooze 1 5000 6000"},
      {action_row("A", ActionKind::kLost, "Price"), "outcome 1 false 5000 -1"},
      {action_row("A", ActionKind::kReopen, "Contacted"), "event 1 Contacted 5000"},
      {action_row("A", ActionKind::kAssign, "nour"), "lead 1 A 1000 ||||||nour"},
  };
  int key = 10;
  for (const auto& [row, line] : cases) {
    const AppendResult done = append_one(*store, std::to_string(++key), row);
    ASSERT_EQ(done.status, kApplied) << done.reason;
    const auto lines = content(*store);
    EXPECT_NE(std::ranges::find(lines, line), lines.end()) << line;
    expect_sound(*store);
    const auto action = store->action(done.seq);
    ASSERT_TRUE(action) << action.error().text();
    EXPECT_EQ(action->row, row);
    const AppendResult undone = append_one(*store, std::to_string(++key), undo_row("A", done.seq));
    ASSERT_EQ(undone.status, kApplied) << undone.reason;
    EXPECT_EQ(content(*store), before) << line;
    expect_sound(*store);
  }
  auto after = *store->counts();
  EXPECT_EQ(after.last_seq, counts.last_seq + 14);
  after.last_seq = counts.last_seq;
  EXPECT_EQ(after, counts);
  const auto log = store->actions("A");
  ASSERT_EQ(log->size(), 7u);
  EXPECT_EQ(log->front().undone_by, "omar");
  EXPECT_EQ(store->timeline("A")->size(), 1u);
}

TEST_P(Action, TheTimelineTellsWhoDidWhat) {
  const auto store = open();
  append(*store, {entry("1", lead_row("A")), entry("2", action_row("A", ActionKind::kCall)),
                  entry("3", action_row("A", ActionKind::kAssign, "nour", 6'000)),
                  entry("4", action_row("A", ActionKind::kLost, "Price", 7'000))});
  const auto items = store->timeline("A");
  ASSERT_EQ(items->size(), 3u);
  EXPECT_EQ((*items)[0].kind, RowKind::kNote);
  EXPECT_TRUE((*items)[0].by_action);
  EXPECT_EQ((*items)[1].kind, RowKind::kAction);
  EXPECT_EQ((*items)[1].what, "assign");
  EXPECT_EQ((*items)[1].owner, "nour");
  EXPECT_EQ((*items)[2].what, "lost");
  EXPECT_EQ((*items)[2].text, "Price");
  EXPECT_EQ((*items)[2].actor, "sara");
}

TEST_P(Action, ItsKeyNamesItWhateverTheTime) {
  const auto store = open();
  append(*store, {entry("1", lead_row("A"))});
  const auto first = append_one(*store, "k", action_row("A", ActionKind::kCall, "", 5'000));
  const auto again = append_one(*store, "k", action_row("A", ActionKind::kCall, "", 7'000));
  EXPECT_EQ(again.status, kRepeated);
  EXPECT_EQ(again.seq, first.seq);
  EXPECT_EQ(append_one(*store, "k", action_row("A", ActionKind::kEmail)).status, kConflict);
  const auto found = store->action_of("test", "k");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->row.at_ms, 5'000);
  EXPECT_EQ((*found)->id, first.seq);
  EXPECT_FALSE(*store->action_of("test", "1"));
  EXPECT_FALSE(*store->action_of("nobody", "k"));
  EXPECT_EQ(store->action(1).error().code, base::ErrorCode::kNotFound);
}

TEST_P(Action, WhatWasBuiltOnIsNotTakenAway) {
  const auto store = open();
  append(*store, {entry("1", lead_row("A"))});
  const auto lost = append_one(*store, "2", action_row("A", ActionKind::kLost, "Price"));
  const auto opened =
      append_one(*store, "3", action_row("A", ActionKind::kReopen, "Created", 6'000));
  EXPECT_EQ(append_one(*store, "4", undo_row("A", lost.seq)).status, kRefused);
  // In one append the later goes first, and then the earlier may.
  const auto both =
      append(*store, {entry("5", undo_row("A", opened.seq)), entry("6", undo_row("A", lost.seq)),
                      entry("7", undo_row("A", lost.seq))});
  EXPECT_EQ(both[0].status, kApplied);
  EXPECT_EQ(both[1].status, kApplied);
  EXPECT_EQ(both[2].status, kRefused);
  EXPECT_NE(both[2].reason.find("undone already"), std::string::npos);
  const auto first = append_one(*store, "8", action_row("A", ActionKind::kAssign, "nour"));
  const auto second = append_one(*store, "9", action_row("A", ActionKind::kAssign, "rana"));
  EXPECT_EQ(append_one(*store, "10", undo_row("A", first.seq)).status, kRefused);
  EXPECT_EQ(append_one(*store, "11", undo_row("A", second.seq)).status, kApplied);
  const auto lead = store->lead("A");
  EXPECT_EQ(lead->state.dimensions[index_of(Dimension::kOwner)], "nour");
  // The source says the same owner: it is the source's word then.
  model::LeadRow same = lead_row("A");
  same.created_at_ms.reset();
  same.owner = "nour";
  append_one(*store, "12", same);
  EXPECT_EQ(append_one(*store, "13", undo_row("A", first.seq)).status, kRefused);
  expect_sound(*store);
}

TEST_P(Action, AnUndoSeesWhatComesBeforeItInTheSameAppend) {
  const auto store = open();
  append(*store, {entry("1", lead_row("A"))});
  const auto lost = append_one(*store, "2", action_row("A", ActionKind::kLost, "Price"));
  const auto assigned = append_one(*store, "3", action_row("A", ActionKind::kAssign, "nour"));
  model::LeadRow owner = lead_row("A");
  owner.owner = "rana";
  const auto results = append(
      *store, {entry("4", event_row("A", "Contacted", 8'000)), entry("5", undo_row("A", lost.seq)),
               entry("6", owner), entry("7", undo_row("A", assigned.seq))});
  EXPECT_EQ(results[1].status, kRefused);
  EXPECT_EQ(results[3].status, kRefused);
}

TEST_P(Action, AnEventThatWasTakenBackMayComeAgain) {
  const auto store = open();
  append(*store, {entry("1", lead_row("A"))});
  const auto opened = append_one(*store, "2", action_row("A", ActionKind::kReopen, "Deciding"));
  EXPECT_EQ(append_one(*store, "3", action_row("A", ActionKind::kReopen, "Deciding")).status,
            kRefused);
  const auto results = append(*store, {entry("4", undo_row("A", opened.seq)),
                                       entry("5", event_row("A", "Deciding", 5'000))});
  EXPECT_EQ(results[0].status, kApplied);
  EXPECT_EQ(results[1].status, kApplied);
  EXPECT_EQ(store->counts()->events, 1);
  expect_sound(*store);
}

TEST_P(Action, OfAnUnknownLeadOrWithoutAnAuthorIsRefused) {
  const auto store = open();
  append(*store, {entry("1", lead_row("A")), entry("2", lead_row("B"))});
  const auto noted = append_one(*store, "3", action_row("A", ActionKind::kNote));
  EXPECT_EQ(append_one(*store, "4", action_row("C", ActionKind::kNote)).status, kUnknownLead);
  EXPECT_EQ(append_one(*store, "5", undo_row("C", noted.seq)).status, kUnknownLead);
  EXPECT_EQ(append_one(*store, "6", undo_row("B", noted.seq)).status, kRefused);
  auto nobody = action_row("A", ActionKind::kNote);
  nobody.author.clear();
  EXPECT_EQ(append_one(*store, "7", nobody).status, kInvalid);
  auto endless = action_row("A", ActionKind::kSnooze);
  endless.until_ms.reset();
  EXPECT_EQ(append_one(*store, "8", endless).status, kInvalid);
}

}  // namespace
}  // namespace pursuit::store
