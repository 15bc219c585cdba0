// sample/random.h: seeded pseudo-random draws, one independent stream per lead, so that leads can
// be drawn in any order by any thread. A Random belongs to one thread; a LogNormal is shared.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace pursuit::sample {

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
class Random {
 public:
  /// The stream `stream` of `seed`; different streams are unrelated.
  Random(std::uint64_t seed, std::uint64_t stream) : state_(mix(seed + kGolden) ^ mix(~stream)) {}

  std::uint64_t next() { return mix(state_ += kGolden); }
  /// Uniform in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// Uniform in [0, bound); `bound` > 0.
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }
  bool chance(double probability) { return unit() < probability; }

 private:
  static constexpr std::uint64_t kGolden = 0x9E37'79B9'7F4A'7C15;
  static constexpr std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58'476D'1CE4'E5B9;
    x = (x ^ (x >> 27)) * 0x94D0'49BB'1331'11EB;
    return x ^ (x >> 31);
  }
  std::uint64_t state_;
};

/// Log-normal draws with median 1, from a table of quantiles: a fraction of the cost of exp and log
/// per draw. The tails end at the quantiles 1/2000 and 1999/2000.
class LogNormal {
 public:
  explicit LogNormal(double sigma) {
    for (std::size_t i = 0; i <= kSteps; ++i) {
      const double q = 0.0005 + 0.999 * static_cast<double>(i) / static_cast<double>(kSteps);
      quantile_[i] = std::exp(sigma * standard_normal_quantile(q));
    }
  }
  [[nodiscard]] double draw(Random& random) const {
    const double position = random.unit() * static_cast<double>(kSteps);
    const auto step = static_cast<std::size_t>(position);
    const double part = position - static_cast<double>(step);
    return quantile_[step] + part * (quantile_[step + 1] - quantile_[step]);
  }

 private:
  static constexpr std::size_t kSteps = 512;
  static double standard_normal_quantile(double q) {
    double low = -6;
    double high = 6;
    for (int i = 0; i < 60; ++i) {
      const double middle = (low + high) / 2;
      (std::erfc(-middle / std::sqrt(2.0)) / 2 < q ? low : high) = middle;
    }
    return low;
  }
  std::array<double, kSteps + 1> quantile_;
};

}  // namespace pursuit::sample
