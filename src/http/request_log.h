// http/request_log.h: one JSON line per request, without what could be secret: no path, no query,
// no headers, no body. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <spdlog/logger.h>

#include "base/time.h"

namespace pursuit::http {

struct RequestRecord {
  base::Millis at_ms = 0;  // when the request's head was complete
  std::string_view id;
  std::string_view method;
  std::string_view route;  // its name; "none" when no route was found
  unsigned status = 0;
  std::size_t bytes_in = 0;   // of the head and the body
  std::size_t bytes_out = 0;  // on the wire
  std::int64_t duration_ns = 0;
  std::string_view caller;
  std::string_view note;  // what an error was really about
};

/// {"at":…,"level":…,"event":"request","id":…,"method":…,"route":…,"status":…,"bytes_in":…,
/// "bytes_out":…,"ms":…,"caller":…}; with "note" when there is one. 5xx is logged as an error.
[[nodiscard]] std::string request_line(const RequestRecord& record);

/// Logs request_line; the logger's pattern should be "%v" alone, as the line has time and level.
void log_request(spdlog::logger& log, const RequestRecord& record);

}  // namespace pursuit::http
