// metrics/percentile.h: percentiles of stage durations. Pure functions, any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pursuit::metrics {

/// Where a percentile falls in a sorted sample of `n` values: between `index` and `index + 1`,
/// `fraction` of the way (semantics.md, "P90 thresholds": h = p (n − 1)).
struct PercentilePosition {
  std::size_t index;
  double fraction;
};

/// `n` >= 1, `p` in [0, 1].
[[nodiscard]] inline PercentilePosition percentile_position(std::size_t n, double p) {
  const double h = p * static_cast<double>(n - 1);
  auto index = static_cast<std::size_t>(h);
  if (index > n - 1) index = n - 1;
  return {index, h - static_cast<double>(index)};
}

/// Linear interpolation between two neighbours of the sorted sample, in their unit.
[[nodiscard]] inline double interpolate(std::int64_t low, std::int64_t high, double fraction) {
  return static_cast<double>(low) + fraction * static_cast<double>(high - low);
}

/// Percentile of a sample that is sorted already; milliseconds in and out. `p` in [0, 1]; not
/// empty.
[[nodiscard]] inline double percentile_of_sorted_ms(std::span<const std::int64_t> sorted_ms,
                                                    double p) {
  const PercentilePosition at = percentile_position(sorted_ms.size(), p);
  const std::size_t next = at.index + 1 < sorted_ms.size() ? at.index + 1 : at.index;
  return interpolate(sorted_ms[at.index], sorted_ms[next], at.fraction);
}

/// Percentile of a sample in any order; milliseconds in and out. `p` in [0, 1]; not empty. Changes
/// the order.
[[nodiscard]] inline double percentile_ms(std::span<std::int64_t> sample_ms, double p) {
  const PercentilePosition at = percentile_position(sample_ms.size(), p);
  const auto place = sample_ms.begin() + static_cast<std::ptrdiff_t>(at.index);
  std::nth_element(sample_ms.begin(), place, sample_ms.end());
  const auto next = std::min_element(place + 1, sample_ms.end());
  return interpolate(*place, next == sample_ms.end() ? *place : *next, at.fraction);
}

}  // namespace pursuit::metrics
