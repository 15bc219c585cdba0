// app/system_clock.h: the real clock. Made once, by the command that starts; everything else is
// handed an instant or a base::Clock. Any thread.
#pragma once

#include "base/clock.h"

namespace pursuit::app {

class SystemClock final : public base::Clock {
 public:
  [[nodiscard]] base::Millis now_ms() const override;
  [[nodiscard]] std::int64_t monotonic_ns() const override;
};

}  // namespace pursuit::app
