#include "reference/reference_csv.h"

#include <array>
#include <charconv>

namespace pursuit::reference {
namespace {

using golden::CsvTable;
using Row = std::vector<std::string>;

std::string text(double value) {
  std::array<char, 64> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}
std::string text(const Number& value) { return value ? text(*value) : ""; }
template <class T>
std::string whole(const std::optional<T>& value) {
  return value ? std::to_string(*value) : "";
}
std::string instant(const std::optional<Millis>& at) { return at ? base::format_instant(*at) : ""; }

CsvTable leads(const Output& out, Contributions contributions) {
  const std::size_t components = contributions == Contributions::kAll ? model::kComponents : 4;
  CsvTable t;
  t.columns = {"lead_id", "state", "stage", "entered_at", "last_activity_at"};
  for (const char* name :
       {"overall_hours", "overall_sla_hours", "overall_category", "time_in_stage_hours",
        "threshold_hours", "threshold_rung", "threshold_n", "status", "dormant", "sla_hours",
        "effective_sla_hours", "deviation_hours", "category", "score"})
    t.columns.emplace_back(name);
  for (std::size_t i = 0; i < components; ++i)
    t.columns.push_back("c_" + std::string(model::kComponentNames[i]));
  t.columns.insert(t.columns.end(), {"tier", "rank"});
  t.columns.insert(t.columns.end(), model::kDimensionNames.begin(), model::kDimensionNames.end());
  for (const auto& [id, r] : out.leads) {
    const bool open = r.state == "open";
    Row row = {r.lead_id, r.state, r.stage, instant(r.entered_ms), instant(r.last_activity_ms)};
    for (const std::string& cell :
         {text(r.overall_hours), text(r.overall_sla_hours), r.overall_category,
          text(r.time_in_stage_hours), text(r.threshold_hours), whole(r.threshold_rung),
          whole(r.threshold_n), r.status, std::string(open ? (r.dormant ? "true" : "false") : ""),
          text(r.sla_hours), text(r.effective_sla_hours), text(r.deviation_hours), r.category,
          text(r.score)})
      row.push_back(cell);
    for (std::size_t i = 0; i < components; ++i) row.push_back(open ? text(r.contribution[i]) : "");
    row.push_back(r.tier);
    row.push_back(whole(r.rank));
    row.insert(row.end(), r.dims.begin(), r.dims.end());
    t.rows.push_back(std::move(row));
  }
  return t;
}

CsvTable visits(const Output& out) {
  CsvTable t;
  t.columns = {"lead_id", "visit", "stage",     "entered_at",          "left_at",
               "kind",    "hours", "sla_hours", "effective_sla_hours", "deviation_hours",
               "category"};
  for (const auto& [id, rows] : out.visits)
    for (const VisitRow& r : rows)
      t.rows.push_back({r.lead_id, std::to_string(r.visit), r.stage, instant(r.entered_ms),
                        instant(r.left_ms), r.kind, text(r.hours), text(r.sla_hours),
                        text(r.effective_sla_hours), text(r.deviation_hours), r.category});
  return t;
}

CsvTable thresholds(const Output& out) {
  CsvTable t;
  t.columns = {"stage", "rung", "region", "nameplate", "channel", "n", "p90_hours", "km_p90_hours"};
  for (const ThresholdRow& r : out.thresholds)
    t.rows.push_back({r.stage, std::to_string(r.rung), r.region, r.nameplate, r.channel,
                      std::to_string(r.n), text(r.p90_hours), text(r.km_p90_hours)});
  return t;
}

CsvTable channels(const Output& out) {
  CsvTable t;
  t.columns = {"channel",       "leads",        "closed",     "won",   "rate",
               "smoothed_rate", "volume_share", "conversion", "volume"};
  for (const ChannelRow& r : out.channels)
    t.rows.push_back({r.channel, std::to_string(r.leads), std::to_string(r.closed),
                      std::to_string(r.won), text(r.rate), text(r.smoothed_rate),
                      text(r.volume_share), text(r.conversion), text(r.volume)});
  return t;
}

CsvTable load(const std::vector<LoadRow>& rows, bool daily) {
  CsvTable t;
  t.columns = {"dealer", "nameplate"};
  if (daily) t.columns.emplace_back("day");
  for (const char* name : {"open", "in_load_stages", "load_factor", "band", "relaxation"})
    t.columns.emplace_back(name);
  for (const LoadRow& r : rows) {
    Row row = {r.dealer, r.nameplate};
    if (daily) row.push_back(base::format_date(r.day));
    for (const std::string& cell : {std::to_string(r.open), std::to_string(r.in_load_stages),
                                    text(r.load_factor), r.band, text(r.relaxation)})
      row.push_back(cell);
    t.rows.push_back(std::move(row));
  }
  return t;
}

CsvTable funnel(const Output& out) {
  CsvTable t;
  t.columns = {"stage", "reached",      "advanced",  "regressed",  "lost",
               "open",  "median_hours", "p90_hours", "compliance", "expired"};
  for (const FunnelRow& r : out.funnel) {
    if (&r == &out.funnel.back()) {
      t.rows.push_back({r.stage, std::to_string(r.reached), "", "", "", "", "", "", "", ""});
      continue;
    }
    t.rows.push_back({r.stage, std::to_string(r.reached), std::to_string(r.advanced),
                      std::to_string(r.regressed), std::to_string(r.lost), std::to_string(r.open),
                      text(r.median_hours), text(r.p90_hours), text(r.compliance),
                      std::to_string(r.expired)});
  }
  return t;
}

CsvTable alerts(const Output& out) {
  CsvTable t;
  t.columns = {"rule",  "subject", "lead_id", "dealer", "nameplate", "stage",
               "since", "value",   "limit",   "tier",   "score",     "owner"};
  for (const AlertRow& r : out.alerts) {
    const auto lead = out.leads.find(r.lead_id);
    t.rows.push_back({r.rule, r.subject, r.lead_id, r.dealer, r.nameplate, r.stage,
                      instant(r.since_ms), text(r.value), text(r.limit), r.tier, text(r.score),
                      lead == out.leads.end() ? "" : lead->second.dims.back()});
  }
  return t;
}

}  // namespace

std::map<std::string, CsvTable> to_tables(const Output& output, Contributions contributions) {
  return {{"leads.csv", leads(output, contributions)},
          {"visits.csv", visits(output)},
          {"thresholds.csv", thresholds(output)},
          {"channels.csv", channels(output)},
          {"load.csv", load(output.load, false)},
          {"load_daily.csv", load(output.load_daily, true)},
          {"funnel.csv", funnel(output)},
          {"alerts.csv", alerts(output)}};
}

}  // namespace pursuit::reference
