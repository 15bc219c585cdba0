// What is known of one person: POST /api/v1/person/export tells it, /api/v1/person/erase erases it.
// By POST, since a phone or an address in a URL would end in logs.
#include "access/person.h"

#include <utility>

#include "api/api.h"
#include "api/body.h"
#include "api/gate.h"
#include "api/lead_json.h"
#include "api/reply.h"

namespace pursuit::api {
namespace {

constexpr std::size_t kMaxBodyBytes = 16u << 10;

std::expected<access::PersonQuery, http::Response> query_of(const http::Request& request) {
  if (!request.caller.scope.is_whole()) {
    return std::unexpected(
        http::problem_response(403, "this is for callers who may see everything"));
  }
  auto body = Body::of(request);
  if (!body) return std::unexpected(std::move(body.error()));
  const auto lead_id = body->text("lead_id");
  const auto phone = body->text("phone");
  const auto email = body->text("email");
  if (static_cast<int>(lead_id.has_value()) + static_cast<int>(phone.has_value()) +
          static_cast<int>(email.has_value()) !=
      1) {
    body->add_error("lead_id", "give one of lead_id, phone and email");
  }
  access::PersonQuery query{
      .lead_id = lead_id.value_or(""), .phone = phone.value_or(""), .email = email.value_or("")};
  if (auto refused = body->refusal()) return std::unexpected(std::move(*refused));
  return query;
}

http::Response export_person(const http::Request& request, Context& context) {
  auto query = query_of(request);
  if (!query) return std::move(query.error());
  const auto leads =
      access::export_person(context.access, context.service.store(), *query, actor_of(request));
  if (!leads) return http::error_response(leads.error());
  http::Response response = reply(person_json(*leads));
  response.headers.push_back(
      {"Content-Disposition", "attachment; filename=\"pursuit-person.json\""});
  return response;
}

http::Response erase_person(const http::Request& request, Context& context) {
  auto query = query_of(request);
  if (!query) return std::move(query.error());
  const auto leads = access::leads_of_person(context.service.store(), *query);
  if (!leads) return http::error_response(leads.error());
  // The files first: what they are searched for stands in the store.
  imports::ErasedFiles files;
  if (context.imports != nullptr) {
    const auto done = context.imports->erase_person(*leads);
    if (!done) return http::error_response(done.error());
    files = *done;
  }
  const auto erased = access::erase_person(context.access, *leads, actor_of(request));
  if (!erased) return http::error_response(erased.error());
  return reply(erased_json(*erased, files));
}

}  // namespace

void add_person_routes(http::Router& router, Context& context) {
  const auto add = [&](std::string_view path, std::string_view name, auto handler) {
    router.add(http::Method::kPost, path,
               {.name = std::string(name),
                .body_limit_bytes = kMaxBodyBytes,
                .query = {},
                .permission = model::Permission::kErase},
               [&context, handler](http::Request& request) { return handler(request, context); });
  };
  add("/api/v1/person/export", "person.export", export_person);
  add("/api/v1/person/erase", "person.erase", erase_person);
}

}  // namespace pursuit::api
