// api/api.h: the HTTP interface of a running service, start here: every route of openapi.yaml, one
// source file per group. A route parses, asks the service or a report, and replies; what a caller
// may see is decided in one place (api/view.h). Handlers run on any thread at once.
#pragma once

#include <memory>
#include <string>

#include "http/event_hub.h"
#include "http/router.h"
#include "service/service.h"

namespace pursuit::api {

/// What the routes work on. Outlives the server.
struct Context {
  service::Service& service;
  std::shared_ptr<http::EventHub> events;
};

/// Adds all routes below /api/v1.
void add_routes(http::Router& router, Context& context);

/// Turns updates of the service into events of the stream: `lead` for each lead that changed,
/// `many` in place of more of them than clients can use, `baseline` after a refresh.
void publish(const service::Service& service, const service::Update& update, http::EventHub& hub);

// One function per source file.
void add_change_routes(http::Router& router, Context& context);
void add_queue_routes(http::Router& router, Context& context);
void add_lead_routes(http::Router& router, Context& context);
void add_stream_routes(http::Router& router, Context& context);
void add_aggregate_routes(http::Router& router, Context& context);
void add_table_routes(http::Router& router, Context& context);
void add_policy_routes(http::Router& router, Context& context);
void add_operation_routes(http::Router& router, Context& context);

}  // namespace pursuit::api
