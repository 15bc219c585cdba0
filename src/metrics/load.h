// metrics/load.h: load factor of a dealer × nameplate and the relaxation that follows from it
// (semantics.md, "Load and relaxation"). Pure functions, any thread.
#pragma once

#include <cmath>
#include <cstdint>

#include "model/policy.h"

namespace pursuit::metrics {

/// Share of open leads that are in load stages, in [0, 1]. `open` > 0.
[[nodiscard]] inline double load_factor(std::uint32_t open, std::uint32_t in_load_stages) {
  return static_cast<double>(in_load_stages) / static_cast<double>(open);
}

/// Sigmoid relaxation R(L) = cap / (1 + e^(−k (L − mid))), a share by which windows widen; 0 with
/// fewer than `min_open` open leads.
[[nodiscard]] inline double relaxation(std::uint32_t open, std::uint32_t in_load_stages,
                                       const model::LoadPolicy& policy) {
  if (open == 0 || static_cast<std::int64_t>(open) < policy.min_open) return 0.0;
  const double factor = load_factor(open, in_load_stages);
  return policy.cap / (1.0 + std::exp(-policy.k * (factor - policy.mid)));
}

}  // namespace pursuit::metrics
