// http/exchange.h: one request and its answer while they are under way. Owned by the connection; a
// worker has it while a job runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "http/connection.h"
#include "http/prepare.h"
#include "http/router.h"

namespace pursuit::http {

struct Connection::Exchange {
  std::int64_t started_ns = 0;
  base::Millis at_ms = 0;
  std::string method;  // as sent
  Asked asked;
  const Route* route = nullptr;
  Request request;
  bool has_body = false;
  bool is_chunked = false;
  std::uint64_t content_length = 0;
  bool expects_continue = false;
  bool http_1_0 = false;
  bool keep_alive = true;
  bool is_authenticated = false;
  CallerShares::Place place;  // among the caller's requests
  bool is_settled = false;    // `out` is what will be sent
  Outgoing out;
  std::size_t bytes_in = 0;
  std::size_t bytes_out = 0;
  std::size_t body_bytes = 0;  // counted in Core::body_bytes
};

struct Connection::HeadRead {
  bool is_closed = false;
  std::size_t bytes = 0;
  std::optional<Refusal> refusal;
};

}  // namespace pursuit::http
