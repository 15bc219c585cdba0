// Turnaround by whatever it is grouped by, what is behind a number, and how many leads have what:
// /api/v1/turnaround, /api/v1/heatmap, /api/v1/leaderboard, /api/v1/trends,
// /api/v1/turnaround/leads and /api/v1/facets.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/lead_page.h"
#include "api/parameters.h"
#include "api/reply.h"
#include "report/figures_json.h"

namespace pursuit::api {
namespace {

using report::Json;

constexpr std::size_t kMaxCells = 20'000;
constexpr std::size_t kMaxGroups = 4;

base::Error invalid(std::string_view field, std::string reason) {
  return {base::ErrorCode::kInvalidInput, std::move(reason), std::string(field)};
}

/// `stage`, `week` and dimensions, at most kMaxGroups of them.
base::Result<engine::TatGrouping> grouping_of(std::string_view text, std::string_view field) {
  engine::TatGrouping by;
  const std::vector<std::string> names = split_list(text);
  if (names.size() > kMaxGroups)
    return std::unexpected(
        invalid(field, "more than " + std::to_string(kMaxGroups) + " things to group by"));
  for (const std::string& name : names) {
    const auto dimension = std::ranges::find(model::kDimensionNames, name);
    if (name == "stage") {
      by.stage = true;
    } else if (name == "week") {
      by.week = true;
    } else if (dimension != model::kDimensionNames.end()) {
      by.dimension[static_cast<std::size_t>(dimension - model::kDimensionNames.begin())] = true;
    } else {
      return std::unexpected(
          invalid(field, "'" + name + "' is neither stage, week nor a dimension"));
    }
  }
  return by;
}

/// The visits that a request is about: `filter` of leads, `visit_stage`, and when they were left.
base::Result<engine::TatQuery> query_of(const http::Request& request, const engine::Engine& engine,
                                        const engine::LeadFilter& filter) {
  engine::TatQuery query;
  query.filter = filter;
  // The sample of thresholds, and of funnel.csv, ends at T and reaches back as far.
  query.to_ms = engine.as_of_ms() + 1;
  if (const auto text = request.query_value("to")) {
    const auto to_ms = instant_of(*text, "to");
    if (!to_ms) return std::unexpected(to_ms.error());
    query.to_ms = *to_ms;
  }
  query.from_ms = query.to_ms - engine.policy().expiry.lookback_days * base::kMillisPerDay;
  if (const auto text = request.query_value("from")) {
    const auto from_ms = instant_of(*text, "from");
    if (!from_ms) return std::unexpected(from_ms.error());
    query.from_ms = *from_ms;
  }
  if (query.to_ms <= query.from_ms) return std::unexpected(invalid("to", "not after \"from\""));
  if (const auto text = request.query_value("visit_stage")) {
    query.stages.emplace();
    for (const std::string& name : split_list(*text)) {
      const auto code = engine.policy().funnel.code_of(name);
      if (!code || *code >= engine.policy().funnel.open_stages())
        return std::unexpected(invalid("visit_stage", "no such open stage: " + name));
      query.stages->push_back(*code);
    }
  }
  return query;
}

Json cell_json(const engine::Engine& engine, const engine::TatQuery& query,
               const engine::TatCell& cell) {
  Json json = Json::object();
  if (query.by.stage) json["stage"] = engine.policy().funnel.name_of(cell.stage);
  if (query.by.week) {
    json["week"] =
        cell.week == engine::kNoWeek ? Json(nullptr) : Json(base::format_date(cell.week));
  }
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    if (!query.by.dimension[d]) continue;
    json[std::string(model::kDimensionNames[d])] =
        engine.leads().dictionary(static_cast<model::Dimension>(d)).text(cell.codes[d]);
  }
  json["n"] = cell.n;
  json["median_hours"] = report::hours_json(cell.median_ms);
  json["p90_hours"] = report::hours_json(cell.p90_ms);
  json["mean_hours"] = report::hours_json(cell.mean_ms);
  json["compliance"] = report::number_json(cell.compliance());
  json["on_time"] = cell.on_time;
  json["delayed"] = cell.delayed;
  json["critical"] = cell.critical;
  json["judged"] = cell.judged;
  json["open"] = cell.open;
  json["expired"] = cell.expired;
  return json;
}

base::Result<Json> cells(const Context& context, const engine::Engine& engine,
                         const engine::TatQuery& query) {
  const std::vector<engine::TatCell> found = engine.turnaround(query);
  if (found.size() > kMaxCells) {
    return std::unexpected(invalid("by", "makes " + std::to_string(found.size()) +
                                             " cells; narrow it to " + std::to_string(kMaxCells)));
  }
  Json json = frame(context, engine);
  json["from"] = report::instant_json(query.from_ms);
  json["to"] = report::instant_json(query.to_ms);
  Json items = Json::array();
  for (const engine::TatCell& cell : found) items.push_back(cell_json(engine, query, cell));
  json["items"] = std::move(items);
  return json;
}

base::Result<Json> turnaround(const Context& context, const http::Request& request,
                              const engine::Engine& engine, const engine::LeadFilter& filter,
                              const std::string& by, std::string_view field) {
  auto query = query_of(request, engine, filter);
  if (!query) return std::unexpected(query.error());
  const auto grouping = grouping_of(by, field);
  if (!grouping) return std::unexpected(grouping.error());
  query->by = *grouping;
  return cells(context, engine, *query);
}

/// Who is fastest and slowest at one stage: cells of a dimension, by compliance where there are
/// SLAs, then by P90.
base::Result<Json> leaderboard(const Context& context, const http::Request& request,
                               const engine::Engine& engine, const engine::LeadFilter& filter) {
  const std::string by(request.query_value("by").value_or("dealer"));
  if (by.find(',') != std::string::npos || by == "stage" || by == "week")
    return std::unexpected(invalid("by", "one dimension"));
  if (!request.query_value("visit_stage"))
    return std::unexpected(invalid("visit_stage", "missing or empty"));
  const auto least = count_of(request, "min_visits", 5, 1, 1'000'000);
  if (!least) return std::unexpected(least.error());
  auto json = turnaround(context, request, engine, filter, by, "by");
  if (!json) return json;
  Json ranked = Json::array();
  for (Json& item : (*json)["items"]) {
    if (item["n"].get<std::uint64_t>() >= *least) ranked.push_back(std::move(item));
  }
  const auto number = [](const Json& value, double otherwise) {
    return value.is_null() ? otherwise : value.get<double>();
  };
  std::stable_sort(ranked.begin(), ranked.end(), [&](const Json& a, const Json& b) {
    const double left = number(a["compliance"], -1);
    const double right = number(b["compliance"], -1);
    if (left != right) return left > right;
    return number(a["p90_hours"], HUGE_VAL) < number(b["p90_hours"], HUGE_VAL);
  });
  for (std::size_t i = 0; i < ranked.size(); ++i) ranked[i]["place"] = i + 1;
  (*json)["items"] = std::move(ranked);
  return json;
}

/// The values of a parameter that is a list of names, in the order of an enumeration.
template <class T, std::size_t N>
base::Result<void> read_names(const http::Request& request, const char* key,
                              const std::array<std::string_view, N>& names, engine::AnyOf<T>& out) {
  const auto text = request.query_value(key);
  if (!text) return {};
  out.emplace();
  for (const std::string& name : split_list(*text)) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end())
      return std::unexpected(invalid(key, fmt::format("no such {}: {}", key, name)));
    out->push_back(static_cast<T>(found - names.begin()));
  }
  return {};
}

/// Leads with a visit in one cell: the cell's values are filters of the request.
base::Result<Json> leads_behind(const Context& context, const http::Request& request,
                                const engine::Engine& engine, const engine::LeadFilter& filter) {
  auto query = query_of(request, engine, filter);
  if (!query) return std::unexpected(query.error());
  if (auto read = read_names(request, "category", engine::kCategoryNames, query->categories); !read)
    return std::unexpected(read.error());
  if (auto read = read_names(request, "kind", engine::kVisitKindNames, query->kinds); !read)
    return std::unexpected(read.error());
  const auto page = page_of(request, engine);
  if (!page) return std::unexpected(page.error());
  const std::vector<engine::TatCell> whole = engine.turnaround(*query);
  Json json = frame(context, engine);
  std::vector<base::LeadId> leads;
  if (!whole.empty()) leads = engine.leads_behind(*query, whole.front(), *page);
  json["total"] = whole.empty() ? 0 : whole.front().leads;
  json["visits"] = whole.empty() ? 0 : whole.front().n + whole.front().open;
  if (auto added = add_leads(context, engine, *page, leads, json); !added)
    return std::unexpected(added.error());
  return json;
}

base::Result<Json> facets(const Context& context, const engine::Engine& engine,
                          const engine::LeadFilter& filter) {
  const engine::Facets found = engine.facets(filter);
  Json json = frame(context, engine);
  json["leads"] = found.leads;
  const auto named = [](const auto& names, const auto& counts) {
    Json part = Json::object();
    for (std::size_t i = 0; i < counts.size(); ++i) part[std::string(names(i))] = counts[i];
    return part;
  };
  json["state"] = named([](std::size_t i) { return engine::kStateNames[i]; }, found.states);
  json["tier"] = named([](std::size_t i) { return model::kTierNames[i]; }, found.tiers);
  constexpr std::array<std::string_view, 3> kStatusNames = {"active", "expired", "dormant"};
  json["status"] = named([&](std::size_t i) { return kStatusNames[i]; }, found.statuses);
  json["stage"] = named(
      [&](std::size_t i) {
        return engine.policy().funnel.name_of(static_cast<model::StageCode>(i));
      },
      found.stages);
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    const model::Dictionary& texts = engine.leads().dictionary(static_cast<model::Dimension>(d));
    Json values = Json::array();
    for (std::uint32_t code = 0; code < found.dimensions[d].size(); ++code) {
      if (found.dimensions[d][code] == 0) continue;
      values.push_back({{"value", texts.text(code)}, {"leads", found.dimensions[d][code]}});
    }
    // By text where as many have it: the order of codes is that of arrival.
    std::sort(values.begin(), values.end(), [](const Json& a, const Json& b) {
      const auto leads = [](const Json& value) { return value["leads"].get<std::uint64_t>(); };
      if (leads(a) != leads(b)) return leads(a) > leads(b);
      return a["value"].get_ref<const std::string&>() < b["value"].get_ref<const std::string&>();
    });
    json[std::string(model::kDimensionNames[d])] = std::move(values);
  }
  return json;
}

using Make = base::Result<Json> (*)(const Context&, const http::Request&, const engine::Engine&,
                                    const engine::LeadFilter&);

void add(http::Router& router, Context& context, std::string_view path, std::string name,
         std::vector<std::string> parameters, Make make) {
  router.add(http::Method::kGet, path,
             {.name = std::move(name),
              .query = filter_parameters(std::move(parameters)),
              .permission = model::Permission::kReadLeads},
             [&context, make](http::Request& request) {
               return reply_with(context, request, [&](const auto& engine, const auto& filter) {
                 return make(context, request, engine, filter);
               });
             });
}

std::string value_or(const http::Request& request, std::string_view name,
                     std::string_view otherwise) {
  return std::string(request.query_value(name).value_or(otherwise));
}

}  // namespace

void add_aggregate_routes(http::Router& router, Context& context) {
  add(router, context, "/api/v1/turnaround", "turnaround.read", {"by", "from", "to", "visit_stage"},
      [](const Context& c, const http::Request& r, const engine::Engine& e,
         const engine::LeadFilter& f) {
        return turnaround(c, r, e, f, value_or(r, "by", "stage"), "by");
      });
  add(router, context, "/api/v1/heatmap", "heatmap.read", {"by", "from", "to", "visit_stage"},
      [](const Context& c, const http::Request& r, const engine::Engine& e,
         const engine::LeadFilter& f) {
        return turnaround(c, r, e, f, "stage," + value_or(r, "by", "region"), "by");
      });
  add(router, context, "/api/v1/trends", "trends.read", {"by", "from", "to", "visit_stage"},
      [](const Context& c, const http::Request& r, const engine::Engine& e,
         const engine::LeadFilter& f) {
        return turnaround(c, r, e, f, "week," + value_or(r, "by", "stage"), "by");
      });
  add(router, context, "/api/v1/leaderboard", "leaderboard.read",
      {"by", "from", "to", "visit_stage", "min_visits"}, leaderboard);
  add(router, context, "/api/v1/turnaround/leads", "turnaround.leads",
      {"from", "to", "visit_stage", "category", "kind", "limit", "cursor"}, leads_behind);
  add(router, context, "/api/v1/facets", "facets.read", {},
      [](const Context& c, const http::Request&, const engine::Engine& e,
         const engine::LeadFilter& f) { return facets(c, e, f); });
}

}  // namespace pursuit::api
