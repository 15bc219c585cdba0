#include "api/account_json.h"

#include <utility>

#include "report/json_values.h"

namespace pursuit::api {

using nlohmann::json;

namespace {

json instant(base::Millis at_ms) {
  return at_ms == 0 ? json(nullptr) : json(base::format_instant(at_ms));
}

}  // namespace

json scope_json(const model::Scope& scope) {
  json value = {{"everything", scope.everything},
                {"markets", scope.markets},
                {"dealer_groups", scope.dealer_groups},
                {"dealers", scope.dealers}};
  if (!scope.owner.empty()) value["owner"] = scope.owner;
  return value;
}

json user_json(const store::UserRow& user) {
  return {{"id", user.id},
          {"name", user.name},
          {"display_name", user.display_name},
          {"role", model::role_name(user.role)},
          {"language", user.language},
          {"active", user.active},
          {"scope", scope_json(user.scope)},
          {"subject", user.subject},
          {"has_password", !user.password.empty()},
          {"has_totp", !user.totp.empty()},
          {"created_at", instant(user.created_at_ms)},
          {"password_at", instant(user.password_at_ms)}};
}

json token_json(const store::TokenRow& token) {
  return {{"id", token.id},
          {"user_id", token.user_id},
          {"name", token.name},
          {"role", model::role_name(token.role)},
          {"scope", scope_json(token.scope)},
          {"created_at", instant(token.created_at_ms)},
          {"expires_at", instant(token.expires_at_ms)},
          {"revoked_at", instant(token.revoked_at_ms)}};
}

json users_json(std::span<const store::UserRow> users) {
  json items = json::array();
  for (const store::UserRow& user : users) items.push_back(user_json(user));
  return {{"items", std::move(items)}};
}

json tokens_json(std::span<const store::TokenRow> tokens) {
  json items = json::array();
  for (const store::TokenRow& token : tokens) items.push_back(token_json(token));
  return {{"items", std::move(items)}};
}

json made_token_json(const access::Access::MadeToken& made) {
  json value = token_json(made.row);
  value["token"] = made.secret;
  return value;
}

json audit_json(std::span<const store::AuditRow> rows, std::size_t limit) {
  json items = json::array();
  for (const store::AuditRow& row : rows) {
    items.push_back({{"seq", row.seq},
                     {"at", base::format_instant(row.at_ms)},
                     {"who", row.who},
                     {"what", row.what},
                     {"subject", row.subject},
                     {"address", row.address},
                     {"detail", json::parse(row.detail, nullptr, false)},
                     {"hash", row.hash}});
  }
  const bool more = rows.size() == limit && rows.back().seq > 1;
  return {{"items", std::move(items)}, {"next", more ? json(rows.back().seq) : json()}};
}

json verdict_json(const access::AuditVerdict& verdict) {
  return {{"seq", verdict.head.seq},
          {"hash", verdict.head.hash},
          {"broken", verdict.broken ? json(*verdict.broken) : json()}};
}

std::string session_name(const store::SessionRow& session) { return session.id.substr(0, 16); }

json session_json(const store::SessionRow& session, bool is_own) {
  return {{"id", session_name(session)},
          {"created_at", instant(session.created_at_ms)},
          {"seen_at", instant(session.seen_at_ms)},
          {"expires_at", instant(session.expires_at_ms)},
          {"address", session.address},
          {"agent", session.agent},
          {"current", is_own}};
}

std::optional<model::Scope> scope_of_body(Body& body) {
  model::Scope scope;
  const bool there = body.object("scope", [&](Body& from) {
    scope.everything = from.boolean("everything").value_or(false);
    scope.markets = from.texts("markets").value_or(std::vector<std::string>{});
    scope.dealer_groups = from.texts("dealer_groups").value_or(std::vector<std::string>{});
    scope.dealers = from.texts("dealers").value_or(std::vector<std::string>{});
    scope.owner = from.text("owner").value_or("");
  });
  if (!there) return std::nullopt;
  return scope;
}

std::optional<model::Role> role_of_body(Body& body) {
  const auto name = body.text("role");
  if (!name) return std::nullopt;
  const auto role = model::role_of(*name);
  if (!role) body.add_error("role", "no such role");
  return role;
}

http::Response answer(const json& value, unsigned status) {
  return http::json_text_response(value.dump(-1, ' ', false, json::error_handler_t::replace),
                                  status);
}

}  // namespace pursuit::api
