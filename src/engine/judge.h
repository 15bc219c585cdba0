// engine/judge.h: one visit or one lead against its SLA; what refresh, reads and alerts share. Pure
// functions, any thread.
#pragma once

#include <cmath>

#include "base/time.h"
#include "engine/evaluator.h"
#include "engine/figures.h"
#include "metrics/sla.h"

namespace pursuit::engine {

/// Fills in the SLA part of a visit from the rule and the effective hours that hold for it.
inline void judge(VisitFigures& visit, double sla_hours, double effective_hours, double grace) {
  visit.sla_hours = sla_hours;
  visit.effective_sla_hours = effective_hours;
  visit.deviation_hours = base::to_hours(visit.duration_ms) - effective_hours;
  visit.category = metrics::category_of(visit.deviation_hours, effective_hours, grace);
}

/// The longest whole duration, milliseconds, that is not more than `limit_hours`.
[[nodiscard]] inline base::Millis longest_within(double limit_hours) {
  auto limit_ms = static_cast<base::Millis>(
                      std::floor(limit_hours * static_cast<double>(base::kMillisPerHour))) -
                  1;
  while (base::to_hours(limit_ms + 1) <= limit_hours) ++limit_ms;
  return limit_ms;
}

/// The first millisecond at which a duration that began at `from_ms` is longer than `limit_hours`.
[[nodiscard]] inline base::Millis passes_at(const Evaluator& evaluator,
                                            const Profiles::Facts& facts, base::Millis from_ms,
                                            double limit_hours) {
  return evaluator.after(facts, from_ms, longest_within(limit_hours) + 1);
}

/// Band of a load factor (semantics.md, "Load and relaxation").
[[nodiscard]] constexpr Band band_of(double load_factor) {
  if (load_factor < 0.5) return Band::kLow;
  if (load_factor <= 0.6) return Band::kModerate;
  return load_factor <= 0.8 ? Band::kElevated : Band::kCritical;
}

}  // namespace pursuit::engine
