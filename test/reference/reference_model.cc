#include "reference/reference_model.h"

#include <algorithm>

#include "engine/figures.h"
#include "reference/alert_rows.h"
#include "reference/lead_rows.h"

namespace pursuit::reference {
namespace {

std::vector<ThresholdRow> threshold_rows(const Input& input, const Baseline& baseline) {
  std::vector<ThresholdRow> rows;
  for (std::size_t stage = 0; stage < baseline.size(); ++stage) {
    for (int rung = 0; rung < kRungs; ++rung) {
      for (const auto& [key, sample] : baseline[stage][static_cast<std::size_t>(rung)]) {
        if (sample.completed_ms.empty()) continue;
        ThresholdRow row{input.policy.funnel.stages[stage],
                         rung,
                         key[0],
                         key[1],
                         key[2],
                         sample.completed_ms.size(),
                         sample.percentile_ms / base::kMillisPerHour,
                         {}};
        if (sample.km_percentile_ms)
          row.km_p90_hours = *sample.km_percentile_ms / base::kMillisPerHour;
        rows.push_back(row);
      }
    }
  }
  return rows;
}

LoadRow load_row(const Input& input, const Pair& pair, std::int64_t day, const PairLoad& load) {
  LoadRow row{};
  row.dealer = pair.first;
  row.nameplate = pair.second;
  row.day = day;
  row.open = load.open;
  row.in_load_stages = load.in_load_stages;
  row.load_factor = static_cast<double>(load.in_load_stages) / static_cast<double>(load.open);
  const int band = row.load_factor < 0.5    ? 0
                   : row.load_factor <= 0.6 ? 1
                   : row.load_factor <= 0.8 ? 2
                                            : 3;
  row.band = engine::kBandNames[static_cast<std::size_t>(band)];
  row.relaxation = relaxation_of(input.policy.load, load);
  return row;
}

void add_load(const Input& input, LoadHistory& load, Output& out) {
  constexpr int kDays = 90;  // the midnights in (T - 90 d, T]
  for (const auto& [pair, leads] : load.pairs()) {
    const PairLoad now = load.at(pair, input.as_of_ms);
    if (now.open > 0) out.load.push_back(load_row(input, pair, 0, now));
    const std::int64_t today = base::day_of(input.as_of_ms);
    for (std::int64_t day = today - kDays + 1; day <= today; ++day) {
      const PairLoad then = load.at(pair, day * base::kMillisPerDay);
      if (then.open > 0) out.load_daily.push_back(load_row(input, pair, day, then));
    }
  }
}

void count_visits(const Input& input, const Output& out, std::size_t stage, FunnelRow& row) {
  const Millis from = input.as_of_ms - input.policy.expiry.lookback_days * base::kMillisPerDay;
  double on_time = 0;
  double judged = 0;
  for (const auto& [id, visits] : out.visits) {
    for (const VisitRow& v : visits) {
      if (v.stage != input.policy.funnel.stages[stage]) continue;
      row.advanced += v.kind == "advance";
      row.regressed += v.kind == "regress";
      row.lost += v.kind == "lost";
      row.open += v.kind == "open";
      if (!v.sla_hours) continue;
      const bool over = *v.deviation_hours > 0;
      if (v.left_ms ? *v.left_ms <= from : !over) continue;
      judged += 1;
      on_time += over ? 0 : 1;
    }
  }
  if (judged > 0) row.compliance = on_time / judged;
}

void add_funnel(const Input& input, const Histories& histories, const Baseline& baseline,
                Output& out) {
  std::uint64_t ever_won = 0;
  for (const auto& [id, h] : histories) ever_won += h.ever_won;
  for (std::size_t stage = 0; stage < baseline.size(); ++stage) {
    FunnelRow row{};
    row.stage = input.policy.funnel.stages[stage];
    for (const auto& [id, h] : histories) {
      const bool got_there = std::any_of(h.visits.begin(), h.visits.end(),
                                         [&](const Visit& v) { return v.stage >= stage; });
      row.reached += h.ever_won || got_there;
    }
    count_visits(input, out, stage, row);
    const Samples& all = baseline[stage][kRungs - 1];
    if (const auto it = all.find(SegmentKey{});
        it != all.end() && !it->second.completed_ms.empty()) {
      row.median_hours = percentile(it->second.completed_ms, 0.5) / base::kMillisPerHour;
      row.p90_hours = it->second.percentile_ms / base::kMillisPerHour;
    }
    for (const auto& [id, lead] : out.leads)
      row.expired += lead.stage == row.stage && lead.status == "expired";
    out.funnel.push_back(row);
  }
  FunnelRow won{};
  won.stage = input.policy.funnel.won;
  won.reached = ever_won;
  out.funnel.push_back(won);
}

void add_leads(const Surroundings& s, const Histories& histories, Output& out) {
  for (const auto& [id, h] : histories) {
    out.leads[id] = lead_row(s, h);
    out.visits[id] = visit_rows(s, h, out.leads[id]);
    out.closed_ms[id] = h.closed_total_ms;
    out.first_event_ms[id] = h.first_event_ms;
  }
  rank_leads(out.leads);
}

}  // namespace

Output analyze(const Input& input) {
  const Histories histories = read_histories(input);
  const Baseline baseline = make_baseline(input, histories);
  LoadHistory load(input, histories);
  Output out;
  out.channels = channel_rows(input, histories);
  const ChannelStrength channels(out.channels);
  const Surroundings s{input, baseline, channels, load};
  add_leads(s, histories, out);
  out.thresholds = threshold_rows(input, baseline);
  add_load(input, load, out);
  add_funnel(input, histories, baseline, out);
  out.alerts = alert_rows(s, out);
  return out;
}

Output analyze_against(const Input& input, const Input& baseline_input) {
  const Histories then = read_histories(baseline_input);
  const Baseline baseline = make_baseline(baseline_input, then);
  const ChannelStrength channels(channel_rows(baseline_input, then));
  const Histories histories = read_histories(input);
  LoadHistory load(input, histories);
  Output out;
  add_leads({input, baseline, channels, load}, histories, out);
  add_load(input, load, out);
  return out;
}

}  // namespace pursuit::reference
