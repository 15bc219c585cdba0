#include "service/service.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"

namespace pursuit::service {
namespace {

namespace fs = std::filesystem;

/// Goes where the test says; its monotonic side goes on by itself, so that nothing waits for ever.
class TestClock final : public base::Clock {
 public:
  [[nodiscard]] base::Millis now_ms() const override { return now_ms_; }
  [[nodiscard]] std::int64_t monotonic_ns() const override { return ++monotonic_ns_ * 1'000'000; }
  void set(base::Millis now_ms) { now_ms_ = now_ms; }

 private:
  std::atomic<base::Millis> now_ms_ = 1'780'272'000'000;  // 2026-06-01
  mutable std::atomic<std::int64_t> monotonic_ns_ = 0;
};

constexpr base::Millis kHour = base::kMillisPerHour;

model::Entry entry(std::string key, model::Row row) {
  return {.source = "test", .source_key = std::move(key), .row = std::move(row)};
}

model::LeadRow lead(std::string id, base::Millis created_at_ms, std::string dealer = "D1") {
  model::LeadRow row;
  row.lead_id = std::move(id);
  row.created_at_ms = created_at_ms;
  row.dealer = std::move(dealer);
  row.region = "UAE";
  return row;
}

class ServiceTest : public testing::Test {
 protected:
  ServiceTest() {
    folder_ = fs::temp_directory_path() /
              ("pursuit_service_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ServiceTest() override {
    service_.reset();
    store_.reset();
    fs::remove_all(folder_);
  }

  void start(ServiceOptions options = {}) {
    service_.reset();
    store_.reset();
    auto store = store::Store::open({.url = (folder_ / "store.db").string()});
    ASSERT_TRUE(store) << store.error().text();
    store_ = std::move(*store);
    options.threads = 2;
    options.update.tick_ms = 1;
    auto service = Service::start(*store_, clock_, options, {}, [this](const Update& update) {
      const std::lock_guard lock(mutex_);
      updates_.push_back(update);
    });
    ASSERT_TRUE(service) << service.error().text();
    service_ = std::move(*service);
  }

  /// Commits, and waits until it can be seen.
  std::vector<store::AppendResult> commit(std::vector<model::Entry> entries) {
    auto results = service_->committer().commit(std::move(entries));
    EXPECT_TRUE(results) << results.error().text();
    if (!results) return {};
    for (const auto& result : *results) EXPECT_TRUE(service_->updater().wait_for(result.seq));
    return *results;
  }

  /// Every lead's state, stage, score and instants as text, and the same after a refresh.
  [[nodiscard]] static std::vector<std::string> figures(const engine::Engine& engine) {
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < engine.leads().size(); ++i) {
      const auto f = engine.figures({i});
      out.push_back(std::string(engine.leads().id({i})) + " " +
                    std::to_string(static_cast<int>(f.state)) + " " + std::to_string(f.stage) +
                    " " + std::to_string(f.entered_ms) + " " + std::to_string(f.last_activity_ms) +
                    " " + std::to_string(std::bit_cast<std::uint64_t>(f.score)) + " " +
                    std::to_string(f.rank));
    }
    std::ranges::sort(out);
    return out;
  }

  fs::path folder_;
  TestClock clock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Service> service_;
  std::mutex mutex_;
  std::vector<Update> updates_;
};

TEST_F(ServiceTest, AChangeIsSeenOnceItIsCommittedAndSurvivesARestart) {
  start();
  const base::Millis now = clock_.now_ms();
  const auto results = commit({entry("1", lead("L1", now - 5 * kHour)),
                               entry("2", model::EventRow{"L1", "Contacted", now - kHour, "A"}),
                               entry("3", model::EventRow{"L9", "Contacted", now, ""})});
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].status, store::AppendStatus::kApplied);
  EXPECT_EQ(results[1].status, store::AppendStatus::kApplied);
  EXPECT_EQ(results[2].status, store::AppendStatus::kUnknownLead);
  {
    const auto view = service_->live();
    EXPECT_EQ(view.seq(), 2);
    const auto id = view->leads().find("L1");
    ASSERT_NE(id, base::kNoLead);
    EXPECT_EQ(view->figures(id).stage, 1);
    EXPECT_EQ(view->leads().text(id, model::Dimension::kDealer), "D1");
  }
  ASSERT_TRUE(service_->updater().refresh_now());
  const auto before = figures(*service_->live());
  start();
  EXPECT_EQ(service_->live().seq(), 2);
  EXPECT_EQ(figures(*service_->live()), before);
}

TEST_F(ServiceTest, ARepeatedChangeMovesNothing) {
  start();
  const std::vector<model::Entry> entries = {entry("1", lead("L1", clock_.now_ms() - kHour))};
  EXPECT_EQ(commit(entries)[0].status, store::AppendStatus::kApplied);
  EXPECT_EQ(commit(entries)[0].status, store::AppendStatus::kRepeated);
  const auto view = service_->live();
  EXPECT_EQ(view.seq(), 1);
  EXPECT_EQ(view->leads().size(), 1u);
}

TEST_F(ServiceTest, WhatLiesAheadIsSeenWhenItsTimeHasCome) {
  start();
  const base::Millis now = clock_.now_ms();
  commit({entry("1", lead("L1", now - kHour)),
          entry("2", model::EventRow{"L1", "Deciding", now + kHour, ""})});
  const auto stage = [&] {
    const auto view = service_->live();
    return view->figures(view->leads().find("L1")).stage;
  };
  EXPECT_EQ(stage(), 0);
  clock_.set(now - 2 * kHour);  // a clock set back takes nothing away
  ASSERT_TRUE(service_->updater().refresh_now());
  EXPECT_EQ(service_->live()->as_of_ms(), now);
  EXPECT_EQ(stage(), 0);
  clock_.set(now + 2 * kHour);
  ASSERT_TRUE(service_->updater().refresh_now());
  EXPECT_EQ(stage(), 3);
}

TEST_F(ServiceTest, AnEarlierInstantIsReplayedWithWhatCameInSince) {
  start();
  const base::Millis now = clock_.now_ms();
  commit({entry("1", lead("L1", now - 50 * kHour)),
          entry("2", model::EventRow{"L1", "Contacted", now - 10 * kHour, ""})});
  const auto stage_at = [&](base::Millis at_ms) {
    const auto replay = service_->replays().at(at_ms);
    EXPECT_TRUE(replay) << replay.error().text();
    return (*replay)->figures((*replay)->leads().find("L1")).stage;
  };
  EXPECT_EQ(stage_at(now - 20 * kHour), 0);
  EXPECT_EQ(stage_at(now - 5 * kHour), 1);
  commit({entry("3", model::EventRow{"L1", "Experiencing", now - 30 * kHour, ""})});
  EXPECT_EQ(stage_at(now - 20 * kHour), 2);
  EXPECT_EQ(stage_at(now - 40 * kHour), 0);
  EXPECT_EQ(service_->replays().at(now + kHour).error().code, base::ErrorCode::kUsage);
}

TEST_F(ServiceTest, APolicyIsCheckedKeptAndPutInForce) {
  start();
  const base::Millis now = clock_.now_ms();
  commit({entry("1", lead("L1", now - 50 * kHour)),
          entry("2", model::EventRow{"L1", "Called", now - 10 * kHour, ""})});
  const auto wrong = service_->set_policy("[tier]\nhott = 1\n", "me", "");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, base::ErrorCode::kInvalidPolicy);
  const auto tiers = service_->set_policy("[tier]\nhot = 1\nwarm = 0.5\n", "me", "all hot");
  ASSERT_TRUE(tiers) << tiers.error().text();
  {
    const auto view = service_->live();
    EXPECT_EQ(view->figures(view->leads().find("L1")).tier, model::Tier::kHot);
  }
  // Other stages: the text of the event, of no meaning before, gets one.
  const auto stages = service_->set_policy(
      "[funnel]\nstages = [\"Created\", \"Called\"]\nload = [\"Called\"]\n", "me", "two stages");
  ASSERT_TRUE(stages) << stages.error().text();
  EXPECT_EQ(stages->version, tiers->version + 1);
  EXPECT_EQ(service_->policy().hash, stages->hash);
  {
    const auto view = service_->live();
    EXPECT_EQ(view->figures(view->leads().find("L1")).stage, 1);
  }
  start();
  EXPECT_EQ(service_->policy().hash, stages->hash);
}

TEST_F(ServiceTest, ManyWritersLoseNothingAndTheEngineEqualsARebuild) {
  start();
  const base::Millis now = clock_.now_ms();
  constexpr int kWriters = 4;
  constexpr int kRounds = 25;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int r = 0; r < kRounds; ++r) {
        const std::string id = "L" + std::to_string(w) + "-" + std::to_string(r);
        std::vector<model::Entry> entries = {
            entry(id + "a", lead(id, now - (r + 1) * kHour, "D" + std::to_string(r % 3))),
            entry(id + "b", model::EventRow{id, "Contacted", now - r * kHour, ""})};
        if (r % 2 == 1)
          entries.push_back(
              entry(id + "c", model::OutcomeRow{id, r % 4 == 1, now, "", std::nullopt, ""}));
        const auto results = service_->committer().commit(std::move(entries));
        ASSERT_TRUE(results) << results.error().text();
      }
    });
  }
  std::thread reader([&] {
    for (int i = 0; i < 200; ++i) {
      const auto view = service_->live();
      for (const auto id : view->queue(engine::QueueQuery{})) EXPECT_GE(view->figures(id).score, 0);
    }
  });
  for (auto& writer : writers) writer.join();
  reader.join();
  ASSERT_TRUE(service_->updater().refresh_now());
  EXPECT_EQ(service_->live()->leads().size(), 100u);
  const auto live = figures(*service_->live());
  start();
  EXPECT_EQ(figures(*service_->live()), live);
}

TEST_F(ServiceTest, TellsWhatMoved) {
  start();
  commit({entry("1", lead("L1", clock_.now_ms())), entry("2", lead("L2", clock_.now_ms()))});
  service_->stop();
  const std::lock_guard lock(mutex_);
  ASSERT_EQ(updates_.size(), 1u);
  EXPECT_EQ(updates_[0].leads, (std::vector<std::string>{"L1", "L2"}));
  EXPECT_EQ(updates_[0].seq, 2);
  EXPECT_TRUE(updates_[0].leads_moved);
}

}  // namespace
}  // namespace pursuit::service
