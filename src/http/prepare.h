// http/prepare.h: a handler's response → what goes on the wire, but for its framing. Pure
// functions, any thread.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "http/request.h"
#include "http/response.h"

namespace pursuit::http {

struct Outgoing {
  unsigned status = 200;
  std::vector<NameValue> headers;  // all but Content-Length, Transfer-Encoding, Connection
  std::variant<std::string, Shared, Producer, EventSubscription> body;
  std::string note;
  [[nodiscard]] bool may_have_body() const { return status != 204 && status != 304; }
};

/// What of the request decides about the response.
struct Asked {
  std::string id;
  bool may_be_304 = false;  // a GET or HEAD
  std::string if_none_match;
  std::string accept_encoding;
  bool is_tls = false;
};
[[nodiscard]] Asked asked_of(const Request& request);

/// Writes out problems, answers 304 where the client has it already, compresses what is worth it,
/// and adds the headers that every response has: Date, request id, security headers, Cache-Control.
[[nodiscard]] Outgoing prepare(Response response, const Asked& asked, base::Millis now_ms);

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
[[nodiscard]] std::string http_date(base::Millis at_ms);

}  // namespace pursuit::http
