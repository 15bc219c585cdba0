#include "service/service.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <random>
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
      std::this_thread::sleep_for(listener_takes_);
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
  std::chrono::milliseconds listener_takes_{0};
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

TEST_F(ServiceTest, WhatIsSeenHasBeenToldBefore) {
  listener_takes_ = std::chrono::milliseconds(50);
  start();
  const auto results = commit({entry("1", lead("L1", clock_.now_ms() - 50 * kHour))});
  const std::lock_guard lock(mutex_);
  ASSERT_FALSE(updates_.empty());
  EXPECT_GE(updates_.back().seq, results.back().seq);
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

TEST_F(ServiceTest, ActionsAndTheirUndoingInAnyOrderEndWhereALoadDoes) {
  start();
  const base::Millis now = clock_.now_ms();
  std::vector<model::Entry> leads;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "L" + std::to_string(i);
    leads.push_back(entry(id, lead(id, now - (i + 1) * kHour)));
  }
  commit(leads);
  constexpr std::uint32_t kSeed = 20'260'601;
  std::mt19937 random(kSeed);
  std::vector<std::pair<std::string, std::int64_t>> done;
  std::size_t undone = 0;
  for (int i = 0; i < 400; ++i) {
    const std::string id = "L" + std::to_string(random() % 20);
    const std::string key = "a" + std::to_string(i);
    if (random() % 3 == 0 && !done.empty()) {
      const auto& [of, action] = done[random() % done.size()];
      undone += commit({entry(key, model::UndoRow{of, action, now, "omar"})})[0].status ==
                store::AppendStatus::kApplied;
      continue;
    }
    const auto kind = static_cast<model::ActionKind>(random() % model::kActionNames.size());
    model::ActionRow row{
        id, kind, now - static_cast<base::Millis>(random() % 7'200'000), "sara", "", "", {}};
    if (kind == model::ActionKind::kAssign) row.value = "owner " + std::to_string(random() % 3);
    if (kind == model::ActionKind::kReopen) row.value = i % 2 == 0 ? "Contacted" : "Deciding";
    if (kind == model::ActionKind::kSnooze)
      row.until_ms = row.at_ms + static_cast<base::Millis>(random() % 10'800'000);
    const auto result = commit({entry(key, row)})[0];
    if (result.status == store::AppendStatus::kApplied) done.emplace_back(id, result.seq);
  }
  EXPECT_GT(undone, 30u);
  const auto waiting = [&] {
    engine::LeadFilter only;
    only.snoozed = engine::Snoozed::kOnly;
    const auto view = service_->live();
    std::vector<std::string> out;
    for (const auto found : view->list(only, {})) out.emplace_back(view->leads().id(found));
    for (int l = 0; l < 20; ++l)
      out.push_back(
          std::to_string(view->snoozed_until(view->leads().find("L" + std::to_string(l)))));
    return out;
  };
  ASSERT_TRUE(service_->updater().refresh_now());
  const auto live = figures(*service_->live());
  const auto asleep = waiting();
  start();
  EXPECT_EQ(figures(*service_->live()), live);
  EXPECT_EQ(waiting(), asleep);
}

TEST_F(ServiceTest, ASnoozeHidesALeadUntilItsTime) {
  start();
  const base::Millis now = clock_.now_ms();
  commit({entry("1", lead("L1", now - kHour)), entry("2", lead("L2", now - kHour))});
  const auto queue = [&] {
    engine::QueueQuery query;
    query.filter.snoozed = engine::Snoozed::kHide;
    const auto view = service_->live();
    std::vector<std::string> ids;
    for (const auto found : view->queue(query)) ids.emplace_back(view->leads().id(found));
    return ids;
  };
  model::ActionRow snooze{"L1", model::ActionKind::kSnooze, now, "sara", "", "", now + kHour};
  commit({entry("3", snooze)});
  EXPECT_EQ(queue(), std::vector<std::string>{"L2"});
  clock_.set(now + kHour - 1);
  ASSERT_TRUE(service_->updater().refresh_now());
  EXPECT_EQ(queue(), std::vector<std::string>{"L2"});
  clock_.set(now + kHour);
  commit({entry("4", model::NoteRow{"L2", "call", now, "", ""})});
  ASSERT_TRUE(service_->updater().refresh_now());
  EXPECT_EQ(queue().size(), 2u);
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

TEST_F(ServiceTest, TellsOfWhatLayAheadOnceItIsSeen) {
  start();
  const base::Millis now = clock_.now_ms();
  commit({entry("1", lead("L1", now - kHour)),
          entry("2", model::EventRow{"L1", "Deciding", now + kHour, ""})});
  clock_.set(now + 2 * kHour);
  ASSERT_TRUE(service_->updater().refresh_now());
  service_->stop();
  const std::lock_guard lock(mutex_);
  const auto told = [&](const Update& update) {
    return update.as_of_ms == now + 2 * kHour && update.leads == std::vector<std::string>{"L1"};
  };
  EXPECT_EQ(std::ranges::count_if(updates_, told), 1);
}

}  // namespace
}  // namespace pursuit::service
