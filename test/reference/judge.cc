#include "reference/judge.h"

namespace pursuit::reference {
namespace {

bool matches(const model::DimensionMatch& match, const History& h) {
  for (std::size_t d = 0; d < model::kRuleDimensions; ++d)
    if (match[d] && *match[d] != h.lead->dims[d]) return false;
  return true;
}

int named(const model::DimensionMatch& match) {
  int count = 0;
  for (const auto& value : match) count += value ? 1 : 0;
  return count;
}

}  // namespace

Number sla_hours(const model::Policy& policy, const History& h, model::StageCode stage,
                 Millis entered_ms, std::optional<model::Tier> tier) {
  Number found;
  int best = -1;
  for (const model::SlaRule& rule : policy.sla.rules) {
    if (rule.stage != stage || !matches(rule.match, h)) continue;
    if (rule.tier && rule.tier != tier) continue;
    if (entered_ms < rule.valid_from_ms || entered_ms >= rule.valid_to_ms) continue;
    const int names = named(rule.match) + (rule.tier ? 1 : 0);
    if (names <= best) continue;  // a tie goes to the first
    best = names;
    found = rule.hours;
  }
  return found;
}

Judgement judge(const model::Policy& policy, double hours, Number sla, double relaxation) {
  Judgement j;
  if (!sla) return j;
  const double effective = *sla * (1 + relaxation);
  const double deviation = hours - effective;
  j.sla_hours = sla;
  j.effective_hours = effective;
  j.deviation_hours = deviation;
  j.category = deviation <= 0                              ? "on_time"
               : deviation <= policy.sla.grace * effective ? "delayed"
                                                           : "critical";
  return j;
}

model::Weights weights_of(const model::Policy& policy, const History& h) {
  model::Weights weights = policy.score.weights;
  int best = -1;
  for (const model::Override& o : policy.overrides) {
    if (!o.weights || !matches(o.match, h) || named(o.match) <= best) continue;
    best = named(o.match);
    weights = *o.weights;
  }
  return weights;
}

model::TierPolicy cutoffs_of(const model::Policy& policy, const History& h) {
  model::TierPolicy cutoffs = policy.tier;
  int best = -1;
  for (const model::Override& o : policy.overrides) {
    if (!o.tier || !matches(o.match, h) || named(o.match) <= best) continue;
    best = named(o.match);
    cutoffs = *o.tier;
  }
  return cutoffs;
}

model::Tier tier_of(const model::TierPolicy& cutoffs, double score) {
  if (score >= cutoffs.hot) return model::Tier::kHot;
  if (score >= cutoffs.warm) return model::Tier::kWarm;
  return model::Tier::kCold;
}

}  // namespace pursuit::reference
