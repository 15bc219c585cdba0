// http/metrics.h: counters, gauges and histograms, told in Prometheus' text form. Every function
// may be called from any thread; the references stay good as long as the registry.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace pursuit::http {

class Metrics {
 public:
  /// Label values come from sets that are fixed when the program is built: route names, statuses;
  /// never from what a client sends.
  using Labels = std::map<std::string, std::string>;

  /// The metric of that name and those labels; made on first use. Names follow Prometheus' rules:
  /// `pursuit_http_requests_total`, base units (seconds, bytes) last.
  prometheus::Counter& counter(const std::string& name, const std::string& help,
                               const Labels& labels = {});
  prometheus::Gauge& gauge(const std::string& name, const std::string& help,
                           const Labels& labels = {});
  /// `bounds` are the upper ends of the buckets, ascending.
  prometheus::Histogram& histogram(const std::string& name, const std::string& help,
                                   const std::vector<double>& bounds, const Labels& labels = {});

  /// Calls `refresh` before each text(): for gauges that follow something, such as a queue's
  /// length. What it uses must live as long as the registry.
  void before_text(std::function<void()> refresh);

  /// Everything, as text/plain; version=0.0.4.
  [[nodiscard]] std::string text();

  /// Bounds for durations of requests, seconds.
  [[nodiscard]] static const std::vector<double>& request_seconds();

 private:
  prometheus::Registry registry_;
  std::mutex mutex_;  // guards refreshers_
  std::vector<std::function<void()>> refreshers_;
};

}  // namespace pursuit::http
