// http/request.h: a request as a handler sees it: decoded, checked and bounded. Plain data, owned
// by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "http/body_file.h"
#include "http/caller.h"

namespace pursuit::http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };
inline constexpr std::size_t kMethods = 7;

/// "GET" and so on.
[[nodiscard]] std::string_view method_name(Method method);
/// The method of that exact name (methods are case-sensitive), or nothing.
[[nodiscard]] std::optional<Method> method_of(std::string_view name);

struct NameValue {
  std::string name;
  std::string value;
  friend bool operator==(const NameValue&, const NameValue&) = default;
};

struct Request {
  Method method = Method::kGet;         // of the route: HEAD is answered by the route of GET
  std::vector<std::string> segments;    // of the path, percent-decoded: valid UTF-8, no controls
  std::vector<NameValue> parameters;    // what the route's {names} matched
  std::vector<NameValue> query;         // decoded; only names that the route allows, each once
  std::vector<NameValue> headers;       // names in lower case; repeated ones joined by ", "
  std::string body;                     // whole, without transfer coding
  std::shared_ptr<BodyFile> body_file;  // of a route with a body_folder; nothing without a body
  std::string id;                       // X-Request-Id if well formed, else made by the server
  std::string peer_address;             // of the socket, as text without port
  base::Millis received_at_ms = 0;      // when its head was complete
  Caller caller;                        // filled in by the Authenticator
  std::stop_token stop;                 // requested when the server will wait no longer

  /// What `{name}` of the route's pattern matched. A name that the pattern lacks is a bug.
  [[nodiscard]] const std::string& parameter(std::string_view name) const;
  /// The query parameter `name`; nothing when the URL does not have it.
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
  /// The header `lower_case_name`; nothing when it was not sent.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view lower_case_name) const;
  /// The cookie `name`; nothing when it was not sent, or more than once.
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
};

}  // namespace pursuit::http
