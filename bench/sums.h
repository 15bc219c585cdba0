// bench/sums.h: the sums over all result tables by which Pursuit and its peers are held together
// (bench/README.md, "Sums").
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"

namespace pursuit::bench {

/// Name and value of each sum, in the order of bench/README.md, `thresholds.km_p90` last.
[[nodiscard]] std::vector<std::pair<std::string, double>> result_sums(const engine::Engine& engine);

}  // namespace pursuit::bench
