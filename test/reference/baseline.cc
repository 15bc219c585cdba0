#include "reference/baseline.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "reference/working.h"

namespace pursuit::reference {
namespace {

/// Kaplan–Meier: smallest duration with survival <= 1 - p; at a tie events come before censoring.
Number kaplan_meier(std::vector<std::pair<Millis, bool>> survival, double p) {
  std::sort(survival.begin(), survival.end());
  double alive = 1;
  for (std::size_t i = 0; i < survival.size();) {
    const Millis at = survival[i].first;
    const double at_risk = static_cast<double>(survival.size() - i);
    double events = 0;
    for (; i < survival.size() && survival[i].first == at; ++i) events += survival[i].second;
    alive *= 1 - events / at_risk;
    if (events > 0 && alive <= 1 - p + 1e-12) return static_cast<double>(at);
  }
  return {};
}

void add_visit(const Input& input, const History& h, const Visit& v, Baseline& baseline) {
  const Millis from = input.as_of_ms - input.policy.expiry.lookback_days * base::kMillisPerDay;
  if (v.kind != Kind::kOpen && v.left_ms <= from) return;
  const Millis duration =
      duration_ms(input.policy, h.dim(model::Dimension::kRegion), v.entered_ms, v.left_ms);
  const bool advanced = v.kind == Kind::kAdvance;
  for (int rung = 0; rung < kRungs; ++rung) {
    Sample& sample = baseline[v.stage][static_cast<std::size_t>(rung)][segment_of(h, rung)];
    sample.survival.emplace_back(duration, advanced);
    if (advanced) sample.completed_ms.push_back(duration);
  }
}

struct ChannelCounts {
  std::uint64_t leads = 0;
  std::uint64_t closed = 0;
  std::uint64_t won = 0;
  double share_sum = 0;
};

/// Adds each period's share of leads created; returns the number of periods with any.
int add_inflow(const Input& input, const Histories& histories,
               std::map<std::string, ChannelCounts>& channels) {
  const model::ChannelPolicy& policy = input.policy.channel;
  const Millis length = policy.inflow_period_days * base::kMillisPerDay;
  int periods = 0;
  for (int i = 0; i < policy.inflow_periods; ++i) {
    const Millis to = input.as_of_ms - i * length;
    std::map<std::string, double> created;
    double all = 0;
    for (const auto& [id, h] : histories) {
      const Millis at = h.lead->created_ms;
      if (at <= to - length || at > to) continue;
      created[h.dim(model::Dimension::kChannel)] += 1;
      all += 1;
    }
    if (all == 0) continue;
    ++periods;
    for (const auto& [channel, count] : created) channels[channel].share_sum += count / all;
  }
  return periods;
}

}  // namespace

SegmentKey segment_of(const History& h, int rung) {
  SegmentKey key;
  if (rung <= 2) key[0] = h.dim(model::Dimension::kRegion);
  if (rung <= 1) key[1] = h.dim(model::Dimension::kNameplate);
  if (rung == 0) key[2] = h.dim(model::Dimension::kChannel);
  return key;
}

double percentile(std::vector<Millis> sample, double p) {
  std::sort(sample.begin(), sample.end());
  const double h = p * static_cast<double>(sample.size() - 1);
  const double floor = std::floor(h);
  const auto i = static_cast<std::size_t>(floor);
  const double low = static_cast<double>(sample[i]);
  if (i + 1 == sample.size()) return low;
  return low + (h - floor) * (static_cast<double>(sample[i + 1]) - low);
}

Baseline make_baseline(const Input& input, const Histories& histories) {
  Baseline baseline(input.policy.funnel.open_stages());
  for (const auto& [id, h] : histories)
    for (const Visit& v : h.visits) add_visit(input, h, v, baseline);
  for (auto& rungs : baseline) {
    for (Samples& samples : rungs) {
      for (auto& [key, sample] : samples) {
        const double p = input.policy.expiry.percentile;
        if (sample.completed_ms.empty()) continue;
        sample.percentile_ms = percentile(sample.completed_ms, p);
        sample.km_percentile_ms = kaplan_meier(sample.survival, p);
      }
    }
  }
  return baseline;
}

Threshold threshold_of(const model::Policy& policy, const Baseline& baseline, const History& h) {
  const auto& rungs = baseline[h.visits.back().stage];
  for (int rung = 0; rung < kRungs; ++rung) {
    const Samples& samples = rungs[static_cast<std::size_t>(rung)];
    const auto it = samples.find(segment_of(h, rung));
    const std::size_t n = it == samples.end() ? 0 : it->second.completed_ms.size();
    const bool enough = n >= 1 && n >= static_cast<std::size_t>(policy.expiry.min_samples);
    if (!enough && !(rung == kRungs - 1 && n >= 1)) continue;
    Threshold t;
    t.rung = rung;
    t.n = n;
    t.ms = policy.expiry.estimator == model::Estimator::kKaplanMeier ? it->second.km_percentile_ms
                                                                     : it->second.percentile_ms;
    return t;
  }
  return {};
}

std::vector<ChannelRow> channel_rows(const Input& input, const Histories& histories) {
  const model::ChannelPolicy& policy = input.policy.channel;
  const Millis from = input.as_of_ms - policy.lookback_days * base::kMillisPerDay;
  std::map<std::string, ChannelCounts> channels;
  double closed = 0;
  double won = 0;
  for (const auto& [id, h] : histories) {
    ChannelCounts& c = channels[h.dim(model::Dimension::kChannel)];
    ++c.leads;
    if (h.is_open() || h.closing_ms <= from) continue;
    const bool is_won = *h.terminal == input.policy.funnel.won_code();
    ++c.closed;
    c.won += is_won ? 1 : 0;
    closed += 1;
    won += is_won ? 1 : 0;
  }
  const int periods = add_inflow(input, histories, channels);
  const double overall_rate = closed > 0 ? won / closed : 0;
  std::vector<ChannelRow> rows;
  double max_smoothed = 0;
  double max_share = 0;
  for (const auto& [channel, c] : channels) {
    ChannelRow row{};
    row.channel = channel;
    row.leads = c.leads;
    row.closed = c.closed;
    row.won = c.won;
    const auto n = static_cast<double>(c.closed);
    const auto w = static_cast<double>(c.won);
    if (n > 0) row.rate = w / n;
    if (n + policy.smoothing > 0)
      row.smoothed_rate = (w + policy.smoothing * overall_rate) / (n + policy.smoothing);
    row.volume_share = periods > 0 ? c.share_sum / periods : 0;
    max_smoothed = std::max(max_smoothed, row.smoothed_rate.value_or(0));
    max_share = std::max(max_share, row.volume_share);
    rows.push_back(row);
  }
  for (ChannelRow& row : rows) {
    row.conversion = max_smoothed > 0 ? row.smoothed_rate.value_or(0) / max_smoothed : 0;
    row.volume = max_share > 0 ? row.volume_share / max_share : 0;
  }
  return rows;
}

}  // namespace pursuit::reference
