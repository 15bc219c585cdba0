// http/response.h: what a handler answers, and the usual answers ready made. Plain data, owned by
// one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "http/event_hub.h"
#include "http/request.h"

namespace pursuit::http {

/// One field that is not as it must be.
struct FieldError {
  std::string field;
  std::string reason;
};

/// An error as RFC 9457 (application/problem+json) tells it. `instance` is the request id, filled
/// in by the server.
struct Problem {
  std::string type = "about:blank";
  std::string title;   // empty: the usual words for the status
  std::string detail;  // for people; no secrets, no paths of this machine
  std::vector<FieldError> errors;
};

/// Appends the next piece of a streamed body to `out` (tens of kilobytes are a good size) and says
/// whether more follows. Called on a worker thread, again only when the socket took what came
/// before. An error ends the connection without the last chunk, so that the client sees that the
/// body is not whole.
using Producer = std::move_only_function<base::Result<bool>(std::string& out)>;

/// A stream of server-sent events that lasts until one side ends it.
struct EventSubscription {
  std::shared_ptr<EventHub> hub;
  EventFilter filter;  // empty: every event. Called on an io thread: quick, and it does not throw.
};

using Shared = std::shared_ptr<const std::string>;

struct Response {
  unsigned status = 200;
  std::string content_type;
  /// Beside what the server adds; a name set here replaces the server's default of that name.
  std::vector<NameValue> headers;
  std::variant<std::string, Shared, Problem, Producer, EventSubscription> body;
  /// What identifies this content, without quotes; a GET that already has it is answered 304.
  std::string etag;
  bool may_compress = true;
  /// For the log, never sent: what an error of 5xx was really about.
  std::string note;
};

/// The usual words for a status: "Not Found".
[[nodiscard]] std::string_view status_text(unsigned status);

[[nodiscard]] Response json_response(const nlohmann::json& value, unsigned status = 200);
/// `text` is JSON already.
[[nodiscard]] Response json_text_response(std::string text, unsigned status = 200);
[[nodiscard]] Response text_response(std::string text,
                                     std::string content_type = "text/plain; charset=utf-8");
[[nodiscard]] Response empty_response(unsigned status = 204);
[[nodiscard]] Response problem_response(unsigned status, std::string detail,
                                        std::vector<FieldError> errors = {});
/// 429: over a limit that is told in `detail`; when to come again is in Retry-After.
[[nodiscard]] Response over_share_response(std::string detail, std::int64_t retry_after_s);
/// The status of an expected failure: 400 kInvalidInput and kUsage, 422 kInvalidPolicy, 404
/// kNotFound, 409 kConflict, 413 kLimit, 503 kBusy and kStorage (with Retry-After), 507 when a disk
/// is full, else 500. The text of a 5xx goes to the log alone.
[[nodiscard]] Response error_response(const base::Error& error);
[[nodiscard]] unsigned status_of(base::ErrorCode code);
[[nodiscard]] Response stream_response(std::string content_type, Producer producer);
/// Events that `filter` lets through; a client that reconnects goes on where it was.
[[nodiscard]] Response event_response(std::shared_ptr<EventHub> hub, EventFilter filter = {});

}  // namespace pursuit::http
