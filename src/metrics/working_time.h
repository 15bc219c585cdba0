// metrics/working_time.h: open time of a calendar between two instants. Immutable once built; any
// thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "base/error.h"
#include "base/time.h"
#include "model/calendar.h"

namespace pursuit::metrics {

/// The open time of one calendar as a running total over UTC (semantics.md, "Time"). Integer
/// milliseconds throughout, so that sums over adjacent spans are exact.
class WorkingTime {
 public:
  /// Lays the calendar out over [from_ms, to_ms], widened to whole local days. Fails when the zone
  /// is not known. `from_ms` <= `to_ms`, both within the instants of base/time.h. Costs memory and
  /// time in proportion to the open blocks in it: about 100 bytes a day.
  static base::Result<WorkingTime> build(const model::Calendar& calendar, base::Millis from_ms,
                                         base::Millis to_ms);

  /// Open milliseconds in [from, to); 0 when to <= from. Both must lie in the range that was laid
  /// out (its end included): outside of it is a bug of the caller.
  [[nodiscard]] base::Millis between(base::Millis from_ms, base::Millis to_ms) const {
    return to_ms <= from_ms ? 0 : open_until(to_ms) - open_until(from_ms);
  }

  /// Open milliseconds from the beginning of the range to `at_ms`: what `between` takes the
  /// difference of, for a caller that holds one end fixed.
  [[nodiscard]] base::Millis open_until(base::Millis at_ms) const {
    const std::int64_t day = base::day_of(at_ms);
    const auto slot = static_cast<std::uint64_t>(day - first_day_);
    PURSUIT_ASSERT(slot < days_.size());
    const Day& d = days_[slot];
    if (d.before_ms < 0) [[unlikely]]
      return scan(d, at_ms);
    const auto in_day_ms = static_cast<std::int32_t>(at_ms - day * base::kMillisPerDay);
    std::int32_t open_ms = 0;
    for (std::size_t i = 0; i < kInline; ++i) {  // no branches: they would be guesses
      open_ms += std::max(0, std::min(in_day_ms, d.to_ms[i]) - d.from_ms[i]);
    }
    return d.before_ms + open_ms;
  }

  /// The instant at which `open_ms` of open time have passed since `from_ms`: the smallest t with
  /// between(from, t) >= open_ms. base::kNoInstant when the laid-out range ends before that.
  /// `open_ms` > 0.
  [[nodiscard]] base::Millis add(base::Millis from_ms, base::Millis open_ms) const;

  /// Mean open milliseconds of a local day that has any, over the laid-out range: the length of a
  /// working day. 0 when no day has.
  [[nodiscard]] double mean_open_day_ms() const { return mean_open_day_ms_; }

 private:
  /// One stretch of open time, [from_ms, to_ms).
  struct Open {
    base::Millis from_ms;
    base::Millis to_ms;
    base::Millis before_ms;  // open time of all stretches before it
  };
  /// One UTC day, half a cache line: its stretches as offsets into the day, empty ones 0.
  static constexpr std::size_t kInline = 3;
  struct Day {
    base::Millis before_ms;  // open time before the day; -1 - i: too many, look at open_ from i on
    std::array<std::int32_t, kInline> from_ms;
    std::array<std::int32_t, kInline> to_ms;
  };

  void append(base::Millis from_ms, base::Millis to_ms);
  void index_days(base::Millis from_ms, base::Millis to_ms);
  [[nodiscard]] Day day_from(std::size_t first_open, std::int64_t day) const;
  [[nodiscard]] base::Millis scan(const Day& day, base::Millis at_ms) const;

  std::vector<Open> open_;  // in order, apart; the last one is never reached
  std::vector<Day> days_;
  std::int64_t first_day_ = 0;
  double mean_open_day_ms_ = 0;
};

}  // namespace pursuit::metrics
