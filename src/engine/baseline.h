// engine/baseline.h: Baseline: what leads are measured against: thresholds by stage and segment,
// and channel strength. Made whole by a refresh and replaced whole; immutable in between, any
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/huge_array.h"
#include "base/parallel.h"
#include "base/time.h"
#include "engine/figures.h"
#include "engine/profiles.h"
#include "metrics/stage_sample.h"
#include "model/policy.h"

namespace pursuit::engine {

/// Threshold of one stage and segment; n = 0 where no visit was completed.
struct Threshold {
  double p90_ms = kAbsent;
  double km_p90_ms = kAbsent;
  std::uint32_t n = 0;
};

/// The threshold that a lead uses: of the finest rung with enough samples.
struct ThresholdChoice {
  double ms = kAbsent;
  std::uint32_t n = 0;
  std::uint8_t rung = kNoRung;
};

struct Baseline {
  /// By stage, rung and segment index; segments that appeared later are beyond the end.
  std::vector<std::array<std::vector<Threshold>, kRungs>> thresholds;
  std::vector<double> median_ms;   // by stage, of the () rung; kAbsent without a sample
  std::vector<double> conversion;  // component by channel code
  std::vector<double> volume;      // component by channel code
  double unknown_conversion = 0;   // component of a channel that appeared later

  [[nodiscard]] ThresholdChoice threshold(const Profiles::Facts& facts, std::size_t stage,
                                          const model::ExpiryPolicy& policy) const;
  /// Whether a stage may leave a lead without a threshold, so that its score looks at the SLA and
  /// the load.
  [[nodiscard]] bool lacks_threshold(std::size_t stage, const model::ExpiryPolicy& policy) const;
  [[nodiscard]] double conversion_of(std::uint32_t channel) const {
    return channel < conversion.size() ? conversion[channel] : unknown_conversion;
  }
  [[nodiscard]] double volume_of(std::uint32_t channel) const {
    return channel < volume.size() ? volume[channel] : 0.0;
  }
};

/// The durations of a look-back, by stage, as one number each: rank of the finest segment in the
/// upper bits, sample key (metrics/stage_sample.h) below. Ranks order segments by region,
/// nameplate, channel, so that every rung is contiguous.
class SampleStore {
 public:
  /// Fails when durations and segments together do not fit into one number.
  static base::Result<SampleStore> create(const Profiles& profiles, std::size_t stages,
                                          unsigned workers, base::Millis longest_ms);

  /// What add() wants to know of a lead's finest segment.
  [[nodiscard]] std::uint64_t rank_of(std::uint32_t finest_segment) const {
    return std::uint64_t{rank_of_[finest_segment]} << key_bits_;
  }
  void add(unsigned worker, std::size_t stage, std::uint64_t rank, base::Millis duration_ms,
           bool censored) {
    columns_[worker * stages_ + stage].push_back(rank | metrics::sample_key(duration_ms, censored));
  }

  /// Room for so many more of every stage.
  void reserve(unsigned worker, std::size_t more) {
    for (std::size_t stage = 0; stage < stages_; ++stage) {
      auto& column = columns_[worker * stages_ + stage];
      column.reserve(column.size() + more);
    }
  }
  /// add() where `wanted`, without a branch on it; there must be room (reserve()).
  void add_if(bool wanted, unsigned worker, std::size_t stage, std::uint64_t rank,
              base::Millis duration_ms, bool censored) {
    columns_[worker * stages_ + stage].push_back_if(
        wanted, rank | metrics::sample_key(duration_ms, censored));
  }

  /// Sorts and reads off thresholds and medians of all stages and rungs. Uses up the samples.
  void evaluate(const Profiles& profiles, const model::ExpiryPolicy& policy, base::ThreadPool& pool,
                Baseline& out);

 private:
  /// Where a worker sorts one stage after the other: memory that was used before is cheaper.
  struct SortRoom {
    base::HugeArray<std::uint64_t> one;
    base::HugeArray<std::uint64_t> other;
  };
  SampleStore() = default;
  void evaluate_stage(std::size_t stage, const Profiles& profiles,
                      const model::ExpiryPolicy& policy, SortRoom& room, Baseline& out);

  std::size_t stages_ = 0;
  unsigned workers_ = 0;
  unsigned key_bits_ = 0;
  std::vector<std::uint32_t> rank_of_;  // by finest segment
  std::array<std::vector<std::uint32_t>, kRungs>
      segment_of_rank_;                                  // by rung, by rank of the finest
  std::vector<base::HugeArray<std::uint64_t>> columns_;  // by worker, then stage
};

/// What a pass over the leads counts per channel.
struct ChannelCounts {
  std::uint64_t leads = 0;
  std::uint64_t closed = 0;
  std::uint64_t won = 0;
  std::vector<std::uint64_t> created;  // by inflow period, latest first

  void add(const ChannelCounts& other);
};

/// Channel components into `out`, and the rows of channels.csv (channels that have a lead, by
/// text).
[[nodiscard]] std::vector<ChannelRow> evaluate_channels(const std::vector<ChannelCounts>& counts,
                                                        const model::Dictionary& names,
                                                        const model::ChannelPolicy& policy,
                                                        Baseline& out);

/// The rows of thresholds.csv: every segment with n >= 1.
[[nodiscard]] std::vector<ThresholdRow> threshold_rows(const Baseline& baseline,
                                                       const Profiles& profiles,
                                                       const model::LeadTable& leads);

}  // namespace pursuit::engine
