// The triggers that are true at the as-of instant (semantics.md, "Triggers").
#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
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

/// The first eight bytes of a text as a number, in the order of texts.
std::uint64_t first_letters(std::string_view text) {
  return std::byteswap(base::word_of(text.substr(0, 8)));
}

/// What the triggers of leads found of one, until the row is written out.
struct LeadAlert {
  std::uint64_t id_begin;  // the first letters of its id, to sort by
  base::LeadId lead;
  bool breach = false;
  bool expiry = false;
  double hours = kAbsent;  // in the stage
  double p90_hours = kAbsent;
  double breach_limit = kAbsent;
  base::Millis expired_since_ms = base::kNoInstant;
  base::Millis breach_since_ms = base::kNoInstant;
  base::Millis expiry_since_ms = base::kNoInstant;
};

/// Finds the alerts of open leads. One per thread.
class LeadAlerts {
 public:
  explicit LeadAlerts(const Engine::State& state)
      : s_(state),
        breach_filter_(state.policy.trigger.stage_breach.filter, state.leads),
        expiry_filter_(state.policy.trigger.expiry.filter, state.leads) {}

  void look_at(base::LeadId lead) {
    const auto& triggers = s_.policy.trigger;
    const Standing& standing = s_.book.standing(lead);
    const bool by_sla = triggers.stage_breach.limit == model::BreachLimit::kEffectiveSla;
    if (!standing.expired && !standing.dormant && !by_sla) return;  // nothing to look at
    const Profiles::Facts& facts = s_.facts(lead);
    const base::Millis in_stage_ms =
        s_.evaluator.duration(facts, standing.entered_ms, s_.evaluator.as_of_ms());
    LeadAlert alert{.id_begin = first_letters(s_.leads.id(lead)),
                    .lead = lead,
                    .hours = base::to_hours(in_stage_ms),
                    .p90_hours = s_.evaluator.threshold(facts, standing.stage).ms /
                                 static_cast<double>(base::kMillisPerHour)};
    if (standing.expired) alert.expired_since_ms = passed(standing, facts, alert.p90_hours);
    const model::ProfileCodes& codes = s_.leads.profile_codes(s_.leads.profile(lead));
    const auto wanted = [&](const Filter& filter) {
      return filter.passes(codes, standing.stage, standing.tier);
    };
    if (triggers.stage_breach.enabled && wanted(breach_filter_)) {
      by_sla ? breach_of_sla(standing, facts, alert) : breach_of_p90(standing, alert);
    }
    if (triggers.expiry.enabled && wanted(expiry_filter_)) expiry(standing, alert);
    if (alert.breach || alert.expiry) found_.push_back(alert);
  }
  [[nodiscard]] const std::vector<LeadAlert>& found() const { return found_; }

 private:
  [[nodiscard]] base::Millis passed(const Standing& standing, const Profiles::Facts& facts,
                                    double limit_hours) const {
    return passes_at(s_.evaluator, facts, standing.entered_ms, limit_hours);
  }
  void breach_of_sla(const Standing& standing, const Profiles::Facts& facts,
                     LeadAlert& alert) const {
    const VisitFigures visit = s_.open_visit(alert.lead);
    alert.breach = visit.deviation_hours > 0;
    alert.breach_limit = visit.effective_sla_hours;
    if (alert.breach) alert.breach_since_ms = passed(standing, facts, alert.breach_limit);
  }
  static void breach_of_p90(const Standing& standing, LeadAlert& alert) {
    alert.breach = standing.expired;
    alert.breach_limit = alert.p90_hours;
    alert.breach_since_ms = alert.expired_since_ms;
  }
  void expiry(const Standing& standing, LeadAlert& alert) const {
    alert.expiry = standing.expired || standing.dormant;
    alert.expiry_since_ms = standing.expired ? alert.expired_since_ms : base::kMaxInstantMs;
    if (!standing.dormant) return;
    const base::Millis dormant_ms = s_.policy.expiry.dormant_days * base::kMillisPerDay;
    alert.expiry_since_ms = std::min(alert.expiry_since_ms, standing.last_activity_ms + dormant_ms);
  }

  const Engine::State& s_;
  Filter breach_filter_;
  Filter expiry_filter_;
  std::vector<LeadAlert> found_;
};

class AlertMaker {
 public:
  explicit AlertMaker(const Engine::State& state)
      : s_(state), load_filter_(state.policy.trigger.load_imbalance.filter, state.leads) {}

  /// By rule, then by subject.
  std::vector<AlertRow> make() {
    const std::vector<LeadAlert> leads = find_leads();
    delay_surge(model::Dimension::kDealer, s_.surge_by_dealer);
    delay_surge(model::Dimension::kNameplate, s_.surge_by_nameplate);
    sort_from(0);
    for (const LeadAlert& alert : leads) {
      if (alert.expiry) add(alert, "expiry", alert.p90_hours, alert.expiry_since_ms);
    }
    const std::size_t first_imbalance = rows_.size();
    for (std::uint32_t p = 0; p < s_.load_now.size(); ++p) load_imbalance({p});
    sort_from(first_imbalance);
    for (const LeadAlert& alert : leads) {
      if (alert.breach) add(alert, "stage_breach", alert.breach_limit, alert.breach_since_ms);
    }
    return std::move(rows_);
  }

 private:
  /// By id.
  [[nodiscard]] std::vector<LeadAlert> find_leads() const {
    constexpr std::size_t kPairsPerTask = 32;
    std::vector<LeadAlerts> workers(s_.pool.size(), LeadAlerts(s_));
    const std::size_t pairs = s_.open.pairs();
    s_.share_out((pairs + kPairsPerTask - 1) / kPairsPerTask,
                 [&](std::size_t task, unsigned worker) {
                   const std::size_t end = std::min(pairs, (task + 1) * kPairsPerTask);
                   for (std::size_t p = task * kPairsPerTask; p < end; ++p) {
                     s_.open.for_each({static_cast<std::uint32_t>(p)}, s_.book,
                                      [&](base::LeadId lead) { workers[worker].look_at(lead); });
                   }
                 });
    std::vector<LeadAlert> all;
    for (const LeadAlerts& worker : workers)
      all.insert(all.end(), worker.found().begin(), worker.found().end());
    std::sort(all.begin(), all.end(), [&](const LeadAlert& a, const LeadAlert& b) {
      if (a.id_begin != b.id_begin) return a.id_begin < b.id_begin;
      return s_.leads.id(a.lead) < s_.leads.id(b.lead);
    });
    return all;
  }

  void add(const LeadAlert& alert, std::string_view rule, double limit, base::Millis since_ms) {
    const Standing& standing = s_.book.standing(alert.lead);
    const Pair& pair = s_.profiles.pairs()[s_.facts(alert.lead).pair.v];
    AlertRow& row = rows_.emplace_back();
    row.rule = rule;
    row.subject = s_.leads.id(alert.lead);
    row.lead = alert.lead;
    row.dealer = pair.dealer;
    row.nameplate = pair.nameplate;
    row.stage = standing.stage;
    row.since_ms = since_ms;
    row.value = alert.hours;
    row.limit = limit;
    row.has_tier = true;
    row.tier = standing.tier;
    row.score = standing.score;
  }

  void sort_from(std::size_t first) {
    std::sort(rows_.begin() + static_cast<std::ptrdiff_t>(first), rows_.end(),
              [](const AlertRow& a, const AlertRow& b) { return a.subject < b.subject; });
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

  const Engine::State& s_;
  Filter load_filter_;
  std::vector<AlertRow> rows_;
};

}  // namespace

std::vector<AlertRow> Engine::alerts() const { return AlertMaker(*state_).make(); }

}  // namespace pursuit::engine
