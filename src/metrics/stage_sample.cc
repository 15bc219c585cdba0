#include "metrics/stage_sample.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

#include "metrics/percentile.h"

namespace pursuit::metrics {

std::uint32_t completed_count(std::span<const std::uint64_t> sample) {
  std::uint64_t censored = 0;
  for (const std::uint64_t key : sample) censored += key & 1;
  return static_cast<std::uint32_t>(sample.size() - censored);
}

double completed_percentile_ms(std::span<const std::uint64_t> sorted_sample,
                               std::uint32_t completed, double p) {
  const PercentilePosition at = percentile_position(completed, p);
  // Counted from the end: percentiles asked for are high, so this side is the shorter one.
  std::size_t to_skip = completed - at.index;  // completed values from the wanted one on
  std::int64_t high = 0;
  bool has_high = false;
  for (std::size_t i = sorted_sample.size(); i-- > 0;) {
    if (is_censored(sorted_sample[i])) continue;
    const std::int64_t value = duration_of(sorted_sample[i]);
    if (--to_skip == 0) return interpolate(value, has_high ? high : value, at.fraction);
    high = value;
    has_high = true;
  }
  return 0;  // not reached: `completed` counts the values above
}

std::optional<std::int64_t> kaplan_meier_percentile_ms(std::span<const std::uint64_t> sorted_sample,
                                                       double p) {
  const double target = (1.0 - p) + 1e-12;
  double survival = 1.0;
  const std::size_t n = sorted_sample.size();
  for (std::size_t i = 0; i < n;) {
    if (is_censored(sorted_sample[i])) {
      ++i;
      continue;
    }
    const std::uint64_t key = sorted_sample[i];
    const std::size_t first = i;
    while (i < n && sorted_sample[i] == key) ++i;  // equal keys: events at one duration
    const auto deaths = static_cast<double>(i - first);
    const auto at_risk = static_cast<double>(n - first);
    survival *= 1.0 - deaths / at_risk;
    if (survival <= target) return duration_of(key);
  }
  return std::nullopt;
}

namespace {

constexpr unsigned kDigitBits = 9;  // as many write streams as a first-level cache holds lines for
constexpr std::size_t kBuckets = std::size_t{1} << kDigitBits;
constexpr unsigned kFinestBits =
    10;  // about a second of duration: too few share one to need a pass
constexpr std::size_t kComparisonSortBelow = 2048;

/// One stable pass: elements of `from` go to `to` in the order of the digit at `shift`.
void scatter_by_digit(std::span<const std::uint64_t> from, std::span<std::uint64_t> to,
                      unsigned shift, std::uint64_t mask) {
  const auto digit = [=](std::uint64_t key) { return ((key & mask) >> shift) & (kBuckets - 1); };
  std::array<std::size_t, kBuckets> next{};
  for (const std::uint64_t key : from) ++next[digit(key)];
  std::size_t begin = 0;
  for (std::size_t& slot : next) {
    const std::size_t count = slot;
    slot = begin;
    begin += count;
  }
  for (const std::uint64_t key : from) to[next[digit(key)]++] = key;
}

/// Sorts runs that agree above the finest bits.
template <class Less>
void sort_runs(std::span<std::uint64_t> sample, std::uint64_t mask, Less less) {
  const std::uint64_t coarse = mask >> kFinestBits << kFinestBits;
  for (std::size_t begin = 0; begin < sample.size();) {
    std::size_t end = begin + 1;
    while (end < sample.size() && ((sample[end] ^ sample[begin]) & coarse) == 0) ++end;
    if (end - begin > 1) {
      std::sort(sample.begin() + static_cast<std::ptrdiff_t>(begin),
                sample.begin() + static_cast<std::ptrdiff_t>(end), less);
    }
    begin = end;
  }
}

}  // namespace

void sort_sample(std::span<std::uint64_t> sample, std::span<std::uint64_t> scratch, unsigned bits) {
  const std::uint64_t mask = bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  const auto less = [mask](std::uint64_t a, std::uint64_t b) { return (a & mask) < (b & mask); };
  if (sample.size() < kComparisonSortBelow) {
    std::sort(sample.begin(), sample.end(), less);
    return;
  }
  std::uint64_t seen = 0;
  for (const std::uint64_t key : sample) seen |= key & mask;
  const auto used = static_cast<unsigned>(std::bit_width(seen));
  std::span<std::uint64_t> from = sample;
  std::span<std::uint64_t> to = scratch.first(sample.size());
  for (unsigned shift = kFinestBits; shift < used; shift += kDigitBits) {
    scatter_by_digit(from, to, shift, mask);
    std::swap(from, to);
  }
  if (from.data() != sample.data()) std::copy(from.begin(), from.end(), sample.begin());
  sort_runs(sample, mask, less);
}

}  // namespace pursuit::metrics
