// The policy: /api/v1/policy (read, put in force), /api/v1/policy/validate, /api/v1/policy/what-if
// and /api/v1/policies (every version).
#include <string>

#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/parameters.h"
#include "api/reply.h"
#include "base/limits.h"
#include "model/policy_toml.h"
#include "report/figures_json.h"
#include "service/what_if.h"

namespace pursuit::api {
namespace {

using model::Permission;
using report::Json;

constexpr std::size_t kMostMoves = 200;
constexpr std::string_view kName = "policy";

std::string tag_of(const service::PolicyInForce& policy) {
  return policy.hash + "-" + std::to_string(policy.version);
}

http::Response read(const Context& context) {
  const service::PolicyInForce policy = context.service.policy();
  Json json = {{"version", policy.version}, {"hash", policy.hash}, {"text", policy.text}};
  json["resolved"] = model::resolved_toml(context.service.live()->policy());
  http::Response response = reply(json);
  response.etag = tag_of(policy);
  return response;
}

/// A policy that cannot be read: 422 with line and message.
http::Response refuse(const base::Error& error) {
  if (error.code != base::ErrorCode::kInvalidPolicy) return http::error_response(error);
  return http::problem_response(422, error.text(),
                                {{.field = error.where, .reason = error.message}});
}

/// Whether a policy names no key at all: blank lines and comments.
bool says_nothing(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#') return false;
  }
  return true;
}

/// A new version, only over the one that the client has seen when it sends If-Match.
http::Response put(const http::Request& request, Context& context) {
  const auto defaults = request.query_value("defaults");
  if (defaults && *defaults != "true")
    return http::error_response({base::ErrorCode::kInvalidInput, "not \"true\"", "defaults"});
  const service::PolicyInForce present = context.service.policy();
  const std::string etag = "\"" + tag_of(present) + "\"";
  auto seen = request.header("if-match");
  // The tag is sent as a weak one, since an answer may be compressed; it names the policy all the
  // same, and that is what is compared.
  if (seen && seen->starts_with("W/")) seen->remove_prefix(2);
  if (seen && *seen != etag && *seen != "*")
    return http::problem_response(412, "the policy has been changed by somebody else");
  // A body that was lost on the way must not put the defaults in force.
  if (!defaults && says_nothing(request.body)) {
    return http::problem_response(
        422, "the policy is empty: send defaults=true to put the defaults in force",
        {{.field = "body", .reason = "names no key"}});
  }
  const std::string note(request.query_value("note").value_or(""));
  const auto policy = context.service.set_policy(request.body, request.caller.who, note);
  if (!policy) return refuse(policy.error());
  http::Response response = reply({{"version", policy->version}, {"hash", policy->hash}});
  response.etag = tag_of(*policy);
  return response;
}

http::Response validate(const http::Request& request) {
  const auto policy = model::parse_policy(request.body, kName);
  if (!policy) return refuse(policy.error());
  return reply({{"valid", true},
                {"hash", model::policy_hash(*policy)},
                {"resolved", model::resolved_toml(*policy)}});
}

Json counts_json(const service::PolicyCounts& counts) {
  Json tiers = Json::object();
  for (std::size_t t = 0; t < counts.tiers.size(); ++t)
    tiers[std::string(model::kTierNames[t])] = counts.tiers[t];
  return {{"open", counts.open},
          {"tier", std::move(tiers)},
          {"expired", counts.expired},
          {"dormant", counts.dormant},
          {"breaches", counts.breaches},
          {"compliance", report::number_json(counts.compliance)},
          {"mean_load_factor", report::number_json(counts.mean_load_factor)},
          {"mean_relaxation", report::number_json(counts.mean_relaxation)}};
}

Json side_json(const engine::LeadFigures& f) {
  return {{"score", f.score},
          {"tier", report::tier_name(f.tier)},
          {"status", f.expired ? "expired" : "active"},
          {"dormant", f.dormant},
          {"category", engine::kCategoryNames[static_cast<std::size_t>(f.category)]},
          {"rank", f.rank}};
}

Json moves_json(const service::PolicyChange& change, const engine::Engine& present,
                const engine::Engine& other) {
  Json moves = Json::array();
  for (const service::Move& move : change.moves) {
    moves.push_back({{"lead_id", present.leads().id(move.before)},
                     {"dealer", present.leads().text(move.before, model::Dimension::kDealer)},
                     {"before", side_json(present.figures(move.before))},
                     {"after", side_json(other.figures(move.after))}});
  }
  return moves;
}

http::Response what_if(const http::Request& request, Context& context) {
  if (!request.caller.scope.is_whole())
    return http::problem_response(403, "a policy is of the whole network");
  const auto policy = model::parse_policy(request.body, kName);
  if (!policy) return refuse(policy.error());
  // Both sides are refreshed at one instant: the present one may be some minutes past its baseline.
  std::string present_text = context.service.policy().text;
  const auto present_policy = model::parse_policy(present_text, kName);
  if (!present_policy) return refuse(present_policy.error());
  const auto present = context.service.under(*present_policy);
  if (!present) return http::error_response(present.error());
  const auto other = context.service.under(*policy, (*present)->as_of_ms());
  if (!other) return http::error_response(other.error());
  const service::PolicyChange change = service::compare(**present, **other, kMostMoves);
  Json json = {{"as_of", report::instant_json((*present)->as_of_ms())},
               {"hash", model::policy_hash(*policy)},
               {"before", counts_json(change.before)},
               {"after", counts_json(change.after)},
               {"moved", change.moved}};
  Json tiers = Json::object();
  for (std::size_t from = 0; from < 3; ++from) {
    for (std::size_t to = 0; to < 3; ++to)
      tiers[std::string(model::kTierNames[from])][std::string(model::kTierNames[to])] =
          change.tier_moves[from][to];
  }
  json["tier_moves"] = std::move(tiers);
  json["moves"] = moves_json(change, **present, **other);
  return reply(json);
}

Json version_json(const store::PolicyVersion& version) {
  return {{"version", version.version},
          {"hash", version.hash},
          {"author", version.author},
          {"note", version.note},
          {"at", report::instant_json(version.at_ms)}};
}

http::Response versions(const http::Request& request, const Context& context) {
  const auto limit = count_of(request, "limit", 50, 1, 1'000);
  if (!limit) return http::error_response(limit.error());
  const auto rows = context.service.store().policies(*limit);
  if (!rows) return http::error_response(rows.error());
  Json items = Json::array();
  for (const store::PolicyVersion& row : *rows) items.push_back(version_json(row));
  return reply({{"items", std::move(items)}});
}

http::Response version(const http::Request& request, const Context& context) {
  const auto number = path_number(request, "version");
  if (!number) {
    return http::problem_response(404,
                                  "there is no version '" + request.parameter("version") + "'");
  }
  const auto row = context.service.store().policy(*number);
  if (!row) return http::error_response(row.error());
  Json json = version_json(*row);
  json["text"] = row->text;
  return reply(json);
}

}  // namespace

void add_policy_routes(http::Router& router, Context& context) {
  const auto add = [&](http::Method method, std::string_view path, std::string name,
                       model::Permission permission, std::vector<std::string> query,
                       http::Handler handler) {
    router.add(method, path,
               {.name = std::move(name),
                .body_limit_bytes = base::kMaxConfigBytes,
                .query = std::move(query),
                .permission = permission},
               std::move(handler));
  };
  add(http::Method::kGet, "/api/v1/policy", "policy.read", Permission::kReadPolicy, {},
      [&context](http::Request&) { return read(context); });
  add(http::Method::kPut, "/api/v1/policy", "policy.write", Permission::kWritePolicy,
      {"note", "defaults"}, [&context](http::Request& request) { return put(request, context); });
  add(http::Method::kPost, "/api/v1/policy/validate", "policy.validate", Permission::kTryPolicy, {},
      [](http::Request& request) { return validate(request); });
  add(http::Method::kPost, "/api/v1/policy/what-if", "policy.what_if", Permission::kTryPolicy, {},
      [&context](http::Request& request) { return what_if(request, context); });
  add(http::Method::kGet, "/api/v1/policies", "policies.read", Permission::kReadPolicy, {"limit"},
      [&context](http::Request& request) { return versions(request, context); });
  add(http::Method::kGet, "/api/v1/policies/{version}", "policies.version", Permission::kReadPolicy,
      {}, [&context](http::Request& request) { return version(request, context); });
}

}  // namespace pursuit::api
