// base/ids.h: strong ids, so that a lead cannot be passed where a dealer is meant. Plain data, any
// thread.
#pragma once

#include <compare>
#include <cstdint>

namespace pursuit::base {

/// Position of a lead in the book; stable for the life of the book, never reused.
struct LeadId {
  std::uint32_t v = UINT32_MAX;
  friend constexpr auto operator<=>(const LeadId&, const LeadId&) = default;
};
inline constexpr LeadId kNoLead{};

/// A combination of the six rule dimensions that occurs; everything that depends on them alone is
/// looked up by it.
struct ProfileId {
  std::uint32_t v = UINT32_MAX;
  friend constexpr auto operator<=>(const ProfileId&, const ProfileId&) = default;
};

/// A dealer × nameplate that occurs: the unit of load and relaxation.
struct PairId {
  std::uint32_t v = UINT32_MAX;
  friend constexpr auto operator<=>(const PairId&, const PairId&) = default;
};

}  // namespace pursuit::base
