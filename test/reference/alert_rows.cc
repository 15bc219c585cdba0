#include "reference/alert_rows.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "reference/working.h"

namespace pursuit::reference {
namespace {

using model::Dimension;

const std::string& dim(const LeadRow& lead, Dimension d) { return lead.dims[model::index_of(d)]; }

template <class T>
bool allows(const std::vector<T>& list, const T& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool passes_place(const model::TriggerFilter& filter, const LeadRow& lead) {
  return allows(filter.regions, dim(lead, Dimension::kRegion)) &&
         allows(filter.dealer_groups, dim(lead, Dimension::kDealerGroup));
}

bool passes_stage(const model::FunnelPolicy& funnel, const model::TriggerFilter& filter,
                  const std::string& stage) {
  std::vector<std::string> stages;
  for (const model::StageCode code : filter.stages) stages.push_back(funnel.stages[code]);
  return allows(stages, stage);
}

bool passes(const model::FunnelPolicy& funnel, const model::TriggerFilter& filter,
            const LeadRow& lead) {
  std::vector<std::string> tiers;
  for (const model::Tier tier : filter.tiers)
    tiers.emplace_back(model::kTierNames[static_cast<std::size_t>(tier)]);
  return passes_stage(funnel, filter, lead.stage) && allows(tiers, lead.tier) &&
         passes_place(filter, lead);
}

/// The first millisecond at which a visit has lasted longer than `limit_hours`, if by `until_ms`.
Millis passed_at(const Surroundings& s, const std::string& region, Millis entered_ms,
                 double limit_hours, Millis until_ms) {
  // Judged in hours, as categories are.
  auto limit_ms = static_cast<Millis>(std::floor(limit_hours * base::kMillisPerHour)) - 1;
  while (base::to_hours(limit_ms + 1) <= limit_hours) ++limit_ms;
  return instant_passed(s.input.policy, region, entered_ms, static_cast<double>(limit_ms),
                        until_ms);
}

AlertRow of_lead(const char* rule, const LeadRow& lead) {
  AlertRow row{};
  row.rule = rule;
  row.subject = lead.lead_id;
  row.lead_id = lead.lead_id;
  row.dealer = dim(lead, Dimension::kDealer);
  row.nameplate = dim(lead, Dimension::kNameplate);
  row.stage = lead.stage;
  row.value = lead.time_in_stage_hours;
  row.tier = lead.tier;
  row.score = lead.score;
  return row;
}

void add_stage_breach(const Surroundings& s, const LeadRow& lead, std::vector<AlertRow>& out) {
  const auto& trigger = s.input.policy.trigger.stage_breach;
  if (!trigger.enabled || !passes(s.input.policy.funnel, trigger.filter, lead)) return;
  const bool by_sla = trigger.limit == model::BreachLimit::kEffectiveSla;
  const Number limit = by_sla ? lead.effective_sla_hours : lead.threshold_hours;
  if (!limit || *lead.time_in_stage_hours <= *limit) return;
  AlertRow row = of_lead("stage_breach", lead);
  row.limit = limit;
  row.since_ms =
      passed_at(s, dim(lead, Dimension::kRegion), lead.entered_ms, *limit, s.input.as_of_ms);
  out.push_back(row);
}

void add_expiry(const Surroundings& s, const LeadRow& lead, std::vector<AlertRow>& out) {
  const auto& trigger = s.input.policy.trigger.expiry;
  if (!trigger.enabled || !passes(s.input.policy.funnel, trigger.filter, lead)) return;
  const bool expired = lead.status == "expired";
  if (!expired && !lead.dormant) return;
  AlertRow row = of_lead("expiry", lead);
  row.limit = lead.threshold_hours;
  if (expired)
    row.since_ms = passed_at(s, dim(lead, Dimension::kRegion), lead.entered_ms,
                             *lead.threshold_hours, s.input.as_of_ms);
  const Millis dormant_since =
      lead.last_activity_ms + s.input.policy.expiry.dormant_days * base::kMillisPerDay;
  if (lead.dormant && (!row.since_ms || dormant_since < *row.since_ms))
    row.since_ms = dormant_since;
  out.push_back(row);
}

/// The leads of a pair that a load imbalance looks at.
struct Stagnation {
  double stagnant = 0;      // expired or dormant, in load stages
  bool any_passes = false;  // a pair passes where one of its open leads does
};

std::map<Pair, Stagnation> count_stagnant(const Surroundings& s, const Output& output) {
  const auto& stages = s.input.policy.funnel.load;
  std::map<Pair, Stagnation> pairs;
  for (const auto& [id, lead] : output.leads) {
    if (lead.state != "open") continue;
    Stagnation& pair = pairs[{dim(lead, Dimension::kDealer), dim(lead, Dimension::kNameplate)}];
    if (passes_place(s.input.policy.trigger.load_imbalance.filter, lead)) pair.any_passes = true;
    if (std::find(stages.begin(), stages.end(), lead.stage) == stages.end()) continue;
    if (lead.status == "expired" || lead.dormant) pair.stagnant += 1;
  }
  return pairs;
}

void add_load_imbalance(const Surroundings& s, const Output& output, std::vector<AlertRow>& out) {
  const auto& trigger = s.input.policy.trigger.load_imbalance;
  if (!trigger.enabled) return;
  const std::map<Pair, Stagnation> stagnation = count_stagnant(s, output);
  for (const LoadRow& pair : output.load) {
    const Stagnation& leads = stagnation.at({pair.dealer, pair.nameplate});
    if (!leads.any_passes || pair.load_factor < trigger.load_factor || pair.in_load_stages == 0 ||
        pair.open < static_cast<std::uint64_t>(s.input.policy.load.min_open) ||
        leads.stagnant / static_cast<double>(pair.in_load_stages) < trigger.stagnant_share)
      continue;
    AlertRow row{};
    row.rule = "load_imbalance";
    row.subject = pair.dealer + "|" + pair.nameplate;
    row.dealer = pair.dealer;
    row.nameplate = pair.nameplate;
    row.value = pair.load_factor;
    row.limit = trigger.load_factor;
    out.push_back(row);
  }
}

/// The smallest k at which the cumulative probability reaches `quantile`.
std::uint64_t poisson_quantile(double mean, double quantile) {
  double term = std::exp(-mean);
  double cumulative = term;
  std::uint64_t k = 0;
  while (cumulative < quantile) {
    ++k;
    term *= mean / static_cast<double>(k);
    cumulative += term;
  }
  return k;
}

struct Surge {
  std::uint64_t now = 0;
  std::uint64_t before = 0;
};

/// Visits that became delayed, by dealer and by nameplate.
using Surges = std::map<std::string, Surge>;

Surges count_delays(const Surroundings& s, const Output& output, Dimension d) {
  const int days = s.input.policy.trigger.delay_surge.history_days;
  const Millis day_ago = s.input.as_of_ms - base::kMillisPerDay;
  Surges surges;
  for (const auto& [id, visits] : output.visits) {
    const LeadRow& lead = output.leads.at(id);
    for (const VisitRow& v : visits) {
      if (!v.deviation_hours || *v.deviation_hours <= 0) continue;
      // A past visit has no tier, so the filter's tiers do not apply.
      const auto& filter = s.input.policy.trigger.delay_surge.filter;
      if (!passes_place(filter, lead) || !passes_stage(s.input.policy.funnel, filter, v.stage))
        continue;
      const Millis at = passed_at(s, dim(lead, Dimension::kRegion), v.entered_ms,
                                  *v.effective_sla_hours, v.left_ms.value_or(s.input.as_of_ms));
      if (at <= day_ago - days * base::kMillisPerDay) continue;
      Surge& surge = surges[dim(lead, d)];
      ++(at > day_ago ? surge.now : surge.before);
    }
  }
  return surges;
}

void add_delay_surge(const Surroundings& s, const Output& output, Dimension d,
                     std::vector<AlertRow>& out) {
  const auto& trigger = s.input.policy.trigger.delay_surge;
  if (!trigger.enabled) return;
  for (const auto& [name, surge] : count_delays(s, output, d)) {
    const double mean = static_cast<double>(surge.before) / trigger.history_days;
    const std::uint64_t limit = poisson_quantile(mean, trigger.quantile);
    if (surge.now <= limit || surge.now < static_cast<std::uint64_t>(trigger.min_visits)) continue;
    AlertRow row{};
    row.rule = "delay_surge";
    row.subject = d == Dimension::kDealer ? name : "|" + name;
    (d == Dimension::kDealer ? row.dealer : row.nameplate) = name;
    row.since_ms = s.input.as_of_ms - base::kMillisPerDay;
    row.value = static_cast<double>(surge.now);
    row.limit = static_cast<double>(limit);
    out.push_back(row);
  }
}

}  // namespace

std::vector<AlertRow> alert_rows(const Surroundings& s, const Output& output) {
  std::vector<AlertRow> rows;
  for (const auto& [id, lead] : output.leads) {
    if (lead.state != "open") continue;
    add_stage_breach(s, lead, rows);
    add_expiry(s, lead, rows);
  }
  add_load_imbalance(s, output, rows);
  add_delay_surge(s, output, Dimension::kDealer, rows);
  add_delay_surge(s, output, Dimension::kNameplate, rows);
  std::sort(rows.begin(), rows.end(), [](const AlertRow& a, const AlertRow& b) {
    return std::tie(a.rule, a.subject) < std::tie(b.rule, b.subject);
  });
  return rows;
}

}  // namespace pursuit::reference
