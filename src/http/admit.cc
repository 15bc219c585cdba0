#include "http/admit.h"

#include <algorithm>
#include <string>
#include <utility>

namespace pursuit::http {
namespace {

bool serves_host(const Head& head, const ServerOptions& options) {
  if (options.hosts.empty()) return true;
  const auto header = std::ranges::find(head.headers, "host", &NameValue::name);
  if (header == head.headers.end()) return false;
  std::string_view host = header->value;
  // The colons of an IPv6 address stand in brackets.
  if (const auto colon = host.rfind(':');
      colon != std::string_view::npos && !host.substr(colon).contains(']')) {
    host = host.substr(0, colon);
  }
  return std::ranges::any_of(options.hosts, [&](std::string_view name) {
    return std::ranges::equal(name, host, [](char a, char b) {
      const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      };
      return lower(a) == lower(b);
    });
  });
}

NameValue allow_header(const std::vector<Method>& allowed) {
  std::string names;
  for (const Method method : allowed) {
    if (!names.empty()) names += ", ";
    names += method_name(method);
  }
  return {"Allow", std::move(names)};
}

Response options_response(const std::vector<Method>& allowed) {
  Response response = empty_response();
  response.headers.push_back(allow_header(allowed));
  return response;
}

}  // namespace

Response refusal_response(const Refusal& refusal) {
  std::vector<FieldError> errors;
  if (!refusal.field.empty()) errors.push_back({refusal.field, refusal.detail});
  return problem_response(refusal.status, refusal.detail, std::move(errors));
}

std::expected<Admitted, Response> admit(Head& head, const Router& router,
                                        const ServerOptions& options) {
  if (!serves_host(head, options)) {
    return std::unexpected(problem_response(421, "this host is not served here"));
  }
  const auto method = method_of(head.method);
  if (head.target.is_asterisk) {
    return std::unexpected(
        options_response({Method::kGet, Method::kHead, Method::kPost, Method::kPut, Method::kPatch,
                          Method::kDelete, Method::kOptions}));
  }
  Match match = router.match(method.value_or(Method::kOptions), head.target.segments);
  if (match.allowed.empty()) {
    return std::unexpected(problem_response(404, "there is nothing at this path"));
  }
  if (method == Method::kOptions) return std::unexpected(options_response(match.allowed));
  if (match.route == nullptr) {
    Response response = problem_response(405, "the path does not have this method");
    response.headers.push_back(allow_header(match.allowed));
    return std::unexpected(std::move(response));
  }
  if (match.route->options.drops_unknown_query) {
    std::erase_if(head.target.query, [&](const NameValue& one) {
      return std::ranges::find(match.route->options.query, one.name) ==
             match.route->options.query.end();
    });
  }
  if (const auto ok = check_query(head.target.query, match.route->options.query); !ok) {
    return std::unexpected(refusal_response(ok.error()));
  }
  // No route reads compressed bodies: inflating them would need limits of its own.
  const auto coding = std::ranges::find(head.headers, "content-encoding", &NameValue::name);
  if (coding != head.headers.end() && coding->value != "identity") {
    return std::unexpected(problem_response(415, "a body must not have a content coding",
                                            {{"Content-Encoding", "only identity"}}));
  }
  Admitted admitted;
  admitted.route = match.route;
  admitted.request.method = match.route->method;
  admitted.request.segments = std::move(head.target.segments);
  admitted.request.parameters = std::move(match.parameters);
  admitted.request.query = std::move(head.target.query);
  admitted.request.headers = std::move(head.headers);
  return admitted;
}

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

}  // namespace pursuit::http
