// Looking at one lead: where it stands, what would change its score, when its status changes.
#include <cmath>

#include "engine/engine.h"
#include "engine/state.h"

namespace pursuit::engine {

Glance Engine::glance(base::LeadId lead) const {
  const Standing& s = state_->book.standing(lead);
  return {.entered_ms = s.entered_ms,
          .last_activity_ms = s.last_activity_ms,
          .score = s.score,
          .state = s.state,
          .stage = s.stage,
          .tier = s.tier,
          .expired = s.expired,
          .dormant = s.dormant};
}

WhatIf Engine::what_if(base::LeadId lead, model::StageCode stage) const {
  const State& s = *state_;
  const Standing& standing = s.book.standing(lead);
  const Profiles::Facts& facts = s.facts(lead);
  const base::Millis now_ms = s.evaluator.as_of_ms();
  const base::Millis entered_ms = stage == standing.stage ? standing.entered_ms : now_ms;
  // The load that the move would change does not matter: what has just been active is at ρ = 0
  // whatever it is held against.
  const metrics::Components contribution =
      s.evaluator.contributions(lead, facts, stage, entered_ms, now_ms, s.load_now[facts.pair.v]);
  const double score = metrics::score_of(contribution);
  return {.score = score,
          .contribution = contribution,
          .tier = metrics::tier_of(score, s.profiles.tiers(facts.ruling.tier))};
}

ScoreScale Engine::score_scale(base::LeadId lead) const {
  const Profiles& profiles = state_->profiles;
  const Profiles::Ruling& ruling = state_->facts(lead).ruling;
  metrics::Components all_one;
  all_one.fill(1.0);
  return {.most = metrics::contributions(all_one, profiles.weights(ruling.weights)),
          .cutoffs = profiles.tiers(ruling.tier)};
}

StatusTimes Engine::status_times(base::LeadId lead) const {
  const State& s = *state_;
  const Standing& standing = s.book.standing(lead);
  const Profiles::Facts& facts = s.facts(lead);
  StatusTimes times{.expired_at_ms = base::kNoInstant,
                    .dormant_at_ms = standing.last_activity_ms +
                                     s.policy.expiry.dormant_days * base::kMillisPerDay};
  const double threshold_ms = s.evaluator.threshold(facts, standing.stage).ms;
  if (std::isnan(threshold_ms)) return times;
  // The first whole millisecond at which the time in stage is above the threshold.
  const auto longest_ms = static_cast<base::Millis>(std::floor(threshold_ms));
  times.expired_at_ms = s.evaluator.after(facts, standing.entered_ms, longest_ms + 1);
  return times;
}

}  // namespace pursuit::engine
