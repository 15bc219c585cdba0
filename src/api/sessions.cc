// Signing in and out: /api/v1/session and what is below it, /api/v1/sessions.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/account_json.h"
#include "api/api.h"
#include "api/gate.h"

namespace pursuit::api {
namespace {

using access::Denied;
using http::Method;
using model::Permission;
using nlohmann::json;

constexpr std::size_t kMaxBodyBytes = 64u << 10;

http::NameValue no_cookie() { return session_cookie("", "; Max-Age=0"); }

http::Response denied(const Denied& why) {
  switch (why.why) {
    case Denied::Why::kFailed:
      return http::error_response(why.error);
    case Denied::Why::kBadPassword:
      return http::problem_response(422, "the password is not taken",
                                    {{.field = "password", .reason = why.text}});
    case Denied::Why::kTooMany: {
      http::Response response = http::problem_response(429, "too many attempts: wait");
      response.headers.push_back({"Retry-After", std::to_string(why.wait_seconds)});
      return response;
    }
    case Denied::Why::kWrong:
    case Denied::Why::kNeedsTotp:
    case Denied::Why::kNameTaken:
      break;
  }
  const bool totp = why.why == Denied::Why::kNeedsTotp;
  http::Response response = http::problem_response(
      401, totp ? "the second factor is missing or wrong" : "the name or the password is wrong");
  if (totp) std::get<http::Problem>(response.body).errors.push_back({"totp", "missing or wrong"});
  response.headers.push_back({"WWW-Authenticate", R"(Bearer realm="pursuit")"});
  return response;
}

json state_json(const access::Identity& identity, bool has_totp, std::string_view csrf, bool open) {
  return {{"user",
           {{"id", identity.user_id},
            {"name", identity.name},
            {"display_name", identity.display_name},
            {"role", model::role_name(identity.role)},
            {"language", identity.language},
            {"has_totp", has_totp}}},
          {"scope", scope_json(identity.scope)},
          {"csrf", csrf},
          {"access", open ? "open" : "on"}};
}

http::Response signed_in(const Context& context,
                         const std::expected<access::SignedIn, Denied>& result) {
  if (!result) return denied(result.error());
  const auto user = context.access.user(result->identity.user_id);
  if (!user) return http::error_response(user.error());
  http::Response response = answer(
      state_json(result->identity, !user->totp.empty(), access::csrf_of(result->secret), false));
  response.headers.push_back(session_cookie(result->secret));
  return response;
}

access::SignIn wish_of(const http::Request& request) {
  access::SignIn wish;
  wish.address = request.peer_address;
  wish.agent = request.header("user-agent").value_or("");
  wish.old_secret = request.cookie(kCookie).value_or("");
  return wish;
}

http::Response sign_in(const http::Request& request, Context& context) {
  if (auto refused = refuse_foreign_page(request)) return std::move(*refused);
  auto body = Body::of(request);
  if (!body) return std::move(body.error());
  access::SignIn wish = wish_of(request);
  wish.name = body->needed("name");
  wish.password = body->needed("password");
  wish.totp = body->text("totp").value_or("");
  if (auto refused = body->refusal()) return std::move(*refused);
  return signed_in(context, context.access.sign_in(wish));
}

http::Response sign_in_by_link(const http::Request& request, Context& context) {
  if (auto refused = refuse_foreign_page(request)) return std::move(*refused);
  auto body = Body::of(request);
  if (!body) return std::move(body.error());
  access::SignIn wish = wish_of(request);
  const std::string token = body->needed("token");
  wish.password = body->text("password").value_or("");
  wish.totp = body->text("totp").value_or("");
  if (auto refused = body->refusal()) return std::move(*refused);
  return signed_in(context, context.access.sign_in_by_link(token, wish));
}

http::Response state(const http::Request& request, Context& context) {
  access::Identity identity = identity_of(request.caller);
  bool has_totp = false;
  bool is_provided = false;
  if (request.caller.user_id != 0) {
    const auto user = context.access.user(request.caller.user_id);
    if (!user) return http::error_response(user.error());
    identity.display_name = user->display_name;
    identity.language = user->language;
    has_totp = !user->totp.empty();
    is_provided = !user->subject.empty();
  }
  json state = state_json(identity, has_totp, request.caller.csrf, context.open_access);
  if (is_provided && context.oidc != nullptr) state["sign_out_at"] = kProviderSignOut;
  return answer(state);
}

/// What only somebody who signed in may do: a token must not become more than it is.
std::optional<http::Response> refuse_without_session(const http::Request& request) {
  if (!request.caller.session.empty()) return std::nullopt;
  return http::problem_response(403, "only for who signed in, not for a token");
}

http::Response sign_out(const http::Request& request, Context& context) {
  if (auto refused = refuse_without_session(request)) return std::move(*refused);
  const auto done = context.access.sign_out(request.caller.session, actor_of(request));
  if (!done) return http::error_response(done.error());
  http::Response response = http::empty_response();
  response.headers.push_back(no_cookie());
  return response;
}

http::Response sign_out_everywhere(const http::Request& request, Context& context) {
  if (auto refused = refuse_without_session(request)) return std::move(*refused);
  const auto done = context.access.sign_out_everywhere(request.caller.user_id, actor_of(request));
  if (!done) return http::error_response(done.error());
  http::Response response = http::empty_response();
  response.headers.push_back(no_cookie());
  return response;
}

http::Response list(const http::Request& request, Context& context) {
  const auto rows = context.access.sessions(request.caller.user_id);
  if (!rows) return http::error_response(rows.error());
  json items = json::array();
  for (const store::SessionRow& row : *rows)
    items.push_back(session_json(row, row.id == request.caller.session));
  return answer({{"items", std::move(items)}});
}

/// Ends one session of the caller, named as list() names it.
http::Response end_one(const http::Request& request, Context& context) {
  if (auto refused = refuse_without_session(request)) return std::move(*refused);
  const auto rows = context.access.sessions(request.caller.user_id);
  if (!rows) return http::error_response(rows.error());
  const std::string& id = request.parameter("id");
  const auto found = std::ranges::find_if(
      *rows, [&](const store::SessionRow& row) { return session_name(row) == id; });
  if (found == rows->end()) return http::problem_response(404, "there is no such session");
  const auto done = context.access.sign_out(found->id, actor_of(request));
  if (!done) return http::error_response(done.error());
  http::Response response = http::empty_response();
  if (found->id == request.caller.session) response.headers.push_back(no_cookie());
  return response;
}

http::Response change_password(const http::Request& request, Context& context) {
  if (auto refused = refuse_without_session(request)) return std::move(*refused);
  auto body = Body::of(request);
  if (!body) return std::move(body.error());
  const std::string old_password = body->needed("old_password");
  const std::string password = body->needed("password");
  if (auto refused = body->refusal()) return std::move(*refused);
  const auto done = context.access.change_password(identity_of(request.caller), old_password,
                                                   password, request.peer_address);
  return done ? http::empty_response() : denied(done.error());
}

http::Response offer_totp(const http::Request& request, Context& context) {
  if (auto refused = refuse_without_session(request)) return std::move(*refused);
  const auto offer = context.access.offer_totp(identity_of(request.caller));
  if (!offer) return http::error_response(offer.error());
  return answer({{"key", offer->key}, {"url", offer->url}, {"sealed", offer->sealed}});
}

http::Response confirm_totp(const http::Request& request, Context& context) {
  if (auto refused = refuse_without_session(request)) return std::move(*refused);
  auto body = Body::of(request);
  if (!body) return std::move(body.error());
  const std::string sealed = body->needed("sealed");
  const std::string code = body->needed("code");
  if (auto refused = body->refusal()) return std::move(*refused);
  const auto done =
      context.access.confirm_totp(identity_of(request.caller), sealed, code, request.peer_address);
  return done ? http::empty_response() : http::error_response(done.error());
}

}  // namespace

void add_session_routes(http::Router& router, Context& context) {
  using Make = http::Response (*)(const http::Request&, Context&);
  const auto add = [&](Method method, std::string_view path, std::string name, bool is_public,
                       Make make) {
    router.add(method, path,
               {.name = std::move(name),
                .body_limit_bytes = kMaxBodyBytes,
                .query = {},
                .is_public = is_public,
                .permission = Permission::kOwnAccount},
               [&context, make](http::Request& request) { return make(request, context); });
  };
  add(Method::kPost, "/api/v1/session", "session.begin", true, sign_in);
  add(Method::kPost, "/api/v1/session/link", "session.link", true, sign_in_by_link);
  add(Method::kGet, "/api/v1/session", "session.read", false, state);
  add(Method::kDelete, "/api/v1/session", "session.end", false, sign_out);
  add(Method::kPost, "/api/v1/session/password", "session.password", false, change_password);
  add(Method::kPost, "/api/v1/session/totp", "session.totp_offer", false, offer_totp);
  add(Method::kPut, "/api/v1/session/totp", "session.totp", false, confirm_totp);
  add(Method::kGet, "/api/v1/sessions", "sessions.read", false, list);
  add(Method::kDelete, "/api/v1/sessions", "sessions.end", false, sign_out_everywhere);
  add(Method::kDelete, "/api/v1/sessions/{id}", "session.revoke", false, end_one);
}

}  // namespace pursuit::api
