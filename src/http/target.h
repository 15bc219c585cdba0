// http/target.h: the request target, taken apart and decoded strictly. Pure functions, any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"

namespace pursuit::http {

/// Why a request is refused before a handler sees it.
struct Refusal {
  unsigned status = 400;
  std::string detail;
  std::string field;  // the header or query parameter it is about, if one
};

struct Target {
  std::vector<std::string> segments;  // "/" has none, "/a/" has two, the last one empty
  std::vector<NameValue> query;       // in the order of the URL, `+` read as a blank
  bool is_asterisk = false;           // "OPTIONS *"
};

/// Reads origin form ("/path?query"), absolute form ("http://host/path?query") or "*". Refused with
/// 400: what RFC 3986 does not allow, a half percent escape, text that is not UTF-8, control
/// characters in the path, NUL in the query, and segments "." and "..", also as "%2e".
[[nodiscard]] std::expected<Target, Refusal> parse_target(std::string_view text);

/// Refuses query parameters that are not in `allowed`, or there twice; names the parameter.
[[nodiscard]] std::expected<void, Refusal> check_query(const std::vector<NameValue>& query,
                                                       const std::vector<std::string>& allowed);

}  // namespace pursuit::http
