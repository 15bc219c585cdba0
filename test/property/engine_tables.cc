#include "property/engine_tables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace pursuit::property {
namespace {

using base::LeadId;
using base::Millis;
using engine::Engine;
using golden::CsvTable;
using model::Dimension;
using Row = std::vector<std::string>;

std::string text(double value) {
  if (std::isnan(value)) return "";
  std::array<char, 64> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}
std::string hours(double ms) { return text(ms / 3'600'000.0); }
std::string instant(Millis at) { return at == base::kNoInstant ? "" : base::format_instant(at); }

/// Texts of codes, as the lead table of one engine has them.
struct Names {
  const Engine& engine;
  [[nodiscard]] std::string dim(Dimension d, std::uint32_t code) const {
    return code == engine::kNoCode ? "" : engine.leads().dictionary(d).text(code);
  }
  [[nodiscard]] std::string stage(model::StageCode code) const {
    return engine.policy().funnel.name_of(code);
  }
};

std::vector<LeadId> visible_leads(const Engine& engine) {
  std::vector<LeadId> leads;
  for (std::uint32_t i = 0; i < engine.leads().size(); ++i)
    if (engine.figures(LeadId{i}).state != engine::LeadState::kUnseen) leads.push_back({i});
  std::sort(leads.begin(), leads.end(),
            [&](LeadId a, LeadId b) { return engine.leads().id(a) < engine.leads().id(b); });
  return leads;
}

Row lead_row(const Engine& engine, LeadId lead) {
  const engine::LeadFigures f = engine.figures(lead);
  const bool open = f.state == engine::LeadState::kOpen;
  const auto when_open = [open](std::string value) { return open ? std::move(value) : ""; };
  Row row = {std::string(engine.leads().id(lead)),
             std::string(engine::kStateNames[static_cast<std::size_t>(f.state)]),
             engine.policy().funnel.name_of(f.stage),
             instant(f.entered_ms),
             instant(f.last_activity_ms),
             hours(static_cast<double>(f.overall_ms)),
             text(f.overall_sla_hours),
             std::string(engine::kCategoryNames[static_cast<std::size_t>(f.overall_category)]),
             when_open(hours(static_cast<double>(f.duration_ms))),
             when_open(hours(f.threshold_ms)),
             when_open(f.threshold_rung == engine::kNoRung ? "" : std::to_string(f.threshold_rung)),
             when_open(f.threshold_rung == engine::kNoRung ? "" : std::to_string(f.threshold_n)),
             when_open(f.expired ? "expired" : "active"),
             when_open(f.dormant ? "true" : "false"),
             when_open(text(f.sla_hours)),
             when_open(text(f.effective_sla_hours)),
             when_open(text(f.deviation_hours)),
             when_open(std::string(engine::kCategoryNames[static_cast<std::size_t>(f.category)])),
             when_open(text(f.score))};
  for (std::size_t i = 0; i < model::kComponents; ++i)
    row.push_back(when_open(text(f.contribution[i])));
  row.push_back(when_open(std::string(model::kTierNames[static_cast<std::size_t>(f.tier)])));
  row.push_back(when_open(std::to_string(f.rank)));
  for (std::size_t d = 0; d < model::kDimensions; ++d)
    row.push_back(engine.leads().text(lead, static_cast<Dimension>(d)));
  return row;
}

CsvTable leads_table(const Engine& engine, const std::vector<LeadId>& leads) {
  CsvTable t;
  t.columns = {"lead_id", "state", "stage", "entered_at", "last_activity_at"};
  for (const char* name :
       {"overall_hours", "overall_sla_hours", "overall_category", "time_in_stage_hours",
        "threshold_hours", "threshold_rung", "threshold_n", "status", "dormant", "sla_hours",
        "effective_sla_hours", "deviation_hours", "category", "score"})
    t.columns.emplace_back(name);
  for (const std::string_view name : model::kComponentNames)
    t.columns.push_back("c_" + std::string(name));
  t.columns.insert(t.columns.end(), {"tier", "rank"});
  t.columns.insert(t.columns.end(), model::kDimensionNames.begin(), model::kDimensionNames.end());
  for (const LeadId lead : leads) t.rows.push_back(lead_row(engine, lead));
  return t;
}

CsvTable visits_table(const Engine& engine, const std::vector<LeadId>& leads) {
  CsvTable t;
  t.columns = {"lead_id", "visit", "stage",     "entered_at",          "left_at",
               "kind",    "hours", "sla_hours", "effective_sla_hours", "deviation_hours",
               "category"};
  std::vector<engine::VisitFigures> visits;
  for (const LeadId lead : leads) {
    engine.visits(lead, visits);
    for (std::size_t i = 0; i < visits.size(); ++i) {
      const engine::VisitFigures& v = visits[i];
      t.rows.push_back({std::string(engine.leads().id(lead)), std::to_string(i + 1),
                        engine.policy().funnel.name_of(v.stage), instant(v.entered_ms),
                        instant(v.left_ms),
                        std::string(engine::kVisitKindNames[static_cast<std::size_t>(v.kind)]),
                        hours(static_cast<double>(v.duration_ms)), text(v.sla_hours),
                        text(v.effective_sla_hours), text(v.deviation_hours),
                        std::string(engine::kCategoryNames[static_cast<std::size_t>(v.category)])});
    }
  }
  return t;
}

CsvTable thresholds_table(const Names& names) {
  CsvTable t;
  t.columns = {"stage", "rung", "region", "nameplate", "channel", "n", "p90_hours", "km_p90_hours"};
  for (const engine::ThresholdRow& r : names.engine.tables().thresholds)
    t.rows.push_back(
        {names.stage(r.stage), std::to_string(r.rung), names.dim(Dimension::kRegion, r.region),
         names.dim(Dimension::kNameplate, r.nameplate), names.dim(Dimension::kChannel, r.channel),
         std::to_string(r.n), hours(r.p90_ms), hours(r.km_p90_ms)});
  return t;
}

CsvTable channels_table(const Names& names) {
  CsvTable t;
  t.columns = {"channel",       "leads",        "closed",     "won",   "rate",
               "smoothed_rate", "volume_share", "conversion", "volume"};
  for (const engine::ChannelRow& r : names.engine.tables().channels)
    t.rows.push_back({names.dim(Dimension::kChannel, r.channel), std::to_string(r.leads),
                      std::to_string(r.closed), std::to_string(r.won), text(r.rate),
                      text(r.smoothed_rate), text(r.volume_share), text(r.conversion),
                      text(r.volume)});
  return t;
}

template <class Rows>
CsvTable load_table(const Names& names, const Rows& rows, bool daily) {
  CsvTable t;
  t.columns = {"dealer", "nameplate"};
  if (daily) t.columns.emplace_back("day");
  for (const char* name : {"open", "in_load_stages", "load_factor", "band", "relaxation"})
    t.columns.emplace_back(name);
  for (const engine::LoadRow r : rows) {
    Row row = {names.dim(Dimension::kDealer, r.dealer),
               names.dim(Dimension::kNameplate, r.nameplate)};
    if (daily) row.push_back(base::format_date(r.day));
    for (const std::string& cell :
         {std::to_string(r.open), std::to_string(r.in_load_stages), text(r.load_factor),
          std::string(engine::kBandNames[static_cast<std::size_t>(r.band)]), text(r.relaxation)})
      row.push_back(cell);
    t.rows.push_back(std::move(row));
  }
  return t;
}

CsvTable funnel_table(const Names& names) {
  CsvTable t;
  t.columns = {"stage", "reached",      "advanced",  "regressed",  "lost",
               "open",  "median_hours", "p90_hours", "compliance", "expired"};
  for (const engine::FunnelRow& r : names.engine.tables().funnel) {
    if (r.stage >= names.engine.policy().funnel.won_code()) {
      t.rows.push_back(
          {names.stage(r.stage), std::to_string(r.reached), "", "", "", "", "", "", "", ""});
      continue;
    }
    t.rows.push_back({names.stage(r.stage), std::to_string(r.reached), std::to_string(r.advanced),
                      std::to_string(r.regressed), std::to_string(r.lost), std::to_string(r.open),
                      hours(r.median_ms), hours(r.p90_ms), text(r.compliance),
                      std::to_string(r.expired)});
  }
  return t;
}

CsvTable alerts_table(const Names& names) {
  CsvTable t;
  t.columns = {"rule",  "subject", "lead_id", "dealer", "nameplate", "stage",
               "since", "value",   "limit",   "tier",   "score",     "owner"};
  const model::LeadTable& leads = names.engine.leads();
  for (const engine::AlertRow& r : names.engine.alerts()) {
    const bool has_lead = r.lead != base::kNoLead;
    t.rows.push_back(
        {std::string(r.rule), r.subject, has_lead ? std::string(leads.id(r.lead)) : "",
         names.dim(Dimension::kDealer, r.dealer), names.dim(Dimension::kNameplate, r.nameplate),
         r.stage == 0xFF ? "" : names.stage(r.stage), instant(r.since_ms), text(r.value),
         text(r.limit),
         r.has_tier ? std::string(model::kTierNames[static_cast<std::size_t>(r.tier)]) : "",
         text(r.score), has_lead ? leads.text(r.lead, Dimension::kOwner) : ""});
  }
  return t;
}

}  // namespace

Tables lead_tables(const Engine& engine) {
  const std::vector<LeadId> leads = visible_leads(engine);
  return {{"leads.csv", leads_table(engine, leads)}, {"visits.csv", visits_table(engine, leads)}};
}

Tables all_tables(const Engine& engine) {
  const Names names{engine};
  Tables tables = lead_tables(engine);
  tables["thresholds.csv"] = thresholds_table(names);
  tables["channels.csv"] = channels_table(names);
  tables["load.csv"] = load_table(names, engine.tables().load, false);
  tables["load_daily.csv"] = load_table(names, engine.tables().load_daily, true);
  tables["funnel.csv"] = funnel_table(names);
  tables["alerts.csv"] = alerts_table(names);
  return tables;
}

}  // namespace pursuit::property
