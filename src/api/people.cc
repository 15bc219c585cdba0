// People and their tokens, for who manages them: /api/v1/users, /api/v1/tokens; and what was done:
// /api/v1/audit.
#include <nlohmann/json.hpp>

#include "access/audit.h"
#include "api/account_json.h"
#include "api/api.h"
#include "api/gate.h"
#include "api/parameters.h"

namespace pursuit::api {
namespace {

using http::Method;
using model::Permission;
using nlohmann::json;

constexpr std::size_t kMaxBodyBytes = 256u << 10;
constexpr base::Millis kDayMs = 24ll * 3'600'000;
constexpr std::int64_t kDefaultTokenDays = 90;

http::Response nobody() { return http::problem_response(404, "there is no such user"); }

http::Response users(const http::Request&, Context& context) {
  const auto rows = context.access.users();
  if (!rows) return http::error_response(rows.error());
  return answer(users_json(*rows));
}

http::Response user(const http::Request& request, Context& context) {
  const auto id = path_number(request, "id");
  if (!id) return nobody();
  const auto row = context.access.user(*id);
  return row ? answer(user_json(*row)) : http::error_response(row.error());
}

access::UserWish wish_of(Body& body) {
  access::UserWish wish;
  wish.display_name = body.text("display_name");
  wish.language = body.text("language");
  wish.role = role_of_body(body);
  wish.scope = scope_of_body(body);
  return wish;
}

/// A new user, and the link with which they choose a password.
http::Response add_user(const http::Request& request, Context& context) {
  auto body = Body::of(request);
  if (!body) return std::move(body.error());
  const std::string name = body->needed("name");
  const access::UserWish wish = wish_of(*body);
  if (auto refused = body->refusal()) return std::move(*refused);
  const auto added = context.access.add_user(name, wish, actor_of(request));
  if (!added) return http::error_response(added.error());
  const auto link = context.access.make_link(added->id, actor_of(request));
  if (!link) return http::error_response(link.error());
  return answer({{"user", user_json(*added)}, {"link", *link}}, 201);
}

http::Response change_user(const http::Request& request, Context& context) {
  const auto id = path_number(request, "id");
  auto body = Body::of(request);
  if (!body) return std::move(body.error());
  access::UserWish wish = wish_of(*body);
  wish.active = body->boolean("active");
  wish.subject = body->text("subject");
  wish.remove_totp = body->boolean("remove_totp").value_or(false);
  if (auto refused = body->refusal()) return std::move(*refused);
  if (!id) return nobody();
  const auto changed = context.access.change_user(*id, wish, actor_of(request));
  return changed ? answer(user_json(*changed)) : http::error_response(changed.error());
}

http::Response erase_user(const http::Request& request, Context& context) {
  const auto id = path_number(request, "id");
  if (!id) return nobody();
  const auto done = context.access.erase_user(*id, actor_of(request));
  return done ? http::empty_response() : http::error_response(done.error());
}

http::Response reset_link(const http::Request& request, Context& context) {
  const auto id = path_number(request, "id");
  if (!id) return nobody();
  const auto link = context.access.make_link(*id, actor_of(request));
  return link ? answer({{"link", *link}}, 201) : http::error_response(link.error());
}

http::Response user_sessions(const http::Request& request, Context& context) {
  const auto id = path_number(request, "id");
  if (!id) return nobody();
  if (const auto there = context.access.user(*id); !there)
    return http::error_response(there.error());
  const auto rows = context.access.sessions(*id);
  if (!rows) return http::error_response(rows.error());
  json items = json::array();
  for (const store::SessionRow& row : *rows)
    items.push_back(session_json(row, row.id == request.caller.session));
  return answer({{"items", std::move(items)}});
}

http::Response end_user_sessions(const http::Request& request, Context& context) {
  const auto id = path_number(request, "id");
  if (!id) return nobody();
  const auto done = context.access.sign_out_everywhere(*id, actor_of(request));
  return done ? http::empty_response() : http::error_response(done.error());
}

/// Whose tokens the caller may look after: everybody's, or their own.
std::optional<std::int64_t> tokens_of(const http::Caller& caller) {
  if (model::may(caller.role, Permission::kPeople)) return std::nullopt;
  return caller.user_id;
}

http::Response tokens(const http::Request& request, Context& context) {
  const auto rows = context.access.tokens(tokens_of(request.caller));
  if (!rows) return http::error_response(rows.error());
  return answer(tokens_json(*rows));
}

http::Response add_token(const http::Request& request, Context& context) {
  if (request.caller.token_id != 0)
    return http::problem_response(403, "a token cannot make tokens: sign in");
  auto body = Body::of(request);
  if (!body) return std::move(body.error());
  access::NewToken wish;
  wish.name = body->needed("name");
  wish.role = role_of_body(*body).value_or(request.caller.role);
  wish.scope = scope_of_body(*body).value_or(request.caller.scope);
  const std::int64_t days = body->integer("expires_in_days").value_or(kDefaultTokenDays);
  const std::int64_t user_id = body->integer("user_id").value_or(request.caller.user_id);
  if (days < 1 || days > 366) body->add_error("expires_in_days", "not from 1 to 366");
  if (auto refused = body->refusal()) return std::move(*refused);
  if (user_id != request.caller.user_id && tokens_of(request.caller))
    return http::problem_response(403, "a token of somebody else is for an admin to make");
  wish.expires_at_ms = context.access.clock().now_ms() + days * kDayMs;
  const auto made = context.access.add_token(user_id, wish, actor_of(request));
  if (!made) return http::error_response(made.error());
  return answer(made_token_json(*made), 201);
}

http::Response revoke_token(const http::Request& request, Context& context) {
  const auto id = path_number(request, "id");
  if (!id) return http::problem_response(404, "there is no such token");
  const auto done = context.access.revoke_token(*id, tokens_of(request.caller), actor_of(request));
  return done ? http::empty_response() : http::error_response(done.error());
}

http::Response audit(const http::Request& request, Context& context) {
  const auto limit = count_of(request, "limit", 100, 1, 1'000);
  if (!limit) return http::error_response(limit.error());
  const auto before = count_of(request, "before", 0, 1, INT64_MAX);
  if (!before) return http::error_response(before.error());
  std::vector<store::AuditRow> rows;
  const auto read = context.access.accounts().read([&](store::AccountRows& all) {
    rows = all.audit(static_cast<std::int64_t>(*before), *limit);
    return base::Result<void>{};
  });
  if (!read) return http::error_response(read.error());
  return answer(audit_json(rows, *limit));
}

http::Response verify_audit(const http::Request&, Context& context) {
  const auto verdict = access::verify_audit(context.access.accounts(), std::nullopt);
  if (!verdict) return http::error_response(verdict.error());
  return answer(verdict_json(*verdict));
}

}  // namespace

void add_people_routes(http::Router& router, Context& context) {
  using Make = http::Response (*)(const http::Request&, Context&);
  const auto add = [&](Method method, std::string_view path, std::string name,
                       Permission permission, Make make, std::vector<std::string> query = {}) {
    router.add(method, path,
               {.name = std::move(name),
                .body_limit_bytes = kMaxBodyBytes,
                .query = std::move(query),
                .permission = permission},
               [&context, make](http::Request& request) { return make(request, context); });
  };
  const auto people = Permission::kPeople;
  add(Method::kGet, "/api/v1/users", "users.read", people, users);
  add(Method::kPost, "/api/v1/users", "users.add", people, add_user);
  add(Method::kGet, "/api/v1/users/{id}", "user.read", people, user);
  add(Method::kPatch, "/api/v1/users/{id}", "user.change", people, change_user);
  add(Method::kDelete, "/api/v1/users/{id}", "user.erase", people, erase_user);
  add(Method::kPost, "/api/v1/users/{id}/reset-link", "user.link", people, reset_link);
  add(Method::kGet, "/api/v1/users/{id}/sessions", "user.sessions", people, user_sessions);
  add(Method::kDelete, "/api/v1/users/{id}/sessions", "user.sign_out", people, end_user_sessions);
  const auto own = Permission::kOwnAccount;
  add(Method::kGet, "/api/v1/tokens", "tokens.read", own, tokens);
  add(Method::kPost, "/api/v1/tokens", "tokens.add", own, add_token);
  add(Method::kDelete, "/api/v1/tokens/{id}", "token.revoke", own, revoke_token);
  const auto read_audit = Permission::kReadAudit;
  add(Method::kGet, "/api/v1/audit", "audit.read", read_audit, audit, {"limit", "before"});
  add(Method::kGet, "/api/v1/audit/verify", "audit.verify", read_audit, verify_audit);
}

}  // namespace pursuit::api
