// engine/evaluator.h: Evaluator: the figures of one lead at an instant, the same code for a full
// refresh, a single change and a read. Holds references to policy, profiles, baseline and signals,
// which must outlive it; const functions from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "engine/baseline.h"
#include "engine/book.h"
#include "engine/figures.h"
#include "engine/profiles.h"
#include "engine/walk.h"
#include "metrics/score.h"
#include "metrics/working_time.h"
#include "model/policy.h"
#include "model/signal_log.h"

namespace pursuit::engine {

class Evaluator {
 public:
  Evaluator(const model::Policy& policy, const Profiles& profiles, const Baseline& baseline,
            const model::SignalLog& signals);

  /// Sets the instant and lays calendars out from `earliest_ms` to some way beyond `as_of_ms`.
  /// Fails on an unknown zone.
  base::Result<void> set_instant(base::Millis as_of_ms, base::Millis earliest_ms);
  /// Takes over the instant and the calendars of an evaluator of an equal policy.
  void copy_instant(const Evaluator& other) {
    as_of_ms_ = other.as_of_ms_;
    laid_out_from_ms_ = other.laid_out_from_ms_;
    calendars_ = other.calendars_;
  }
  [[nodiscard]] base::Millis as_of_ms() const { return as_of_ms_; }
  /// Whether durations that begin at `from_ms` can be told.
  [[nodiscard]] bool reaches(base::Millis from_ms) const { return from_ms >= laid_out_from_ms_; }

  /// Duration from one instant to a later one, elapsed or in the working time of the lead's
  /// calendar.
  [[nodiscard]] base::Millis duration(const Profiles::Facts& facts, base::Millis from_ms,
                                      base::Millis to_ms) const {
    return facts.ruling.calendar == kNoRule
               ? to_ms - from_ms
               : calendars_[facts.ruling.calendar].between(from_ms, to_ms);
  }
  /// Inverse of duration: when `duration_ms` (> 0) of it have passed since `from_ms`; kNoInstant
  /// beyond what is laid out.
  [[nodiscard]] base::Millis after(const Profiles::Facts& facts, base::Millis from_ms,
                                   base::Millis duration_ms) const;

  /// R of a load (semantics.md, "Load and relaxation"); small loads from a table made by the same
  /// formula.
  [[nodiscard]] double relaxation(PairLoad load) const {
    if (load.open < kTabulated)
      return table_[load.open * (load.open + 1) / 2 + load.in_load_stages];
    return relaxation_of_large(load);
  }
  [[nodiscard]] bool is_load_stage(model::StageCode stage) const { return load_stage_[stage] != 0; }

  /// Hours that a rule grants under relaxation R.
  [[nodiscard]] double effective_hours(std::uint16_t rule, double relaxation) const {
    return policy_->sla.rules[rule].hours * (1.0 + relaxation);
  }

  /// Where a lead stands by its walk alone: state, stage, instants.
  [[nodiscard]] Standing standing(const WalkEnd& end) const {
    Standing s;
    if (end.stage == kNoStage) return s;
    s.stage = end.stage;
    s.entered_ms = end.entered_ms;
    s.last_activity_ms = end.last_activity_ms;
    const std::size_t stages = policy_->funnel.open_stages();
    s.state = end.stage < stages    ? LeadState::kOpen
              : end.stage == stages ? LeadState::kWon
                                    : LeadState::kLost;
    return s;
  }
  /// Scores an open lead and says whether it is expired or dormant, at the load of its pair now.
  void assess(base::LeadId lead, const Profiles::Facts& facts, PairLoad load,
              Standing& standing) const;
  /// Contributions to the score of an open lead.
  [[nodiscard]] metrics::Components contributions(base::LeadId lead, const Profiles::Facts& facts,
                                                  model::StageCode stage, base::Millis entered_ms,
                                                  base::Millis last_activity_ms,
                                                  PairLoad load) const;
  /// The same where the stage's threshold is known.
  [[nodiscard]] metrics::Components contributions(base::LeadId lead, const Profiles::Facts& facts,
                                                  model::StageCode stage, base::Millis entered_ms,
                                                  base::Millis last_activity_ms, PairLoad load,
                                                  double threshold_ms) const;
  /// The same at another instant than the evaluator's, as far as events up to then go.
  [[nodiscard]] metrics::Components contributions_at(base::Millis at_ms, base::LeadId lead,
                                                     const Profiles::Facts& facts,
                                                     const Standing& then, PairLoad load,
                                                     double threshold_ms) const;
  [[nodiscard]] ThresholdChoice threshold(const Profiles::Facts& facts, std::size_t stage) const {
    return baseline_->threshold(facts, stage, policy_->expiry);
  }

  [[nodiscard]] const model::Policy& policy() const { return *policy_; }
  [[nodiscard]] const Profiles& profiles() const { return *profiles_; }

 private:
  static constexpr std::uint32_t kTabulated = 512;  // open leads; the table takes 1 MB
  [[nodiscard]] double relaxation_of_large(PairLoad load) const;

  const model::Policy* policy_;
  const Profiles* profiles_;
  const Baseline* baseline_;
  const model::SignalLog* signals_;
  base::Millis as_of_ms_ = base::kMinInstantMs - 1;  // before the first refresh nothing is visible
  base::Millis laid_out_from_ms_ = base::kMaxInstantMs;
  std::vector<metrics::WorkingTime>
      calendars_;                         // by Policy::calendars; empty when durations are elapsed
  std::vector<double> table_;             // R by open and in load stages, triangular
  std::vector<double> stage_component_;   // by open stage
  std::vector<std::uint8_t> load_stage_;  // by stage code, won and lost included
  double recency_scale_;
  bool uses_signals_ = false;
};

}  // namespace pursuit::engine
