// Imports in both databases: what is written with what, and taking it back.
#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "store/test_database.h"

namespace pursuit::store {
namespace {

using enum AppendStatus;
using model::Dimension;
using model::Entry;

class ImportOn : public OnDatabase {
 protected:
  static std::int64_t begin(Store& store) {
    const auto id = store.add_import_job(
        {.state = ImportState::kReady, .name = "f", .author = "a", .detail = "{}"});
    EXPECT_TRUE(id) << id.error().text();
    return id.value_or(0);
  }

  static std::vector<AppendResult> bring(Store& store, std::int64_t import,
                                         const std::vector<Entry>& entries) {
    auto results = store.append_import(
        entries,
        [&](const std::vector<AppendResult>& done) {
          return ImportJob{.id = import,
                           .state = ImportState::kRunning,
                           .name = "f",
                           .author = "a",
                           .detail = std::to_string(done.size())};
        },
        kReceived);
    EXPECT_TRUE(results) << results.error().text();
    return results.value_or(std::vector<AppendResult>{});
  }

  /// Undoes to the end; the leads that stay.
  static std::vector<std::string> undo(Store& store, std::int64_t import) {
    std::vector<std::string> kept;
    for (;;) {
      const auto step = store.undo_import(import, kReceived);
      EXPECT_TRUE(step) << step.error().text();
      if (!step || !step->more) break;
      kept.insert(kept.end(), step->kept.begin(), step->kept.end());
    }
    std::ranges::sort(kept);
    return kept;
  }

  /// What a scan tells, without counts and leads that are gone.
  static std::vector<std::string> content(const Store& store) {
    std::vector<std::string> lines = scanned(store);
    const std::string gone = " " + std::to_string(base::kNoInstant) + " ";
    std::erase_if(lines, [&](const std::string& line) {
      return line.starts_with("counts") || line.find(gone) != std::string::npos;
    });
    return lines;
  }

  static void expect_sound(const Store& store) {
    const auto report = store.check();
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->problems, std::vector<std::string>{});
  }
};
INSTANTIATE_TEST_SUITE_P(On, ImportOn, both_databases(), kind_name);

std::vector<Entry> some_rows() {
  return {entry("1", lead_row("A"), "file"),
          entry("2", lead_row("B"), "file"),
          entry("3", event_row("A", "Contacted", 5), "file"),
          entry("4", outcome_row("B", true, 6), "file"),
          entry("5", signal_row("A", "engagement", 7), "file"),
          entry("6", note_row("B", "call", 8), "file"),
          entry("7", cost_row("web", 9), "file")};
}

TEST_P(ImportOn, ItsRowsGoAndMayComeAgain) {
  const auto store = open();
  append(*store, {entry("x", lead_row("X")), entry("y", event_row("X", "Contacted", 5))});
  const auto before = content(*store);
  const std::int64_t import = begin(*store);
  bring(*store, import, some_rows());
  EXPECT_EQ(store->import_job(import)->detail, "7");
  expect_sound(*store);
  const auto there = content(*store);
  EXPECT_NE(there, before);
  EXPECT_EQ(undo(*store, import), std::vector<std::string>{});
  EXPECT_EQ(content(*store), before);
  EXPECT_TRUE(store->costs()->empty());
  EXPECT_EQ(store->lead("A").error().code, base::ErrorCode::kNotFound);
  EXPECT_TRUE(store->search({.text = "a"})->empty());
  expect_sound(*store);
  for (const AppendResult& result : append(*store, {entry("e", event_row("A", "Contacted", 5))})) {
    EXPECT_EQ(result.status, kUnknownLead);
  }
  const std::int64_t again = begin(*store);
  for (const AppendResult& result : bring(*store, again, some_rows())) {
    EXPECT_EQ(result.status, kApplied) << result.reason;
  }
  EXPECT_EQ(content(*store), there);
  expect_sound(*store);
}

TEST_P(ImportOn, WhatOthersBroughtSinceStays) {
  const auto store = open();
  const std::int64_t import = begin(*store);
  bring(*store, import, some_rows());
  append(*store, {entry("n", note_row("A", "call", 50))});
  const std::int64_t other = begin(*store);
  bring(*store, other, {entry("1", lead_row("C"), "other")});
  EXPECT_EQ(undo(*store, import), std::vector<std::string>{"A"});
  EXPECT_TRUE(store->lead("A"));
  EXPECT_EQ(store->timeline("A")->size(), 1u);
  EXPECT_FALSE(store->lead("B"));
  EXPECT_TRUE(store->lead("C"));
  expect_sound(*store);
}

TEST_P(ImportOn, UndoingAndWhatItsJobTellsOfItAreOneTransaction) {
  const auto store = open();
  const std::int64_t import = begin(*store);
  bring(*store, import, some_rows());
  append(*store, {entry("n", note_row("A", "call", 50))});
  const auto before = content(*store);
  const auto broken = store->undo_import(
      import, kReceived, [](const UndoStep&) -> ImportJob { throw std::runtime_error("no job"); });
  EXPECT_FALSE(broken);
  EXPECT_EQ(content(*store), before);
  const auto done = store->undo_import(import, kReceived, [&](const UndoStep& step) {
    ImportJob job = *store->import_job(import);
    job.detail = std::to_string(step.rows) + " gone, left: " + step.kept.front();
    return job;
  });
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(store->import_job(import)->detail, "6 gone, left: A");
  expect_sound(*store);
}

TEST_P(ImportOn, WhatIsNotThereIsToldWithoutThePlaceOfTheStore) {
  const auto store = open();
  ImportJob absent;
  absent.id = 7;
  for (const base::Error& error :
       {store->import_job(7).error(), store->lead("X").error(), store->policy(7).error(),
        store->action(7).error(), store->update_import_job(absent).error()}) {
    EXPECT_EQ(error.code, base::ErrorCode::kNotFound);
    EXPECT_EQ(error.where, "") << error.message;
  }
}

TEST_P(ImportOn, FieldsAreWhatTheyWouldBeWithoutIt) {
  const auto store = open();
  const auto row = [](auto&& set) {
    model::LeadRow lead = lead_row("A");
    lead.created_at_ms.reset();
    set(lead);
    return lead;
  };
  append(*store, {entry("1", lead_row("A")), entry("2", row([](auto& lead) {
                                                     lead.dealer = "D1";
                                                     lead.owner = "O1";
                                                     lead.name = "Old";
                                                     lead.value = 1.5;
                                                     lead.attributes = {{"x", "1"}};
                                                   }))});
  const std::int64_t import = begin(*store);
  bring(*store, import,
        {entry("1", row([](auto& lead) {
                 lead.dealer = "D2";
                 lead.owner = "O2";
                 lead.name = "New";
                 lead.value = 2.5;
                 lead.attributes = {{"x", "2"}, {"y", "2"}};
               }),
               "file")});
  append(*store, {entry("3", row([](auto& lead) { lead.owner = "O3"; }))});
  const std::int64_t second = begin(*store);
  bring(*store, second, {entry("2", row([](auto& lead) { lead.owner = "O4"; }), "file")});
  EXPECT_EQ(undo(*store, import), std::vector<std::string>{});
  auto lead = store->lead("A");
  EXPECT_EQ(lead->state.dimensions[index_of(Dimension::kDealer)], "D1");
  EXPECT_EQ(lead->state.dimensions[index_of(Dimension::kOwner)], "O4");
  EXPECT_EQ(lead->name, "Old");
  EXPECT_EQ(lead->value, 1.5);
  EXPECT_EQ(lead->attributes, (decltype(lead->attributes){{"x", "1"}}));
  EXPECT_EQ(store->search({.text = "old"})->size(), 1u);
  EXPECT_TRUE(store->search({.text = "new"})->empty());
  undo(*store, second);
  lead = store->lead("A");
  EXPECT_EQ(lead->state.dimensions[index_of(Dimension::kOwner)], "O3");
  expect_sound(*store);
}

TEST_P(ImportOn, RowsAndJobAreWrittenTogetherOrNotAtAll) {
  const auto store = open();
  const std::int64_t import = begin(*store);
  const auto failed = store->append_import(
      some_rows(),
      [](const std::vector<AppendResult>&) -> ImportJob {
        // PostgreSQL refuses a NUL in a text; both, a range of an import that is not there.
        ImportJob job;
        job.id = -1;
        job.detail = std::string("a\0b", 3);
        return job;
      },
      kReceived);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(store->counts()->leads, 0);
  EXPECT_EQ(store->import_job(import)->detail, "{}");
  bring(*store, import, some_rows());
  EXPECT_EQ(store->counts()->leads, 2);
  expect_sound(*store);
}

TEST_P(ImportOn, ALargeOneIsUndoneInSteps) {
  const auto store = open();
  const std::int64_t import = begin(*store);
  std::vector<Entry> rows;
  for (int i = 0; i < 20'500; ++i) {
    rows.push_back(entry(std::to_string(i), lead_row("L" + std::to_string(i)), "file"));
  }
  bring(*store, import, rows);
  int steps = 0;
  for (auto step = store->undo_import(import, kReceived); step->more;
       step = store->undo_import(import, kReceived)) {
    ++steps;
  }
  expect_sound(*store);
  EXPECT_EQ(steps, 2);
  EXPECT_EQ(content(*store), std::vector<std::string>{});
}

}  // namespace
}  // namespace pursuit::store
