// metrics/sla.h: how a duration stands against its SLA (semantics.md, "TAT and SLA"). Pure
// functions, any thread.
#pragma once

#include <cstdint>

namespace pursuit::metrics {

enum class Category : std::uint8_t { kNone, kOnTime, kDelayed, kCritical };

/// `deviation_hours` = duration − effective SLA: on time up to 0, delayed up to grace × effective
/// SLA, critical beyond.
[[nodiscard]] constexpr Category category_of(double deviation_hours, double effective_sla_hours,
                                             double grace) {
  if (deviation_hours <= 0) return Category::kOnTime;
  return deviation_hours <= grace * effective_sla_hours ? Category::kDelayed : Category::kCritical;
}

}  // namespace pursuit::metrics
