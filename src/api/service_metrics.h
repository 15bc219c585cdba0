// api/service_metrics.h: what the service counts, as Prometheus' metrics. Called once, before the
// server starts.
#pragma once

#include <memory>

#include "http/event_hub.h"
#include "http/metrics.h"
#include "service/service.h"

namespace pursuit::api {

/// Adds the metrics whose names begin with pursuit_store_, pursuit_changes_, pursuit_engine_,
/// pursuit_refresh_, pursuit_replays and pursuit_events_. The service must outlive the registry's
/// last text().
void add_service_metrics(http::Metrics& metrics, service::Service& service,
                         std::shared_ptr<http::EventHub> events);

}  // namespace pursuit::api
