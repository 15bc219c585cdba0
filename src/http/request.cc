#include "http/request.h"

#include <algorithm>
#include <array>
#include <expected>

#include "base/assert.h"
#include "http/response.h"

namespace pursuit::http {
namespace {

constexpr std::array<std::string_view, kMethods> kNames = {"GET",   "HEAD",   "POST",   "PUT",
                                                           "PATCH", "DELETE", "OPTIONS"};

std::optional<std::string_view> find(const std::vector<NameValue>& list, std::string_view name) {
  const auto found = std::ranges::find(list, name, &NameValue::name);
  if (found == list.end()) return std::nullopt;
  return found->value;
}

}  // namespace

std::string_view method_name(Method method) { return kNames[static_cast<std::size_t>(method)]; }

std::optional<Method> method_of(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Method>(found - kNames.begin());
}

const std::string& Request::parameter(std::string_view name) const {
  const auto found = std::ranges::find(parameters, name, &NameValue::name);
  PURSUIT_ASSERT(found != parameters.end());
  return found->value;
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  return find(query, name);
}

std::optional<std::string_view> Request::header(std::string_view lower_case_name) const {
  return find(headers, lower_case_name);
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  std::string_view rest = header("cookie").value_or("");
  std::optional<std::string_view> found;
  while (!rest.empty()) {
    // Several Cookie headers were joined by commas, which no cookie of ours has.
    const std::size_t end = rest.find_first_of(";,");
    std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    if (found) return std::nullopt;
    found = pair.substr(equals + 1);
  }
  return found;
}

std::expected<Caller, Response> LocalUser::authenticate(const Request&, const RouteOptions&) {
  Caller caller;
  caller.who = "local";
  caller.scope.everything = true;
  caller.role = model::Role::kAdmin;
  return caller;
}

}  // namespace pursuit::http
