// metrics/stage_sample.h: the durations of one stage and segment, completed and censored, and the
// two thresholds read off them in one pass. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace pursuit::metrics {

/// One visit of a sample, in one number: duration in the upper bits, lowest bit set when it was
/// censored (open, lost or regressed). Sorting them sorts by duration, at a tie events before the
/// censored, as Kaplan–Meier wants it.
[[nodiscard]] constexpr std::uint64_t sample_key(std::int64_t duration_ms, bool censored) {
  return (static_cast<std::uint64_t>(duration_ms) << 1) | static_cast<std::uint64_t>(censored);
}
[[nodiscard]] constexpr std::int64_t duration_of(std::uint64_t key) {
  return static_cast<std::int64_t>(key >> 1);
}
[[nodiscard]] constexpr bool is_censored(std::uint64_t key) { return (key & 1) != 0; }

/// Number of completed visits in a sample.
[[nodiscard]] std::uint32_t completed_count(std::span<const std::uint64_t> sample);

/// Percentile `p` of the completed durations of a sorted sample, milliseconds (semantics.md, "P90
/// thresholds"). `completed` is completed_count(sample), at least 1.
[[nodiscard]] double completed_percentile_ms(std::span<const std::uint64_t> sorted_sample,
                                             std::uint32_t completed, double p);

/// Kaplan–Meier percentile of a sorted sample, milliseconds: the smallest duration at which
/// survival is at most 1 − p (+1e-12 for rounding); nothing where the curve never gets there
/// (semantics.md, "P90 thresholds"; Kaplan and Meier 1958, product-limit estimator).
[[nodiscard]] std::optional<std::int64_t> kaplan_meier_percentile_ms(
    std::span<const std::uint64_t> sorted_sample, double p);

/// Two stretches of memory for sort_sample, each as long as the sample.
struct SortSpace {
  std::span<std::uint64_t> one;
  std::span<std::uint64_t> other;
};

/// Sorts what stands in `parts` ascending by the lowest `bits` bits; what stands above them travels
/// along. Calls `parts_read` as soon as the parts are not needed any more. Returns the space with
/// the sorted sample as its `one`. Radix, or a comparison sort when short.
[[nodiscard]] SortSpace sort_sample(std::span<const std::span<const std::uint64_t>> parts,
                                    SortSpace space, unsigned bits,
                                    const std::function<void()>& parts_read);

}  // namespace pursuit::metrics
