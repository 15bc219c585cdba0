#include "http/ready_routes.h"

#include <utility>

namespace pursuit::http {

void add_ready_routes(Router& router, Metrics& metrics, std::function<Readiness()> readiness) {
  RouteOptions health;
  health.name = "healthz";
  health.run_on = RunOn::kInline;
  health.is_public = true;
  router.add(Method::kGet, "/healthz", std::move(health),
             [](Request&) { return text_response("ok\n"); });

  RouteOptions ready;
  ready.name = "readyz";
  ready.is_public = true;
  router.add(Method::kGet, "/readyz", std::move(ready),
             [readiness = std::move(readiness)](Request&) {
               Readiness now = readiness();
               if (now.is_ready) return text_response("ready\n");
               Response response = problem_response(503, std::move(now.reason));
               response.headers.push_back({"Retry-After", "1"});
               return response;
             });

  RouteOptions text;
  text.name = "metrics";
  text.permission = model::Permission::kMetrics;
  router.add(Method::kGet, "/metrics", std::move(text), [&metrics](Request&) {
    return text_response(metrics.text(), "text/plain; version=0.0.4; charset=utf-8");
  });
}

}  // namespace pursuit::http
