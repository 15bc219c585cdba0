#include "app/system_clock.h"

#include <chrono>

namespace pursuit::app {

base::Millis SystemClock::now_ms() const {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

std::int64_t SystemClock::monotonic_ns() const {
  const auto reading = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(reading).count();
}

}  // namespace pursuit::app
