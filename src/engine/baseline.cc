#include "engine/baseline.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <tuple>

#include "metrics/channel.h"
#include "metrics/stage_sample.h"

namespace pursuit::engine {

ThresholdChoice Baseline::threshold(const Profiles::Facts& facts, std::size_t stage,
                                    const model::ExpiryPolicy& policy) const {
  const auto enough = static_cast<std::uint32_t>(std::max(policy.min_samples, 1));
  for (std::size_t rung = 0; rung < kRungs; ++rung) {
    const std::vector<Threshold>& of_rung = thresholds[stage][rung];
    const std::uint32_t segment = facts.segment[rung];
    if (segment >= of_rung.size()) continue;
    const Threshold& t = of_rung[segment];
    if (t.n < (rung + 1 < kRungs ? enough : 1)) continue;
    const double ms = policy.estimator == model::Estimator::kCompleted ? t.p90_ms : t.km_p90_ms;
    return {ms, t.n, static_cast<std::uint8_t>(rung)};
  }
  return {};
}

bool Baseline::lacks_threshold(std::size_t stage, const model::ExpiryPolicy& policy) const {
  const std::vector<Threshold>& all = thresholds[stage][kRungs - 1];
  // A curve that never gets there leaves leads without a threshold on any rung.
  return policy.estimator == model::Estimator::kKaplanMeier || all.empty() || all[0].n == 0;
}

base::Result<SampleStore> SampleStore::create(const Profiles& profiles, std::size_t stages,
                                              unsigned workers, base::Millis longest_ms) {
  SampleStore store;
  store.stages_ = stages;
  store.workers_ = workers;
  const std::vector<Segment>& finest = profiles.segments(0);
  const auto count = static_cast<std::uint32_t>(finest.size());
  store.key_bits_ = static_cast<unsigned>(
      std::bit_width(metrics::sample_key(std::max<base::Millis>(longest_ms, 1), true)));
  if (store.key_bits_ + static_cast<unsigned>(std::bit_width(count)) > 64) {
    return base::fail(base::ErrorCode::kLimit,
                      "too many segments of region, nameplate and channel for so long a history");
  }
  std::vector<std::uint32_t> by_rank(count);
  std::iota(by_rank.begin(), by_rank.end(), 0u);
  std::sort(by_rank.begin(), by_rank.end(),
            [&](std::uint32_t a, std::uint32_t b) { return finest[a] < finest[b]; });
  store.rank_of_.resize(count);
  for (auto& of_rung : store.segment_of_rank_) of_rung.resize(count);
  std::array<std::vector<std::pair<Segment, std::uint32_t>>, kRungs> index;
  for (std::size_t rung = 1; rung < kRungs; ++rung) {
    const auto& segments = profiles.segments(rung);
    for (std::uint32_t i = 0; i < segments.size(); ++i) index[rung].emplace_back(segments[i], i);
    std::sort(index[rung].begin(), index[rung].end());
  }
  const auto find = [&](std::size_t rung, const Segment& s) {
    const auto it = std::lower_bound(index[rung].begin(), index[rung].end(), std::pair(s, 0u));
    return it->second;
  };
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    const Segment& s = finest[by_rank[rank]];
    store.rank_of_[by_rank[rank]] = rank;
    store.segment_of_rank_[0][rank] = by_rank[rank];
    store.segment_of_rank_[1][rank] = find(1, {s.region, s.nameplate, kNoCode});
    store.segment_of_rank_[2][rank] = find(2, {s.region, kNoCode, kNoCode});
    store.segment_of_rank_[3][rank] = find(3, {});
  }
  store.columns_.resize(std::size_t{workers} * stages);
  return store;
}

void SampleStore::evaluate(const Profiles& profiles, const model::ExpiryPolicy& policy,
                           base::ThreadPool& pool, Baseline& out) {
  out.thresholds.assign(stages_, {});
  out.median_ms.assign(stages_, kAbsent);
  std::vector<SortRoom> rooms(pool.size());
  pool.parallel_for(stages_, [&](std::size_t stage, unsigned worker) {
    evaluate_stage(stage, profiles, policy, rooms[worker], out);
  });
}

namespace {

Threshold threshold_of(std::span<const std::uint64_t> sorted, double percentile) {
  Threshold t;
  t.n = metrics::completed_count(sorted);
  if (t.n == 0) return t;
  t.p90_ms = metrics::completed_percentile_ms(sorted, t.n, percentile);
  if (const auto km = metrics::kaplan_meier_percentile_ms(sorted, percentile)) {
    t.km_p90_ms = static_cast<double>(*km);
  }
  return t;
}

}  // namespace

void SampleStore::evaluate_stage(std::size_t stage, const Profiles& profiles,
                                 const model::ExpiryPolicy& policy, SortRoom& room, Baseline& out) {
  std::size_t total = 0;
  std::vector<std::span<const std::uint64_t>> parts;
  for (unsigned w = 0; w < workers_; ++w) {
    parts.emplace_back(columns_[w * stages_ + stage].span());
    total += parts.back().size();
  }
  room.one.resize(total);
  room.other.resize(total);
  const auto release = [&] {
    for (unsigned w = 0; w < workers_; ++w) columns_[w * stages_ + stage].release();
  };
  const metrics::SortSpace space =
      metrics::sort_sample(parts, {room.one.span(), room.other.span()}, key_bits_, release);
  const std::span<std::uint64_t> sorted = space.one;
  const std::span<std::uint64_t> grouped = space.other;
  std::vector<std::size_t> of_rank(segment_of_rank_[0].size(), 0);
  for (const std::uint64_t key : sorted) ++of_rank[key >> key_bits_];

  // The sorted samples are dealt out to the segments of each rung in turn; dealing keeps their
  // order.
  const std::uint64_t mask = (std::uint64_t{1} << key_bits_) - 1;
  for (std::size_t rung = 0; rung + 1 < kRungs; ++rung) {
    const std::vector<std::uint32_t>& segment_of = segment_of_rank_[rung];
    const std::size_t segments = profiles.segments(rung).size();
    std::vector<std::size_t> next(segments + 1, 0);
    for (std::size_t r = 0; r < of_rank.size(); ++r) next[segment_of[r] + 1] += of_rank[r];
    std::partial_sum(next.begin(), next.end(), next.begin());
    const std::vector<std::size_t> begin = next;
    for (const std::uint64_t key : sorted) {
      grouped[next[segment_of[key >> key_bits_]]++] = key & mask;
    }
    std::vector<Threshold>& of_rung = out.thresholds[stage][rung];
    of_rung.resize(segments);
    for (std::size_t s = 0; s < segments; ++s) {
      of_rung[s] =
          threshold_of(grouped.subspan(begin[s], begin[s + 1] - begin[s]), policy.percentile);
    }
  }
  for (std::uint64_t& key : sorted) key &= mask;
  const Threshold all = threshold_of(sorted, policy.percentile);
  out.thresholds[stage][kRungs - 1].assign(profiles.segments(kRungs - 1).size(), all);
  if (all.n > 0) out.median_ms[stage] = metrics::completed_percentile_ms(sorted, all.n, 0.5);
}

namespace {

/// Mean share of each channel over the inflow periods in which any lead was created.
std::vector<double> inflow_shares(const std::vector<ChannelCounts>& counts, int periods) {
  std::vector<double> share(counts.size(), 0.0);
  int with_inflow = 0;
  for (int p = 0; p < periods; ++p) {
    std::uint64_t created = 0;
    for (const ChannelCounts& c : counts) created += c.created[static_cast<std::size_t>(p)];
    if (created == 0) continue;
    ++with_inflow;
    for (std::size_t c = 0; c < counts.size(); ++c) {
      share[c] += static_cast<double>(counts[c].created[static_cast<std::size_t>(p)]) /
                  static_cast<double>(created);
    }
  }
  if (with_inflow > 0) {
    for (double& s : share) s /= with_inflow;
  }
  return share;
}

}  // namespace

void ChannelCounts::add(const ChannelCounts& other) {
  leads += other.leads;
  closed += other.closed;
  won += other.won;
  for (std::size_t p = 0; p < created.size(); ++p) created[p] += other.created[p];
}

std::vector<ChannelRow> evaluate_channels(const std::vector<ChannelCounts>& counts,
                                          const model::Dictionary& names,
                                          const model::ChannelPolicy& policy, Baseline& out) {
  double closed = 0;
  double won = 0;
  for (const ChannelCounts& c : counts) {
    closed += static_cast<double>(c.closed);
    won += static_cast<double>(c.won);
  }
  const double overall = closed > 0 ? won / closed : 0.0;
  const std::vector<double> shares = inflow_shares(counts, policy.inflow_periods);

  std::vector<ChannelRow> rows;
  double best_rate = 0;
  double best_share = 0;
  for (std::uint32_t c = 0; c < counts.size(); ++c) {
    if (counts[c].leads == 0) continue;
    const auto channel_closed = static_cast<double>(counts[c].closed);
    const auto channel_won = static_cast<double>(counts[c].won);
    ChannelRow row{.channel = c,
                   .leads = counts[c].leads,
                   .closed = counts[c].closed,
                   .won = counts[c].won,
                   .rate = channel_closed > 0 ? channel_won / channel_closed : kAbsent,
                   .smoothed_rate = kAbsent,
                   .volume_share = shares[c],
                   .conversion = 0,
                   .volume = 0};
    if (channel_closed + policy.smoothing > 0) {
      row.smoothed_rate =
          metrics::smoothed_rate(channel_won, channel_closed, overall, policy.smoothing);
      best_rate = std::max(best_rate, row.smoothed_rate);
    }
    best_share = std::max(best_share, row.volume_share);
    rows.push_back(row);
  }
  out.unknown_conversion = best_rate > 0 && policy.smoothing > 0 ? overall / best_rate : 0.0;
  out.conversion.assign(counts.size(), out.unknown_conversion);
  out.volume.assign(counts.size(), 0.0);
  for (ChannelRow& row : rows) {
    if (best_rate > 0 && !std::isnan(row.smoothed_rate)) {
      row.conversion = row.smoothed_rate / best_rate;
    }
    if (best_share > 0) row.volume = row.volume_share / best_share;
    out.conversion[row.channel] = row.conversion;
    out.volume[row.channel] = row.volume;
  }
  std::sort(rows.begin(), rows.end(), [&](const ChannelRow& a, const ChannelRow& b) {
    return names.text(a.channel) < names.text(b.channel);
  });
  return rows;
}

std::vector<ThresholdRow> threshold_rows(const Baseline& baseline, const Profiles& profiles,
                                         const model::LeadTable& leads) {
  const auto text = [&](model::Dimension d, std::uint32_t code) -> std::string_view {
    return code == kNoCode ? std::string_view{} : leads.dictionary(d).text(code);
  };
  std::vector<ThresholdRow> rows;
  for (std::size_t stage = 0; stage < baseline.thresholds.size(); ++stage) {
    for (std::size_t rung = 0; rung < kRungs; ++rung) {
      const auto& of_rung = baseline.thresholds[stage][rung];
      const std::size_t first = rows.size();
      for (std::size_t s = 0; s < of_rung.size(); ++s) {
        if (of_rung[s].n == 0) continue;
        const Segment& segment = profiles.segments(rung)[s];
        rows.push_back({.stage = static_cast<model::StageCode>(stage),
                        .rung = static_cast<std::uint8_t>(rung),
                        .region = segment.region,
                        .nameplate = segment.nameplate,
                        .channel = segment.channel,
                        .n = of_rung[s].n,
                        .p90_ms = of_rung[s].p90_ms,
                        .km_p90_ms = of_rung[s].km_p90_ms});
      }
      const auto key = [&](const ThresholdRow& r) {
        return std::tuple(text(model::Dimension::kRegion, r.region),
                          text(model::Dimension::kNameplate, r.nameplate),
                          text(model::Dimension::kChannel, r.channel));
      };
      std::sort(rows.begin() + static_cast<std::ptrdiff_t>(first), rows.end(),
                [&](const ThresholdRow& a, const ThresholdRow& b) { return key(a) < key(b); });
    }
  }
  return rows;
}

}  // namespace pursuit::engine
