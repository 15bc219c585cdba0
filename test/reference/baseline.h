// test/reference/baseline.h: thresholds and channel strength. Pure functions, any thread.
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reference/history.h"

namespace pursuit::reference {

using Histories = std::map<std::string, History>;

/// Region, nameplate, channel; empty where the rung does not name it.
using SegmentKey = std::array<std::string, 3>;

inline constexpr int kRungs = 4;

[[nodiscard]] SegmentKey segment_of(const History& h, int rung);

/// Durations of one stage and segment.
struct Sample {
  std::vector<Millis> completed_ms;               // visits that advanced in the look-back
  std::vector<std::pair<Millis, bool>> survival;  // duration, whether it advanced
  double percentile_ms = 0;                       // of `completed_ms`, unless empty
  Number km_percentile_ms;
};

using Samples = std::map<SegmentKey, Sample>;
/// By stage, then rung.
using Baseline = std::vector<std::array<Samples, kRungs>>;

[[nodiscard]] Baseline make_baseline(const Input& input, const Histories& histories);

/// The threshold of an open lead: the rung that its sample size chose, and what drives status.
struct Threshold {
  Number ms;
  std::optional<int> rung;
  std::optional<std::uint64_t> n;
};
[[nodiscard]] Threshold threshold_of(const model::Policy& policy, const Baseline& baseline,
                                     const History& h);

/// semantics.md, "P90 thresholds". `sample` must not be empty.
[[nodiscard]] double percentile(std::vector<Millis> sample, double p);

/// Rows of channels.csv in order.
[[nodiscard]] std::vector<ChannelRow> channel_rows(const Input& input, const Histories& histories);

}  // namespace pursuit::reference
