// GET /api/v1/queue and /api/v1/expiring: open leads in order.
#include <array>
#include <string>

#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/cursor.h"
#include "api/parameters.h"
#include "api/reply.h"
#include "report/figures_json.h"

namespace pursuit::api {
namespace {

using report::Json;

constexpr std::size_t kDefaultLimit = 50;
constexpr std::size_t kMaxLimit = 500;
constexpr std::size_t kMaxExpiring = 10'000;

constexpr std::array<std::string_view, 5> kSortNames = {"score", "time_left", "time_in_stage",
                                                        "entered_at", "last_activity_at"};

/// `score`, `-score`: ascending unless it begins with a minus.
base::Result<engine::QueueOrder> order_of(const http::Request& request) {
  std::string_view text = request.query_value("sort").value_or("-score");
  const bool descending = text.starts_with('-');
  if (descending) text.remove_prefix(1);
  for (std::size_t i = 0; i < kSortNames.size(); ++i) {
    if (text == kSortNames[i])
      return engine::QueueOrder{.key = static_cast<engine::QueueKey>(i), .descending = descending};
  }
  return base::fail(base::ErrorCode::kInvalidInput,
                    "none of score, time_left, time_in_stage, entered_at, last_activity_at, with "
                    "a minus before it for descending",
                    "sort");
}

/// A lead with the time it has left and who can be reached for it.
Json item(const engine::Engine& engine, base::LeadId lead) {
  const engine::LeadFigures figures = engine.figures(lead);
  Json json = report::lead_figures_json(engine, figures);
  const engine::StatusTimes times = engine.status_times(lead);
  json["expires_at"] = report::instant_json(times.expired_at_ms);
  json["dormant_at"] = report::instant_json(times.dormant_at_ms);
  return json;
}

/// Puts name and phone beside the leads of a page.
base::Result<void> add_contacts(const Context& context, Json& items) {
  std::vector<std::string> ids;
  for (const Json& lead : items) ids.push_back(lead["lead_id"]);
  const auto contacts = context.service.store().contacts(ids);
  if (!contacts) return std::unexpected(contacts.error());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    items[i]["name"] = (*contacts)[i].name;
    items[i]["phone"] = (*contacts)[i].phone;
    items[i]["email"] = (*contacts)[i].email;
  }
  return {};
}

base::Result<Json> queue(const Context& context, const http::Request& request,
                         const engine::Engine& engine, const engine::LeadFilter& filter) {
  const auto limit = count_of(request, "limit", kDefaultLimit, 1, kMaxLimit);
  if (!limit) return std::unexpected(limit.error());
  const auto order = order_of(request);
  if (!order) return std::unexpected(order.error());
  engine::QueueQuery query{.filter = filter, .order = *order, .after = {}, .limit = *limit};
  if (const auto cursor = request.query_value("cursor")) {
    const auto after = read_cursor(engine, *cursor);
    if (!after) return std::unexpected(after.error());
    query.after = *after;
  }
  const std::vector<base::LeadId> leads = engine.queue(query);
  Json json = frame(context, engine);
  json["total"] = engine.count_open(filter);
  Json items = Json::array();
  for (const base::LeadId lead : leads) items.push_back(item(engine, lead));
  if (auto added = add_contacts(context, items); !added) return std::unexpected(added.error());
  json["items"] = std::move(items);
  const bool more = leads.size() == *limit;
  json["next"] =
      more ? Json(write_cursor(engine, engine.cursor(leads.back(), *order))) : Json(nullptr);
  return json;
}

base::Result<Json> expiring(const Context& context, const http::Request& request,
                            const engine::Engine& engine, const engine::LeadFilter& filter) {
  const auto within_ms = duration_of(request, "within", "24h");
  if (!within_ms) return std::unexpected(within_ms.error());
  const auto limit = count_of(request, "limit", kDefaultLimit, 1, kMaxExpiring);
  if (!limit) return std::unexpected(limit.error());
  const std::vector<engine::Expiring> leads = engine.expiring(*within_ms, filter);
  Json json = frame(context, engine);
  json["total"] = leads.size();
  Json items = Json::array();
  for (const engine::Expiring& next : leads) {
    if (items.size() == *limit) break;
    Json lead = item(engine, next.lead);
    lead["turns"] = next.dormant ? "dormant" : "expired";
    lead["turns_at"] = report::instant_json(next.at_ms);
    items.push_back(std::move(lead));
  }
  if (auto added = add_contacts(context, items); !added) return std::unexpected(added.error());
  json["items"] = std::move(items);
  return json;
}

}  // namespace

void add_queue_routes(http::Router& router, Context& context) {
  router.add(http::Method::kGet, "/api/v1/queue",
             {.name = "queue.read", .query = filter_parameters({"limit", "cursor", "sort"})},
             [&context](http::Request& request) {
               return reply_with(context, request, [&](const auto& engine, const auto& filter) {
                 return queue(context, request, engine, filter);
               });
             });
  router.add(http::Method::kGet, "/api/v1/expiring",
             {.name = "expiring.read", .query = filter_parameters({"within", "limit"})},
             [&context](http::Request& request) {
               return reply_with(context, request, [&](const auto& engine, const auto& filter) {
                 return expiring(context, request, engine, filter);
               });
             });
}

}  // namespace pursuit::api
