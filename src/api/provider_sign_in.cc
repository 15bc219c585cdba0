// Signing in by an identity provider: /api/v1/session/providers and …/session/oidc. A browser goes
// there and comes back by redirects, so that what goes wrong is told by the sign-in page: its
// address names a problem in one word, the log and the audit log have the rest.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "api/account_json.h"
#include "api/api.h"
#include "api/gate.h"
#include "http/target.h"

namespace pursuit::api {
namespace {

using access::Denied;
using http::Method;
using model::Permission;
using nlohmann::json;
using oidc::Trouble;

/// Between start and end. Lax: the browser comes back from another site, and still has to send it.
constexpr std::string_view kBegun = "__Host-pursuit-oidc";
constexpr std::string_view kHint = "__Secure-pursuit-oidc-hint";
constexpr std::size_t kMaxBodyBytes = 64u << 10;
constexpr std::string_view kStart = "/api/v1/session/oidc/start";

/// What signing out there is done with: sent to that place of ours alone, and by our pages alone.
http::NameValue hint_cookie(std::string_view value, std::string_view age) {
  std::string text(kHint);
  text.append("=").append(value).append("; Path=").append(kProviderSignOut);
  text.append("; Secure; HttpOnly; SameSite=Strict; Max-Age=");
  return {"Set-Cookie", text.append(age)};
}

http::NameValue begun_cookie(std::string_view value, std::string_view age) {
  std::string text(kBegun);
  text.append("=").append(value).append("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=");
  return {"Set-Cookie", text.append(age)};
}

http::Response redirect(std::string to) {
  http::Response response = http::empty_response(303);
  response.headers.push_back({"Location", std::move(to)});
  return response;
}

http::Response not_set_up() {
  return http::problem_response(404, "no identity provider is set up here");
}

/// To the sign-in page, which has words for `problem` in every language.
http::Response back(std::string_view problem, const std::string& return_to, std::string detail) {
  std::string to = "/#/sign-in?problem=" + std::string(problem);
  if (!return_to.empty()) {
    to += "&return=";
    for (const char c : return_to) {
      // What would end the value; the rest of a place may stand there as it is.
      if (c == '&') {
        to += "%26";
      } else if (c == '%') {
        to += "%25";
      } else if (c == '+') {
        to += "%2B";
      } else {
        to += c;
      }
    }
  }
  http::Response response = redirect(std::move(to));
  response.note = std::move(detail);
  return response;
}

std::string_view word_of(Trouble::Why why) {
  switch (why) {
    case Trouble::Why::kOver:
      return "over";
    case Trouble::Why::kRefused:
      return "refused";
    case Trouble::Why::kAway:
      return "away";
    case Trouble::Why::kBusy:
      return "busy";
    case Trouble::Why::kAnswer:
      return "answer";
  }
  return "answer";
}

std::string_view word_of(Denied::Why why) {
  switch (why) {
    case Denied::Why::kNameTaken:
      return "name_taken";
    case Denied::Why::kWrong:
      return "disabled";
    default:
      return "failed";
  }
}

http::Response providers(const http::Request& /*request*/, Context& context) {
  json items = json::array();
  if (context.oidc != nullptr)
    items.push_back({{"kind", "oidc"}, {"label", context.oidc_label}, {"start", kStart}});
  return answer({{"items", std::move(items)}});
}

http::Response start(const http::Request& request, Context& context) {
  if (context.oidc == nullptr) return not_set_up();
  const auto started = context.oidc->start(request.query_value("return").value_or(""),
                                           request.cookie(kCookie).value_or(""));
  if (!started) {
    const Trouble& why = started.error();
    return back(word_of(why.why), why.return_to, why.detail);
  }
  http::Response response = redirect(started->url);
  response.headers.push_back(begun_cookie(started->cookie, "600"));
  return response;
}

/// Somebody was let in: they become a user, or it is said why not.
http::Response let_in(const oidc::Person& person, const http::Request& request, Context& context) {
  const auto refuse = [&](std::string_view problem, const std::string& detail) {
    (void)context.access.note_provider_refusal(person.subject, detail, request.peer_address,
                                               problem == "no_role");
    return back(problem, person.return_to, detail);
  };
  if (!person.grant) return refuse("no_role", "no group of theirs has a role here");
  access::SignIn wish;
  wish.address = request.peer_address;
  wish.agent = request.header("user-agent").value_or("");
  wish.old_secret = person.kept;
  const auto signed_in = context.access.sign_in_by_provider({.subject = person.subject,
                                                             .name = person.name,
                                                             .display_name = person.display_name,
                                                             .language = person.language,
                                                             .role = person.grant->role,
                                                             .scope = person.grant->scope,
                                                             .session = person.session},
                                                            wish);
  if (!signed_in) {
    const Denied& why = signed_in.error();
    return refuse(word_of(why.why), why.why == Denied::Why::kNameTaken
                                        ? "the name '" + person.name + "' is another user's"
                                    : why.why == Denied::Why::kFailed ? why.error.text()
                                                                      : "the user is disabled");
  }
  http::Response response =
      redirect("/#" + (person.return_to.empty() ? "/today" : person.return_to));
  response.headers.push_back(session_cookie(signed_in->secret));
  if (!person.hint.empty()) response.headers.push_back(hint_cookie(person.hint, "43200"));
  return response;
}

http::Response callback(const http::Request& request, Context& context) {
  if (context.oidc == nullptr) return not_set_up();
  const auto text = [&](std::string_view name) {
    return std::string(request.query_value(name).value_or(""));
  };
  const auto person =
      context.oidc->finish({.cookie = std::string(request.cookie(kBegun).value_or("")),
                            .code = text("code"),
                            .state = text("state"),
                            .issuer = text("iss"),
                            .error = text("error")});
  http::Response response;
  if (person) {
    response = let_in(*person, request, context);
  } else {
    const Trouble& why = person.error();
    // Without a sign-in that began here it is noise that anybody can make: the request log has it.
    if (why.why != Trouble::Why::kOver)
      (void)context.access.note_provider_refusal({}, why.detail, request.peer_address, false);
    response = back(word_of(why.why), why.return_to, why.detail);
  }
  response.headers.push_back(begun_cookie("", "0"));
  return response;
}

/// For the page, after it signed out here: the provider would let the next one at this browser in
/// as the same person.
http::Response sign_out(const http::Request& request, Context& context) {
  if (context.oidc == nullptr) return not_set_up();
  const std::string_view hint = request.cookie(kHint).value_or("");
  http::Response response = redirect(context.oidc->sign_out_url(hint).value_or("/#/sign-in"));
  response.headers.push_back(hint_cookie("", "0"));
  return response;
}

/// From the provider itself: somebody signed out there, or was signed out.
http::Response signed_out(const http::Request& request, Context& context) {
  if (context.oidc == nullptr) return not_set_up();
  if (auto refused = refuse_foreign_page(request)) return std::move(*refused);
  const std::string_view type = request.header("content-type").value_or("");
  if (type.substr(0, type.find(';')) != "application/x-www-form-urlencoded")
    return http::problem_response(415, "send a form (application/x-www-form-urlencoded)");
  // A form is written as a query is.
  const auto form = http::parse_target("/?" + std::string(request.body));
  if (!form) return http::problem_response(400, "not a form");
  const auto token = std::ranges::find(form->query, "logout_token", &http::NameValue::name);
  if (token == form->query.end())
    return http::problem_response(400, "is missing",
                                  {{.field = "logout_token", .reason = "is missing"}});
  const auto told = context.oidc->signed_out(token->value);
  if (!told) {
    const Trouble& why = told.error();
    const bool is_later = why.why == Trouble::Why::kAway || why.why == Trouble::Why::kBusy;
    http::Response response = http::problem_response(
        is_later ? 503 : 400, is_later ? "try again" : "not a logout token of this provider");
    if (is_later) response.headers.push_back({"Retry-After", "5"});
    response.note = why.detail;
    return response;
  }
  const auto ended =
      context.access.sign_out_by_provider(told->subject, told->session, request.peer_address);
  return ended ? http::empty_response(200) : http::error_response(ended.error());
}

}  // namespace

void add_provider_routes(http::Router& router, Context& context) {
  using Make = http::Response (*)(const http::Request&, Context&);
  const auto add = [&](std::string_view path, std::string name, std::vector<std::string> query,
                       bool drops_unknown_query, Make make) {
    router.add(Method::kGet, path,
               {.name = std::move(name),
                .query = std::move(query),
                .drops_unknown_query = drops_unknown_query,
                .is_public = true,
                .permission = Permission::kOwnAccount},
               [&context, make](http::Request& request) { return make(request, context); });
  };
  add("/api/v1/session/providers", "session.providers", {}, false, providers);
  add(kStart, "session.oidc_start", {"return"}, false, start);
  // RFC 6749, section 4.1.2: what is not known in the answer is not looked at.
  add("/api/v1/session/oidc/callback", "session.oidc_callback", {"code", "state", "iss", "error"},
      true, callback);
  add(kProviderSignOut, "session.oidc_end", {}, false, sign_out);
  router.add(Method::kPost, "/api/v1/session/oidc/logout",
             {.name = "session.oidc_logout",
              .body_limit_bytes = kMaxBodyBytes,
              .query = {},
              .is_public = true,
              .permission = Permission::kOwnAccount},
             [&context](http::Request& request) { return signed_out(request, context); });
}

}  // namespace pursuit::api
