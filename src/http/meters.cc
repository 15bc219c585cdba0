#include "http/meters.h"

#include <algorithm>

namespace pursuit::http {
namespace {

prometheus::Counter& refused(Metrics& metrics, const char* limit) {
  return metrics.counter("pursuit_http_connections_refused_total",
                         "Connections refused because of a limit", {{"limit", limit}});
}

prometheus::Counter& over_share(Metrics& metrics, const char* limit) {
  return metrics.counter("pursuit_http_requests_over_share_total",
                         "Requests refused because their caller had too many", {{"limit", limit}});
}

}  // namespace

Meters::Meters(Metrics& metrics, const Router& router)
    : connections(metrics.gauge("pursuit_http_connections", "Open connections")),
      streams(metrics.gauge("pursuit_http_streams", "Open streams of events")),
      worker_queue(metrics.gauge("pursuit_http_worker_queue", "Requests that wait for a worker")),
      body_bytes(metrics.gauge("pursuit_http_body_bytes", "Request bodies in memory")),
      refused_total(refused(metrics, "all")),
      refused_address(refused(metrics, "address")),
      over_in_flight(over_share(metrics, "in_flight")),
      over_rate(over_share(metrics, "rate")),
      over_token_rate(over_share(metrics, "token_rate")),
      over_address_rate(over_share(metrics, "address_rate")),
      bytes_in(metrics.counter("pursuit_http_received_bytes_total", "Bytes of requests")),
      bytes_out(metrics.counter("pursuit_http_sent_bytes_total", "Bytes of responses")) {
  for (const auto& route : router.routes()) {
    routes_.push_back(per_route(metrics, route->options.name));
  }
  routes_.push_back(per_route(metrics, "none"));
}

Meters::PerRoute Meters::per_route(Metrics& metrics, const std::string& name) {
  PerRoute meters{};
  for (std::size_t i = 1; i < meters.by_class.size(); ++i) {
    meters.by_class[i] =
        &metrics.counter("pursuit_http_requests_total", "Requests answered, by route and status",
                         {{"route", name}, {"status", std::to_string(i) + "xx"}});
  }
  meters.seconds = &metrics.histogram("pursuit_http_request_seconds",
                                      "From the end of the headers to the end of the answer",
                                      Metrics::request_seconds(), {{"route", name}});
  return meters;
}

void Meters::answered(const Route* route, unsigned status, double seconds, bool timed) {
  const PerRoute& meters = route == nullptr ? routes_.back() : routes_[route->index];
  meters.by_class[std::clamp(status / 100, 1u, 5u)]->Increment();
  if (timed) meters.seconds->Observe(seconds);
}

}  // namespace pursuit::http
