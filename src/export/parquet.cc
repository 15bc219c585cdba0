#include "export/parquet.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/assert.h"
#include "base/duckdb.h"

namespace pursuit::exporting {

namespace {

constexpr const char* kFunctionName = "pursuit_rows";
using ScalarFunction = base::DuckHandle<duckdb_scalar_function, duckdb_destroy_scalar_function>;

base::DuckType duck_type(ParquetType type) {
  constexpr std::array<duckdb_type, 6> kTypes = {DUCKDB_TYPE_VARCHAR,      DUCKDB_TYPE_DOUBLE,
                                                 DUCKDB_TYPE_BIGINT,       DUCKDB_TYPE_BOOLEAN,
                                                 DUCKDB_TYPE_TIMESTAMP_TZ, DUCKDB_TYPE_DATE};
  return base::DuckType(duckdb_create_logical_type(kTypes[static_cast<std::size_t>(type)]));
}

/// The scalar function: row numbers in, a struct of the table's columns out.
void fill_rows(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const auto& table =
      *static_cast<const ParquetTable*>(duckdb_scalar_function_get_extra_info(info));
  const std::size_t count = duckdb_data_chunk_get_size(input);
  if (count == 0) return;
  const auto* numbers = static_cast<const std::int64_t*>(
      duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 0)));
  const auto begin = static_cast<std::uint64_t>(numbers[0]);
  PURSUIT_ASSERT(static_cast<std::uint64_t>(numbers[count - 1]) == begin + count - 1);
  std::vector<ParquetBatch::Vector> vectors(table.columns.size());
  for (std::size_t c = 0; c < vectors.size(); ++c) {
    const duckdb_vector child = duckdb_struct_vector_get_child(output, c);
    vectors[c] = {duckdb_vector_get_data(child), child};
  }
  ParquetBatch batch(vectors);
  table.fill(begin, count, batch);
}

base::Result<void> register_rows(base::DuckConnection& connection, const ParquetTable& table) {
  std::vector<base::DuckType> owned;
  std::vector<duckdb_logical_type> types;
  std::vector<const char*> names;
  for (const ParquetColumn& column : table.columns) {
    types.push_back(owned.emplace_back(duck_type(column.type)).get());
    names.push_back(column.name.c_str());
  }
  const base::DuckType row(duckdb_create_struct_type(types.data(), names.data(), types.size()));
  const base::DuckType number = duck_type(ParquetType::kInteger);
  const ScalarFunction function(duckdb_create_scalar_function());
  duckdb_scalar_function_set_name(function.get(), kFunctionName);
  duckdb_scalar_function_add_parameter(function.get(), number.get());
  duckdb_scalar_function_set_return_type(function.get(), row.get());
  duckdb_scalar_function_set_volatile(function.get());
  duckdb_scalar_function_set_extra_info(function.get(), const_cast<ParquetTable*>(&table), nullptr);
  duckdb_scalar_function_set_function(function.get(), fill_rows);
  if (duckdb_register_scalar_function(connection.get(), function.get()) != DuckDBSuccess)
    return base::fail(base::ErrorCode::kUsage, "columns that DuckDB cannot write");
  return {};
}

/// Rows come from a table of nothing but row numbers, because a scan of a table knows the order of
/// its parts: the writer then works in parallel and keeps the rows in order, which it does not for
/// a table function (6.7 s against 3.8 s for 14 M rows of 6 columns on two cores).
base::Result<void> copy_rows(base::DuckConnection& connection, const ParquetTable& table,
                             const std::string& path) {
  if (auto done = register_rows(connection, table); !done) return done;
  const std::string numbers =
      "CREATE TABLE numbers AS SELECT true AS x FROM range(" + std::to_string(table.rows) + ")";
  if (auto done = connection.run(numbers); !done) return done;
  return connection.run("COPY (SELECT unnest(r) FROM (SELECT " + std::string(kFunctionName) +
                        "(rowid) AS r FROM numbers)) TO " + base::quote_literal(path) +
                        " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, "
                        "USE_TMP_FILE false)");
}

}  // namespace

void ParquetBatch::set_null(std::size_t column, std::size_t row) {
  const auto vector = static_cast<duckdb_vector>(vectors_[column].handle);
  duckdb_vector_ensure_validity_writable(vector);
  duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

void ParquetBatch::copy_long_text(std::size_t column, std::size_t row, std::string_view text) {
  duckdb_unsafe_vector_assign_string_element_len(
      static_cast<duckdb_vector>(vectors_[column].handle), row, text.data(), text.size());
}

base::Result<std::uint64_t> write_parquet(const std::string& path, const ParquetTable& table,
                                          unsigned threads) {
  std::error_code error;
  const std::string absolute = std::filesystem::absolute(path, error).string();
  const std::vector<std::string> paths = {absolute + ".tmp"};
  const auto write = [&]() -> base::Result<void> {
    auto database = base::DuckDatabase::open({.threads = threads, .paths = paths});
    if (!database) return std::unexpected(std::move(database.error()));
    auto connection = database->connect();
    if (!connection) return std::unexpected(std::move(connection.error()));
    return copy_rows(*connection, table, paths.front());
  };
  if (auto written = write(); !written) {
    std::filesystem::remove(paths.front(), error);
    written.error().where = path;
    return std::unexpected(std::move(written.error()));
  }
  std::filesystem::rename(paths.front(), absolute, error);
  if (error) return base::fail(base::ErrorCode::kIo, error.message(), path);
  const std::uintmax_t bytes = std::filesystem::file_size(absolute, error);
  if (error) return base::fail(base::ErrorCode::kIo, error.message(), path);
  return bytes;
}

}  // namespace pursuit::exporting
