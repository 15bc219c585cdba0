// base/clock.h: the clock behind an interface. Only app/ makes a SystemClock; everything else is
// handed an instant or a Clock.
#pragma once

#include "base/time.h"

namespace pursuit::base {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// The present instant, UTC.
  [[nodiscard]] virtual Millis now_ms() const = 0;
  /// A reading that never goes back, in nanoseconds from an arbitrary origin: for measuring how
  /// long something took.
  [[nodiscard]] virtual std::int64_t monotonic_ns() const = 0;
};

}  // namespace pursuit::base
