// /api/v1/imports: files in. For callers who may see everything: what a file brings may be
// anyone's.
#include "imports/imports.h"

#include <array>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/import_json.h"
#include "api/parameters.h"
#include "api/reply.h"
#include "model/policy_toml.h"

namespace pursuit::api {
namespace {

using report::Json;

constexpr std::size_t kMaxMappingBytes = 1u << 20;
constexpr std::size_t kMaxNameBytes = 200;

std::optional<http::Response> turned_away(const http::Request& request) {
  if (request.caller.scope.is_whole()) return std::nullopt;
  return http::problem_response(403, "imports are for callers who may see everything");
}

base::Result<std::int64_t> id_of(const http::Request& request) {
  if (const auto id = path_number(request, "import_id")) return *id;
  return base::fail(base::ErrorCode::kNotFound,
                    "there is no import '" + request.parameter("import_id") + "'", "import_id");
}

base::Result<std::optional<ingest::FileKind>> kind_of(const http::Request& request) {
  const auto text = request.query_value("kind");
  if (!text) return std::nullopt;
  const auto kind = imports::kind_of(std::string(*text));
  if (!kind) return std::unexpected(kind.error());
  return *kind;
}

http::Response answer(const base::Result<imports::ImportView>& view, unsigned status = 200) {
  if (!view) return http::error_response(view.error());
  http::Response response = reply(import_json(*view));
  response.status = status;
  return response;
}

/// Adds the file that a request carries, or names, to an import.
base::Result<imports::ImportView> add_file(imports::Imports& imports, const http::Request& request,
                                           std::int64_t id) {
  const auto kind = kind_of(request);
  if (!kind) return std::unexpected(kind.error());
  const auto path = request.query_value("path");
  const bool sent = request.body_file != nullptr && request.body_file->size() > 0;
  if (path && sent) {
    return base::fail(base::ErrorCode::kInvalidInput, "a file is sent as well", "path");
  }
  if (path) return imports.add_server_file(id, std::string(*path), *kind);
  if (!sent) return base::fail(base::ErrorCode::kInvalidInput, "no file is sent or named", "path");
  const auto name = request.query_value("name").value_or("file");
  return imports.add_file(id, request.body_file->path(), std::string(name), *kind);
}

base::Result<void> check_name(const http::Request& request) {
  const auto name = request.query_value("name");
  if (name && (name->empty() || name->size() > kMaxNameBytes)) {
    return base::fail(base::ErrorCode::kInvalidInput,
                      "not 1 to " + std::to_string(kMaxNameBytes) + " bytes", "name");
  }
  return {};
}

http::Response create(http::Request& request, Context& context) {
  if (auto away = turned_away(request)) return std::move(*away);
  if (const auto named = check_name(request); !named) return http::error_response(named.error());
  if (const auto kind = kind_of(request); !kind) return http::error_response(kind.error());
  const auto name =
      request.query_value("name").value_or(request.query_value("path").value_or("import"));
  const bool sent = request.body_file != nullptr && request.body_file->size() > 0;
  auto view = context.imports->create(std::string(name), request.caller.who);
  if (view && (sent || request.query_value("path"))) {
    const std::int64_t id = view->job.id;
    auto added = add_file(*context.imports, request, id);
    // Without its file it is of no use to anybody.
    if (!added) context.imports->discard(id);
    view = std::move(added);
  }
  return answer(view, 201);
}

http::Response list(const http::Request& request, const Context& context) {
  if (auto away = turned_away(request)) return std::move(*away);
  const auto limit = count_of(request, "limit", 50, 1, 1'000);
  if (!limit) return http::error_response(limit.error());
  const auto views = context.imports->list(*limit);
  if (!views) return http::error_response(views.error());
  return reply(imports_json(*views));
}

http::Response guess(const http::Request& request, const Context& context) {
  const auto id = id_of(request);
  if (!id) return http::error_response(id.error());
  const auto view = context.imports->get(*id);
  if (!view) return http::error_response(view.error());
  const auto guesses = context.imports->guesses(*id);
  if (!guesses) return http::error_response(guesses.error());
  const model::FunnelPolicy funnel = context.service.live()->policy().funnel;
  return reply(guess_json(*view, *guesses, imports::mapping_text(*guesses, funnel)));
}

/// Kinds by file name, mapping and source of a PUT.
struct MappingRequest {
  std::string mapping;
  std::string source;
  std::map<std::string, ingest::FileKind> kinds;
  std::string save_as;
};

base::Result<MappingRequest> read_mapping(const Context& context, std::string_view body) {
  const Json json = Json::parse(body, nullptr, false);
  const auto wrong = [](std::string_view member, std::string reason) {
    return base::fail(base::ErrorCode::kInvalidInput, std::move(reason), std::string(member));
  };
  if (!json.is_object()) return wrong("", "not a JSON object");
  MappingRequest out;
  for (const auto& [name, value] : json.items()) {
    if (name == "kinds" && value.is_object()) {
      for (const auto& [file, kind] : value.items()) {
        if (!kind.is_string()) return wrong("kinds", "holds what is no kind");
        const auto known = imports::kind_of(kind.get<std::string>());
        if (!known) return std::unexpected(known.error());
        out.kinds[file] = *known;
      }
    } else if (!value.is_string()) {
      return wrong(name, "not what such a member holds");
    } else if (name == "mapping") {
      out.mapping = value.get<std::string>();
    } else if (name == "source") {
      out.source = value.get<std::string>();
      if (out.source.size() > 256 || out.source.contains('\0') ||
          out.source.starts_with("pursuit:") || out.source.starts_with("file:")) {
        return wrong(name, "longer than 256 bytes, with a NUL, or kept for this program");
      }
    } else if (name == "save_as") {
      out.save_as = value.get<std::string>();
      if (out.save_as.empty() || out.save_as.size() > kMaxNameBytes || out.save_as.contains('\0')) {
        return wrong(name, "not 1 to 200 bytes without NUL");
      }
    } else if (name == "saved") {
      const auto saved = context.imports->saved_mapping(value.get<std::string>());
      if (!saved) return std::unexpected(saved.error());
      out.mapping = saved->text;
    } else {
      return wrong(name, "not a member of a mapping");
    }
  }
  return out;
}

http::Response put_mapping(http::Request& request, Context& context) {
  const auto id = id_of(request);
  if (!id) return http::error_response(id.error());
  const auto wish = read_mapping(context, request.body);
  if (!wish) return http::error_response(wish.error());
  auto view = context.imports->set_mapping(*id, wish->mapping, wish->kinds, wish->source);
  if (view && !wish->save_as.empty()) {
    const auto saved = context.imports->save_mapping(
        {.name = wish->save_as, .text = wish->mapping, .author = request.caller.who});
    if (!saved) return http::error_response(saved.error());
  }
  return answer(view);
}

http::Response mappings(const Context& context) {
  const auto saved = context.imports->saved_mappings();
  if (!saved) return http::error_response(saved.error());
  Json items = Json::array();
  for (const store::SavedMapping& mapping : *saved) {
    items.push_back({{"name", mapping.name},
                     {"mapping", mapping.text},
                     {"author", mapping.author},
                     {"at", report::instant_json(mapping.at_ms)}});
  }
  return reply({{"items", std::move(items)}});
}

http::Response dry_run(const http::Request& request, const Context& context) {
  const auto id = id_of(request);
  if (!id) return http::error_response(id.error());
  const auto runs = context.imports->dry_run(*id, request.stop);
  if (!runs) return http::error_response(runs.error());
  return reply(dry_run_json(*runs));
}

http::Response rejects(const http::Request& request, const Context& context) {
  const auto id = id_of(request);
  if (!id) return http::error_response(id.error());
  const auto path = context.imports->rejects_path(*id);
  if (!path) return http::error_response(path.error());
  auto file = std::make_shared<std::ifstream>(*path, std::ios::binary);
  if (!*file) return http::problem_response(404, "the file of rejects is gone");
  http::Response response = http::stream_response(
      "text/csv; charset=utf-8", [file](std::string& out) -> base::Result<bool> {
        constexpr std::size_t kBlock = 64u << 10;
        const std::size_t before = out.size();
        out.resize(before + kBlock);
        file->read(out.data() + before, kBlock);
        out.resize(before + static_cast<std::size_t>(file->gcount()));
        if (file->bad()) return base::fail(base::ErrorCode::kIo, "the rejects cannot be read");
        return !file->eof();
      });
  response.headers.push_back(
      {"Content-Disposition", "attachment; filename=\"rejects-" + std::to_string(*id) + ".csv\""});
  return response;
}

using Step = base::Result<imports::ImportView> (imports::Imports::*)(std::int64_t);

}  // namespace

void publish(const imports::ImportView& view, http::EventHub& hub) {
  hub.publish("import", import_json(view).dump(-1, ' ', false, Json::error_handler_t::replace),
              {{.name = "audience", .value = "whole"}});
}

void add_import_routes(http::Router& router, Context& context) {
  if (context.imports == nullptr) return;
  using http::Method;
  const auto add = [&](Method method, std::string_view path, http::RouteOptions options,
                       auto handler) {
    options.permission = model::Permission::kImport;
    router.add(method, path, std::move(options), [&context, handler](http::Request& request) {
      if (auto away = turned_away(request)) return std::move(*away);
      return handler(request, context);
    });
  };
  const auto step = [&](std::string_view path, const std::string& name, Step member) {
    add(Method::kPost, path, {.name = name, .query = {}},
        [member](http::Request& request, Context& c) {
          const auto id = id_of(request);
          if (!id) return http::error_response(id.error());
          return answer(((*c.imports).*member)(*id), 202);
        });
  };
  const imports::ImportsOptions& options = context.imports->options();
  const http::RouteOptions upload = {
      .name = "imports.create",
      .body_limit_bytes = static_cast<std::size_t>(options.max_file_bytes),
      .body_folder = options.folder,
      .query = {"name", "kind", "path"}};
  http::RouteOptions more = upload;
  more.name = "imports.files.add";
  add(Method::kPost, "/api/v1/imports", upload, create);
  add(Method::kGet, "/api/v1/imports", {.name = "imports.list", .query = {"limit"}}, list);
  add(Method::kGet, "/api/v1/imports/mappings", {.name = "imports.mappings", .query = {}},
      [](http::Request&, Context& c) { return mappings(c); });
  add(Method::kGet, "/api/v1/imports/{import_id}", {.name = "imports.read", .query = {}},
      [](http::Request& request, Context& c) {
        const auto id = id_of(request);
        return id ? answer(c.imports->get(*id)) : http::error_response(id.error());
      });
  add(Method::kPost, "/api/v1/imports/{import_id}/files", more,
      [](http::Request& request, Context& c) {
        if (const auto named = check_name(request); !named)
          return http::error_response(named.error());
        const auto id = id_of(request);
        if (!id) return http::error_response(id.error());
        return answer(add_file(*c.imports, request, *id), 201);
      });
  add(Method::kPost, "/api/v1/imports/{import_id}/guess", {.name = "imports.guess", .query = {}},
      guess);
  add(Method::kPut, "/api/v1/imports/{import_id}/mapping",
      {.name = "imports.mapping.write", .body_limit_bytes = kMaxMappingBytes, .query = {}},
      put_mapping);
  add(Method::kPost, "/api/v1/imports/{import_id}/dry-run",
      {.name = "imports.dry_run", .query = {}}, dry_run);
  add(Method::kGet, "/api/v1/imports/{import_id}/rejects.csv",
      {.name = "imports.rejects", .query = {}}, rejects);
  step("/api/v1/imports/{import_id}/run", "imports.run", &imports::Imports::run);
  step("/api/v1/imports/{import_id}/cancel", "imports.cancel", &imports::Imports::cancel);
  step("/api/v1/imports/{import_id}/undo", "imports.undo", &imports::Imports::undo);
}

}  // namespace pursuit::api
