#include "sums.h"

#include <cmath>
#include <string_view>

namespace pursuit::bench {

namespace {

using engine::LeadFigures;
using engine::LeadState;
using engine::VisitFigures;

double hours_of(base::Millis at_ms) { return static_cast<double>(at_ms) / 3600000.0; }

/// Named sums in order of first use; absent (NaN) values are left out.
class Sums {
 public:
  double& operator[](std::string_view name) {
    for (auto& [known, value] : sums_) {
      if (known == name) return value;
    }
    return sums_.emplace_back(std::string(name), 0.0).second;
  }
  void add(std::string_view name, double value) {
    double& sum = (*this)[name];
    if (!std::isnan(value)) sum += value;
  }
  std::vector<std::pair<std::string, double>> take() { return std::move(sums_); }

 private:
  std::vector<std::pair<std::string, double>> sums_;
};

/// Sums of the big tables, as plain members: there are tens of millions of rows.
struct LeadSums {
  double rows = 0, open = 0, won = 0, stage = 0, entered = 0, last_activity = 0;
  double time_in_stage = 0, threshold = 0, rung = 0, n = 0, expired = 0, dormant = 0;
  double overall = 0, overall_sla = 0, overall_category = 0, sla = 0, effective = 0;
  double deviation = 0, by_category[4] = {}, score = 0, contribution[4] = {}, by_tier[3] = {};
  double rank = 0, score_of_first = 0, score_of_ten = 0;
};

void add(double& sum, double value) {
  if (!std::isnan(value)) sum += value;
}

void add_lead(const LeadFigures& f, LeadSums& s) {
  if (f.state == LeadState::kUnseen) return;
  ++s.rows;
  s.open += f.state == LeadState::kOpen;
  s.won += f.state == LeadState::kWon;
  s.stage += f.stage;
  s.entered += hours_of(f.entered_ms);
  s.last_activity += hours_of(f.last_activity_ms);
  s.overall += base::to_hours(f.overall_ms);
  add(s.overall_sla, f.overall_sla_hours);
  s.overall_category += static_cast<double>(f.overall_category);
  if (f.state != LeadState::kOpen) return;
  s.time_in_stage += base::to_hours(f.duration_ms);
  add(s.threshold, f.threshold_ms / 3600000.0);
  if (f.threshold_rung != engine::kNoRung) {
    s.rung += f.threshold_rung;
    s.n += f.threshold_n;
  }
  s.expired += f.expired;
  s.dormant += f.dormant;
  add(s.sla, f.sla_hours);
  add(s.effective, f.effective_sla_hours);
  add(s.deviation, f.deviation_hours);
  ++s.by_category[static_cast<std::size_t>(f.category)];
  s.score += f.score;
  for (std::size_t c = 0; c < 4; ++c) s.contribution[c] += f.contribution[c];
  ++s.by_tier[static_cast<std::size_t>(f.tier)];
  s.rank += f.rank;
  if (f.rank == 1) s.score_of_first += f.score;
  if (f.rank <= 10) s.score_of_ten += f.score * f.rank;
}

void name_leads(const LeadSums& s, Sums& out) {
  out["leads.rows"] = s.rows;
  out["leads.open"] = s.open;
  out["leads.won"] = s.won;
  out["leads.stage"] = s.stage;
  out["leads.entered"] = s.entered;
  out["leads.last_activity"] = s.last_activity;
  out["leads.time_in_stage"] = s.time_in_stage;
  out["leads.threshold"] = s.threshold;
  out["leads.threshold_rung"] = s.rung;
  out["leads.threshold_n"] = s.n;
  out["leads.expired"] = s.expired;
  out["leads.dormant"] = s.dormant;
  out["leads.overall"] = s.overall;
  out["leads.overall_sla"] = s.overall_sla;
  out["leads.overall_category"] = s.overall_category;
  out["leads.sla"] = s.sla;
  out["leads.effective_sla"] = s.effective;
  out["leads.deviation"] = s.deviation;
  out["leads.on_time"] = s.by_category[1];
  out["leads.delayed"] = s.by_category[2];
  out["leads.critical"] = s.by_category[3];
  out["leads.score"] = s.score;
  out["leads.c_conversion"] = s.contribution[0];
  out["leads.c_volume"] = s.contribution[1];
  out["leads.c_recency"] = s.contribution[2];
  out["leads.c_stage"] = s.contribution[3];
  out["leads.hot"] = s.by_tier[0];
  out["leads.warm"] = s.by_tier[1];
  out["leads.rank"] = s.rank;
  out["leads.score_of_first"] = s.score_of_first;
  out["leads.score_of_ten"] = s.score_of_ten;
}

struct VisitSums {
  double rows = 0, visit = 0, stage = 0, entered = 0, left = 0, by_kind[4] = {};
  double hours = 0, sla = 0, effective = 0, deviation = 0, by_category[4] = {};
};

void add_visit(const VisitFigures& v, std::size_t number, VisitSums& s) {
  ++s.rows;
  s.visit += static_cast<double>(number);
  s.stage += v.stage;
  s.entered += hours_of(v.entered_ms);
  if (v.left_ms != base::kNoInstant) s.left += hours_of(v.left_ms);
  ++s.by_kind[static_cast<std::size_t>(v.kind)];
  s.hours += base::to_hours(v.duration_ms);
  add(s.sla, v.sla_hours);
  add(s.effective, v.effective_sla_hours);
  add(s.deviation, v.deviation_hours);
  ++s.by_category[static_cast<std::size_t>(v.category)];
}

void name_visits(const VisitSums& s, Sums& out) {
  out["visits.rows"] = s.rows;
  out["visits.visit"] = s.visit;
  out["visits.stage"] = s.stage;
  out["visits.entered"] = s.entered;
  out["visits.left"] = s.left;
  out["visits.advance"] = s.by_kind[0];
  out["visits.regress"] = s.by_kind[1];
  out["visits.lost"] = s.by_kind[2];
  out["visits.open"] = s.by_kind[3];
  out["visits.hours"] = s.hours;
  out["visits.sla"] = s.sla;
  out["visits.effective_sla"] = s.effective;
  out["visits.deviation"] = s.deviation;
  out["visits.on_time"] = s.by_category[1];
  out["visits.delayed"] = s.by_category[2];
  out["visits.critical"] = s.by_category[3];
}

void add_baseline(const engine::Tables& tables, Sums& out) {
  for (const engine::ThresholdRow& r : tables.thresholds) {
    ++out["thresholds.rows"];
    out.add("thresholds.stage", r.stage);
    out.add("thresholds.rung", r.rung);
    out.add("thresholds.n", r.n);
    out.add("thresholds.p90", r.p90_ms / 3600000.0);
    out.add("thresholds.n_p90", r.n * (r.p90_ms / 3600000.0));
  }
  for (const engine::ChannelRow& r : tables.channels) {
    ++out["channels.rows"];
    out.add("channels.leads", static_cast<double>(r.leads));
    out.add("channels.closed", static_cast<double>(r.closed));
    out.add("channels.won", static_cast<double>(r.won));
    out.add("channels.rate", r.rate);
    out.add("channels.smoothed_rate", r.smoothed_rate);
    out.add("channels.volume_share", r.volume_share * r.volume_share);
    out.add("channels.conversion", r.conversion);
    out.add("channels.volume", r.volume);
  }
}

template <class Rows>
void add_load(const Rows& rows, const std::string& table, bool daily, Sums& out) {
  double open = 0, in = 0, factor = 0, band = 0, relaxation = 0, day = 0;
  for (const engine::LoadRow r : rows) {
    day += r.day;
    open += r.open;
    in += r.in_load_stages;
    factor += r.load_factor;
    band += static_cast<double>(r.band);
    relaxation += r.relaxation;
  }
  out[table + ".rows"] = static_cast<double>(rows.size());
  if (daily) out[table + ".day"] = day;
  out[table + ".open"] = open;
  out[table + ".in_load_stages"] = in;
  out[table + ".load_factor"] = factor;
  out[table + ".band"] = band;
  out[table + ".relaxation"] = relaxation;
}

void add_funnel(const engine::Tables& tables, Sums& out) {
  for (const engine::FunnelRow& r : tables.funnel) {
    ++out["funnel.rows"];
    out.add("funnel.reached", static_cast<double>(r.reached));
    out.add("funnel.advanced", static_cast<double>(r.advanced));
    out.add("funnel.regressed", static_cast<double>(r.regressed));
    out.add("funnel.lost", static_cast<double>(r.lost));
    out.add("funnel.open", static_cast<double>(r.open));
    out.add("funnel.median", r.median_ms / 3600000.0);
    out.add("funnel.p90", r.p90_ms / 3600000.0);
    out.add("funnel.compliance", r.compliance);
    out.add("funnel.expired", static_cast<double>(r.expired));
  }
}

}  // namespace

std::vector<std::pair<std::string, double>> result_sums(const engine::Engine& engine) {
  LeadSums leads;
  VisitSums visits;
  std::vector<VisitFigures> of_lead;
  for (std::uint32_t i = 0; i < engine.leads().size(); ++i) {
    const base::LeadId lead{i};
    add_lead(engine.figures(lead), leads);
    engine.visits(lead, of_lead);
    for (std::size_t v = 0; v < of_lead.size(); ++v) add_visit(of_lead[v], v + 1, visits);
  }
  Sums out;
  name_leads(leads, out);
  name_visits(visits, out);
  add_baseline(engine.tables(), out);
  add_load(engine.tables().load, "load", false, out);
  add_load(engine.tables().load_daily, "load_daily", true, out);
  add_funnel(engine.tables(), out);
  for (const engine::ThresholdRow& r : engine.tables().thresholds) {
    out.add("thresholds.km_p90", r.km_p90_ms / 3600000.0);
  }
  return out.take();
}

}  // namespace pursuit::bench
