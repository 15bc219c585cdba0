// A person is erased in both databases: nothing of them is left, every figure is, and it stays so.
#include <fstream>
#include <iterator>
#include <optional>

#include <gtest/gtest.h>

#include "store/accounts.h"
#include "store/scrub.h"
#include "store/test_database.h"
#include "store/words.h"

namespace pursuit::store {
namespace {

using model::Entry;

model::LeadRow person_row() {
  model::LeadRow lead = lead_row("L1");
  lead.name = "Zahira Quasimodo";
  lead.phone = "+971501234567";
  lead.email = "zahira@example.com";
  lead.consent = "yes";
  lead.dealer = "Marina";
  lead.owner = "sara";
  lead.value = 90'000;
  lead.attributes = {{"spouse", "Balthazar"}};
  return lead;
}

model::LeadRow renamed_row() {
  model::LeadRow lead = lead_row("L1");
  lead.created_at_ms.reset();
  lead.name = "Zahira Nebuchadnezzar";
  lead.dealer = "Creek";
  lead.attributes = {{"spouse", "Melchior"}};
  return lead;
}

model::ActionRow action_row(model::ActionKind kind, std::string text) {
  model::ActionRow action;
  action.lead_id = "L1";
  action.kind = kind;
  action.at_ms = 4'000;
  action.author = "sara";
  action.text = std::move(text);
  if (kind == model::ActionKind::kSnooze) action.until_ms = 5'000;
  return action;
}

std::vector<Entry> rows_of_person() {
  model::NoteRow note = note_row("L1", "call", 2'000);
  note.text = "Zahira wants a test drive";
  model::SignalRow signal = signal_row("L1", "engagement", 3'000);
  signal.value = 0.5;
  signal.text = "Zahira opened the offer";
  model::LeadRow other = lead_row("L2");
  other.name = "Zahira Elsewhere";
  return {entry("l", person_row()),
          entry("e", event_row("L1", "Contacted", 1'500)),
          entry("n", note),
          entry("s", signal),
          entry("r", renamed_row()),
          entry("a", action_row(model::ActionKind::kNote, "Zahira called back")),
          entry("z", action_row(model::ActionKind::kSnooze, "Zahira is on leave")),
          entry("o", other)};
}

class ErasePersonOn : public OnDatabase {
 protected:
  static std::optional<ErasedPerson> erase(Store& store, std::string_view lead_id,
                                           base::Millis now_ms = 9'000) {
    Accounts accounts(store);
    std::optional<ErasedPerson> erased;
    const auto done = accounts.write([&](AccountRows& rows) {
      erased = rows.erase_person(lead_id, now_ms);
      return base::Result<void>{};
    });
    EXPECT_TRUE(done) << done.error().text();
    accounts.empty_journal();
    return erased;
  }

  static std::vector<std::string> former(Store& store, std::string_view lead_id) {
    std::vector<std::string> fields;
    const std::uint32_t number = store.lead(lead_id)->number;
    const auto read = Accounts(store).read([&](AccountRows& rows) {
      fields = rows.former_fields(number);
      return base::Result<void>{};
    });
    EXPECT_TRUE(read) << read.error().text();
    return fields;
  }

  static void expect_nothing_left(Store& store) {
    const auto record = store.lead("L1");
    ASSERT_TRUE(record) << record.error().text();
    EXPECT_EQ(record->name + record->phone + record->email, "");
    EXPECT_TRUE(record->attributes.empty());
    const auto timeline = store.timeline("L1");
    for (const TimelineItem& item : *timeline) EXPECT_EQ(item.text, "") << item.what;
    const auto actions = store.actions("L1");
    for (const ActionRecord& action : *actions) EXPECT_EQ(action.row.text, "");
    for (const std::string& fields : former(store, "L1")) {
      EXPECT_FALSE(fields.contains("ahira") || fields.contains("spouse")) << fields;
    }
    for (const char* text : {"quasimodo", "nebuchadnezzar", "zahira@example.com", "501234567"})
      EXPECT_TRUE(store.search({.text = text})->empty()) << text;
    EXPECT_EQ(store.search({.text = "L1"})->size(), 1u);
    const auto report = store.check();
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->problems, std::vector<std::string>{});
  }
};
INSTANTIATE_TEST_SUITE_P(On, ErasePersonOn, both_databases(), kind_name);

TEST_P(ErasePersonOn, NothingOfThemIsLeftAndWhatFiguresAreMadeOfIs) {
  const auto store = open();
  append(*store, rows_of_person());
  const std::vector<std::string> before = scanned(*store);
  ASSERT_EQ(store->search({.text = "zahira"})->size(), 2u);
  const auto erased = erase(*store, "L1");
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->erased_at_ms, 9'000);
  EXPECT_TRUE(erased->contact);
  EXPECT_EQ(erased->notes, 2);  // the row and the action's
  EXPECT_EQ(erased->signals, 1);
  EXPECT_EQ(erased->actions, 2);
  EXPECT_EQ(erased->edits, 1);
  expect_nothing_left(*store);
  EXPECT_EQ(scanned(*store), before);
  const auto record = store->lead("L1");
  EXPECT_EQ(record->state.dimensions[index_of(model::Dimension::kDealer)], "Creek");
  EXPECT_EQ(record->consent, "yes");
  EXPECT_EQ(record->value, 90'000);
  // Another person is who they were.
  EXPECT_EQ(store->search({.text = "zahira"})->size(), 1u);
  EXPECT_EQ(former(*store, "L1").size(), 1u);
  EXPECT_TRUE(former(*store, "L1").front().contains("Marina"));
}

TEST_P(ErasePersonOn, AgainItIsAsItWas) {
  const auto store = open();
  append(*store, rows_of_person());
  ASSERT_TRUE(erase(*store, "L1", 9'000));
  const auto again = erase(*store, "L1", 10'000);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->erased_at_ms, 9'000);
  EXPECT_FALSE(again->contact);
  EXPECT_EQ(again->notes + again->signals + again->actions + again->edits, 0);
  expect_nothing_left(*store);
  EXPECT_FALSE(erase(*store, "nobody"));
}

TEST_P(ErasePersonOn, WhatSourcesSendAgainBringsNothingBack) {
  const auto store = open();
  append(*store, rows_of_person());
  ASSERT_TRUE(erase(*store, "L1"));
  for (const AppendResult& result : append(*store, rows_of_person()))
    EXPECT_EQ(result.status, AppendStatus::kRepeated);
  // Under other keys, as the next whole copy of a source has them, they are other rows.
  std::vector<Entry> copy = rows_of_person();
  copy.resize(5);
  for (Entry& one : copy) one.source = "copy";
  model::LeadRow moved = renamed_row();
  moved.dealer = "Harbour";
  copy.push_back(entry("moved", moved, "copy"));
  append(*store, copy);
  EXPECT_EQ(store->lead("L1")->state.dimensions[index_of(model::Dimension::kDealer)], "Harbour");
  EXPECT_EQ(store->timeline("L1")->size(), 7u);  // the note and the signal came twice
  expect_nothing_left(*store);
}

TEST_P(ErasePersonOn, WhatPeopleWriteLaterIsErasedTheNextTime) {
  const auto store = open();
  append(*store, rows_of_person());
  ASSERT_TRUE(erase(*store, "L1"));
  append(*store, {entry("later", action_row(model::ActionKind::kNote, "Zahira again"))});
  const auto again = erase(*store, "L1");
  EXPECT_EQ(again->actions, 1);
  EXPECT_EQ(again->notes, 1);
  expect_nothing_left(*store);
}

TEST_P(ErasePersonOn, UndoingAnImportBringsNothingBack) {
  const auto store = open();
  append(*store, {entry("l", person_row())});
  const auto import = store->add_import_job(
      {.state = ImportState::kReady, .name = "f", .author = "a", .detail = "{}"});
  const std::vector<Entry> file = {entry("1", renamed_row(), "file")};
  ASSERT_TRUE(store
                  ->append_import(
                      file,
                      [&](const auto&) {
                        return ImportJob{.id = *import,
                                         .state = ImportState::kRunning,
                                         .name = "f",
                                         .author = "a",
                                         .detail = "{}"};
                      },
                      kReceived)
                  .has_value());
  ASSERT_TRUE(erase(*store, "L1"));
  for (auto step = store->undo_import(*import, kReceived); step && step->more;)
    step = store->undo_import(*import, kReceived);
  EXPECT_EQ(store->lead("L1")->state.dimensions[index_of(model::Dimension::kDealer)], "Marina");
  expect_nothing_left(*store);
}

TEST_P(ErasePersonOn, ScrubbingChangesNothingThatCanBeRead) {
  const std::string url = new_url();
  const auto store = open(url);
  append(*store, rows_of_person());
  ASSERT_TRUE(erase(*store, "L1"));
  const auto before = scanned(*store);
  const auto scrubbed = scrub(url);
  ASSERT_TRUE(scrubbed) << scrubbed.error().text();
  EXPECT_EQ(scanned(*store), before);
  expect_nothing_left(*store);
  EXPECT_EQ(append(*store, {entry("after", lead_row("L3"))}).front().status,
            AppendStatus::kApplied);
}

TEST_P(ErasePersonOn, ABackupKeepsThatTheyAreErased) {
  const auto store = open();
  append(*store, rows_of_person());
  ASSERT_TRUE(erase(*store, "L1"));
  const std::string copy = folder_.file("backup.db");
  ASSERT_TRUE(store->backup(copy).has_value());
  const std::string url = new_url();
  ASSERT_TRUE(Store::restore(copy, {.url = url}).has_value());
  const auto other = open(url);
  append(*other, {entry("again", person_row(), "copy")});
  expect_nothing_left(*other);
}

TEST(ErasePerson, NoPageOfAScrubbedFileAndNoJournalHasThem) {
  const TestFolder folder;
  const std::string path = folder.file("network.db");
  const auto holds = [&](std::string_view word) {
    bool found = false;
    for (const char* tail : {"", "-wal"}) {
      std::ifstream file(path + tail, std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file),
                              std::istreambuf_iterator<char>()};
      found = found || bytes.contains(word);
    }
    return found;
  };
  auto store = Store::open({.url = path});
  ASSERT_TRUE(store) << store.error().text();
  model::NoteRow note = note_row("L1", "note", 2'000);
  for (int i = 0; i < 2'000; ++i) note.text += "Quasimodo ";  // more than a page
  std::vector<Entry> entries = rows_of_person();
  entries.push_back(entry("long", note));
  append(**store, entries);
  const std::vector<std::string_view> words = {"Quasimodo", "nebuchadnezzar",  "Nebuchadnezzar",
                                               "zahira@",   "501234567",       "Balthazar",
                                               "Melchior",  "opened the offer"};
  for (const std::string_view word : words) EXPECT_TRUE(holds(word)) << word;
  Accounts accounts(**store);
  const auto done = accounts.write([](AccountRows& rows) {
    EXPECT_TRUE(rows.erase_person("L1", 9'000).has_value());
    return base::Result<void>{};
  });
  ASSERT_TRUE(done) << done.error().text();
  accounts.empty_journal();
  // Beside the service, as the command line does it.
  const auto scrubbed = scrub(path);
  ASSERT_TRUE(scrubbed) << scrubbed.error().text();
  for (const std::string_view word : words) EXPECT_FALSE(holds(word)) << word;
  EXPECT_TRUE(holds("Elsewhere"));
}

TEST(SamePhone, SpellingsAndCountriesAreToldApart) {
  EXPECT_TRUE(same_phone("+971 50 123 4567", "00971501234567"));
  EXPECT_TRUE(same_phone("+971 (50) 123-4567", "050 123 4567"));
  EXPECT_TRUE(same_phone("٠٥٠١٢٣٤٥٦٧", "0501234567"));
  EXPECT_FALSE(same_phone("+971501234567", "+966501234567"));
  EXPECT_FALSE(same_phone("+971501234567", "501234568"));
  EXPECT_FALSE(same_phone("4567", "0501234567"));
  EXPECT_FALSE(same_phone("", ""));
  EXPECT_FALSE(same_phone("unknown", "unknown"));
}

}  // namespace
}  // namespace pursuit::store
