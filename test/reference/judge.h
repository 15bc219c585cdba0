// test/reference/judge.h: the rules of a policy applied to a lead: service levels, categories,
// overrides. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>

#include "reference/history.h"

namespace pursuit::reference {

/// Hours of the SLA rule that wins for a lead in `stage` (model::kOverallStage: the overall SLA)
/// entered at `entered_ms`. Rules that name a tier take part only where `tier` is given.
[[nodiscard]] Number sla_hours(const model::Policy& policy, const History& h,
                               model::StageCode stage, Millis entered_ms,
                               std::optional<model::Tier> tier);

/// A duration held against an SLA (semantics.md, "TAT and SLA"); all absent without one.
struct Judgement {
  Number sla_hours;
  Number effective_hours;
  Number deviation_hours;
  std::string category = "none";
};
[[nodiscard]] Judgement judge(const model::Policy& policy, double hours, Number sla_hours,
                              double relaxation);

/// The weights and cut-offs in force for a lead, overrides applied.
[[nodiscard]] model::Weights weights_of(const model::Policy& policy, const History& h);
[[nodiscard]] model::TierPolicy cutoffs_of(const model::Policy& policy, const History& h);
[[nodiscard]] model::Tier tier_of(const model::TierPolicy& cutoffs, double score);

}  // namespace pursuit::reference
