// metrics/working_time.h: open time of a calendar between two instants. Immutable once built; any
// thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/calendar.h"

namespace pursuit::metrics {

/// The open time of one calendar as a running total over UTC (semantics.md, "Time"). Integer
/// milliseconds throughout, so that sums over adjacent spans are exact.
class WorkingTime {
 public:
  /// Lays the calendar out over [from_ms, to_ms), widened to whole local days. Fails when the zone
  /// is not known.
  static base::Result<WorkingTime> build(const model::Calendar& calendar, base::Millis from_ms,
                                         base::Millis to_ms);

  /// Open milliseconds in [from, to); 0 when to <= from. Both must lie in the range that was laid
  /// out.
  [[nodiscard]] base::Millis between(base::Millis from_ms, base::Millis to_ms) const;

  /// The instant at which `open_ms` of open time have passed since `from_ms`; base::kNoInstant when
  /// the laid-out range ends before that. `open_ms` > 0; the result is the last millisecond edge
  /// reached, i.e. the smallest t with between(from, t) >= open_ms.
  [[nodiscard]] base::Millis add(base::Millis from_ms, base::Millis open_ms) const;

  /// Mean open milliseconds of a day that has any, over the laid-out range: the length of a working
  /// day.
  [[nodiscard]] double mean_open_day_ms() const;
};

}  // namespace pursuit::metrics
