// The resolved text of a policy is the policy.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "model/policy_toml.h"

namespace pursuit::model {
namespace {

double share() { return *rc::gen::inRange(1, 10'000) / 10'000.0; }
double positive() { return *rc::gen::inRange(1, 1'000'000) / 997.0; }

std::string text() {
  // Quotes, escapes, blanks and letters beyond ASCII are all allowed in a dimension.
  return *rc::gen::container<std::string>(
             rc::gen::elementOf(std::string("aZ09 \"\\\n\t.#=[]'\x7f"))) +
         *rc::gen::elementOf(std::vector<std::string>{"", "é", "الرياض"});
}

DimensionMatch match(std::initializer_list<Dimension> dimensions) {
  DimensionMatch out;
  for (const Dimension d : dimensions) {
    if (*rc::gen::arbitrary<bool>()) out[index_of(d)] = text();
  }
  return out;
}

Weights weights() {
  Weights out{};
  for (double& w : out) w = *rc::gen::arbitrary<bool>() ? share() : 0;
  out[2] = share();
  return out;
}

TierPolicy cutoffs() {
  const double a = share() * 100;
  const double b = share() * 100;
  return {.hot = std::max(a, b), .warm = std::min(a, b)};
}

WeeklyHours week() {
  WeeklyHours out;
  for (auto& day : out) {
    auto edges = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1441));
    std::ranges::sort(edges);
    for (std::size_t i = 0; i + 1 < edges.size(); i += 2) {
      if (edges[i] == edges[i + 1]) continue;
      day.push_back(
          {static_cast<std::uint16_t>(edges[i]), static_cast<std::uint16_t>(edges[i + 1])});
    }
  }
  return out;
}

Calendar calendar(int number) {
  Calendar out;
  out.region = std::to_string(number) + text();
  out.zone = *rc::gen::elementOf(std::vector<std::string>{"UTC", "Asia/Dubai", "Africa/Cairo"});
  out.holidays = *rc::gen::container<std::vector<std::int64_t>>(
      rc::gen::inRange<std::int64_t>(-20'000, 100'000));
  std::ranges::sort(out.holidays);
  out.holidays.erase(std::ranges::unique(out.holidays).begin(), out.holidays.end());
  out.weekly = week();
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
    const auto from = *rc::gen::inRange<std::int64_t>(0, 40'000);
    out.periods.push_back({from, from + *rc::gen::inRange<std::int64_t>(0, 400), week()});
  }
  return out;
}

SlaRule sla_rule(const FunnelPolicy& funnel) {
  SlaRule out;
  const int stage = *rc::gen::inRange(0, static_cast<int>(funnel.stages.size()) + 1);
  out.stage = stage == static_cast<int>(funnel.stages.size()) ? kOverallStage
                                                              : static_cast<StageCode>(stage);
  out.hours = positive();
  out.match = match({Dimension::kRegion, Dimension::kDealerGroup, Dimension::kDealer,
                     Dimension::kChannel, Dimension::kProduct, Dimension::kNameplate});
  if (*rc::gen::arbitrary<bool>()) out.tier = static_cast<Tier>(*rc::gen::inRange(0, 3));
  const auto from = *rc::gen::inRange(base::kMinInstantMs, base::kMaxInstantMs - 1);
  if (*rc::gen::arbitrary<bool>()) out.valid_from_ms = from;
  if (*rc::gen::arbitrary<bool>()) {
    out.valid_to_ms = *rc::gen::inRange(from + 1, base::kMaxInstantMs);
  }
  return out;
}

TriggerFilter filter(const FunnelPolicy& funnel) {
  TriggerFilter out;
  for (std::size_t i = 0; i < funnel.stages.size(); ++i) {
    if (*rc::gen::arbitrary<bool>()) out.stages.push_back(static_cast<StageCode>(i));
  }
  if (*rc::gen::arbitrary<bool>()) out.tiers = {Tier::kCold, Tier::kHot};
  if (*rc::gen::arbitrary<bool>()) out.regions = {text(), text()};
  if (*rc::gen::arbitrary<bool>()) out.dealer_groups = {text()};
  return out;
}

void fill_funnel(FunnelPolicy& out) {
  out.stages.clear();
  out.load.clear();
  for (int i = *rc::gen::inRange(1, 8); i > 0; --i) {
    out.stages.push_back("stage." + std::to_string(i) + *rc::gen::element(" ", "\"", "é", ""));
    if (*rc::gen::arbitrary<bool>()) out.load.push_back(out.stages.back());
  }
  out.won = "won";
}

void fill_constants(Policy& p) {
  p.duration = static_cast<DurationKind>(*rc::gen::inRange(0, 2));
  p.sla.grace = share();
  p.expiry = {.percentile = share(),
              .lookback_days = *rc::gen::inRange(1, 1000),
              .min_samples = *rc::gen::inRange(1, 1000),
              .estimator = static_cast<Estimator>(*rc::gen::inRange(0, 2)),
              .dormant_days = *rc::gen::inRange(1, 1000)};
  p.channel.smoothing = positive();
  p.score.weights = weights();
  p.score.recency_k = positive();
  p.tier = cutoffs();
  p.load = {.cap = share(), .k = positive(), .mid = share(), .min_open = *rc::gen::inRange(0, 9)};
  if (*rc::gen::arbitrary<bool>()) {
    for (std::size_t i = 0; i < p.funnel.stages.size(); ++i) {
      p.score.stage_weights.push_back(share());
    }
  }
}

Policy any_policy() {
  Policy p;
  fill_funnel(p.funnel);
  fill_constants(p);
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) p.sla.rules.push_back(sla_rule(p.funnel));
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) p.calendars.push_back(calendar(i));
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
    Override o;
    o.match = match({Dimension::kRegion, Dimension::kDealerGroup, Dimension::kProduct});
    o.weights = weights();
    if (*rc::gen::arbitrary<bool>()) o.tier = cutoffs();
    p.overrides.push_back(o);
  }
  p.trigger.stage_breach.limit = static_cast<BreachLimit>(*rc::gen::inRange(0, 2));
  p.trigger.stage_breach.filter = filter(p.funnel);
  p.trigger.load_imbalance.enabled = *rc::gen::arbitrary<bool>();
  p.trigger.delay_surge.quantile = share();
  p.trigger.expiry.filter = filter(p.funnel);
  return p;
}

TEST(PolicyProperty, ParsingTheResolvedTextGivesThePolicyAndTheSameText) {
  EXPECT_TRUE(rc::check([] {
    const Policy policy = any_policy();
    const std::string resolved = resolved_toml(policy);
    const auto again = parse_policy(resolved, "resolved.toml");
    if (!again) RC_FAIL(again.error().text() + "\n" + resolved);
    RC_ASSERT(*again == policy);
    RC_ASSERT(resolved_toml(*again) == resolved);
    RC_ASSERT(policy_hash(*again) == policy_hash(policy));
  }));
}

}  // namespace
}  // namespace pursuit::model
