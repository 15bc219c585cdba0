#include "engine/engine.h"

#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/test_changes.h"

namespace pursuit::engine {
namespace {

using base::kMillisPerDay;
using base::kMillisPerHour;
using model::Change;
using model::ChangeKind;

std::vector<std::string> ids(const Engine& engine, const std::vector<base::LeadId>& leads) {
  std::vector<std::string> out;
  for (const base::LeadId lead : leads) out.emplace_back(engine.leads().id(lead));
  return out;
}

TEST(Engine, EmptyOneAnswersWithNothing) {
  Engine engine({}, {.threads = 1});
  ASSERT_TRUE(engine.refresh(kNow));
  EXPECT_TRUE(engine.queue({}).empty());
  EXPECT_TRUE(engine.alerts().empty());
  EXPECT_TRUE(engine.expiring(kMillisPerDay).empty());
  EXPECT_EQ(engine.tables().funnel.size(), 5u);
  EXPECT_EQ(engine.tables().funnel[0].reached, 0u);
}

TEST(Engine, LeadOfTheFutureIsUnseen) {
  const auto engine = engine_with({lead_change("a", kNow + 1)});
  EXPECT_EQ(figures(*engine, "a").state, LeadState::kUnseen);
  EXPECT_TRUE(engine->queue({}).empty());
}

TEST(Engine, ApplyReportsRepeatsAndUnknownLeadsByPosition) {
  const auto engine = engine_with({lead_change("a", kNow - kMillisPerDay)});
  const std::array changes = {event("a", kNow - 5, 1), event("nobody", kNow, 1),
                              event("a", kNow - 5, 1)};
  const ApplyReport report = engine->apply(changes);
  EXPECT_EQ(report.applied, 1u);
  EXPECT_EQ(report.repeated, 1u);
  EXPECT_EQ(report.unknown_lead, std::vector<std::size_t>{1});
}

TEST(Engine, LeadAndItsEventsMayComeInOneBatch) {
  const auto engine = engine_with({});
  const std::array changes = {lead_change("a", kNow - kMillisPerDay), event("a", kNow - 5, 1)};
  EXPECT_EQ(engine->apply(changes).applied, 2u);
  EXPECT_EQ(figures(*engine, "a").stage, 1);
  EXPECT_EQ(engine->load(0, 0)->open, 1u);
}

TEST(Engine, LargeBatchIsSharedOutAndMissesNothing) {
  // Of each lead something that may be shared out, of some what must stay in order, of some both.
  constexpr std::array kDealers = {"D1", "D2", "D3", "D4", "D5", "D6", "D7"};
  constexpr std::size_t kLeads = 300;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kLeads; ++i) names.push_back("lead" + std::to_string(i));
  std::vector<Change> base;
  for (std::size_t i = 0; i < kLeads; i += 2) {
    base.push_back(lead_change(names[i], kNow - kMillisPerDay, kDealers[i % 7]));
  }
  const auto shared = engine_with(base);
  const auto in_order = engine_with(base);
  // What comes before it is gone, what comes after it stays.
  model::LeadHistory history;
  history.events = {model::Event::make(kNow - kMillisPerDay, model::kCreatedCode)};
  Change replace = lead_change("", 0);
  replace.kind = ChangeKind::kReplace;
  replace.history = &history;
  std::vector<Change> batch;
  for (std::size_t i = 0; i < kLeads; ++i) {
    batch.push_back(event(names[i], kNow - kMillisPerHour, 2));  // unknown where i is odd
    if (i % 2 == 1) batch.push_back(lead_change(names[i], kNow - kMillisPerDay));
    if (i % 10 == 0) batch.push_back(lead_change(names[i], kNow - kMillisPerDay, "Moved"));
    replace.lead_id = names[i];
    if (i % 3 == 0) batch.push_back(replace);
    batch.push_back(
        event(names[i], kNow + kMillisPerHour * (static_cast<base::Millis>(i % 4) - 2), 3));
    batch.push_back(event(names[i], kNow - kMillisPerHour, 2));
  }
  ASSERT_GE(batch.size(), EngineOptions{}.share_from);
  const ApplyReport report = shared->apply(batch);
  ApplyReport expected;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const ApplyReport one = in_order->apply(std::span(batch).subspan(i, 1));
    expected.applied += one.applied;
    expected.repeated += one.repeated;
    if (!one.unknown_lead.empty()) expected.unknown_lead.push_back(i);
  }
  EXPECT_EQ(report.applied, expected.applied);
  EXPECT_EQ(report.repeated, expected.repeated);
  EXPECT_EQ(report.unknown_lead, expected.unknown_lead);
  EXPECT_EQ(shared->event_count(), in_order->event_count());
  for (const std::string& name : names) {
    EXPECT_EQ(figures(*shared, name).stage, figures(*in_order, name).stage) << name;
    EXPECT_EQ(figures(*shared, name).score, figures(*in_order, name).score) << name;
    EXPECT_EQ(figures(*shared, name).rank, figures(*in_order, name).rank) << name;
  }
}

TEST(Engine, LeadThatOutgrowsTheRoomOfABatchKeepsItsOrder) {
  const auto engine = engine_with({lead_change("a", kNow - kMillisPerDay)});
  std::vector<Change> touches(65'535, event("a", 0, 0));
  for (std::size_t i = 0; i < touches.size(); ++i) {
    touches[i].kind = ChangeKind::kActivity;
    touches[i].at_ms = kNow - kMillisPerHour + static_cast<base::Millis>(i);
  }
  EXPECT_EQ(engine->apply(touches).applied, touches.size());
  EXPECT_EQ(engine->event_count(), 65'536u);  // a power of two: the next one moves them all
  std::vector<Change> more;
  for (int i = 0; i < 600; ++i) {
    more.push_back(event("a", kNow - 600 + i, static_cast<model::StageCode>(1 + i % 3)));
  }
  EXPECT_EQ(engine->apply(more).applied, more.size());
  EXPECT_EQ(engine->event_count(), 65'536u + more.size());
  EXPECT_EQ(figures(*engine, "a").stage, 1 + 599 % 3);
  EXPECT_EQ(figures(*engine, "a").last_activity_ms, kNow - 1);
}

TEST(Engine, ReopenedLeadIsScoredAgain) {
  const auto engine =
      engine_with({lead_change("a", kNow - kMillisPerDay), event("a", kNow - kMillisPerHour, 5)});
  EXPECT_EQ(figures(*engine, "a").state, LeadState::kLost);
  engine->apply(std::array{event("a", kNow - 5, 2)});
  const LeadFigures f = figures(*engine, "a");
  EXPECT_EQ(f.state, LeadState::kOpen);
  EXPECT_GT(f.score, 0);
  EXPECT_EQ(ids(*engine, engine->queue({})), std::vector<std::string>{"a"});
}

TEST(Engine, QueueBreaksTiesByEntryThenId) {
  const auto engine =
      engine_with({lead_change("b", kNow - kMillisPerHour), lead_change("a", kNow - kMillisPerHour),
                   lead_change("c", kNow - kMillisPerHour)});
  EXPECT_EQ(ids(*engine, engine->queue({})), (std::vector<std::string>{"a", "b", "c"}));
  QueueQuery first;
  first.limit = 1;
  EXPECT_EQ(ids(*engine, engine->queue(first)), std::vector<std::string>{"a"});
  EXPECT_EQ(figures(*engine, "c").rank, 3u);
}

TEST(Engine, MovingALeadMovesItsLoad) {
  const auto engine =
      engine_with({lead_change("a", kNow - kMillisPerDay), lead_change("b", kNow - kMillisPerDay)});
  engine->apply(std::array{lead_change("a", kNow - kMillisPerDay, "D2")});
  const auto& dealers = engine->leads().dictionary(model::Dimension::kDealer);
  EXPECT_EQ(engine->load(*dealers.find("D1"), 0)->open, 1u);
  EXPECT_EQ(engine->load(*dealers.find("D2"), 0)->open, 1u);
  EXPECT_EQ(figures(*engine, "b").rank, 1u);
  EXPECT_EQ(figures(*engine, "a").rank, 1u);
  engine->apply(std::array{lead_change("a", kNow - kMillisPerDay, "D1")});
  EXPECT_EQ(engine->load(*dealers.find("D1"), 0)->open, 2u);
  EXPECT_FALSE(engine->load(*dealers.find("D2"), 0).has_value());
}

TEST(Engine, ScoreWithoutHistoryFollowsTheLoadOfThePair) {
  model::Policy policy;
  model::SlaRule rule;
  rule.stage = 2;
  rule.hours = 10;
  policy.sla.rules.push_back(rule);
  policy.load.min_open = 2;
  // No visit was ever completed in stage 2, so recency is held against the relaxed SLA.
  const auto engine = engine_with(
      {lead_change("a", kNow - kMillisPerDay), event("a", kNow - 12 * kMillisPerHour, 2)}, policy);
  const double alone = figures(*engine, "a").score;
  engine->apply(std::array{lead_change("b", kNow - kMillisPerDay),
                           event("b", kNow - 12 * kMillisPerHour, 2)});
  EXPECT_GT(figures(*engine, "a").score, alone);
}

TEST(Engine, SignalMovesActivityAndItsComponent) {
  model::Policy policy;
  policy.score.weights = {0.2, 0.2, 0.2, 0.2, 0.2, 0, 0};
  const auto engine = engine_with({lead_change("a", kNow - 20 * kMillisPerDay)}, policy);
  EXPECT_TRUE(figures(*engine, "a").dormant);
  Change signal;
  signal.kind = ChangeKind::kSignal;
  signal.lead_id = "a";
  signal.at_ms = kNow - kMillisPerHour;
  signal.component = static_cast<std::uint8_t>(model::Component::kEngagement);
  signal.value = 0.5;
  engine->apply(std::array{signal});
  const LeadFigures f = figures(*engine, "a");
  EXPECT_FALSE(f.dormant);
  EXPECT_DOUBLE_EQ(f.contribution[signal.component], 10);
  EXPECT_EQ(f.last_activity_ms, signal.at_ms);
}

TEST(Engine, ExpiringNamesTheFirstMillisecondOfTheNewStatus) {
  const auto engine = engine_with({lead_change("a", kNow - 13 * kMillisPerDay)});
  const auto soon = engine->expiring(2 * kMillisPerDay);
  ASSERT_EQ(soon.size(), 1u);
  EXPECT_TRUE(soon[0].dormant);
  EXPECT_EQ(soon[0].at_ms, kNow + kMillisPerDay);
  EXPECT_TRUE(engine->expiring(kMillisPerDay - 1).empty());
  ASSERT_TRUE(engine->refresh(soon[0].at_ms - 1));
  EXPECT_FALSE(figures(*engine, "a").dormant);
  ASSERT_TRUE(engine->refresh(soon[0].at_ms));
  EXPECT_TRUE(figures(*engine, "a").dormant);
}

TEST(Engine, ReplayOfAnEarlierInstantKnowsNothingOfWhatCameAfter) {
  const std::vector<Change> early = {lead_change("a", kNow - 9 * kMillisPerDay),
                                     event("a", kNow - 8 * kMillisPerDay, 1)};
  const auto before = engine_with(early);
  ASSERT_TRUE(before->refresh(kNow - 7 * kMillisPerDay));
  std::vector<Change> all = early;
  all.push_back(event("a", kNow - 2 * kMillisPerDay, 4));
  all.push_back(lead_change("b", kNow - kMillisPerDay));
  const auto after = engine_with(all);
  ASSERT_TRUE(after->refresh(kNow - 7 * kMillisPerDay));
  EXPECT_EQ(figures(*before, "a").score, figures(*after, "a").score);
  EXPECT_EQ(figures(*after, "b").state, LeadState::kUnseen);
}

TEST(Engine, UnknownZoneIsAnErrorOfTheRefresh) {
  model::Policy policy;
  policy.duration = model::DurationKind::kWorking;
  model::Calendar calendar;
  calendar.region = "*";
  calendar.zone = "Atlantis/Harbour";
  policy.calendars.push_back(calendar);
  Engine engine(policy, {.threads = 1});
  const auto refreshed = engine.refresh(kNow);
  ASSERT_FALSE(refreshed);
  EXPECT_NE(refreshed.error().message.find("Atlantis/Harbour"), std::string::npos);
}

}  // namespace
}  // namespace pursuit::engine
