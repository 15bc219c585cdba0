#include <algorithm>

#include "property/random_network.h"

namespace pursuit::property {
namespace {

using model::Policy;
using rc::gen::element;

bool one_in(int n) { return *any_int(0, n) == 0; }

/// A match on some of the dimensions, in values that the networks have; "" is one of them.
model::DimensionMatch any_match(bool override_only) {
  model::DimensionMatch match;
  constexpr std::array<std::array<const char*, 3>, model::kRuleDimensions> kValues = {
      {{"", "A", "B"},
       {"", "g", "h"},
       {"", "d1", "d2"},
       {"", "c1", "c2"},
       {"", "p", "q"},
       {"", "n1", "n2"}}};
  for (std::size_t d = 0; d < match.size(); ++d) {
    const bool allowed = !override_only || d == model::index_of(model::Dimension::kRegion) ||
                         d == model::index_of(model::Dimension::kDealerGroup) ||
                         d == model::index_of(model::Dimension::kProduct);
    if (allowed && one_in(8)) match[d] = kValues[d][static_cast<std::size_t>(*any_int(0, 3))];
  }
  return match;
}

model::SlaRule any_rule(std::size_t stages) {
  model::SlaRule rule;
  const int stage = *any_int(-1, static_cast<int>(stages));
  rule.stage = stage < 0 ? model::kOverallStage : static_cast<model::StageCode>(stage);
  // Multiples of the grid of instants, so that durations meet their limits exactly.
  rule.hours = *element(1.0, 6.0, 24.0, 36.0, 100.25, 240.0);
  rule.match = any_match(false);
  if (one_in(4)) rule.tier = *element(model::Tier::kHot, model::Tier::kWarm, model::Tier::kCold);
  if (one_in(4)) rule.valid_from_ms = *any_as_of();
  if (one_in(4)) rule.valid_to_ms = *any_as_of();
  if (rule.valid_from_ms >= rule.valid_to_ms) std::swap(rule.valid_from_ms, rule.valid_to_ms);
  if (rule.valid_from_ms == rule.valid_to_ms) rule.valid_to_ms = INT64_MAX;
  return rule;
}

model::TierPolicy any_cutoffs() {
  const double warm = *element(20.0, 40.0, 55.0);
  return {warm + *element(0.0, 10.0, 30.0), warm};
}

model::Weights any_weights() {
  model::Weights weights{};
  for (double& w : weights) w = *element(0.0, 0.3, 0.15, 1.0);
  weights[static_cast<std::size_t>(*any_int(0, 4))] = 0.25;  // a positive sum
  return weights;
}

model::WeeklyHours any_week() {
  const std::array<std::vector<model::Block>, 6> days = {{{},
                                                          {{540, 1080}},
                                                          {{540, 780}, {960, 1260}},
                                                          {{0, 390}, {600, 1440}},
                                                          {{30, 210}, {210, 300}},
                                                          {{0, 1440}}}};
  model::WeeklyHours week;
  for (auto& day : week) day = days[static_cast<std::size_t>(*any_int(0, 6))];
  return week;
}

model::Calendar any_calendar(const std::string& region) {
  constexpr std::int64_t kFirstDay = 20'458;  // 2026-01-05
  model::Calendar calendar;
  calendar.region = region;
  calendar.zone = *element<std::string>("Africa/Cairo", "Asia/Beirut", "Asia/Dubai", "UTC",
                                        "America/St_Johns", "Pacific/Apia");
  calendar.weekly = any_week();
  for (int i = *any_int(0, 3); i > 0; --i)
    calendar.holidays.push_back(kFirstDay + 40 * i + *any_int(0, 40));
  std::sort(calendar.holidays.begin(), calendar.holidays.end());
  for (int i = *any_int(0, 3); i > 0; --i) {
    const std::int64_t from = kFirstDay + *any_int(0, 100);
    calendar.periods.push_back({from, from + *any_int(0, 40), any_week()});
  }
  return calendar;
}

model::TriggerFilter any_filter(std::size_t stages) {
  model::TriggerFilter filter;
  if (one_in(4))
    filter.stages = {static_cast<model::StageCode>(*any_int(0, static_cast<int>(stages)))};
  if (one_in(4)) filter.tiers = {*element(model::Tier::kHot, model::Tier::kCold)};
  if (one_in(4)) filter.regions = {*element<std::string>("", "A")};
  if (one_in(4)) filter.dealer_groups = {*element<std::string>("", "g")};
  return filter;
}

void add_funnel(Policy& policy) {
  const std::vector<std::string> names = {"Created", "Contacted", "Experiencing", "Deciding",
                                          "Signing"};
  const auto count = static_cast<std::size_t>(*any_int(1, 6));
  policy.funnel.stages.assign(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count));
  policy.funnel.load.clear();
  for (const std::string& stage : policy.funnel.stages)
    if (one_in(2)) policy.funnel.load.push_back(stage);
}

void add_triggers(Policy& policy) {
  model::TriggerPolicy& t = policy.trigger;
  const std::size_t stages = policy.funnel.open_stages();
  t.stage_breach.limit =
      *element(model::BreachLimit::kThreshold, model::BreachLimit::kEffectiveSla);
  t.stage_breach.filter = any_filter(stages);
  t.expiry.filter = any_filter(stages);
  t.load_imbalance.filter = any_filter(stages);
  t.delay_surge.filter = any_filter(stages);
  t.load_imbalance.load_factor = *element(0.0, 0.5, 0.8);
  t.load_imbalance.stagnant_share = *element(0.0, 0.3, 0.5);
  t.delay_surge.quantile = *element(0.3, 0.9, 0.999);
  t.delay_surge.history_days = *element(1, 3, 28);
  t.delay_surge.min_visits = *any_int(1, 4);
}

void add_time(Policy& policy) {
  if (one_in(2)) return;
  policy.duration = model::DurationKind::kWorking;
  for (const char* region : {"A", "*", ""})
    if (!one_in(3)) policy.calendars.push_back(any_calendar(region));
}

void add_score(Policy& policy) {
  if (one_in(2)) policy.score.weights = any_weights();
  policy.score.recency_k = *element(1.0, 6.0);
  policy.score.recency_m = *element(0.0, 1.0);
  policy.score.recency_fallback_hours = *element(24.0, 168.0);
  if (one_in(3))
    for (std::size_t i = 0; i < policy.funnel.open_stages(); ++i)
      policy.score.stage_weights.push_back(*element(0.0, 0.2, 0.9, 1.0));
  policy.tier = any_cutoffs();
  for (int i = *any_int(0, 3); i > 0; --i) {
    model::Override o;
    o.match = any_match(true);
    if (!one_in(3)) o.weights = any_weights();
    if (!o.weights || one_in(2)) o.tier = any_cutoffs();
    policy.overrides.push_back(o);
  }
}

}  // namespace

rc::Gen<Policy> any_policy() {
  return rc::gen::exec([] {
    Policy policy;
    add_funnel(policy);
    add_time(policy);
    policy.sla.grace = *element(0.0, 0.5, 1.0);
    for (int i = *any_int(0, 12); i > 0; --i)
      policy.sla.rules.push_back(any_rule(policy.funnel.open_stages()));
    policy.expiry.percentile = *element(0.5, 0.8, 0.9, 0.99);
    policy.expiry.lookback_days = *element(10, 60, 365);
    policy.expiry.min_samples = *element(1, 2, 5, 30);
    policy.expiry.estimator =
        *element(model::Estimator::kCompleted, model::Estimator::kKaplanMeier);
    policy.expiry.dormant_days = *any_int(1, 15);
    policy.channel.lookback_days = *element(10, 60, 365);
    policy.channel.smoothing = *element(0.5, 20.0);
    policy.channel.inflow_periods = *any_int(1, 5);
    policy.channel.inflow_period_days = *element(5, 30);
    add_score(policy);
    policy.load.min_open = *any_int(0, 8);
    policy.load.cap = *element(0.0, 0.2, 1.5);
    policy.load.mid = *element(0.3, 0.7);
    add_triggers(policy);
    return policy;
  });
}

}  // namespace pursuit::property
