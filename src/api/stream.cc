// GET /api/v1/stream: what moves, as server-sent events.
#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/api.h"
#include "api/gate.h"
#include "api/parameters.h"
#include "api/publisher.h"

namespace pursuit::api {
namespace {

using Wanted = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// What a client may ask for; the others of the stream (reset, end) are about itself.
constexpr std::array<std::string_view, 5> kKinds = {"lead", "many", "load", "baseline", "import"};

bool contains(const std::vector<std::string>& list, std::string_view value) {
  return std::ranges::find(list, value) != list.end();
}

/// Whether one of the event's values of this name is wanted; an event without one concerns all.
bool holds(const http::Event& event, std::string_view name,
           const std::vector<std::string>& wanted) {
  bool has_one = false;
  for (const http::NameValue& label : event.labels) {
    if (label.name != name) continue;
    if (contains(wanted, label.value)) return true;
    has_one = true;
  }
  return !has_one;
}

/// Whether all of the event's values of this name are allowed, and there is one: a sum over several
/// regions is of none of them alone.
bool lies_within(const http::Event& event, std::string_view name,
                 const std::vector<std::string>& allowed) {
  bool has_one = false;
  for (const http::NameValue& label : event.labels) {
    if (label.name != name) continue;
    if (!contains(allowed, label.value)) return false;
    has_one = true;
  }
  return has_one;
}

std::string_view audience_of(const http::Event& event) {
  const auto label = std::ranges::find(event.labels, "audience", &http::NameValue::name);
  return label == event.labels.end() ? std::string_view() : std::string_view(label->value);
}

/// Events of no lead and no dealer say nothing about any: everyone gets them.
bool may_get(const http::Scope& scope, const http::Event& event) {
  if (const std::string_view audience = audience_of(event); !audience.empty())
    return (audience == "whole") == scope.is_whole();
  if (scope.is_whole() || event.labels.empty()) return true;
  if (!scope.owner.empty() && !lies_within(event, "owner", {scope.owner})) return false;
  const bool anywhere = scope.everything || (scope.names_none() && !scope.owner.empty());
  return anywhere || lies_within(event, "region", scope.markets) ||
         lies_within(event, "dealer_group", scope.dealer_groups) ||
         lies_within(event, "dealer", scope.dealers);
}

/// What the event would be of the place to which its lead went.
http::Event arrival_of(const http::Event& event) {
  http::Event arrival{.number = event.number, .name = "lead", .labels = {}, .frame = {}};
  for (const http::NameValue& label : event.labels) {
    if (label.name.starts_with(kTo))
      arrival.labels.push_back({label.name.substr(kTo.size()), label.value});
  }
  return arrival;
}

http::Response stream(const http::Request& request, const Context& context,
                      const std::vector<std::string>& filters) {
  Wanted wanted;
  for (const std::string& name : filters) {
    if (const auto value = request.query_value(name)) wanted.emplace_back(name, split_list(*value));
  }
  std::vector<std::string> kinds;
  if (const auto value = request.query_value("kinds")) {
    kinds = split_list(*value);
    for (const std::string& kind : kinds) {
      if (std::ranges::find(kKinds, kind) == kKinds.end())
        return http::error_response(
            {base::ErrorCode::kInvalidInput, "no such kind: " + kind, "kinds"});
    }
    // The one stands for leads that are not told one by one, the other for those that went away.
    if (contains(kinds, "lead")) kinds.insert(kinds.end(), {"many", "left"});
  }
  // Somebody who signs out, or is disabled, hears no more of it.
  const access::Watcher::Flag good = context.watcher == nullptr
                                         ? std::make_shared<const std::atomic<bool>>(true)
                                         : context.watcher->watch(identity_of(request.caller));
  return http::event_response(
      context.events, [wanted = std::move(wanted), kinds = std::move(kinds), good,
                       scope = request.caller.scope](const http::Event& event) {
        if (!good->load()) return false;
        if (!kinds.empty() && !contains(kinds, event.name)) return false;
        const auto concerns = [&](const http::Event& what) {
          return may_get(scope, what) && std::ranges::all_of(wanted, [&](const auto& one) {
                   return holds(what, one.first, one.second);
                 });
        };
        // Who still has the lead where it went hears of it there.
        return concerns(event) && (event.name != "left" || !concerns(arrival_of(event)));
      });
}

}  // namespace

void add_stream_routes(http::Router& router, Context& context) {
  const std::vector<std::string> filters = {"region", "dealer_group", "dealer", "nameplate",
                                            "owner"};
  std::vector<std::string> query = filters;
  query.emplace_back("kinds");
  router.add(
      http::Method::kGet, "/api/v1/stream",
      {.name = "stream", .query = std::move(query), .permission = model::Permission::kReadLeads},
      [&context, filters](http::Request& request) { return stream(request, context, filters); });
}

}  // namespace pursuit::api
