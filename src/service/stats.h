// service/stats.h: what the threads of the service count about themselves. Plain data, as of one
// moment; counts only grow.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "store/records.h"

namespace pursuit::service {

/// Of store::AppendStatus.
inline constexpr std::size_t kRowStatuses = 6;
static_assert(static_cast<std::size_t>(store::AppendStatus::kRefused) + 1 == kRowStatuses);

/// Durations by how long they were.
struct Durations {
  /// Upper ends of the classes but the last, which has none; seconds.
  static constexpr std::array<double, 13> kBoundsSeconds = {
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0};

  std::array<std::uint64_t, kBoundsSeconds.size() + 1> counts{};
  double sum_seconds = 0;

  void add(std::int64_t duration_ns) {
    const double seconds = static_cast<double>(duration_ns) * 1e-9;
    const auto* const bound = std::ranges::lower_bound(kBoundsSeconds, seconds);
    ++counts[static_cast<std::size_t>(bound - kBoundsSeconds.begin())];
    sum_seconds += seconds;
  }
};

struct CommitStats {
  std::uint64_t commits = 0;                       // transactions that are durable
  std::array<std::uint64_t, kRowStatuses> rows{};  // by store::AppendStatus
  std::uint64_t refused_requests = 0;              // that found too much waiting
  std::uint64_t disk_full = 0;                     // transactions that failed for that
  std::uint64_t busy = 0;                          // that found the database locked, or gone
  std::uint64_t failed = 0;                        // for anything else
  Durations requests;                              // from a request's arrival until it is durable
};

struct UpdateStats {
  std::uint64_t rows = 0;  // that the engine took in
  std::uint64_t refreshes = 0;
  std::uint64_t failed_refreshes = 0;
  Durations refresh;
  Durations step;  // that took rows in, without a refresh
};

}  // namespace pursuit::service
