// POST /api/v1/changes: rows in, one result per row out, acknowledged once they are durable.
#include <array>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/write_scope.h"
#include "ingest/entry_json.h"
#include "report/json_values.h"
#include "store/store.h"

namespace pursuit::api {
namespace {

using report::Json;

constexpr std::string_view kOwnSources = "pursuit:";  // names what is made here
constexpr std::size_t kMaxRows = 10'000;
constexpr std::size_t kMaxBodyBytes = 32u << 20;
constexpr std::array<std::string_view, 5> kStatusNames = {"applied", "repeated", "conflict",
                                                          "unknown_lead", "invalid"};

constexpr std::size_t kUnknownLead = 3;

/// The rows of a body: entries, and an error for each line that is none.
struct Rows {
  std::vector<model::Entry> entries;
  std::vector<std::size_t> line_of_entry;
  std::vector<Json> results;  // by row; null until it is known
  std::uint64_t unseen = 0;   // entries that were taken out again: not of the caller's leads
};

std::optional<ingest::EntryError> error_of(const model::Entry& entry,
                                           const model::FunnelPolicy& funnel) {
  if (entry.source.starts_with(kOwnSources)) {
    return ingest::EntryError{.field = "source", .reason = "a name that is kept for this program"};
  }
  const auto* event = std::get_if<model::EventRow>(&entry.row);
  if (event == nullptr || funnel.code_of(event->stage)) return std::nullopt;
  return ingest::EntryError{.field = "stage", .reason = "not a stage of the policy"};
}

Json invalid(const ingest::EntryError& error) {
  Json json = {{"status", "invalid"}};
  if (!error.field.empty()) json["field"] = error.field;
  json["reason"] = error.reason;
  return json;
}

/// Nothing when there are too many.
std::optional<Rows> read_rows(std::string_view body, std::string_view source,
                              const model::FunnelPolicy& funnel) {
  Rows rows;
  ingest::EntryReader reader;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    std::string_view line = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    if (rows.results.size() == kMaxRows) return std::nullopt;
    auto entry = reader.read(line, source);
    auto error = entry ? error_of(*entry, funnel) : std::optional(entry.error());
    if (error) {
      rows.results.push_back(invalid(*error));
      continue;
    }
    // A row without a name of its own is named by its content.
    if (entry->source_key.empty()) entry->source_key = store::content_key(entry->row);
    rows.line_of_entry.push_back(rows.results.size());
    rows.results.emplace_back();
    rows.entries.push_back(std::move(*entry));
  }
  return rows;
}

Json result_json(const store::AppendResult& result) {
  Json json = {{"status", kStatusNames[static_cast<std::size_t>(result.status)]}};
  if (result.seq > 0) json["seq"] = result.seq;
  if (!result.reason.empty()) json["reason"] = result.reason;
  return json;
}

/// Takes out the entries of leads that the caller may not see, so that nothing of them is written,
/// and answers them as those of a lead that is not there.
base::Result<void> drop_unseen(Rows& rows, const Context& context, const http::Caller& caller) {
  if (caller.scope.is_whole()) return {};
  WriteScope scope(context.service, caller.scope);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.entries.size(); ++i) {
    const auto allowed = scope.allows(rows.entries[i].row);
    if (!allowed) return std::unexpected(allowed.error());
    if (*allowed) {
      if (kept != i) {
        rows.entries[kept] = std::move(rows.entries[i]);
        rows.line_of_entry[kept] = rows.line_of_entry[i];
      }
      ++kept;
      continue;
    }
    rows.results[rows.line_of_entry[i]] = {{"status", kStatusNames[kUnknownLead]},
                                           {"reason", "there is no such lead"}};
    ++rows.unseen;
  }
  rows.entries.resize(kept);
  rows.line_of_entry.resize(kept);
  return {};
}

http::Response post_changes(http::Request& request, Context& context) {
  const auto type = request.header("content-type").value_or("application/x-ndjson");
  if (!type.starts_with("application/x-ndjson") && !type.starts_with("application/jsonl") &&
      !type.starts_with("application/json")) {
    return http::problem_response(415, "send JSON lines as application/x-ndjson",
                                  {{.field = "Content-Type", .reason = "not JSON lines"}});
  }
  const std::string_view source = request.query_value("source").value_or("");
  if (source.size() > ingest::kMaxSourceBytes) {
    return http::error_response(
        {base::ErrorCode::kInvalidInput,
         "longer than " + std::to_string(ingest::kMaxSourceBytes) + " bytes", "source"});
  }
  const auto wait = request.query_value("wait");
  if (wait && wait != "visible")
    return http::error_response({base::ErrorCode::kInvalidInput, "not \"visible\"", "wait"});
  auto rows = [&] {
    const auto view = context.service.live();
    return read_rows(request.body, source, view->policy().funnel);
  }();
  if (!rows) {
    return http::problem_response(413,
                                  "more than " + std::to_string(kMaxRows) + " rows in a request");
  }
  if (const auto kept = drop_unseen(*rows, context, request.caller); !kept)
    return http::error_response(kept.error());
  std::array<std::uint64_t, kStatusNames.size()> counts{};
  counts[kUnknownLead] = rows->unseen;
  std::int64_t last_seq = 0;
  if (!rows->entries.empty()) {
    const auto results = context.service.committer().commit(std::move(rows->entries));
    if (!results) return http::error_response(results.error());
    for (std::size_t i = 0; i < results->size(); ++i) {
      rows->results[rows->line_of_entry[i]] = result_json((*results)[i]);
      ++counts[static_cast<std::size_t>((*results)[i].status)];
      last_seq = std::max(last_seq, (*results)[i].seq);
    }
  }
  counts.back() += rows->results.size() - rows->line_of_entry.size() - rows->unseen;
  if (wait && last_seq > 0) context.service.updater().wait_for(last_seq);
  Json json;
  json["rows"] = rows->results.size();
  for (std::size_t s = 0; s < counts.size(); ++s) json[std::string(kStatusNames[s])] = counts[s];
  if (last_seq > 0) json["last_seq"] = last_seq;
  json["results"] = std::move(rows->results);
  return http::json_text_response(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

void add_change_routes(http::Router& router, Context& context) {
  router.add(http::Method::kPost, "/api/v1/changes",
             {.name = "changes.write",
              .body_limit_bytes = kMaxBodyBytes,
              .query = {"source", "wait"},
              .permission = model::Permission::kWriteRows},
             [&context](http::Request& request) { return post_changes(request, context); });
}

}  // namespace pursuit::api
