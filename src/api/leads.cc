// GET /api/v1/leads, /api/v1/leads/{lead_id}, its scores, and /api/v1/search: leads in any state,
// one lead whole, and how to find it.
#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/lead_json.h"
#include "api/lead_page.h"
#include "api/parameters.h"
#include "api/reply.h"
#include "report/explain.h"
#include "report/figures_json.h"

namespace pursuit::api {
namespace {

using report::Json;

constexpr std::ptrdiff_t kMaxLeaps = 100;  // changes of stage that past scores tell of

/// The lead in the path. One that may not be seen is answered as one that is not there.
base::Result<base::LeadId> visible_lead(const http::Request& request, const engine::Engine& engine,
                                        const engine::LeadFilter& scope) {
  const std::string& id = request.parameter("lead_id");
  const base::LeadId found = engine.leads().find(id);
  if (found == base::kNoLead || !may_see(engine, found, scope) ||
      engine.glance(found).state == engine::LeadState::kUnseen) {
    return base::fail(base::ErrorCode::kNotFound, "there is no lead '" + id + "'", "lead_id");
  }
  return found;
}

base::Result<Json> lead(const Context& context, const http::Request& request,
                        const engine::Engine& engine, const engine::LeadFilter& scope) {
  const auto visible = visible_lead(request, engine, scope);
  if (!visible) return std::unexpected(visible.error());
  const base::LeadId found = *visible;
  const std::string& id = request.parameter("lead_id");
  const auto record = context.service.store().lead(id);
  if (!record) return std::unexpected(record.error());
  const auto timeline = context.service.store().timeline(id);
  if (!timeline) return std::unexpected(timeline.error());
  Json json = frame(context, engine);
  json["lead"] = report::lead_figures_json(engine, engine.figures(found));
  add_record(json["lead"], *record);
  json["lead"]["snoozed_until"] = report::instant_json(engine.snoozed_until(found));
  json["explanation"] = report::explanation_value(engine, report::explain(engine, found, {}));
  json["timeline"] = timeline_json(*timeline, engine.as_of_ms());
  return json;
}

/// Instants to tell a lead's score at: evenly over its life, and at each change of stage and just
/// before, where the score leaps.
std::vector<base::Millis> instants_of(const engine::Engine& engine, base::LeadId lead,
                                      std::size_t points) {
  std::vector<engine::VisitFigures> visits;
  engine.visits(lead, visits);
  if (visits.empty()) return {};
  const base::Millis first_ms = visits.front().entered_ms;
  const engine::Glance glance = engine.glance(lead);
  const bool open = glance.state == engine::LeadState::kOpen;
  const base::Millis last_ms = open ? engine.as_of_ms() : glance.entered_ms;
  std::vector<base::Millis> instants;
  for (std::size_t i = 0; i < points; ++i) {
    instants.push_back(first_ms + (last_ms - first_ms) * static_cast<base::Millis>(i) /
                                      static_cast<base::Millis>(points - 1));
  }
  if (std::ssize(visits) > kMaxLeaps) visits.erase(visits.begin(), visits.end() - kMaxLeaps);
  for (const engine::VisitFigures& visit : visits) {
    if (visit.entered_ms > first_ms) instants.push_back(visit.entered_ms - 1);
    instants.push_back(visit.entered_ms);
  }
  std::ranges::sort(instants);
  const auto repeated = std::ranges::unique(instants);
  instants.erase(repeated.begin(), repeated.end());
  return instants;
}

base::Result<Json> scores(const Context& context, const http::Request& request,
                          const engine::Engine& engine, const engine::LeadFilter& scope) {
  const auto points = count_of(request, "points", 60, 2, 500);
  if (!points) return std::unexpected(points.error());
  const auto lead = visible_lead(request, engine, scope);
  if (!lead) return std::unexpected(lead.error());
  Json json = frame(context, engine);
  const engine::ScoreScale scale = engine.score_scale(*lead);
  json["hot_from"] = scale.cutoffs.hot;
  json["warm_from"] = scale.cutoffs.warm;
  Json items = Json::array();
  for (const engine::PastScore& past :
       engine.past_scores(*lead, instants_of(engine, *lead, *points))) {
    if (past.state == engine::LeadState::kUnseen) continue;
    const bool open = past.state == engine::LeadState::kOpen;
    items.push_back({{"at", report::instant_json(past.at_ms)},
                     {"stage", engine.policy().funnel.name_of(past.stage)},
                     {"score", report::number_json(past.score)},
                     {"tier", open ? Json(report::tier_name(past.tier)) : Json(nullptr)}});
  }
  json["items"] = std::move(items);
  return json;
}

/// Leads in any state, in the order of the book.
base::Result<Json> list(const Context& context, const http::Request& request,
                        const engine::Engine& engine, const engine::LeadFilter& filter) {
  const auto page = page_of(request, engine);
  if (!page) return std::unexpected(page.error());
  Json json = frame(context, engine);
  json["total"] = engine.facets(filter).leads;
  if (auto added = add_leads(context, engine, *page, engine.list(filter, *page), json); !added)
    return std::unexpected(added.error());
  return json;
}

base::Result<Json> search(const Context& context, const http::Request& request,
                          const engine::Engine& engine, const engine::LeadFilter& scope) {
  const auto limit = count_of(request, "limit", 20, 1, 100);
  if (!limit) return std::unexpected(limit.error());
  const std::string_view text = request.query_value("q").value_or("");
  if (text.empty()) return base::fail(base::ErrorCode::kInvalidInput, "missing or empty", "q");
  const auto seen = [&](const store::LeadRecord& record) {
    const base::LeadId found = engine.leads().find(record.lead_id);
    return found != base::kNoLead && may_see(engine, found, scope) &&
           engine.glance(found).state != engine::LeadState::kUnseen;
  };
  const auto records =
      context.service.store().search({.text = text, .limit = *limit, .accept = seen});
  if (!records) return std::unexpected(records.error());
  Json json = frame(context, engine);
  Json items = Json::array();
  for (const store::LeadRecord& record : *records) {
    const base::LeadId found = engine.leads().find(record.lead_id);
    Json item = report::lead_figures_json(engine, engine.figures(found));
    add_record(item, record);
    items.push_back(std::move(item));
  }
  json["items"] = std::move(items);
  return json;
}

}  // namespace

void add_lead_routes(http::Router& router, Context& context) {
  std::vector<std::string> of_list = past_parameters();
  of_list.insert(of_list.end(), {"limit", "cursor"});
  router.add(http::Method::kGet, "/api/v1/leads",
             {.name = "leads.list",
              .query = filter_parameters(std::move(of_list)),
              .permission = model::Permission::kReadLeads},
             [&context](http::Request& request) {
               return reply_with(context, request, [&](const auto& engine, const auto& filter) {
                 return list(context, request, engine, filter);
               });
             });
  router.add(http::Method::kGet, "/api/v1/leads/{lead_id}",
             {.name = "lead.read", .query = {"as_of"}, .permission = model::Permission::kReadLeads},
             [&context](http::Request& request) {
               return reply_with(context, request, [&](const auto& engine, const auto& scope) {
                 return lead(context, request, engine, scope);
               });
             });
  router.add(http::Method::kGet, "/api/v1/leads/{lead_id}/scores",
             {.name = "lead.scores",
              .query = {"points", "as_of"},
              .permission = model::Permission::kReadLeads},
             [&context](http::Request& request) {
               return reply_with(context, request, [&](const auto& engine, const auto& scope) {
                 return scores(context, request, engine, scope);
               });
             });
  router.add(
      http::Method::kGet, "/api/v1/search",
      {.name = "search", .query = {"q", "limit"}, .permission = model::Permission::kReadLeads},
      [&context](http::Request& request) {
        return reply_with(context, request, [&](const auto& engine, const auto& scope) {
          return search(context, request, engine, scope);
        });
      });
}

}  // namespace pursuit::api
