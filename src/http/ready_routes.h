// http/ready_routes.h: what every server has: /healthz, /readyz, /metrics. The callback is called
// from any thread.
#pragma once

#include <functional>
#include <string>

#include "http/metrics.h"
#include "http/router.h"

namespace pursuit::http {

struct Readiness {
  bool is_ready = true;
  std::string reason;  // why it is not; told to whoever asks
};

/// Adds GET /healthz (200 as long as requests are answered at all), GET /readyz (200, or 503 with
/// the reason) and GET /metrics (Prometheus' text). The first two are public; /metrics asks the
/// Authenticator. `metrics` outlives the router.
void add_ready_routes(Router& router, Metrics& metrics, std::function<Readiness()> readiness);

}  // namespace pursuit::http
