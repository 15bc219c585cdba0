// The triggers that are true at the as-of instant (semantics.md, "Triggers").
#include <algorithm>
#include <cmath>
#include <string>

#include "engine/engine.h"
#include "engine/filter.h"
#include "engine/judge.h"
#include "engine/state.h"
#include "metrics/load.h"
#include "metrics/poisson.h"

namespace pursuit::engine {

namespace {

const std::string& text(const Engine::State& s, model::Dimension d, std::uint32_t code) {
  return s.leads.dictionary(d).text(code);
}

AlertRow row_of_lead(const Engine::State& s, std::string_view rule, const LeadFigures& f) {
  const Pair& pair = s.profiles.pairs()[s.facts(f.lead).pair.v];
  AlertRow row;
  row.rule = rule;
  row.subject = s.leads.id(f.lead);
  row.lead = f.lead;
  row.dealer = pair.dealer;
  row.nameplate = pair.nameplate;
  row.stage = f.stage;
  row.value = base::to_hours(f.duration_ms);
  row.has_tier = true;
  row.tier = f.tier;
  row.score = f.score;
  return row;
}

class AlertMaker {
 public:
  AlertMaker(const Engine& engine, const Engine::State& state)
      : engine_(engine),
        s_(state),
        breach_filter_(state.policy.trigger.stage_breach.filter, state.leads),
        expiry_filter_(state.policy.trigger.expiry.filter, state.leads),
        load_filter_(state.policy.trigger.load_imbalance.filter, state.leads) {}

  std::vector<AlertRow> make() {
    for (std::uint32_t p = 0; p < s_.open.pairs(); ++p) {
      s_.open.for_each({p}, s_.book, [&](base::LeadId id) { lead(id, s_.book.standing(id)); });
    }
    for (std::uint32_t p = 0; p < s_.load_now.size(); ++p) load_imbalance({p});
    delay_surge(model::Dimension::kDealer, s_.surge_by_dealer);
    delay_surge(model::Dimension::kNameplate, s_.surge_by_nameplate);
    std::sort(rows_.begin(), rows_.end(), [](const AlertRow& a, const AlertRow& b) {
      return a.rule != b.rule ? a.rule < b.rule : a.subject < b.subject;
    });
    return std::move(rows_);
  }

 private:
  void lead(base::LeadId lead, const Standing& standing) {
    const auto& triggers = s_.policy.trigger;
    const bool by_sla = triggers.stage_breach.limit == model::BreachLimit::kEffectiveSla;
    if (!standing.expired && !standing.dormant && !by_sla) return;  // nothing to look at
    const LeadFigures f = engine_.figures(lead);
    const model::ProfileCodes& codes = s_.leads.profile_codes(s_.leads.profile(lead));
    if (triggers.stage_breach.enabled && breach_filter_.passes(codes, f.stage, f.tier)) {
      stage_breach(f, by_sla);
    }
    if (triggers.expiry.enabled && expiry_filter_.passes(codes, f.stage, f.tier)) expiry(f);
  }

  void stage_breach(const LeadFigures& f, bool by_sla) {
    const double limit_hours =
        by_sla ? f.effective_sla_hours : f.threshold_ms / static_cast<double>(base::kMillisPerHour);
    if (by_sla ? !(f.deviation_hours > 0) : !f.expired) return;
    AlertRow row = row_of_lead(s_, "stage_breach", f);
    row.limit = limit_hours;
    row.since_ms = passes_at(s_.evaluator, s_.facts(f.lead), f.entered_ms, limit_hours);
    rows_.push_back(std::move(row));
  }

  void expiry(const LeadFigures& f) {
    if (!f.expired && !f.dormant) return;
    AlertRow row = row_of_lead(s_, "expiry", f);
    row.limit = f.threshold_ms / static_cast<double>(base::kMillisPerHour);
    base::Millis since_ms = base::kMaxInstantMs;
    if (f.expired) {
      since_ms = passes_at(s_.evaluator, s_.facts(f.lead), f.entered_ms, row.limit);
    }
    if (f.dormant) {
      since_ms = std::min(since_ms,
                          f.last_activity_ms + s_.policy.expiry.dormant_days * base::kMillisPerDay);
    }
    row.since_ms = since_ms;
    rows_.push_back(std::move(row));
  }

  void load_imbalance(base::PairId pair) {
    const auto& trigger = s_.policy.trigger.load_imbalance;
    const PairLoad load = s_.load_now[pair.v];
    if (!trigger.enabled || load.in_load_stages == 0) return;
    if (static_cast<std::int64_t>(load.open) < s_.policy.load.min_open) return;
    const double factor = metrics::load_factor(load.open, load.in_load_stages);
    if (factor < trigger.load_factor) return;
    std::uint32_t stagnant = 0;
    bool wanted = false;
    s_.open.for_each(pair, s_.book, [&](base::LeadId lead) {
      const Standing& standing = s_.book.standing(lead);
      wanted |= load_filter_.passes(s_.leads.profile_codes(s_.leads.profile(lead)));
      if (s_.evaluator.is_load_stage(standing.stage)) {
        stagnant += standing.expired || standing.dormant;
      }
    });
    const double share = static_cast<double>(stagnant) / static_cast<double>(load.in_load_stages);
    if (!wanted || share < trigger.stagnant_share) return;
    const Pair& p = s_.profiles.pairs()[pair.v];
    AlertRow row;
    row.rule = "load_imbalance";
    row.subject = text(s_, model::Dimension::kDealer, p.dealer) + "|" +
                  text(s_, model::Dimension::kNameplate, p.nameplate);
    row.dealer = p.dealer;
    row.nameplate = p.nameplate;
    row.value = factor;
    row.limit = trigger.load_factor;
    rows_.push_back(std::move(row));
  }

  void delay_surge(model::Dimension d, const std::vector<SurgeCount>& counts) {
    const auto& trigger = s_.policy.trigger.delay_surge;
    if (!trigger.enabled) return;
    for (std::uint32_t code = 0; code < counts.size(); ++code) {
      const SurgeCount& c = counts[code];
      if (c.recent < static_cast<std::uint32_t>(std::max(trigger.min_visits, 1))) continue;
      const double mean = static_cast<double>(c.before) / trigger.history_days;
      const std::uint64_t limit = metrics::poisson_quantile(mean, trigger.quantile);
      if (c.recent <= limit) continue;
      const bool by_dealer = d == model::Dimension::kDealer;
      AlertRow row;
      row.rule = "delay_surge";
      row.subject = (by_dealer ? "" : "|") + text(s_, d, code);
      (by_dealer ? row.dealer : row.nameplate) = code;
      row.since_ms = s_.evaluator.as_of_ms() - base::kMillisPerDay;
      row.value = c.recent;
      row.limit = static_cast<double>(limit);
      rows_.push_back(std::move(row));
    }
  }

  const Engine& engine_;
  const Engine::State& s_;
  Filter breach_filter_;
  Filter expiry_filter_;
  Filter load_filter_;
  std::vector<AlertRow> rows_;
};

}  // namespace

std::vector<AlertRow> Engine::alerts() const { return AlertMaker(*this, *state_).make(); }

}  // namespace pursuit::engine
