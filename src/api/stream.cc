// GET /api/v1/stream: what moves, as server-sent events.
#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/parameters.h"
#include "api/view.h"
#include "report/json_values.h"

namespace pursuit::api {
namespace {

using report::Json;

/// Above this many leads in one step clients are told to look again rather than each lead.
constexpr std::size_t kMaxLeadsPerStep = 2'000;

std::string text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool holds(const std::vector<http::NameValue>& labels, std::string_view name,
           const std::vector<std::string>& wanted) {
  for (const http::NameValue& label : labels) {
    if (label.name != name) continue;
    for (const std::string& value : wanted) {
      if (label.value == value) return true;
    }
    return false;
  }
  return true;  // an event that is not of any one of them concerns all
}

}  // namespace

void publish(const service::Service& service, const service::Update& update, http::EventHub& hub) {
  const auto view = service.live();
  if (update.baseline_swapped) {
    hub.publish("baseline", text({{"as_of", report::instant_json(update.as_of_ms)},
                                  {"policy", service.policy().hash}}));
  }
  if (update.leads.size() > kMaxLeadsPerStep) {
    hub.publish("many", text({{"seq", update.seq}, {"leads", update.leads.size()}}));
    return;
  }
  for (const std::string& id : update.leads) {
    const base::LeadId lead = view->leads().find(id);
    if (lead == base::kNoLead) continue;
    const engine::Glance glance = view->glance(lead);
    if (glance.state == engine::LeadState::kUnseen) continue;
    Json json = {{"lead_id", id}, {"seq", update.seq}};
    json["state"] = engine::kStateNames[static_cast<std::size_t>(glance.state)];
    json["stage"] = view->policy().funnel.name_of(glance.stage);
    if (glance.state == engine::LeadState::kOpen) {
      json["score"] = glance.score;
      json["tier"] = report::tier_name(glance.tier);
      json["status"] = glance.expired ? "expired" : "active";
      json["dormant"] = glance.dormant;
    }
    std::vector<http::NameValue> labels;
    for (const model::Dimension d : {model::Dimension::kRegion, model::Dimension::kDealerGroup,
                                     model::Dimension::kDealer, model::Dimension::kOwner}) {
      const std::string name(model::kDimensionNames[index_of(d)]);
      json[name] = view->leads().text(lead, d);
      labels.push_back({name, view->leads().text(lead, d)});
    }
    hub.publish("lead", text(json), std::move(labels));
  }
}

void add_stream_routes(http::Router& router, Context& context) {
  const std::vector<std::string> filters = {"region", "dealer_group", "dealer", "owner"};
  router.add(http::Method::kGet, "/api/v1/stream", {.name = "stream", .query = filters},
             [&context, filters](http::Request& request) {
               if (!request.caller.scope.everything)
                 return http::problem_response(403,
                                               "a stream is for callers who may see everything");
               std::vector<std::pair<std::string, std::vector<std::string>>> wanted;
               for (const std::string& name : filters) {
                 if (const auto value = request.query_value(name))
                   wanted.emplace_back(name, split_list(*value));
               }
               return http::event_response(context.events, [wanted](const http::Event& event) {
                 for (const auto& [name, values] : wanted) {
                   if (!holds(event.labels, name, values)) return false;
                 }
                 return true;
               });
             });
}

}  // namespace pursuit::api
