// service/what_if.h: what another policy would change, lead by lead and in sum, as of the same
// instant. Pure functions; neither engine may change meanwhile.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "engine/engine.h"

namespace pursuit::service {

/// Open leads of one policy, counted.
struct PolicyCounts {
  std::uint64_t open = 0;
  std::array<std::uint64_t, 3> tiers{};  // by model::Tier
  std::uint64_t expired = 0;
  std::uint64_t dormant = 0;
  std::uint64_t breaches = 0;                 // open visits over their SLA
  double compliance = engine::kAbsent;        // of visits left in the look-back, or open
  double mean_load_factor = engine::kAbsent;  // over dealer × nameplate
  double mean_relaxation = engine::kAbsent;
};

/// A lead that would stand elsewhere.
struct Move {
  base::LeadId before;  // in the present engine
  base::LeadId after;   // in the other
};

struct PolicyChange {
  PolicyCounts before;
  PolicyCounts after;
  /// Leads from a tier (row) to a tier (column), open under both, by model::Tier.
  std::array<std::array<std::uint64_t, 3>, 3> tier_moves{};
  std::uint64_t moved = 0;  // leads whose tier, status or category differs
  std::vector<Move> moves;  // of them those whose score changes most, at most `most_moves`
};

/// Compares engines that hold the same leads, matched by id.
[[nodiscard]] PolicyChange compare(const engine::Engine& present, const engine::Engine& other,
                                   std::size_t most_moves);

}  // namespace pursuit::service
