// metrics/working_time.h: open time of a calendar between two instants. Immutable once built; any
// thread.
#pragma once

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
  /// time in proportion to the open blocks in it: about 50 bytes a day.
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
    const auto day = static_cast<std::uint64_t>(base::day_of(at_ms) - first_day_);
    PURSUIT_ASSERT(day < first_of_day_.size());
    const Open* open = &open_[first_of_day_[day]];
    while (open->to_ms <= at_ms) ++open;  // a closed entry at the end stops it
    const base::Millis inside_ms = at_ms - open->from_ms;
    return open->before_ms + (inside_ms > 0 ? inside_ms : 0);
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
  void append(base::Millis from_ms, base::Millis to_ms);
  void index_days(base::Millis from_ms, base::Millis to_ms);

  std::vector<Open> open_;                   // in order, apart; the last one is never reached
  std::vector<std::uint32_t> first_of_day_;  // by UTC day: the first stretch that ends after 00:00
  std::int64_t first_day_ = 0;
  double mean_open_day_ms_ = 0;
};

}  // namespace pursuit::metrics
