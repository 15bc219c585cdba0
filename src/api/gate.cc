#include "api/gate.h"

#include <utility>

#include <nlohmann/json.hpp>

namespace pursuit::api {
namespace {

using http::Method;
using model::Permission;

bool is_safe(Method method) {
  return method == Method::kGet || method == Method::kHead || method == Method::kOptions;
}

http::Response unauthorized(std::string detail) {
  http::Response response = http::problem_response(401, std::move(detail));
  response.headers.push_back({"WWW-Authenticate", R"(Bearer realm="pursuit")"});
  return response;
}

http::Caller caller_of(const access::Identity& identity) {
  http::Caller caller;
  caller.who = identity.name;
  caller.scope = identity.scope;
  caller.role = identity.role;
  caller.user_id = identity.user_id;
  caller.token_id = identity.token_id;
  caller.session = identity.session;
  return caller;
}

http::Caller local_admin() {
  http::Caller caller;
  caller.who = "local";
  caller.scope.everything = true;
  caller.role = model::Role::kAdmin;
  return caller;
}

/// The token of `Authorization: Bearer …`; empty when it is not of that form.
std::string_view bearer_of(std::string_view header) {
  constexpr std::string_view kScheme = "bearer ";
  if (header.size() <= kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = header[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != kScheme[i]) return {};
  }
  header.remove_prefix(kScheme.size());
  while (header.starts_with(' ')) header.remove_prefix(1);
  return header;
}

bool is_worth_a_line(const http::Route& route) {
  switch (route.options.permission) {
    case Permission::kExport:
      return true;
    case Permission::kImport:
      // Rows that were rejected are people's, too: taking them along is an export.
      return !is_safe(route.method) || route.options.name == "imports.rejects";
    case Permission::kAct:
    case Permission::kWriteRows:
    case Permission::kWritePolicy:
    case Permission::kOperate:
      return !is_safe(route.method);
    default:
      return false;  // nothing is changed, or what changes it writes its own line
  }
}

/// Of these there may be thousands a second.
bool is_frequent(Permission permission) {
  return permission == Permission::kAct || permission == Permission::kWriteRows;
}

access::AuditEntry entry_of(const http::Request& request, const http::Route& route) {
  access::AuditEntry entry{.at_ms = request.received_at_ms,
                           .who = request.caller.who,
                           .what = route.options.name,
                           .subject = {},
                           .address = request.peer_address};
  for (const http::NameValue& parameter : request.parameters) {
    if (!entry.subject.empty()) entry.subject += ' ';
    entry.subject += parameter.value;
  }
  return entry;
}

}  // namespace

http::NameValue session_cookie(std::string_view secret, std::string_view more) {
  std::string value(kCookie);
  value.append("=").append(secret).append("; Path=/; Secure; HttpOnly; SameSite=Strict");
  return {"Set-Cookie", value.append(more)};
}

access::Identity identity_of(const http::Caller& caller) {
  access::Identity identity;
  identity.user_id = caller.user_id;
  identity.name = caller.who;
  identity.display_name = caller.who;
  identity.language = "en";
  identity.role = caller.role;
  identity.scope = caller.scope;
  identity.token_id = caller.token_id;
  identity.session = caller.session;
  return identity;
}

access::Actor actor_of(const http::Request& request) {
  return {.name = request.caller.who, .address = request.peer_address};
}

std::optional<http::Response> refuse_foreign_page(const http::Request& request) {
  if (is_safe(request.method)) return std::nullopt;
  const auto site = request.header("sec-fetch-site");
  if (site && *site != "same-origin" && *site != "none")
    return http::problem_response(403, "sent by a page of another site");
  return std::nullopt;
}

std::expected<http::Caller, http::Response> Gate::identify(const http::Request& request) {
  if (open_) return local_admin();
  if (const auto header = request.header("authorization")) {
    const std::string_view token = bearer_of(*header);
    if (token.empty()) return std::unexpected(unauthorized("send Authorization: Bearer TOKEN"));
    const auto identity = access_.by_token(token);
    if (!identity) return std::unexpected(http::error_response(identity.error()));
    if (!*identity) return std::unexpected(unauthorized("the token is not good, or not any more"));
    return caller_of(**identity);
  }
  const auto cookie = request.cookie(kCookie);
  if (!cookie || cookie->empty()) return std::unexpected(unauthorized("sign in first"));
  const auto identity = access_.by_session(*cookie);
  if (!identity) return std::unexpected(http::error_response(identity.error()));
  if (!*identity) return std::unexpected(unauthorized("the session has ended: sign in again"));
  http::Caller caller = caller_of(**identity);
  caller.csrf = access::csrf_of(*cookie);
  // A browser sends the cookie by itself; only a page of ours can know the token beside it.
  if (!is_safe(request.method) &&
      !access::same_secret(request.header("x-csrf-token").value_or(""), caller.csrf)) {
    return std::unexpected(
        http::problem_response(403, "send X-CSRF-Token with the csrf of GET /api/v1/session",
                               {{.field = "X-CSRF-Token", .reason = "missing or not its own"}}));
  }
  return caller;
}

std::expected<http::Caller, http::Response> Gate::authenticate(const http::Request& request,
                                                               const http::RouteOptions& route) {
  if (auto refused = refuse_foreign_page(request)) return std::unexpected(std::move(*refused));
  auto caller = identify(request);
  if (!caller) return caller;
  if (!model::may(caller->role, route.permission)) {
    return std::unexpected(http::problem_response(
        403, "the role " + std::string(model::role_name(caller->role)) + " may not do this"));
  }
  return caller;
}

void add_audit_trail(http::Router& router, access::Access& access, access::AuditWriter& writer) {
  router.wrap([&](const http::Route& route, http::Handler inner) -> http::Handler {
    if (!is_worth_a_line(route)) return inner;
    return [&access, &writer, &route, inner = std::move(inner)](http::Request& request) {
      access::AuditEntry entry = entry_of(request, route);
      http::Response response = inner(request);
      if (response.status >= 400) return response;  // nothing was done
      entry.detail = nlohmann::json({{"status", response.status}}).dump();
      if (is_frequent(route.options.permission)) {
        writer.add(std::move(entry));
        return response;
      }
      const auto written =
          access.accounts().write([&](store::AccountRows& rows) -> base::Result<void> {
            access::append_audit(rows, entry);
            return {};
          });
      // What was done stays done: its line waits until the database takes lines again.
      if (!written) writer.add(std::move(entry));
      return response;
    };
  });
}

}  // namespace pursuit::api
