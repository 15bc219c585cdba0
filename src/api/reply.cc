#include "api/reply.h"

#include <nlohmann/json.hpp>

namespace pursuit::api {

report::Json frame(const Context& context, const engine::Engine& engine) {
  return {{"as_of", report::instant_json(engine.as_of_ms())},
          {"policy", context.service.policy().hash}};
}

http::Response reply(const report::Json& json) {
  return http::json_text_response(
      json.dump(-1, ' ', false, report::Json::error_handler_t::replace));
}

http::Response reply_with(const Context& context, const http::Request& request,
                          const Answer& answer) {
  const auto view = view_of(context, request);
  if (!view) return http::error_response(view.error());
  const auto filter = filter_of(view->engine(), request);
  if (!filter) return http::error_response(filter.error());
  const auto json = answer(view->engine(), *filter);
  if (!json) return http::error_response(json.error());
  return reply(*json);
}

}  // namespace pursuit::api
