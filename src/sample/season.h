// sample/season.h: how many leads arrive on which day. Pure functions and read-only tables, any
// thread.
#pragma once

#include <cstdint>

#include "sample/shares.h"

namespace pursuit::sample {

/// First day of Ramadan that begins nearest before or on `day`, by the mean lunar year from
/// 2026-02-18: within a day or two of the announced one.
[[nodiscard]] std::int64_t ramadan_start_before(std::int64_t day);
inline constexpr std::int64_t kRamadanDays = 30;

/// Weight of a day relative to an ordinary one: weekday, Ramadan and the holiday after it, summer,
/// the end of the year.
[[nodiscard]] double day_weight(std::int64_t day);

/// Deals out leads over days so that lead numbers grow with the day.
class Season {
 public:
  /// Days first_day … last_day, both inclusive, growing by about a third from end to end.
  Season(std::int64_t first_day, std::int64_t last_day);
  /// The day of the lead at `quantile` in [0, 1) of all leads.
  [[nodiscard]] std::int64_t day_at(double quantile) const {
    return first_day_ + days_.at(quantile);
  }

 private:
  std::int64_t first_day_;
  Shares days_;
};

}  // namespace pursuit::sample
