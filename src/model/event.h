// model/event.h: one thing that happened to a lead, in eight bytes that sort in the order of
// semantics.md ("Funnel": by instant, then open stages in order, won, lost). Plain data, any
// thread.
#pragma once

#include <compare>
#include <cstdint>

#include "base/time.h"

namespace pursuit::model {

/// Position in the funnel: 0 … n-1 the open stages in order, n the won stage, n+1 the lost stage;
/// then two codes that are no stages and sort last at an instant.
using StageCode = std::uint8_t;
// the lead's created_at; counts as first stage unless a stage event came first
inline constexpr StageCode kCreatedCode = 0xFE;
// activity without a stage: a signal, a touch, a note
inline constexpr StageCode kActivityCode = 0xFF;

/// `at_ms` in the upper 56 bits, the code in the lower 8: comparing two values compares instant,
/// then code.
struct Event {
  std::int64_t packed = 0;

  static constexpr Event make(base::Millis at_ms, StageCode code) {
    return Event{static_cast<std::int64_t>((static_cast<std::uint64_t>(at_ms) << 8) | code)};
  }
  [[nodiscard]] constexpr base::Millis at_ms() const { return packed >> 8; }
  [[nodiscard]] constexpr StageCode code() const { return static_cast<StageCode>(packed & 0xFF); }
  friend constexpr auto operator<=>(const Event&, const Event&) = default;
};

}  // namespace pursuit::model
