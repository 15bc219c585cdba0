#include "base/duckdb.h"

#include <array>
#include <string>
#include <utility>

namespace pursuit::base {

namespace {

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

/// DuckDB's messages begin with their kind and may go on for lines with hints; the first line says
/// what is wrong.
Error error_of(const char* message) {
  const std::string_view text = message == nullptr ? "unknown error of DuckDB" : message;
  const ErrorCode code = text.starts_with("IO Error") || text.starts_with("Permission Error")
                             ? ErrorCode::kIo
                         : text.starts_with("Out of Memory") ? ErrorCode::kLimit
                                                             : ErrorCode::kInvalidInput;
  return Error{code, std::string(text.substr(0, text.find('\n'))), {}};
}

using DuckConfig = DuckHandle<duckdb_config, duckdb_destroy_config>;
using DuckStatement = DuckHandle<duckdb_prepared_statement, duckdb_destroy_prepare>;
using DuckPending = DuckHandle<duckdb_pending_result, duckdb_destroy_pending>;

std::string path_list(std::span<const std::string> paths) {
  std::string list = "[";
  for (const std::string& path : paths) {
    if (list.size() > 1) list += ", ";
    list += quote_literal(path);
  }
  return list + "]";
}

}  // namespace

std::string quote_identifier(std::string_view name) { return quoted(name, '"'); }
std::string quote_literal(std::string_view text) { return quoted(text, '\''); }

DuckResult::DuckResult(DuckResult&& other) noexcept
    : result_(std::exchange(other.result_, duckdb_result{})) {}

DuckResult::~DuckResult() { duckdb_destroy_result(&result_); }

std::string_view DuckResult::name(std::size_t column) {
  const char* name = duckdb_column_name(&result_, column);
  return name == nullptr ? std::string_view() : name;
}

Result<std::optional<DuckChunk>> DuckResult::fetch() {
  const duckdb_data_chunk chunk = duckdb_fetch_chunk(result_);
  if (chunk != nullptr) return DuckChunk(chunk);
  const char* message = duckdb_result_error(&result_);
  if (message != nullptr && *message != '\0') return std::unexpected(error_of(message));
  return std::nullopt;
}

Result<void> DuckConnection::run(const std::string& sql) {
  DuckResult result;
  if (duckdb_query(connection_.get(), sql.c_str(), &result.result_) != DuckDBSuccess)
    return std::unexpected(error_of(duckdb_result_error(&result.result_)));
  return {};
}

Result<DuckResult> DuckConnection::query(const std::string& sql) {
  DuckStatement statement;
  if (duckdb_prepare(connection_.get(), sql.c_str(), statement.out()) != DuckDBSuccess)
    return std::unexpected(error_of(duckdb_prepare_error(statement.get())));
  DuckPending pending;
  if (duckdb_pending_prepared_streaming(statement.get(), pending.out()) != DuckDBSuccess)
    return std::unexpected(error_of(duckdb_pending_error(pending.get())));
  DuckResult result;
  if (duckdb_execute_pending(pending.get(), &result.result_) != DuckDBSuccess) {
    const char* message = duckdb_result_error(&result.result_);
    return std::unexpected(
        error_of(message != nullptr ? message : duckdb_pending_error(pending.get())));
  }
  return result;
}

Result<DuckDatabase> DuckDatabase::open(const DuckOptions& options) {
  DuckConfig config;
  if (duckdb_create_config(config.out()) != DuckDBSuccess)
    return fail(ErrorCode::kLimit, "DuckDB has no memory for its configuration");
  const std::string threads = std::to_string(options.threads == 0 ? 1 : options.threads);
  const std::string memory = std::to_string(options.memory_limit_bytes >> 20) + "MiB";
  const std::array<std::pair<const char*, const char*>, 6> settings = {{
      {"threads", threads.c_str()},
      {"memory_limit", memory.c_str()},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      {"temp_directory", ""},
  }};
  for (const auto& [name, value] : settings) {
    if (duckdb_set_config(config.get(), name, value) != DuckDBSuccess)
      return fail(ErrorCode::kUsage, std::string("DuckDB does not know the setting ") + name);
  }
  DuckDatabase database;
  char* message = nullptr;
  if (duckdb_open_ext(nullptr, database.database_.out(), config.get(), &message) != DuckDBSuccess) {
    Error error = error_of(message);
    duckdb_free(message);
    return std::unexpected(std::move(error));
  }
  auto connection = database.connect();
  if (!connection) return std::unexpected(std::move(connection.error()));
  const std::string allow = "SET allowed_paths = " + path_list(options.paths);
  for (const std::string& sql : {allow, std::string("SET enable_external_access = false"),
                                 std::string("SET parquet_metadata_cache = true"),
                                 std::string("SET lock_configuration = true")}) {
    if (auto done = connection->run(sql); !done) return std::unexpected(std::move(done.error()));
  }
  return database;
}

Result<DuckConnection> DuckDatabase::connect() const {
  DuckConnection connection;
  if (duckdb_connect(database_.get(), connection.connection_.out()) != DuckDBSuccess)
    return fail(ErrorCode::kLimit, "DuckDB cannot open a connection");
  return connection;
}

}  // namespace pursuit::base
