#include "engine/evaluator.h"

#include <algorithm>
#include <cmath>

#include "metrics/load.h"

namespace pursuit::engine {

namespace {

// Calendars reach past the instant, so that the next change of status can be told.
constexpr base::Millis kLookAheadMs = 400 * base::kMillisPerDay;
constexpr base::Millis kMarginMs = 40 * base::kMillisPerDay;

}  // namespace

Evaluator::Evaluator(const model::Policy& policy, const Profiles& profiles,
                     const Baseline& baseline, const model::SignalLog& signals)
    : policy_(&policy),
      profiles_(&profiles),
      baseline_(&baseline),
      signals_(&signals),
      recency_scale_(metrics::recency_scale(policy.score.recency_k, policy.score.recency_m)) {
  table_.resize(kTabulated * (kTabulated + 1) / 2);
  for (std::uint32_t open = 0; open < kTabulated; ++open) {
    for (std::uint32_t in = 0; in <= open; ++in) {
      table_[open * (open + 1) / 2 + in] = metrics::relaxation(open, in, policy.load);
    }
  }
  const std::size_t stages = policy.funnel.open_stages();
  for (std::size_t s = 0; s < stages; ++s) {
    stage_component_.push_back(policy.score.stage_weights.empty()
                                   ? static_cast<double>(s + 1) / static_cast<double>(stages)
                                   : policy.score.stage_weights[s]);
    load_stage_.push_back(policy.is_load_stage(static_cast<model::StageCode>(s)));
  }
  load_stage_.resize(stages + 2, 0);
  const auto weighs_signals = [](const model::Weights& w) {
    for (std::size_t c = static_cast<std::size_t>(model::Component::kEngagement); c < w.size();
         ++c) {
      if (w[c] > 0) return true;
    }
    return false;
  };
  uses_signals_ = weighs_signals(policy.score.weights);
  for (const model::Override& o : policy.overrides) {
    uses_signals_ |= o.weights && weighs_signals(*o.weights);
  }
}

base::Result<void> Evaluator::set_instant(base::Millis as_of_ms, base::Millis earliest_ms) {
  if (policy_->duration == model::DurationKind::kElapsed) {
    as_of_ms_ = as_of_ms;
    laid_out_from_ms_ = base::kMinInstantMs;
    return {};
  }
  const base::Millis from_ms =
      std::max(std::min(earliest_ms, as_of_ms) - kMarginMs, base::kMinInstantMs);
  std::vector<metrics::WorkingTime> calendars;
  for (const model::Calendar& c : policy_->calendars) {
    auto laid_out = metrics::WorkingTime::build(c, from_ms, as_of_ms + kLookAheadMs);
    if (!laid_out) return std::unexpected(laid_out.error());
    calendars.push_back(std::move(*laid_out));
  }
  as_of_ms_ = as_of_ms;
  calendars_ = std::move(calendars);
  laid_out_from_ms_ = from_ms;
  return {};
}

base::Millis Evaluator::after(const Profiles::Facts& facts, base::Millis from_ms,
                              base::Millis duration_ms) const {
  if (facts.ruling.calendar == kNoRule) return from_ms + duration_ms;
  return calendars_[facts.ruling.calendar].add(from_ms, duration_ms);
}

double Evaluator::relaxation_of_large(PairLoad load) const {
  return metrics::relaxation(load.open, load.in_load_stages, policy_->load);
}

metrics::Components Evaluator::contributions(base::LeadId lead, const Profiles::Facts& facts,
                                             model::StageCode stage, base::Millis entered_ms,
                                             base::Millis last_activity_ms, PairLoad load) const {
  return contributions(lead, facts, stage, entered_ms, last_activity_ms, load,
                       threshold(facts, stage).ms);
}

metrics::Components Evaluator::contributions(base::LeadId lead, const Profiles::Facts& facts,
                                             model::StageCode stage, base::Millis entered_ms,
                                             base::Millis last_activity_ms, PairLoad load,
                                             double threshold_ms) const {
  Standing standing;
  standing.stage = stage;
  standing.entered_ms = entered_ms;
  standing.last_activity_ms = last_activity_ms;
  return contributions_at(as_of_ms_, lead, facts, standing, load, threshold_ms);
}

metrics::Components Evaluator::contributions_at(base::Millis at_ms, base::LeadId lead,
                                                const Profiles::Facts& facts, const Standing& then,
                                                PairLoad load, double threshold_ms) const {
  const model::ScorePolicy& score = policy_->score;
  double window_ms = threshold_ms;
  if (std::isnan(window_ms)) {
    const SlaChoice& choice = profiles_->choice(facts, then.stage);
    const std::uint16_t rule = profiles_->rule(choice, then.entered_ms);
    const double hours =
        rule == kNoRule ? score.recency_fallback_hours : effective_hours(rule, relaxation(load));
    window_ms = hours * static_cast<double>(base::kMillisPerHour);
  }
  const auto idle_ms = static_cast<double>(duration(facts, then.last_activity_ms, at_ms));
  metrics::Components c{};
  c[static_cast<std::size_t>(model::Component::kConversion)] =
      baseline_->conversion_of(facts.channel);
  c[static_cast<std::size_t>(model::Component::kVolume)] = baseline_->volume_of(facts.channel);
  c[static_cast<std::size_t>(model::Component::kRecency)] = metrics::recency(
      metrics::rho(idle_ms, window_ms), score.recency_k, score.recency_m, recency_scale_);
  c[static_cast<std::size_t>(model::Component::kStage)] = stage_component_[then.stage];
  if (uses_signals_) {
    for (auto i = static_cast<std::size_t>(model::Component::kEngagement); i < c.size(); ++i) {
      c[i] = signals_->value(lead, static_cast<std::uint8_t>(i), at_ms);
    }
  }
  return metrics::contributions(c, profiles_->weights(facts.ruling.weights));
}

void Evaluator::assess(base::LeadId lead, const Profiles::Facts& facts, PairLoad load,
                       Standing& standing) const {
  const double threshold_ms = threshold(facts, standing.stage).ms;
  standing.score = metrics::score_of(contributions(lead, facts, standing.stage, standing.entered_ms,
                                                   standing.last_activity_ms, load, threshold_ms));
  standing.tier = metrics::tier_of(standing.score, profiles_->tiers(facts.ruling.tier));
  standing.expired =
      static_cast<double>(duration(facts, standing.entered_ms, as_of_ms_)) > threshold_ms;
  standing.dormant =
      as_of_ms_ - standing.last_activity_ms >= policy_->expiry.dormant_days * base::kMillisPerDay;
  standing.snoozed = signals_->snoozed_until(lead, as_of_ms_) != base::kNoInstant;
}

}  // namespace pursuit::engine
