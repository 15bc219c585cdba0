// GET /api/v1/leads/{lead_id} and /api/v1/search: one lead whole, and how to find it.
#include <array>
#include <string>

#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/parameters.h"
#include "api/reply.h"
#include "report/explain.h"
#include "report/figures_json.h"

namespace pursuit::api {
namespace {

using report::Json;

constexpr std::array<std::string_view, store::kRowKinds> kKindNames = {"lead",   "event", "outcome",
                                                                       "signal", "cost",  "note"};

Json timeline_json(const std::vector<store::TimelineItem>& items, base::Millis as_of_ms) {
  Json json = Json::array();
  for (const store::TimelineItem& item : items) {
    if (item.at_ms > as_of_ms) continue;  // nothing later is visible
    Json one = {{"at", report::instant_json(item.at_ms)},
                {"kind", kKindNames[static_cast<std::size_t>(item.kind)]},
                {"what", item.what}};
    if (!item.text.empty()) one["text"] = item.text;
    if (!item.actor.empty()) one["actor"] = item.actor;
    if (item.value) one["value"] = *item.value;
    if (!item.transaction_id.empty()) one["transaction_id"] = item.transaction_id;
    json.push_back(std::move(one));
  }
  return json;
}

void add_record(Json& json, const store::LeadRecord& record) {
  json["created_at"] = report::instant_json(record.state.created_at_ms);
  json["campaign"] = record.campaign;
  json["name"] = record.name;
  json["phone"] = record.phone;
  json["email"] = record.email;
  json["consent"] = record.consent;
  json["value"] = record.value ? Json(*record.value) : Json(nullptr);
  json["attributes"] = Json::object();
  for (const auto& [name, text] : record.attributes) json["attributes"][name] = text;
}

base::Result<Json> lead(const Context& context, const http::Request& request,
                        const engine::Engine& engine, const engine::LeadFilter& scope) {
  const std::string& id = request.parameter("lead_id");
  const auto none = [&] {
    return base::fail(base::ErrorCode::kNotFound, "there is no lead '" + id + "'", "lead_id");
  };
  const base::LeadId found = engine.leads().find(id);
  // One that may not be seen is answered as one that is not there.
  if (found == base::kNoLead || !may_see(engine, found, scope) ||
      engine.glance(found).state == engine::LeadState::kUnseen) {
    return none();
  }
  const auto record = context.service.store().lead(id);
  if (!record) return std::unexpected(record.error());
  const auto timeline = context.service.store().timeline(id);
  if (!timeline) return std::unexpected(timeline.error());
  Json json = frame(context, engine);
  json["lead"] = report::lead_figures_json(engine, engine.figures(found));
  add_record(json["lead"], *record);
  json["explanation"] = report::explanation_value(engine, report::explain(engine, found, {}));
  json["timeline"] = timeline_json(*timeline, engine.as_of_ms());
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
  router.add(http::Method::kGet, "/api/v1/leads/{lead_id}",
             {.name = "lead.read", .query = {"as_of"}}, [&context](http::Request& request) {
               return reply_with(context, request, [&](const auto& engine, const auto& scope) {
                 return lead(context, request, engine, scope);
               });
             });
  router.add(http::Method::kGet, "/api/v1/search", {.name = "search", .query = {"q", "limit"}},
             [&context](http::Request& request) {
               return reply_with(context, request, [&](const auto& engine, const auto& scope) {
                 return search(context, request, engine, scope);
               });
             });
}

}  // namespace pursuit::api
