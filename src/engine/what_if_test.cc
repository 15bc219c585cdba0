// What is told of one lead is what the engine comes to when it happens.
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/test_changes.h"

namespace pursuit::engine {
namespace {

using base::kMillisPerDay;
using base::kMillisPerHour;
using model::Change;

/// 40 leads that left the first two stages after 1, 2, … 40 hours each, and "a" in the first.
std::vector<Change> history_and_one() {
  static const std::vector<std::string> kIds = [] {
    std::vector<std::string> ids;
    for (int i = 1; i <= 40; ++i) ids.push_back("old" + std::to_string(i));
    return ids;
  }();
  std::vector<Change> changes;
  for (std::size_t i = 0; i < kIds.size(); ++i) {
    const base::Millis created_ms = kNow - 30 * kMillisPerDay;
    const base::Millis stay_ms = static_cast<base::Millis>(i + 1) * kMillisPerHour;
    changes.push_back(lead_change(kIds[i], created_ms));
    changes.push_back(event(kIds[i], created_ms + stay_ms, 1));
    changes.push_back(event(kIds[i], created_ms + 2 * stay_ms, 2));
    changes.push_back(event(kIds[i], created_ms + 3 * stay_ms, 5));
  }
  changes.push_back(lead_change("a", kNow - 10 * kMillisPerHour));
  return changes;
}

base::LeadId lead_a(const Engine& engine) { return engine.leads().find("a"); }

TEST(WhatIf, AMoveScoresAsForeseen) {
  for (const model::StageCode stage : {model::StageCode{0}, model::StageCode{1}}) {
    const auto engine = engine_with(history_and_one());
    const double before = figures(*engine, "a").score;
    const WhatIf foreseen = engine->what_if(lead_a(*engine), stage);
    engine->apply(std::array{event("a", kNow, stage)});
    const LeadFigures after = figures(*engine, "a");
    EXPECT_GT(foreseen.score, before);
    EXPECT_DOUBLE_EQ(after.score, foreseen.score);
    EXPECT_EQ(after.contribution, foreseen.contribution);
    EXPECT_EQ(after.tier, foreseen.tier);
  }
}

TEST(WhatIf, GlanceIsThePartOfTheFiguresThatIsKept) {
  const auto engine = engine_with(history_and_one());
  const Glance glance = engine->glance(lead_a(*engine));
  const LeadFigures f = figures(*engine, "a");
  EXPECT_EQ(glance.entered_ms, f.entered_ms);
  EXPECT_EQ(glance.last_activity_ms, f.last_activity_ms);
  EXPECT_EQ(glance.score, f.score);
  EXPECT_EQ(glance.state, f.state);
  EXPECT_EQ(glance.stage, f.stage);
  EXPECT_EQ(glance.tier, f.tier);
  EXPECT_EQ(glance.expired, f.expired);
  EXPECT_EQ(glance.dormant, f.dormant);
}

TEST(WhatIf, ScaleIsWhatEachComponentGivesAtMost) {
  const auto engine = engine_with(history_and_one());
  const ScoreScale scale = engine->score_scale(lead_a(*engine));
  EXPECT_DOUBLE_EQ(std::accumulate(scale.most.begin(), scale.most.end(), 0.0), 100.0);
  EXPECT_DOUBLE_EQ(scale.most[0], 30.0);
  EXPECT_EQ(scale.cutoffs, model::TierPolicy{});
}

TEST(WhatIf, StatusTimesAreTheFirstMillisecondsOfTheNewStatus) {
  const auto engine = engine_with(history_and_one());
  const StatusTimes times = engine->status_times(lead_a(*engine));
  ASSERT_GT(times.expired_at_ms, kNow);
  ASSERT_TRUE(engine->advance(times.expired_at_ms - 1));
  EXPECT_FALSE(figures(*engine, "a").expired);
  ASSERT_TRUE(engine->advance(times.expired_at_ms));
  EXPECT_TRUE(figures(*engine, "a").expired);
  ASSERT_TRUE(engine->advance(times.dormant_at_ms - 1));
  EXPECT_FALSE(figures(*engine, "a").dormant);
  ASSERT_TRUE(engine->advance(times.dormant_at_ms));
  EXPECT_TRUE(figures(*engine, "a").dormant);
}

TEST(WhatIf, WithoutHistoryNothingExpires) {
  const auto engine = engine_with({lead_change("a", kNow - kMillisPerHour)});
  const StatusTimes times = engine->status_times(lead_a(*engine));
  EXPECT_EQ(times.expired_at_ms, base::kNoInstant);
  EXPECT_GT(times.dormant_at_ms, kNow);
}

TEST(WhatIf, PastScoresAreThoseOfThenAgainstTheSameBaseline) {
  const auto engine = engine_with(history_and_one());
  std::vector<base::Millis> instants;
  std::vector<LeadFigures> then;
  const auto note = [&](base::Millis at_ms) {
    ASSERT_TRUE(engine->advance(at_ms));
    instants.push_back(at_ms);
    then.push_back(figures(*engine, "a"));
  };
  note(kNow);
  note(kNow + 30 * kMillisPerHour);
  engine->apply(std::array{event("a", kNow + 31 * kMillisPerHour, 2)});
  note(kNow + 40 * kMillisPerHour);
  engine->apply(std::array{event("a", kNow + 50 * kMillisPerHour, 5)});
  note(kNow + 60 * kMillisPerHour);
  const std::vector<PastScore> past = engine->past_scores(lead_a(*engine), instants);
  ASSERT_EQ(past.size(), then.size());
  for (std::size_t i = 0; i < past.size(); ++i) {
    EXPECT_EQ(past[i].at_ms, instants[i]);
    EXPECT_EQ(past[i].state, then[i].state);
    EXPECT_EQ(past[i].stage, then[i].stage);
    if (then[i].state != LeadState::kOpen) {
      EXPECT_TRUE(std::isnan(past[i].score));
      continue;
    }
    EXPECT_EQ(past[i].score, then[i].score);
    EXPECT_EQ(past[i].tier, then[i].tier);
  }
  const std::array before = {kNow - 11 * kMillisPerHour};
  EXPECT_EQ(engine->past_scores(lead_a(*engine), before).front().state, LeadState::kUnseen);
}

TEST(WhatIf, OverdueIsOverTheEffectiveSlaWhateverElseTheLeadIs) {
  model::Policy policy;
  policy.sla.rules.push_back({.stage = 0, .hours = 9, .match = {}, .tier = {}});
  auto changes = history_and_one();  // "a" has been in the first stage for ten hours
  changes.push_back(lead_change("b", kNow - 8 * kMillisPerHour));
  const auto engine = engine_with(changes, policy);
  LeadFilter overdue;
  overdue.statuses = std::vector{LeadStatus::kOverdue};
  EXPECT_EQ(engine->count_open(overdue), 1u);
  const auto found = engine->queue({.filter = overdue, .order = {}, .after = {}, .limit = 10});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.front(), lead_a(*engine));
  EXPECT_FALSE(figures(*engine, "a").expired);
  LeadFilter either;
  either.statuses = std::vector{LeadStatus::kOverdue, LeadStatus::kActive};
  EXPECT_EQ(engine->count_open(either), 2u);
}

}  // namespace
}  // namespace pursuit::engine
