#include "reference/lead_rows.h"

#include <algorithm>
#include <cmath>

#include "engine/figures.h"
#include "reference/working.h"

namespace pursuit::reference {
namespace {

using model::Component;
using model::Dimension;

double hours(const Surroundings& s, const History& h, Millis from, Millis to) {
  return base::to_hours(duration_ms(s.input.policy, h.dim(Dimension::kRegion), from, to));
}

/// 1 when fresh, about a half at the threshold, then towards 0.
double recency(const model::ScorePolicy& score, double rho) {
  const double k = score.recency_k;
  const double m = score.recency_m;
  return (1 + std::exp(-k * m)) / (1 + std::exp(k * (rho - m)));
}

/// The value of a signal last set at or before T; of several at one instant the largest.
double signal_value(const Input& input, const History& h, std::size_t component) {
  double value = 0;
  Millis at = base::kNoInstant;
  for (const InputSignal& signal : input.signals) {
    if (signal.lead_id != h.lead->id || signal.component != component) continue;
    if (signal.at_ms > input.as_of_ms || signal.at_ms < at) continue;
    value = signal.at_ms == at ? std::max(value, signal.value) : signal.value;
    at = signal.at_ms;
  }
  return value;
}

/// The components of the score, each in [0, 1].
model::Weights components(const Surroundings& s, const History& h, const Threshold& threshold) {
  const Input& in = s.input;
  const Visit& v = h.visits.back();
  const std::string& channel = h.dim(Dimension::kChannel);
  const double relaxation = s.load.relaxation(pair_of(h), in.as_of_ms);
  // Without the rules that name a tier, so that nothing is circular.
  const Number sla =
      sla_hours(in.policy, h, static_cast<model::StageCode>(v.stage), v.entered_ms, {});
  double expected_hours = in.policy.score.recency_fallback_hours;
  if (sla) expected_hours = *sla * (1 + relaxation);
  if (threshold.ms) expected_hours = *threshold.ms / base::kMillisPerHour;
  const double quiet_hours = hours(s, h, h.last_activity_ms, in.as_of_ms);
  const double rho = quiet_hours == 0 ? 0 : quiet_hours / expected_hours;

  model::Weights c{};
  c[static_cast<std::size_t>(Component::kConversion)] = s.channels.conversion(channel);
  c[static_cast<std::size_t>(Component::kVolume)] = s.channels.volume(channel);
  c[static_cast<std::size_t>(Component::kRecency)] = recency(in.policy.score, rho);
  const auto stages = static_cast<double>(in.policy.funnel.open_stages());
  const auto& stage_weights = in.policy.score.stage_weights;
  c[static_cast<std::size_t>(Component::kStage)] =
      stage_weights.empty() ? static_cast<double>(v.stage + 1) / stages : stage_weights[v.stage];
  for (std::size_t i = static_cast<std::size_t>(Component::kEngagement); i < c.size(); ++i)
    c[i] = signal_value(in, h, i);
  return c;
}

void add_score(const Surroundings& s, const History& h, const Threshold& threshold, LeadRow& row) {
  const model::Weights weights = weights_of(s.input.policy, h);
  const model::Weights c = components(s, h, threshold);
  double weighted = 0;
  double total = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    weighted += weights[i] * c[i];
    total += weights[i];
  }
  row.score = 100 * weighted / total;
  for (std::size_t i = 0; i < c.size(); ++i) row.contribution[i] = 100 * weights[i] * c[i] / total;
}

void add_open(const Surroundings& s, const History& h, LeadRow& row) {
  const Input& in = s.input;
  const Visit& v = h.visits.back();
  row.state = "open";
  row.stage = in.policy.funnel.stages[v.stage];
  row.entered_ms = v.entered_ms;
  const Threshold threshold = threshold_of(in.policy, s.baseline, h);
  const double in_stage = hours(s, h, v.entered_ms, in.as_of_ms);
  row.time_in_stage_hours = in_stage;
  row.threshold_rung = threshold.rung;
  row.threshold_n = threshold.n;
  if (threshold.ms) row.threshold_hours = *threshold.ms / base::kMillisPerHour;
  const bool expired =
      threshold.ms && static_cast<double>(duration_ms(in.policy, h.dim(Dimension::kRegion),
                                                      v.entered_ms, in.as_of_ms)) > *threshold.ms;
  row.status = expired ? "expired" : "active";
  row.dormant =
      in.as_of_ms - h.last_activity_ms >= in.policy.expiry.dormant_days * base::kMillisPerDay;
  add_score(s, h, threshold, row);
  const model::Tier tier = tier_of(cutoffs_of(in.policy, h), *row.score);
  row.tier = model::kTierNames[static_cast<std::size_t>(tier)];
  const Judgement j =
      judge(in.policy, in_stage,
            sla_hours(in.policy, h, static_cast<model::StageCode>(v.stage), v.entered_ms, tier),
            s.load.relaxation(pair_of(h), in.as_of_ms));
  row.sla_hours = j.sla_hours;
  row.effective_sla_hours = j.effective_hours;
  row.deviation_hours = j.deviation_hours;
  row.category = j.category;
}

/// Overall SLA: first event to the closing instant of a closed lead, or to T. A repeat of the
/// terminal stage is activity and does not move the end.
void add_overall(const Surroundings& s, const History& h, LeadRow& row) {
  const Input& in = s.input;
  const Millis end = h.is_open() ? in.as_of_ms : h.closing_ms;
  std::optional<model::Tier> tier;
  if (h.is_open()) tier = tier_of(cutoffs_of(in.policy, h), *row.score);
  row.overall_hours = hours(s, h, h.first_event_ms, end);
  const Judgement j =
      judge(in.policy, row.overall_hours,
            sla_hours(in.policy, h, model::kOverallStage, h.first_event_ms, tier),
            s.load.relaxation(pair_of(h), h.is_open() ? in.as_of_ms : day_start(end)));
  row.overall_sla_hours = j.sla_hours;
  row.overall_category = j.category;
}

bool goes_before(const LeadRow* a, const LeadRow* b) {
  if (*a->score != *b->score) return *a->score > *b->score;
  if (a->entered_ms != b->entered_ms) return a->entered_ms < b->entered_ms;
  return a->lead_id < b->lead_id;
}

}  // namespace

ChannelStrength::ChannelStrength(const std::vector<ChannelRow>& rows) {
  double closed = 0;
  double won = 0;
  double best = 0;
  for (const ChannelRow& row : rows) {
    rows_[row.channel] = row;
    closed += static_cast<double>(row.closed);
    won += static_cast<double>(row.won);
    best = std::max(best, row.smoothed_rate.value_or(0));
  }
  if (best > 0) unknown_conversion_ = won / closed / best;
}

double ChannelStrength::conversion(const std::string& channel) const {
  const auto it = rows_.find(channel);
  return it == rows_.end() ? unknown_conversion_ : it->second.conversion;
}

double ChannelStrength::volume(const std::string& channel) const {
  const auto it = rows_.find(channel);
  return it == rows_.end() ? 0 : it->second.volume;
}

LeadRow lead_row(const Surroundings& s, const History& h) {
  LeadRow row{};
  row.lead_id = h.lead->id;
  row.dims = h.lead->dims;
  row.last_activity_ms = h.last_activity_ms;
  if (h.is_open()) {
    add_open(s, h, row);
  } else {
    const bool won = *h.terminal == s.input.policy.funnel.won_code();
    row.state = won ? "won" : "lost";
    row.stage = won ? s.input.policy.funnel.won : s.input.policy.funnel.lost;
    row.entered_ms = h.closing_ms;
  }
  add_overall(s, h, row);
  return row;
}

std::vector<VisitRow> visit_rows(const Surroundings& s, const History& h, const LeadRow& lead) {
  std::vector<VisitRow> rows;
  for (const Visit& v : h.visits) {
    const bool open = v.kind == Kind::kOpen;
    VisitRow row{};
    row.lead_id = h.lead->id;
    row.visit = static_cast<int>(rows.size()) + 1;
    row.stage = s.input.policy.funnel.stages[v.stage];
    row.entered_ms = v.entered_ms;
    if (!open) row.left_ms = v.left_ms;
    row.kind = engine::kVisitKindNames[static_cast<std::size_t>(v.kind)];
    row.hours = hours(s, h, v.entered_ms, v.left_ms);
    std::optional<model::Tier> tier;
    if (open) tier = tier_of(cutoffs_of(s.input.policy, h), *lead.score);
    const Judgement j = judge(
        s.input.policy, row.hours,
        sla_hours(s.input.policy, h, static_cast<model::StageCode>(v.stage), v.entered_ms, tier),
        s.load.relaxation(pair_of(h), open ? s.input.as_of_ms : day_start(v.left_ms)));
    row.sla_hours = j.sla_hours;
    row.effective_sla_hours = j.effective_hours;
    row.deviation_hours = j.deviation_hours;
    row.category = j.category;
    rows.push_back(row);
  }
  return rows;
}

std::vector<const LeadRow*> queue_order(const std::map<std::string, LeadRow>& rows) {
  std::vector<const LeadRow*> order;
  for (const auto& [id, row] : rows)
    if (row.score) order.push_back(&row);
  std::sort(order.begin(), order.end(), goes_before);
  return order;
}

void rank_leads(std::map<std::string, LeadRow>& rows) {
  std::map<std::string, std::uint64_t> ranked;
  for (const LeadRow* row : queue_order(rows))
    rows[row->lead_id].rank = ++ranked[row->dims[model::index_of(Dimension::kDealer)]];
}

}  // namespace pursuit::reference
