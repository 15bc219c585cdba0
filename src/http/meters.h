// http/meters.h: what the server counts about itself, looked up once. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "http/metrics.h"
#include "http/router.h"

namespace pursuit::http {

class Meters {
 public:
  Meters(Metrics& metrics, const Router& router);

  /// Counts a request that was answered; `route` is null when none was found. Streams of events
  /// (`timed` false) do not go into the durations.
  void answered(const Route* route, unsigned status, double seconds, bool timed);

  prometheus::Gauge& connections;
  prometheus::Gauge& streams;
  prometheus::Gauge& worker_queue;
  prometheus::Gauge& body_bytes;
  prometheus::Counter& refused_total;    // connections over the limit of all
  prometheus::Counter& refused_address;  // over the limit of one address
  prometheus::Counter& over_in_flight;   // requests over an account's share
  prometheus::Counter& over_rate;
  prometheus::Counter& over_token_rate;
  prometheus::Counter& over_address_rate;
  prometheus::Counter& bytes_in;
  prometheus::Counter& bytes_out;

 private:
  struct PerRoute {
    std::array<prometheus::Counter*, 6> by_class;  // [2]: "2xx"; [0] unused
    prometheus::Histogram* seconds;
  };
  [[nodiscard]] static PerRoute per_route(Metrics& metrics, const std::string& name);

  std::vector<PerRoute> routes_;  // by Route::index, "none" last
};

}  // namespace pursuit::http
