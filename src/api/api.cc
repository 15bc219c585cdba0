#include "api/api.h"

namespace pursuit::api {

void add_routes(http::Router& router, Context& context) {
  add_action_routes(router, context);
  add_change_routes(router, context);
  add_import_routes(router, context);
  add_queue_routes(router, context);
  add_lead_routes(router, context);
  add_stream_routes(router, context);
  add_aggregate_routes(router, context);
  add_table_routes(router, context);
  add_export_routes(router, context);
  add_policy_routes(router, context);
  add_operation_routes(router, context);
  add_session_routes(router, context);
  add_provider_routes(router, context);
  add_people_routes(router, context);
  add_person_routes(router, context);
}

}  // namespace pursuit::api
