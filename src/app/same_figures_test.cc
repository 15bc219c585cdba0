#include "app/same_figures.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "service/change_feed.h"
#include "store/store.h"

namespace pursuit::app {
namespace {

namespace fs = std::filesystem;

constexpr base::Millis kNow = 1'780'272'000'000;  // 2026-06-01
constexpr base::Millis kDay = base::kMillisPerDay;

/// A store with leads of every fate.
class SameFigures : public testing::Test {
 protected:
  SameFigures() {
    path_ = fs::temp_directory_path() /
            ("pursuit_same_" +
             std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".db");
    forget();
    auto opened = store::Store::open({.url = path_.string()});
    EXPECT_TRUE(opened) << opened.error().text();
    store_ = std::move(*opened);
  }
  ~SameFigures() override {
    store_.reset();
    forget();
  }
  void forget() const {
    for (const char* tail : {"", "-wal", "-shm"}) fs::remove(path_.string() + tail);
  }

  void add(model::Row row) {
    const auto results = store_->append(
        std::vector<model::Entry>{
            {.source = "test", .source_key = std::to_string(++rows_), .row = std::move(row)}},
        kNow);
    ASSERT_TRUE(results) << results.error().text();
    ASSERT_EQ(results->front().status, store::AppendStatus::kApplied) << results->front().reason;
  }
  void fill() {
    for (int i = 0; i < 40; ++i) {
      const std::string id = "L" + std::to_string(i);
      model::LeadRow lead;
      lead.lead_id = id;
      lead.created_at_ms = kNow - (60 - i) * kDay;
      lead.dealer = "D" + std::to_string(i % 3);
      lead.nameplate = "N" + std::to_string(i % 2);
      lead.region = "UAE";
      lead.channel = "web";
      lead.owner = "O" + std::to_string(i % 5);
      add(lead);
      // Later before earlier, and some twice: the order of arrival must not matter.
      add(model::EventRow{id, "Experiencing", kNow - (30 - i % 20) * kDay, ""});
      add(model::EventRow{id, "Contacted", kNow - (50 - i % 20) * kDay, ""});
      if (i % 4 == 0) add(model::OutcomeRow{id, i % 8 == 0, kNow - kDay, "", {}, ""});
      if (i % 5 == 0) add(model::SignalRow{id, "engagement", kNow - 2 * kDay, 0.7, ""});
      if (i % 7 == 0) add(model::NoteRow{id, "call", kNow - 3 * kDay, "", ""});
      if (i % 9 == 0) add(model::EventRow{id, "Of Another Policy", kNow - 4 * kDay, ""});
    }
  }
  std::unique_ptr<engine::Engine> loaded(const model::Policy& policy, base::Millis as_of_ms) {
    service::EngineLoader loader(policy, {}, 2);
    EXPECT_TRUE(store_->scan(loader));
    auto engine = loader.finish({.threads = 1});
    EXPECT_TRUE(engine->refresh(as_of_ms));
    return engine;
  }
  std::unique_ptr<engine::Engine> fed(const model::Policy& policy, base::Millis as_of_ms) {
    service::ChangeFeed feed(policy, as_of_ms, {});
    EXPECT_TRUE(store_->scan(feed));
    auto engine = feed.finish();
    EXPECT_TRUE(engine) << engine.error().text();
    return std::move(*engine);
  }

  fs::path path_;
  std::unique_ptr<store::Store> store_;
  int rows_ = 0;
};

TEST_F(SameFigures, AnEngineIsTheSameLoadedAndChangeByChange) {
  fill();
  const model::Policy policy;
  const auto one = loaded(policy, kNow);
  const auto other = fed(policy, kNow);
  EXPECT_EQ(differences(*one, *other, 10), std::vector<std::string>{});
  EXPECT_EQ(one->figures(one->leads().find("L3")).stage, 2);  // there is something to compare
}

TEST_F(SameFigures, AnEmptyStoreIsTheSameToo) {
  const model::Policy policy;
  EXPECT_EQ(differences(*loaded(policy, kNow), *fed(policy, kNow), 10), std::vector<std::string>{});
}

TEST_F(SameFigures, WhatDiffersIsNamed) {
  fill();
  const model::Policy policy;
  const auto before = loaded(policy, kNow);
  add(model::NoteRow{"L3", "call", kNow - 1, "", ""});  // a later activity
  const auto after = loaded(policy, kNow);
  const auto found = differences(*before, *after, 100);
  EXPECT_TRUE(std::ranges::any_of(
      found, [](const std::string& line) { return line.starts_with("leads, L3: "); }));
}

TEST_F(SameFigures, ASingleBitIsADifference) {
  fill();
  model::Policy policy;
  policy.load.min_open = 1;
  const auto one = loaded(policy, kNow);
  policy.load.cap = std::nextafter(std::nextafter(policy.load.cap, 2.0), 2.0);
  const auto other = loaded(policy, kNow);
  EXPECT_FALSE(differences(*one, *other, 100).empty());
}

TEST_F(SameFigures, ALeadMoreIsToldAndNoMoreLinesThanAsked) {
  fill();
  const model::Policy policy;
  const auto before = loaded(policy, kNow);
  model::LeadRow lead;
  lead.lead_id = "M";
  lead.created_at_ms = kNow - kDay;
  add(lead);
  const auto found = differences(*before, *loaded(policy, kNow), 100);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front(), "leads: 40 rows, and 41");
  EXPECT_EQ(differences(*before, *loaded(policy, kNow - 10 * kDay), 3).size(), 3u);
}

}  // namespace
}  // namespace pursuit::app
