// GET /api/v1/queue and /api/v1/expiring: open leads in order.
#include <array>
#include <string>

#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/contacts.h"
#include "api/cursor.h"
#include "api/parameters.h"
#include "api/queue_order.h"
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

/// What to do with an open lead next, and by when.
Json next_step(const engine::LeadFigures& lead, const engine::StatusTimes& times,
               base::Millis snoozed_until_ms) {
  const bool presses = lead.expired && lead.tier == model::Tier::kHot;
  if (snoozed_until_ms != base::kNoInstant && !presses) {
    return {{"what", "wait"}, {"due_at", report::instant_json(snoozed_until_ms)}};
  }
  const Json expires_at = report::instant_json(times.expired_at_ms);
  if (lead.expired) return {{"what", "decide"}, {"due_at", expires_at}};
  if (lead.stage == 0) return {{"what", "first_contact"}, {"due_at", expires_at}};
  if (lead.dormant) {
    return {{"what", "follow_up"}, {"due_at", report::instant_json(times.dormant_at_ms)}};
  }
  return {{"what", "advance"}, {"due_at", expires_at}};
}

base::Result<engine::Snoozed> snoozed_of(const http::Request& request) {
  const std::string_view text = request.query_value("snoozed").value_or("hide");
  if (text == "hide") return engine::Snoozed::kHide;
  if (text == "show") return engine::Snoozed::kShow;
  if (text == "only") return engine::Snoozed::kOnly;
  return base::fail(base::ErrorCode::kInvalidInput, "none of hide, show, only", "snoozed");
}

/// How many leads of the filter are hidden because they wait.
std::uint64_t hidden(const engine::Engine& engine, engine::LeadFilter filter, std::uint64_t shown) {
  if (filter.snoozed != engine::Snoozed::kHide || !engine.has_snoozes()) return 0;
  filter.snoozed = engine::Snoozed::kShow;
  return engine.count_open(filter) - shown;
}

/// A lead with the time it has left and who can be reached for it.
Json item(const engine::Engine& engine, base::LeadId lead) {
  const engine::LeadFigures figures = engine.figures(lead);
  Json json = report::lead_figures_json(engine, figures);
  const engine::StatusTimes times = engine.status_times(lead);
  json["expires_at"] = report::instant_json(times.expired_at_ms);
  json["dormant_at"] = report::instant_json(times.dormant_at_ms);
  const base::Millis snoozed_until_ms = engine.snoozed_until(lead);
  json["snoozed_until"] = report::instant_json(snoozed_until_ms);
  json["next_step"] = next_step(figures, times, snoozed_until_ms);
  return json;
}

base::Result<Json> queue(const Context& context, const http::Request& request,
                         const engine::Engine& engine, const engine::LeadFilter& filter) {
  const auto limit = count_of(request, "limit", kDefaultLimit, 1, kMaxLimit);
  if (!limit) return std::unexpected(limit.error());
  const auto order = order_of(request);
  if (!order) return std::unexpected(order.error());
  const auto snoozed = snoozed_of(request);
  if (!snoozed) return std::unexpected(snoozed.error());
  engine::QueueQuery query{.filter = filter, .order = *order, .after = {}, .limit = *limit};
  query.filter.snoozed = *snoozed;
  if (const auto cursor = request.query_value("cursor")) {
    const auto after = read_cursor(engine, *cursor);
    if (!after) return std::unexpected(after.error());
    query.after = *after;
  }
  const std::vector<base::LeadId> leads = engine.queue(query);
  Json json = frame(context, engine);
  const std::uint64_t total = engine.count_open(query.filter);
  json["total"] = total;
  json["hidden"] = hidden(engine, query.filter, total);
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

void add_queue_routes(http::Router& router, Context& context) {
  router.add(http::Method::kGet, "/api/v1/queue",
             {.name = "queue.read",
              .query = filter_parameters({"limit", "cursor", "sort", "snoozed"}),
              .permission = model::Permission::kReadLeads},
             [&context](http::Request& request) {
               return reply_with(context, request, [&](const auto& engine, const auto& filter) {
                 return queue(context, request, engine, filter);
               });
             });
  router.add(http::Method::kGet, "/api/v1/expiring",
             {.name = "expiring.read",
              .query = filter_parameters({"within", "limit"}),
              .permission = model::Permission::kReadLeads},
             [&context](http::Request& request) {
               return reply_with(context, request, [&](const auto& engine, const auto& filter) {
                 return expiring(context, request, engine, filter);
               });
             });
}

}  // namespace pursuit::api
