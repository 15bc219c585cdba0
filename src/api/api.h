// api/api.h: the HTTP interface of a running service, start here: every route of openapi.yaml, one
// source file per group. A route parses, asks the service or a report, and replies; what a caller
// may see is decided in one place (api/view.h). Handlers run on any thread at once.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "access/access.h"
#include "access/watcher.h"
#include "http/event_hub.h"
#include "http/router.h"
#include "imports/imports.h"
#include "oidc/client.h"
#include "service/service.h"

namespace pursuit::api {

/// What exports may take.
struct ExportLimits {
  std::size_t running = 2;             // at once, of those that hold a copy or write a file; 503
  std::size_t rows_in_memory = 5'000;  // over them a live export is made of a copy of the engine
  std::size_t sheet_rows = 1'048'575;  // of an XLSX file; 422
  std::string scratch;                 // a folder for files on their way; empty: the system's
};

/// What the routes work on. Outlives the server.
struct Context {
  service::Service& service;
  std::shared_ptr<http::EventHub> events;
  access::Access& access;
  /// Of who opened something that lasts; null: everybody goes on.
  access::Watcher* watcher = nullptr;
  bool open_access = false;  // everybody is the local admin
  ExportLimits exports;
  imports::Imports* imports = nullptr;  // nothing: the server takes no files in
  oidc::Client* oidc = nullptr;         // nothing: people sign in here alone
  std::string oidc_label;               // what people know the provider as
};

/// Adds all routes below /api/v1.
void add_routes(http::Router& router, Context& context);

/// Turns a move of an import into an event of the stream: `import`.
void publish(const imports::ImportView& view, http::EventHub& hub);

// One function per source file.
void add_action_routes(http::Router& router, Context& context);
void add_change_routes(http::Router& router, Context& context);
void add_import_routes(http::Router& router, Context& context);
void add_queue_routes(http::Router& router, Context& context);
void add_lead_routes(http::Router& router, Context& context);
void add_stream_routes(http::Router& router, Context& context);
void add_aggregate_routes(http::Router& router, Context& context);
void add_table_routes(http::Router& router, Context& context);
void add_policy_routes(http::Router& router, Context& context);
void add_export_routes(http::Router& router, Context& context);
void add_operation_routes(http::Router& router, Context& context);
void add_session_routes(http::Router& router, Context& context);
void add_provider_routes(http::Router& router, Context& context);
/// Where a browser signs out at the identity provider.
inline constexpr std::string_view kProviderSignOut = "/api/v1/session/oidc/sign-out";
void add_people_routes(http::Router& router, Context& context);
void add_person_routes(http::Router& router, Context& context);

}  // namespace pursuit::api
