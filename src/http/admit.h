// http/admit.h: from the head of a request to the route that answers it. Pure functions, any
// thread.
#pragma once

#include <expected>
#include <string_view>

#include "http/head.h"
#include "http/options.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"

namespace pursuit::http {

struct Admitted {
  const Route* route = nullptr;
  Request request;  // without id, peer, time, body, caller
};

/// The problem that tells of a refusal.
[[nodiscard]] Response refusal_response(const Refusal& refusal);

/// Finds the route and checks host, method and query. What no handler sees is answered here: 404,
/// 405 with Allow, 421, 400 for the query, 204 with Allow for OPTIONS. Takes the parts of `head`
/// that make the request.
[[nodiscard]] std::expected<Admitted, Response> admit(Head& head, const Router& router,
                                                      const ServerOptions& options);

/// Whether a client's X-Request-Id is taken over: 1 to 64 letters, digits, '.', '_' and '-'.
[[nodiscard]] bool is_request_id(std::string_view text);

}  // namespace pursuit::http
