#include "metrics/stage_sample.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

#include "metrics/percentile.h"

namespace pursuit::metrics {

std::uint32_t completed_count(std::span<const std::uint64_t> sample) {
  std::uint64_t censored = 0;
  for (const std::uint64_t key : sample) censored += key & 1;
  return static_cast<std::uint32_t>(sample.size() - censored);
}

double completed_percentile_ms(std::span<const std::uint64_t> sorted_sample,
                               std::uint32_t completed, double p) {
  constexpr std::size_t kStretch = 64;
  const PercentilePosition at = percentile_position(completed, p);
  // Counted from the end: percentiles asked for are high, so this side is the shorter one.
  std::size_t to_skip = completed - at.index;  // completed values from the wanted one on
  std::size_t i = sorted_sample.size();
  // Whole stretches, as long as the wanted value and the one above it are both further down.
  while (i >= kStretch) {
    const std::size_t in_stretch = completed_count(sorted_sample.subspan(i - kStretch, kStretch));
    if (in_stretch + 2 > to_skip) break;
    to_skip -= in_stretch;
    i -= kStretch;
  }
  std::int64_t high = 0;
  bool has_high = false;
  while (i-- > 0) {
    if (is_censored(sorted_sample[i])) continue;
    const std::int64_t value = duration_of(sorted_sample[i]);
    if (--to_skip == 0) return interpolate(value, has_high ? high : value, at.fraction);
    high = value;
    has_high = true;
  }
  return 0;  // not reached: `completed` counts the values above
}

namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kBlock = 64;

/// 1 for an event, 0 for a censored visit, by bits: a choice becomes a branch that nobody can
/// foretell.
[[nodiscard]] double events_in(std::uint64_t key) {
  return std::bit_cast<double>(((key & 1) - 1) & std::bit_cast<std::uint64_t>(1.0));
}

/// Multiplies the upper half into the lower, and so on down to kLanes numbers.
void fold(std::array<double, kBlock>& factors) {
  for (std::size_t width = kBlock / 2; width >= kLanes; width /= 2) {
    for (std::size_t j = 0; j < width; ++j) factors[j] *= factors[j + width];
  }
}

/// The share of those at risk at the first of kBlock visits that survives them all: the product of
/// (r − 1) / r over events, with r at risk. As one loop after the other over all of them, so that
/// they are vectors, and with one division for many.
[[nodiscard]] double survival_of_block(const std::uint64_t* keys, double at_risk) {
  std::array<double, kBlock> before;
  std::array<double, kBlock> after;
  for (std::size_t j = 0; j < kBlock; ++j) before[j] = at_risk - static_cast<double>(j);
  for (std::size_t j = 0; j < kBlock; ++j) after[j] = before[j] - events_in(keys[j]);
  fold(before);
  fold(after);
  double product = 1.0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) product *= after[lane] / before[lane];
  return product;
}

}  // namespace

std::optional<std::int64_t> kaplan_meier_percentile_ms(std::span<const std::uint64_t> sorted_sample,
                                                       double p) {
  const double target = (1.0 - p) + 1e-12;
  double survival = 1.0;
  const std::size_t n = sorted_sample.size();
  std::size_t i = 0;
  for (; i + kBlock <= n; i += kBlock) {
    const double after =
        survival * survival_of_block(&sorted_sample[i], static_cast<double>(n - i));
    if (after <= target) break;
    survival = after;
  }
  // d events at one duration are taken one by one: (r − 1)/r · (r − 2)/(r − 1) … is 1 − d/r, and
  // wherever among them the target is met, the duration is theirs.
  for (; i < n; ++i) {
    if (is_censored(sorted_sample[i])) continue;
    survival *= 1.0 - 1.0 / static_cast<double>(n - i);
    if (survival <= target) return duration_of(sorted_sample[i]);
  }
  return std::nullopt;
}

namespace {

constexpr unsigned kDigitBits = 9;  // as many write streams as a first-level cache holds lines for
constexpr std::size_t kBuckets = std::size_t{1} << kDigitBits;
constexpr unsigned kFinestBits =
    10;  // about a second of duration: too few share one to need a pass
constexpr std::size_t kComparisonSortBelow = 2048;

using Starts = std::array<std::size_t, kBuckets>;  // by digit, where the next one goes

[[nodiscard]] std::size_t digit_of(std::uint64_t key, unsigned pass) {
  return (key >> (kFinestBits + pass * kDigitBits)) & (kBuckets - 1);
}

/// Where each digit's keys begin, for every pass, from one reading.
std::vector<Starts> starts_of(std::span<const std::span<const std::uint64_t>> parts,
                              unsigned passes, std::uint64_t mask) {
  std::vector<Starts> starts(passes, Starts{});
  for (const auto& part : parts) {
    for (const std::uint64_t key : part) {
      for (unsigned p = 0; p < passes; ++p) ++starts[p][digit_of(key & mask, p)];
    }
  }
  for (Starts& of_pass : starts) {
    std::size_t begin = 0;
    for (std::size_t& slot : of_pass) begin += std::exchange(slot, begin);
  }
  return starts;
}

/// Sorts what agrees above the finest bits; most of it stands in order already.
template <class Less>
void sort_runs(std::span<std::uint64_t> sample, std::uint64_t mask, Less less) {
  const std::uint64_t coarse = mask >> kFinestBits << kFinestBits;
  const auto same_run = [=](std::uint64_t a, std::uint64_t b) { return ((a ^ b) & coarse) == 0; };
  for (std::size_t i = 1; i < sample.size(); ++i) {
    if (!less(sample[i], sample[i - 1])) continue;
    std::size_t begin = i - 1;
    while (begin > 0 && same_run(sample[begin - 1], sample[i])) --begin;
    std::size_t end = i + 1;
    while (end < sample.size() && same_run(sample[end], sample[i])) ++end;
    std::sort(sample.begin() + static_cast<std::ptrdiff_t>(begin),
              sample.begin() + static_cast<std::ptrdiff_t>(end), less);
    i = end;
  }
}

/// One after the other.
void gather(std::span<const std::span<const std::uint64_t>> parts, std::span<std::uint64_t> to) {
  auto end = to.begin();
  for (const auto& part : parts) end = std::copy(part.begin(), part.end(), end);
}

}  // namespace

SortSpace sort_sample(std::span<const std::span<const std::uint64_t>> parts, SortSpace space,
                      unsigned bits, const std::function<void()>& parts_read) {
  const std::uint64_t mask = bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  const auto less = [mask](std::uint64_t a, std::uint64_t b) { return (a & mask) < (b & mask); };
  if (space.one.size() < kComparisonSortBelow || bits <= kFinestBits) {
    gather(parts, space.one);
    parts_read();
    std::sort(space.one.begin(), space.one.end(), less);
    return space;
  }
  const unsigned passes = (bits - kFinestBits + kDigitBits - 1) / kDigitBits;
  std::vector<Starts> starts = starts_of(parts, passes, mask);
  // Stable passes from the finest digit to the coarsest.
  const auto deal = [&](std::span<const std::uint64_t> from, unsigned pass) {
    Starts& next = starts[pass];
    for (const std::uint64_t key : from) space.one[next[digit_of(key & mask, pass)]++] = key;
  };
  for (const auto& part : parts) deal(part, 0);
  parts_read();
  for (unsigned pass = 1; pass < passes; ++pass) {
    std::swap(space.one, space.other);
    deal(space.other, pass);
  }
  sort_runs(space.one, mask, less);
  return space;
}

}  // namespace pursuit::metrics
