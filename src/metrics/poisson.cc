#include "metrics/poisson.h"

#include <cmath>

namespace pursuit::metrics {

namespace {

constexpr double kLargestSummedMean = 600;  // e^−mean is still a normal double

/// Inverse of the standard normal distribution function by bisection on erfc: no table, and exact
/// enough for a count.
double normal_quantile(double q) {
  double low = -40;
  double high = 40;
  for (int i = 0; i < 200; ++i) {
    const double mid = (low + high) / 2;
    (0.5 * std::erfc(-mid / std::sqrt(2.0)) < q ? low : high) = mid;
  }
  return high;
}

}  // namespace

std::uint64_t poisson_quantile(double mean, double q) {
  if (mean > kLargestSummedMean) {
    return static_cast<std::uint64_t>(std::ceil(mean + normal_quantile(q) * std::sqrt(mean) - 0.5));
  }
  double term = std::exp(-mean);
  double sum = term;
  std::uint64_t k = 0;
  // The guard ends the loop where q is closer to 1 than the sum can come in floating point.
  while (sum < q && (term > 0 || static_cast<double>(k) < mean)) {
    ++k;
    term *= mean / static_cast<double>(k);
    if (sum + term == sum && static_cast<double>(k) > mean) break;
    sum += term;
  }
  return k;
}

}  // namespace pursuit::metrics
