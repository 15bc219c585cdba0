// The tables of a refresh, whole: /api/v1/funnel, /api/v1/thresholds, /api/v1/channels,
// /api/v1/load, /api/v1/load/daily, and the triggers true now: /api/v1/alerts. Who sees a part of
// the network gets the rows of that part; thresholds and channels are of the whole alone.
#include "api/tables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/parameters.h"
#include "api/reply.h"

namespace pursuit::api {
namespace {

using engine::Engine;
using model::Dimension;
using report::Json;

constexpr std::array<std::string_view, 4> kRuleNames = {"stage_breach", "expiry", "load_imbalance",
                                                        "delay_surge"};

Json text_or_null(const Engine& engine, Dimension d, std::uint32_t code) {
  if (code == engine::kNoCode) return nullptr;
  return engine.leads().dictionary(d).text(code);
}

Json stage_or_null(const Engine& engine, std::uint8_t stage) {
  if (stage > engine.policy().funnel.lost_code()) return nullptr;
  return engine.policy().funnel.name_of(stage);
}

Json funnel(const Engine& engine, const engine::LeadFilter& filter) {
  Json items = Json::array();
  for (const engine::FunnelRow& row : funnel_rows(engine, filter)) {
    Json item = {{"stage", engine.policy().funnel.name_of(row.stage)}, {"reached", row.reached}};
    if (row.stage < engine.policy().funnel.open_stages()) {
      item["advanced"] = row.advanced;
      item["regressed"] = row.regressed;
      item["lost"] = row.lost;
      item["open"] = row.open;
      item["median_hours"] = report::hours_json(row.median_ms);
      item["p90_hours"] = report::hours_json(row.p90_ms);
      item["compliance"] = report::number_json(row.compliance);
      item["expired"] = row.expired;
    }
    items.push_back(std::move(item));
  }
  return items;
}

Json thresholds(const Engine& engine) {
  Json items = Json::array();
  for (const engine::ThresholdRow& row : engine.tables().thresholds) {
    items.push_back({{"stage", engine.policy().funnel.name_of(row.stage)},
                     {"rung", row.rung},
                     {"region", text_or_null(engine, Dimension::kRegion, row.region)},
                     {"nameplate", text_or_null(engine, Dimension::kNameplate, row.nameplate)},
                     {"channel", text_or_null(engine, Dimension::kChannel, row.channel)},
                     {"n", row.n},
                     {"p90_hours", report::hours_json(row.p90_ms)},
                     {"km_p90_hours", report::hours_json(row.km_p90_ms)}});
  }
  return items;
}

Json load_row(const Engine& engine, const engine::LoadRow& row) {
  return {{"dealer", engine.leads().dictionary(Dimension::kDealer).text(row.dealer)},
          {"nameplate", engine.leads().dictionary(Dimension::kNameplate).text(row.nameplate)},
          {"open", row.open},
          {"in_load_stages", row.in_load_stages},
          {"load_factor", row.load_factor},
          {"band", engine::kBandNames[static_cast<std::size_t>(row.band)]},
          {"relaxation", row.relaxation}};
}

Json load(const http::Request& request, const Engine& engine, const engine::LeadFilter& scope) {
  const std::vector<bool> dealers = dealers_within(engine, scope);
  Json items = Json::array();
  for (const engine::LoadRow& row : engine.tables().load) {
    if (!dealers[row.dealer] || !is_wanted(request, engine, row)) continue;
    // The live row: changes since the refresh included.
    const auto now = engine.load(row.dealer, row.nameplate);
    if (now) items.push_back(load_row(engine, *now));
  }
  return items;
}

Json load_daily(const http::Request& request, const Engine& engine,
                const engine::LeadFilter& scope) {
  const std::vector<bool> dealers = dealers_within(engine, scope);
  Json items = Json::array();
  for (const engine::LoadRow& row : engine.tables().load_daily) {
    if (!dealers[row.dealer] || !is_wanted(request, engine, row)) continue;
    Json item = {{"day", base::format_date(row.day)}};
    item.update(load_row(engine, row));
    items.push_back(std::move(item));
  }
  return items;
}

/// Cost within the look-back of channel strength, shared out by days.
double cost_within(const model::CostRow& cost, std::int64_t first_day, std::int64_t last_day) {
  const std::int64_t from = std::max<std::int64_t>(cost.from_day, first_day);
  const std::int64_t to = std::min<std::int64_t>(cost.to_day, last_day);
  if (to < from) return 0;
  return cost.amount * static_cast<double>(to - from + 1) /
         static_cast<double>(cost.to_day - cost.from_day + 1);
}

base::Result<Json> channels(const Context& context, const Engine& engine, Json& json) {
  const model::ChannelPolicy& policy = engine.policy().channel;
  const auto before = [&](std::int64_t days) {
    return report::instant_json(engine.tables().as_of_ms - days * base::kMillisPerDay);
  };
  json["closed_after"] = before(policy.lookback_days);
  json["created_after"] = before(policy.inflow_periods * policy.inflow_period_days);
  auto money = money_by_channel(context, engine);
  if (!money) return std::unexpected(money.error());
  Json items = Json::array();
  for (const engine::ChannelRow& row : engine.tables().channels) {
    const std::string& name = engine.leads().dictionary(Dimension::kChannel).text(row.channel);
    const ChannelMoney& of = (*money)[name];
    Json item = {{"channel", name},
                 {"leads", row.leads},
                 {"closed", row.closed},
                 {"won", row.won},
                 {"rate", report::number_json(row.rate)},
                 {"smoothed_rate", report::number_json(row.smoothed_rate)},
                 {"volume_share", row.volume_share},
                 {"conversion", row.conversion},
                 {"volume", row.volume}};
    item["cost"] = report::number_json(of.cost);
    item["cost_currencies"] = of.cost_currencies;
    item["cost_per_won"] = report::number_json(of.cost_per_won(row.won));
    item["revenue"] = report::number_json(of.revenue);
    item["return_on_cost"] = report::number_json(of.return_on_cost());
    items.push_back(std::move(item));
  }
  return items;
}

Json alert_json(const Engine& engine, const engine::AlertRow& row) {
  Json json = {{"rule", row.rule}, {"subject", row.subject}};
  json["lead_id"] = row.lead == base::kNoLead ? Json(nullptr) : Json(engine.leads().id(row.lead));
  json["dealer"] = text_or_null(engine, Dimension::kDealer, row.dealer);
  json["nameplate"] = text_or_null(engine, Dimension::kNameplate, row.nameplate);
  json["stage"] = stage_or_null(engine, row.stage);
  json["since"] = report::instant_json(row.since_ms);
  json["value"] = report::number_json(row.value);
  json["limit"] = report::number_json(row.limit);
  json["tier"] = row.has_tier ? Json(report::tier_name(row.tier)) : Json(nullptr);
  json["score"] = report::number_json(row.score);
  json["owner"] = row.lead == base::kNoLead
                      ? Json(nullptr)
                      : Json(engine.leads().text(row.lead, Dimension::kOwner));
  return json;
}

base::Result<Json> alerts(const http::Request& request, const Engine& engine,
                          const engine::LeadFilter& scope, Json& json) {
  const auto limit = count_of(request, "limit", 100, 1, 10'000);
  if (!limit) return std::unexpected(limit.error());
  const auto offset = count_of(request, "offset", 0, 0, 100'000'000);
  if (!offset) return std::unexpected(offset.error());
  const auto rule = rule_of(request);
  if (!rule) return std::unexpected(rule.error());
  std::map<std::string, std::uint64_t> totals;
  Json items = Json::array();
  std::size_t place = 0;
  const std::vector<bool> dealers = dealers_within(engine, scope);
  for (const engine::AlertRow& row : engine.alerts()) {
    if (!may_see_alert(engine, row, scope, dealers)) continue;
    ++totals[std::string(row.rule)];
    if (!rule->empty() && row.rule != *rule) continue;
    if (place++ >= *offset && items.size() < *limit) items.push_back(alert_json(engine, row));
  }
  json["totals"] = totals;
  return items;
}

using Make = std::function<base::Result<Json>(const http::Request&, const Engine&,
                                              const engine::LeadFilter& scope, Json& json)>;

void add(http::Router& router, Context& context, std::string_view path, std::string name,
         std::vector<std::string> parameters, model::Permission permission, Make make) {
  parameters.emplace_back("as_of");
  router.add(
      http::Method::kGet, path,
      {.name = std::move(name), .query = std::move(parameters), .permission = permission},
      [&context, permission, make = std::move(make)](http::Request& request) {
        if (permission == model::Permission::kReadNetwork && !request.caller.scope.is_whole())
          return of_whole_network();
        return reply_with(context, request,
                          [&](const auto& engine, const auto& scope) -> base::Result<Json> {
                            Json json = frame(context, engine);
                            auto items = make(request, engine, scope, json);
                            if (!items) return items;
                            json["items"] = std::move(*items);
                            return json;
                          });
      });
}

}  // namespace

std::vector<engine::FunnelRow> funnel_rows(const Engine& engine, const engine::LeadFilter& filter) {
  const bool whole = !filter.scope && std::ranges::none_of(filter.codes, [](const auto& wanted) {
    return wanted.has_value();
  });
  return whole ? engine.tables().funnel : engine.funnel(filter);
}

std::vector<std::string> funnel_parameters() {
  return {model::kDimensionNames.begin(), model::kDimensionNames.end()};
}

bool is_wanted(const http::Request& request, const Engine& engine, const engine::LoadRow& row) {
  const auto holds = [&](std::string_view name, Dimension d, std::uint32_t code) {
    const auto wanted = request.query_value(name);
    return !wanted || engine.leads().dictionary(d).text(code) == *wanted;
  };
  return holds("dealer", Dimension::kDealer, row.dealer) &&
         holds("nameplate", Dimension::kNameplate, row.nameplate);
}

base::Result<std::map<std::string, ChannelMoney>> money_by_channel(const Context& context,
                                                                   const Engine& engine) {
  const store::Store& store = context.service.store();
  const auto costs = store.costs();
  if (!costs) return std::unexpected(costs.error());
  std::map<std::string, ChannelMoney> money;
  const auto add = [](double amount, double& sum) {
    sum = std::isnan(sum) ? amount : sum + amount;
  };
  const std::int64_t last_day = base::day_of(engine.as_of_ms());
  const std::int64_t first_day = last_day - engine.policy().channel.lookback_days + 1;
  for (const model::CostRow& cost : *costs) {
    const double amount = cost_within(cost, first_day, last_day);
    if (amount <= 0) continue;
    ChannelMoney& of = money[cost.channel];
    add(amount, of.cost);
    if (!cost.currency.empty()) of.cost_currencies.insert(cost.currency);
  }
  for (auto& [channel, of] : money) {
    if (of.cost_currencies.size() > 1) of.cost = engine::kAbsent;
  }
  const base::Millis lookback_ms = engine.policy().channel.lookback_days * base::kMillisPerDay;
  const auto sales = store.sales(engine.as_of_ms() - lookback_ms, engine.as_of_ms());
  if (!sales) return std::unexpected(sales.error());
  const model::LeadTable& leads = engine.leads();
  for (std::size_t i = 0; i < sales->size(); ++i) {
    const store::Sale& sale = (*sales)[i];
    if (i + 1 < sales->size() && (*sales)[i + 1].lead_id == sale.lead_id) continue;  // sold again
    const base::LeadId lead = leads.find(sale.lead_id);
    if (lead == base::kNoLead || engine.glance(lead).state != engine::LeadState::kWon) continue;
    add(sale.revenue, money[std::string(leads.text(lead, Dimension::kChannel))].revenue);
  }
  return money;
}

base::Result<std::string> rule_of(const http::Request& request) {
  const auto rule = request.query_value("rule");
  if (!rule) return std::string();
  if (std::ranges::find(kRuleNames, *rule) == kRuleNames.end())
    return base::fail(base::ErrorCode::kInvalidInput, fmt::format("no such rule: '{}'", *rule),
                      "rule");
  return std::string(*rule);
}

bool may_see_alert(const Engine& engine, const engine::AlertRow& row,
                   const engine::LeadFilter& scope, const std::vector<bool>& dealers) {
  if (!scope.scope) return true;
  if (row.lead != base::kNoLead) return may_see(engine, row.lead, scope);
  return row.dealer != engine::kNoCode && dealers[row.dealer];
}

http::Response of_whole_network() { return http::problem_response(403, "is of the whole network"); }

void add_table_routes(http::Router& router, Context& context) {
  using enum model::Permission;
  add(router, context, "/api/v1/funnel", "funnel.read", funnel_parameters(), kReadLeads,
      [](const auto&, const Engine& engine, const auto& filter, Json&) {
        return funnel(engine, filter);
      });
  add(router, context, "/api/v1/thresholds", "thresholds.read", {}, kReadNetwork,
      [](const auto&, const Engine& engine, const auto&, Json&) { return thresholds(engine); });
  add(router, context, "/api/v1/channels", "channels.read", {}, kReadNetwork,
      [&context](const auto&, const Engine& engine, const auto&, Json& json) {
        return channels(context, engine, json);
      });
  add(router, context, "/api/v1/load", "load.read", {"dealer", "nameplate"}, kReadLeads,
      [](const auto& request, const Engine& engine, const auto& scope, Json&) {
        return load(request, engine, scope);
      });
  add(router, context, "/api/v1/load/daily", "load.daily", {"dealer", "nameplate"}, kReadLeads,
      [](const auto& request, const Engine& engine, const auto& scope, Json&) {
        return load_daily(request, engine, scope);
      });
  add(router, context, "/api/v1/alerts", "alerts.read", {"rule", "limit", "offset"}, kReadLeads,
      alerts);
}

}  // namespace pursuit::api
