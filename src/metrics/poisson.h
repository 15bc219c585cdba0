// metrics/poisson.h: quantiles of the Poisson distribution, for what counts as a surge
// (semantics.md, "Triggers"). Pure functions, any thread.
#pragma once

#include <cstdint>

namespace pursuit::metrics {

/// Smallest k with P(X <= k) >= q for X ~ Poisson(mean). `mean` >= 0 and finite, `q` in (0, 1).
/// Exact summation up to a mean of 600; above that the normal approximation with continuity
/// correction, good to one count there.
[[nodiscard]] std::uint64_t poisson_quantile(double mean, double q);

}  // namespace pursuit::metrics
