#include "api/export_rows.h"

#include <array>
#include <map>
#include <span>
#include <utility>

#include <fmt/ranges.h>

#include "api/queue_order.h"
#include "api/tables.h"
#include "export/columns.h"
#include "export/engine_rows.h"
#include "export/lead_cells.h"
#include "export/tables.h"

namespace pursuit::api {
namespace {

using engine::Engine;
using exporting::Cells;
using exporting::ParquetColumn;
using exporting::ParquetType;
using exporting::RowSink;
using exporting::RowStream;
using EnginePtr = std::shared_ptr<const Engine>;
using Leads = std::vector<base::LeadId>;

/// A row for each item, by `cells(item, out)`.
template <class CellsOf>
RowStream row_each(std::vector<ParquetColumn> columns, std::size_t items, CellsOf cells) {
  RowStream rows{.columns = std::move(columns), .items = items, .is_row_each = true, .write = {}};
  rows.write = [cells = std::move(cells)](std::size_t begin, std::size_t end,
                                          RowSink& out) -> base::Result<void> {
    for (std::size_t item = begin; item < end; ++item) {
      cells(item, out.begin_row());
      out.end_row();
    }
    return {};
  };
  return rows;
}

Leads all_leads(const Engine& engine, const engine::LeadFilter& filter) {
  return engine.list(filter, {.limit = engine.leads().size()});
}

base::Result<RowStream> leads(const Context& /*context*/, const http::Request& request,
                              const EnginePtr& engine) {
  const auto filter = filter_of(*engine, request);
  if (!filter) return std::unexpected(filter.error());
  Leads ids = all_leads(*engine, *filter);
  const std::size_t count = ids.size();
  auto components = exporting::shown_components(engine->policy());
  auto columns = exporting::lead_columns(engine->policy());
  return row_each(std::move(columns), count,
                  [engine, ids = std::move(ids), components = std::move(components)](std::size_t i,
                                                                                     Cells& out) {
                    exporting::lead_cells(engine->leads(), engine->policy(),
                                          engine->figures(ids[i]), components, out);
                  });
}

base::Result<RowStream> visits(const Context& /*context*/, const http::Request& request,
                               const EnginePtr& engine) {
  const auto filter = filter_of(*engine, request);
  if (!filter) return std::unexpected(filter.error());
  Leads ids = all_leads(*engine, *filter);
  RowStream rows{.columns = exporting::parquet_columns(exporting::kVisitColumns),
                 .items = ids.size(),
                 .write = {}};
  rows.write = [engine, ids = std::move(ids)](std::size_t begin, std::size_t end,
                                              RowSink& out) -> base::Result<void> {
    std::vector<engine::VisitFigures> figures;
    for (std::size_t item = begin; item < end; ++item) {
      engine->visits(ids[item], figures);
      std::uint64_t number = 0;
      for (const engine::VisitFigures& visit : figures) {
        exporting::visit_cells(engine->leads(), engine->policy(), ids[item], ++number, visit,
                               out.begin_row());
        out.end_row();
      }
    }
    return {};
  };
  return rows;
}

/// The row of an open lead, when its status changes, and who can be reached for it.
void queue_cells(const Engine& engine, base::LeadId lead,
                 std::span<const model::Component> components, const store::LeadContact& contact,
                 Cells& out) {
  exporting::lead_cells(engine.leads(), engine.policy(), engine.figures(lead), components, out);
  const engine::StatusTimes times = engine.status_times(lead);
  out.instant(times.expired_at_ms).instant(times.dormant_at_ms);
  out.text(contact.name).text(contact.phone).text(contact.email);
}

base::Result<RowStream> queue(const Context& context, const http::Request& request,
                              const EnginePtr& engine) {
  const auto filter = filter_of(*engine, request);
  if (!filter) return std::unexpected(filter.error());
  const auto order = order_of(request);
  if (!order) return std::unexpected(order.error());
  Leads ids = engine->queue(
      {.filter = *filter, .order = *order, .after = {}, .limit = engine->leads().size()});
  RowStream rows{.columns = exporting::lead_columns(engine->policy()),
                 .items = ids.size(),
                 .is_row_each = true,
                 .write = {}};
  for (const std::string_view name : {"expires_at", "dormant_at"})
    rows.columns.push_back({std::string(name), ParquetType::kInstant});
  for (const std::string_view name : {"name", "phone", "email"})
    rows.columns.push_back({std::string(name), ParquetType::kText, true});
  rows.write = [&store = context.service.store(), ids = std::move(ids),
                components = exporting::shown_components(engine->policy()),
                engine](std::size_t begin, std::size_t end, RowSink& out) -> base::Result<void> {
    std::vector<std::string> names;
    for (std::size_t i = begin; i < end; ++i) names.emplace_back(engine->leads().id(ids[i]));
    const auto contacts = store.contacts(names);
    if (!contacts) return std::unexpected(contacts.error());
    for (std::size_t i = begin; i < end; ++i) {
      queue_cells(*engine, ids[i], components, (*contacts)[i - begin], out.begin_row());
      out.end_row();
    }
    return {};
  };
  return rows;
}

/// A table that analyze writes too, and what its cells are read from.
struct KeptTable {
  explicit KeptTable(EnginePtr from) : engine(std::move(from)), source(*engine) {}
  EnginePtr engine;
  exporting::EngineRows source;
  std::vector<engine::FunnelRow> funnel;
  std::vector<engine::AlertRow> alerts;
  exporting::Table table;
};

RowStream rows_of(std::shared_ptr<const KeptTable> kept) {
  auto columns = exporting::parquet_columns(kept->table.columns);
  const std::size_t rows = kept->table.rows;
  return row_each(std::move(columns), rows, [kept = std::move(kept)](std::size_t row, Cells& out) {
    kept->table.cells(row, out);
  });
}

base::Result<RowStream> result_table(const EnginePtr& engine, std::string_view name) {
  const auto kept = std::make_shared<KeptTable>(engine);
  for (exporting::Table& table : exporting::result_tables(kept->source, {})) {
    if (table.name == name) kept->table = std::move(table);
  }
  return rows_of(kept);
}

base::Result<RowStream> thresholds(const Context& /*context*/, const http::Request& /*request*/,
                                   const EnginePtr& engine) {
  return result_table(engine, "thresholds");
}

base::Result<RowStream> funnel(const Context& /*context*/, const http::Request& request,
                               const EnginePtr& engine) {
  const auto filter = filter_of(*engine, request);
  if (!filter) return std::unexpected(filter.error());
  const auto kept = std::make_shared<KeptTable>(engine);
  kept->funnel = funnel_rows(*engine, *filter);
  kept->table = exporting::funnel_table(kept->source, kept->funnel);
  return rows_of(kept);
}

base::Result<RowStream> channels(const Context& context, const http::Request& /*request*/,
                                 const EnginePtr& engine) {
  auto money = money_by_channel(context, *engine);
  if (!money) return std::unexpected(money.error());
  auto rows = result_table(engine, "channels");
  rows->columns.push_back({"cost", ParquetType::kDouble});
  rows->columns.push_back({"cost_currencies", ParquetType::kText});
  for (const char* name : {"cost_per_won", "revenue", "return_on_cost"})
    rows->columns.push_back({name, ParquetType::kDouble});
  const std::size_t count = rows->items;
  const auto kept = std::make_shared<exporting::EngineRows>(*engine);
  return row_each(std::move(rows->columns), count,
                  [engine, kept, table = exporting::result_tables(*kept, {})[1],
                   money = std::move(*money)](std::size_t row, Cells& out) {
                    table.cells(row, out);
                    const engine::ChannelRow& channel = engine->tables().channels[row];
                    const auto& names = engine->leads().dictionary(model::Dimension::kChannel);
                    const auto found = money.find(names.text(channel.channel));
                    const ChannelMoney of = found == money.end() ? ChannelMoney{} : found->second;
                    out.number(of.cost).text(fmt::format("{}", fmt::join(of.cost_currencies, " ")));
                    out.number(of.cost_per_won(channel.won));
                    out.number(of.revenue).number(of.return_on_cost());
                  });
}

void load_cells(const Engine& engine, const engine::LoadRow& row, bool daily, Cells& out) {
  out.text(engine.leads().dictionary(model::Dimension::kDealer).text(row.dealer));
  out.text(engine.leads().dictionary(model::Dimension::kNameplate).text(row.nameplate));
  if (daily) out.date(row.day);
  out.count(row.open).count(row.in_load_stages).number(row.load_factor);
  out.text(engine::kBandNames[static_cast<std::size_t>(row.band)]).number(row.relaxation);
}

base::Result<RowStream> load(const Context& /*context*/, const http::Request& request,
                             const EnginePtr& engine) {
  const auto scope = scope_of(*engine, request.caller);
  if (!scope) return std::unexpected(scope.error());
  const std::vector<bool> dealers = dealers_within(*engine, *scope);
  std::vector<engine::LoadRow> wanted;
  for (const engine::LoadRow& row : engine->tables().load) {
    if (!dealers[row.dealer] || !is_wanted(request, *engine, row)) continue;
    // The row now: changes since the refresh included.
    if (const auto now = engine->load(row.dealer, row.nameplate)) wanted.push_back(*now);
  }
  const std::size_t count = wanted.size();
  return row_each(exporting::parquet_columns(exporting::kLoadColumns), count,
                  [engine, wanted = std::move(wanted)](std::size_t row, Cells& out) {
                    load_cells(*engine, wanted[row], false, out);
                  });
}

base::Result<RowStream> load_daily(const Context& /*context*/, const http::Request& request,
                                   const EnginePtr& engine) {
  const auto scope = scope_of(*engine, request.caller);
  if (!scope) return std::unexpected(scope.error());
  const std::vector<bool> dealers = dealers_within(*engine, *scope);
  const auto& all = engine->tables().load_daily;
  std::vector<std::uint32_t> wanted;
  for (std::uint32_t row = 0; row < all.size(); ++row) {
    if (dealers[all[row].dealer] && is_wanted(request, *engine, all[row])) wanted.push_back(row);
  }
  const std::size_t count = wanted.size();
  return row_each(exporting::parquet_columns(exporting::kLoadDailyColumns), count,
                  [engine, wanted = std::move(wanted)](std::size_t row, Cells& out) {
                    load_cells(*engine, engine->tables().load_daily[wanted[row]], true, out);
                  });
}

base::Result<RowStream> alerts(const Context& /*context*/, const http::Request& request,
                               const EnginePtr& engine) {
  const auto rule = rule_of(request);
  if (!rule) return std::unexpected(rule.error());
  const auto scope = scope_of(*engine, request.caller);
  if (!scope) return std::unexpected(scope.error());
  const auto kept = std::make_shared<KeptTable>(engine);
  kept->alerts = kept->engine->alerts();
  const std::vector<bool> dealers = dealers_within(*kept->engine, *scope);
  std::erase_if(kept->alerts, [&](const engine::AlertRow& row) {
    return !may_see_alert(*kept->engine, row, *scope, dealers);
  });
  if (!rule->empty())
    std::erase_if(kept->alerts, [&](const engine::AlertRow& row) { return row.rule != *rule; });
  kept->table = std::move(exporting::result_tables(kept->source, kept->alerts).back());
  return rows_of(kept);
}

}  // namespace

std::vector<ExportTable> export_tables() {
  std::vector<std::string> of_leads = filter_parameters(past_parameters());
  std::vector<std::string> of_queue = filter_parameters({"sort"});
  std::vector<std::string> of_funnel = funnel_parameters();
  of_funnel.emplace_back("as_of");
  return {{"queue", false, of_queue, queue},
          {"leads", false, of_leads, leads},
          {"visits", false, of_leads, visits},
          {"alerts", false, {"rule", "as_of"}, alerts},
          {"funnel", false, of_funnel, funnel},
          {"thresholds", true, {"as_of"}, thresholds},
          {"channels", true, {"as_of"}, channels},
          {"load", false, {"dealer", "nameplate", "as_of"}, load},
          {"load_daily", false, {"dealer", "nameplate", "as_of"}, load_daily}};
}

}  // namespace pursuit::api
