// /api/v1/refresh and /api/v1/runs: the refresh on demand and what it did.
#include <array>

#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/parameters.h"
#include "api/reply.h"

namespace pursuit::api {
namespace {

using report::Json;

constexpr std::array<std::string_view, 4> kRunStatusNames = {"running", "done", "failed",
                                                             "interrupted"};

http::Response refresh(Context& context) {
  if (const auto done = context.service.updater().refresh_now(); !done)
    return http::error_response(done.error());
  const service::RefreshStatus status = context.service.updater().refresh_status();
  return reply({{"as_of", report::instant_json(status.as_of_ms)}, {"took_ms", status.took_ms}});
}

http::Response runs(const http::Request& request, const Context& context) {
  const auto limit = count_of(request, "limit", 50, 1, 1'000);
  if (!limit) return http::error_response(limit.error());
  const auto rows = context.service.store().runs(request.query_value("kind").value_or(""), *limit);
  if (!rows) return http::error_response(rows.error());
  Json items = Json::array();
  for (const store::Run& run : *rows) {
    Json item = {{"id", run.id},
                 {"kind", run.kind},
                 {"as_of", report::instant_json(run.as_of_ms)},
                 {"started_at", report::instant_json(run.started_ms)},
                 {"ended_at", report::instant_json(run.ended_ms.value_or(base::kNoInstant))},
                 {"status", kRunStatusNames[static_cast<std::size_t>(run.status)]},
                 {"message", run.message}};
    item["counts"] = Json::object();
    for (const auto& [name, count] : run.counts) item["counts"][name] = count;
    items.push_back(std::move(item));
  }
  return reply({{"items", std::move(items)}});
}

}  // namespace

void add_operation_routes(http::Router& router, Context& context) {
  router.add(http::Method::kPost, "/api/v1/refresh",
             {.name = "refresh", .query = {}, .permission = model::Permission::kOperate},
             [&context](http::Request&) { return refresh(context); });
  router.add(
      http::Method::kGet, "/api/v1/runs",
      {.name = "runs.read", .query = {"kind", "limit"}, .permission = model::Permission::kOperate},
      [&context](http::Request& request) { return runs(request, context); });
}

}  // namespace pursuit::api
