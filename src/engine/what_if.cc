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

std::vector<PastScore> Engine::past_scores(base::LeadId lead,
                                           std::span<const base::Millis> at_ms) const {
  const State& s = *state_;
  const Profiles::Facts& facts = s.facts(lead);
  const auto open_stages = static_cast<model::StageCode>(s.policy.funnel.open_stages());
  std::vector<PastScore> past;
  past.reserve(at_ms.size());
  for (const base::Millis t : at_ms) {
    const Standing then = s.evaluator.standing(
        walk(s.book.events(lead), t, open_stages,
             [](model::StageCode, base::Millis, base::Millis, VisitKind, std::uint32_t) {}));
    PastScore score{.at_ms = t,
                    .state = then.state,
                    .stage = then.stage,
                    .score = kAbsent,
                    .tier = model::Tier::kCold};
    if (then.state == LeadState::kOpen) {
      const double threshold_ms = s.evaluator.threshold(facts, then.stage).ms;
      score.score = metrics::score_of(s.evaluator.contributions_at(
          t, lead, facts, then, s.load_now[facts.pair.v], threshold_ms));
      score.tier = metrics::tier_of(score.score, s.profiles.tiers(facts.ruling.tier));
    }
    past.push_back(score);
  }
  return past;
}

ScoreScale Engine::score_scale(base::LeadId lead) const {
  const Profiles& profiles = state_->profiles;
  const Profiles::Ruling& ruling = state_->facts(lead).ruling;
  metrics::Components all_one;
  all_one.fill(1.0);
  return {.most = metrics::contributions(all_one, profiles.weights(ruling.weights)),
          .cutoffs = profiles.tiers(ruling.tier)};
}

base::Millis Engine::snoozed_until(base::LeadId lead) const {
  return state_->signals.snoozed_until(lead, state_->evaluator.as_of_ms());
}

bool Engine::has_snoozes() const { return !state_->signals.no_snoozes(); }

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
