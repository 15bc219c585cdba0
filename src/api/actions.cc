// /api/v1/actions and /api/v1/leads/{lead_id}/actions: what people do to leads, and taking it back.
// Whoever may not see a lead can do nothing to it and is told that it is not there.
#include <algorithm>
#include <array>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/action_request.h"
#include "api/api.h"
#include "api/lead_json.h"
#include "api/parameters.h"
#include "api/reply.h"
#include "api/view.h"
#include "api/write_scope.h"

namespace pursuit::api {
namespace {

using model::ActionKind;
using report::Json;

constexpr std::string_view kSource = "pursuit:action";
constexpr std::size_t kMaxKeyBytes = 128;

std::unexpected<base::Error> no_lead(const std::string& id) {
  return base::fail(base::ErrorCode::kNotFound, "there is no lead '" + id + "'", "lead_id");
}

/// The lead of that id, if the caller may see it.
base::Result<base::LeadId> visible_lead(const engine::Engine& engine, const http::Caller& caller,
                                        const std::string& id) {
  const auto scope = scope_of(engine, caller);
  if (!scope) return std::unexpected(scope.error());
  const base::LeadId lead = engine.leads().find(id);
  if (lead == base::kNoLead || !may_see(engine, lead, *scope) ||
      engine.glance(lead).state == engine::LeadState::kUnseen) {
    return no_lead(id);
  }
  return lead;
}

/// The client's name for its request: sent again, it is the same request.
base::Result<std::optional<std::string>> key_of(const http::Request& request) {
  const auto key = request.header("idempotency-key");
  if (!key) return std::nullopt;
  const auto is_plain = [](char c) { return c > ' ' && c <= '~'; };
  if (key->empty() || key->size() > kMaxKeyBytes || !std::ranges::all_of(*key, is_plain)) {
    return base::fail(base::ErrorCode::kInvalidInput,
                      "not 1 to " + std::to_string(kMaxKeyBytes) + " visible characters of ASCII",
                      "Idempotency-Key");
  }
  return "key:" + request.caller.who + ":" + std::string(*key);
}

bool same_wish(const ActionRequest& request, const model::ActionRow& done) {
  if (request.kind != done.kind || request.text != done.text) return false;
  // What the server chose or the clock decided is not compared.
  const bool chosen = request.value.empty() && request.kind == ActionKind::kReopen;
  return chosen || request.value == done.value;
}

/// What one lead's action came to.
struct Outcome {
  std::string lead_id;
  std::optional<base::Error> error;
  std::string source_key;
  store::AppendResult result;
};

/// Prepares, writes and waits until readers see it; an outcome per lead, in order.
base::Result<std::vector<Outcome>> act(Context& context, const http::Request& request,
                                       const ActionRequest& wish,
                                       const std::vector<std::string>& leads, bool many) {
  const auto key = key_of(request);
  if (!key) return std::unexpected(key.error());
  const base::Millis now_ms = context.service.clock().now_ms();
  std::vector<Outcome> outcomes(leads.size());
  std::vector<model::Entry> entries;
  std::vector<std::size_t> outcome_of;
  base::Millis last_at_ms = 0;
  for (std::size_t i = 0; i < leads.size(); ++i) {
    Outcome& outcome = outcomes[i];
    outcome.lead_id = leads[i];
    if (*key) outcome.source_key = **key + (many ? ":" + leads[i] : std::string());
    std::optional<store::ActionRecord> before;
    if (*key) {
      auto found = context.service.store().action_of(kSource, outcome.source_key);
      if (!found) return std::unexpected(found.error());
      before = std::move(*found);
    }
    const auto view = context.service.live();
    const auto lead = visible_lead(*view, request.caller, leads[i]);
    if (!lead) {
      outcome.error = lead.error();
      continue;
    }
    if (before) {
      const bool same = before->row.lead_id == leads[i] && same_wish(wish, before->row);
      outcome.result.status =
          same ? store::AppendStatus::kRepeated : store::AppendStatus::kConflict;
      outcome.result.seq = before->id;
      continue;
    }
    auto row = row_for(wish, *view, *lead, request.caller.who, now_ms);
    if (row && wish.kind == ActionKind::kAssign && !request.caller.scope.is_whole()) {
      model::LeadRow given;
      given.lead_id = leads[i];
      given.owner = wish.value;
      const auto allowed = WriteScope(context.service, request.caller.scope).allows(given);
      if (!allowed) return std::unexpected(allowed.error());
      // Nobody can give away what they could then not take back.
      if (!*allowed) {
        row =
            base::fail(base::ErrorCode::kConflict, "you would not see the lead any more", "owner");
      }
    }
    if (!row) {
      outcome.error = row.error();
      continue;
    }
    model::Entry entry{.source = std::string(kSource), .source_key = outcome.source_key, .row = {}};
    const base::Millis at_ms = row->at_ms;
    entry.row = std::move(*row);
    if (!*key) {
      // Its content at its instant: the same twice in a millisecond is one.
      entry.source_key = "at:" + std::to_string(at_ms) + ":" + store::content_key(entry.row);
    }
    last_at_ms = std::max(last_at_ms, at_ms);
    outcome_of.push_back(i);
    entries.push_back(std::move(entry));
  }
  if (entries.empty()) return outcomes;
  auto results = context.service.committer().commit(std::move(entries));
  if (!results) return std::unexpected(results.error());
  std::int64_t last_seq = 0;
  for (std::size_t i = 0; i < results->size(); ++i) {
    last_seq = std::max(last_seq, (*results)[i].seq);
    outcomes[outcome_of[i]].result = std::move((*results)[i]);
  }
  // Whoever acts wants to see it done.
  if (last_seq > 0) context.service.updater().wait_for(last_seq, last_at_ms);
  return outcomes;
}

base::Error error_of(const Outcome& outcome) {
  if (outcome.error) return *outcome.error;
  switch (outcome.result.status) {
    case store::AppendStatus::kConflict:
      return {base::ErrorCode::kConflict, "the key stands for another request", "Idempotency-Key"};
    case store::AppendStatus::kUnknownLead:
      return no_lead(outcome.lead_id).error();
    case store::AppendStatus::kInvalid:
      return {base::ErrorCode::kInvalidInput, outcome.result.reason, ""};
    default:
      return {base::ErrorCode::kConflict, outcome.result.reason, ""};
  }
}

bool is_done(const Outcome& outcome) {
  return !outcome.error && (outcome.result.status == store::AppendStatus::kApplied ||
                            outcome.result.status == store::AppendStatus::kRepeated);
}

bool is_json(const http::Request& request) {
  return request.header("content-type")
      .value_or("application/json")
      .starts_with("application/json");
}

http::Response not_json() {
  return http::problem_response(415, "send application/json",
                                {{.field = "Content-Type", .reason = "not JSON"}});
}

base::Result<ActionRequest> read_request(const Context& context, const http::Request& request,
                                         bool many) {
  const auto policy = [&] { return context.service.live()->policy(); }();
  return read_action(request.body, policy, context.service.clock().now_ms(), many);
}

http::Response post_one(http::Request& request, Context& context) {
  if (!is_json(request)) return not_json();
  const auto wish = read_request(context, request, false);
  if (!wish) return http::error_response(wish.error());
  const auto outcomes = act(context, request, *wish, {request.parameter("lead_id")}, false);
  if (!outcomes) return http::error_response(outcomes.error());
  const Outcome& outcome = outcomes->front();
  if (!is_done(outcome)) return http::error_response(error_of(outcome));
  const auto action = context.service.store().action(outcome.result.seq);
  if (!action) return http::error_response(action.error());
  const bool repeated = outcome.result.status == store::AppendStatus::kRepeated;
  http::Response response =
      reply({{"action", action_json(*action)}, {"undo", action->undone == 0}});
  response.status = repeated ? 200 : 201;
  return response;
}

http::Response post_many(http::Request& request, Context& context) {
  if (!is_json(request)) return not_json();
  const auto wish = read_request(context, request, true);
  if (!wish) return http::error_response(wish.error());
  const auto outcomes = act(context, request, *wish, wish->leads, true);
  if (!outcomes) return http::error_response(outcomes.error());
  Json results = Json::array();
  std::size_t done = 0;
  for (const Outcome& outcome : *outcomes) {
    Json one = {{"lead_id", outcome.lead_id}};
    if (is_done(outcome)) {
      ++done;
      const bool repeated = outcome.result.status == store::AppendStatus::kRepeated;
      one["status"] = repeated ? "repeated" : "applied";
      one["action"] = outcome.result.seq;
    } else {
      const base::Error error = error_of(outcome);
      one["status"] = error.code == base::ErrorCode::kNotFound ? "unknown_lead" : "refused";
      one["reason"] = error.message;
    }
    results.push_back(std::move(one));
  }
  return reply(
      {{"done", done}, {"refused", outcomes->size() - done}, {"results", std::move(results)}});
}

http::Response list(const http::Request& request, const Context& context) {
  const std::string& id = request.parameter("lead_id");
  {
    const auto view = context.service.live();
    if (const auto lead = visible_lead(*view, request.caller, id); !lead) {
      return http::error_response(lead.error());
    }
  }
  const auto actions = context.service.store().actions(id);
  if (!actions) return http::error_response(actions.error());
  Json items = Json::array();
  for (const store::ActionRecord& action : std::views::reverse(*actions))
    items.push_back(action_json(action));
  return reply({{"items", std::move(items)}});
}

/// The action that a path names, if the caller may see its lead.
base::Result<store::ActionRecord> action_of(const Context& context, const http::Request& request) {
  const std::string& text = request.parameter("action_id");
  const auto none = [&] {
    return base::fail(base::ErrorCode::kNotFound, "there is no action '" + text + "'", "action_id");
  };
  const auto id = path_number(request, "action_id");
  if (!id) return none();
  auto action = context.service.store().action(*id);
  if (!action) {
    if (action.error().code == base::ErrorCode::kNotFound) return none();
    return action;
  }
  const auto view = context.service.live();
  if (!visible_lead(*view, request.caller, action->row.lead_id)) return none();
  return action;
}

http::Response undo(http::Request& request, Context& context) {
  const auto action = action_of(context, request);
  if (!action) return http::error_response(action.error());
  const auto key = key_of(request);
  if (!key) return http::error_response(key.error());
  const base::Millis now_ms = context.service.clock().now_ms();
  model::UndoRow row{.lead_id = action->row.lead_id,
                     .action = action->id,
                     .at_ms = now_ms,
                     .author = request.caller.who};
  std::string source_key = "undo:" + std::to_string(action->id) + ":" + std::to_string(now_ms);
  if (*key) source_key = "undo:" + **key;
  auto results = context.service.committer().commit(
      {{.source = std::string(kSource), .source_key = source_key, .row = std::move(row)}});
  if (!results) return http::error_response(results.error());
  const Outcome outcome{.lead_id = action->row.lead_id,
                        .error = {},
                        .source_key = source_key,
                        .result = std::move(results->front())};
  if (!is_done(outcome)) return http::error_response(error_of(outcome));
  context.service.updater().wait_for(outcome.result.seq, now_ms);
  const auto undone = context.service.store().action(action->id);
  if (!undone) return http::error_response(undone.error());
  return reply({{"action", action_json(*undone)}});
}

http::Response reasons(const Context& context) {
  const auto view = context.service.live();
  return reply({{"lost", view->policy().actions.lost_reasons}});
}

}  // namespace

void add_action_routes(http::Router& router, Context& context) {
  router.add(
      http::Method::kGet, "/api/v1/leads/{lead_id}/actions",
      {.name = "lead.actions.read", .query = {}, .permission = model::Permission::kReadLeads},
      [&context](http::Request& request) { return list(request, context); });
  router.add(http::Method::kPost, "/api/v1/leads/{lead_id}/actions",
             {.name = "lead.actions.write", .query = {}, .permission = model::Permission::kAct},
             [&context](http::Request& request) { return post_one(request, context); });
  router.add(http::Method::kPost, "/api/v1/actions",
             {.name = "actions.write", .query = {}, .permission = model::Permission::kAct},
             [&context](http::Request& request) { return post_many(request, context); });
  router.add(http::Method::kPost, "/api/v1/actions/{action_id}/undo",
             {.name = "actions.undo", .query = {}, .permission = model::Permission::kAct},
             [&context](http::Request& request) { return undo(request, context); });
  router.add(http::Method::kGet, "/api/v1/actions/reasons",
             {.name = "actions.reasons", .query = {}, .permission = model::Permission::kReadLeads},
             [&context](http::Request&) { return reasons(context); });
}

}  // namespace pursuit::api
