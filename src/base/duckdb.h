// base/duckdb.h: DuckDB's C API with owners instead of pointers to free, and errors as Result. A
// Database is shared by threads; a Connection, its results and chunks belong to one at a time.
// Linked, not opened at run time: loading the library costs a program about 8 ms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <duckdb.h>

#include "base/error.h"

namespace pursuit::base {

/// An identifier for SQL: in double quotes, those in it doubled.
[[nodiscard]] std::string quote_identifier(std::string_view name);
/// A string literal for SQL: in single quotes, those in it doubled.
[[nodiscard]] std::string quote_literal(std::string_view text);

/// Owns a handle of the C API; `Destroy` takes its address.
template <class Handle, auto Destroy>
class DuckHandle {
 public:
  DuckHandle() = default;
  explicit DuckHandle(Handle handle) : handle_(handle) {}
  DuckHandle(DuckHandle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  DuckHandle& operator=(DuckHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  DuckHandle(const DuckHandle&) = delete;
  DuckHandle& operator=(const DuckHandle&) = delete;
  ~DuckHandle() {
    if (handle_ != nullptr) Destroy(&handle_);
  }

  [[nodiscard]] Handle get() const { return handle_; }
  /// For functions that fill in the handle.
  [[nodiscard]] Handle* out() { return &handle_; }

 private:
  Handle handle_ = nullptr;
};

using DuckType = DuckHandle<duckdb_logical_type, duckdb_destroy_logical_type>;

/// Up to duckdb_vector_size() rows of a result.
class DuckChunk {
 public:
  explicit DuckChunk(duckdb_data_chunk chunk) : chunk_(chunk) {}
  [[nodiscard]] std::size_t rows() const { return duckdb_data_chunk_get_size(chunk_.get()); }
  /// The values of a column of the C type that belongs to its type; those of absent rows mean
  /// nothing.
  template <class T>
  [[nodiscard]] const T* values(std::size_t column) const {
    return static_cast<const T*>(duckdb_vector_get_data(vector(column)));
  }
  /// Bit i of word i / 64 says that row i is there; null when all are.
  [[nodiscard]] const std::uint64_t* validity(std::size_t column) const {
    return duckdb_vector_get_validity(vector(column));
  }

 private:
  [[nodiscard]] duckdb_vector vector(std::size_t column) const {
    return duckdb_data_chunk_get_vector(chunk_.get(), column);
  }
  DuckHandle<duckdb_data_chunk, duckdb_destroy_data_chunk> chunk_;
};

[[nodiscard]] inline bool is_valid(const std::uint64_t* validity, std::size_t row) {
  return validity == nullptr || ((validity[row / 64] >> (row % 64)) & 1) != 0;
}
/// View into the string or, if it is short, into `value` itself.
[[nodiscard]] inline std::string_view view_of(const duckdb_string_t& value) {
  constexpr std::uint32_t kInlined = 12;
  const std::uint32_t size = value.value.inlined.length;
  return {size <= kInlined ? value.value.inlined.inlined : value.value.pointer.ptr, size};
}

/// What a query gives, chunk by chunk.
class DuckResult {
 public:
  DuckResult(DuckResult&& other) noexcept;
  DuckResult& operator=(DuckResult&&) = delete;
  DuckResult(const DuckResult&) = delete;
  DuckResult& operator=(const DuckResult&) = delete;
  ~DuckResult();

  [[nodiscard]] std::size_t columns() { return duckdb_column_count(&result_); }
  [[nodiscard]] std::string_view name(std::size_t column);
  [[nodiscard]] duckdb_type type(std::size_t column) {
    return duckdb_column_type(&result_, column);
  }
  /// The next chunk, none at the end, or what stopped the query.
  [[nodiscard]] Result<std::optional<DuckChunk>> fetch();

 private:
  friend class DuckConnection;
  DuckResult() = default;
  duckdb_result result_{};
};

class DuckConnection {
 public:
  /// Runs one statement whose rows do not matter.
  [[nodiscard]] Result<void> run(const std::string& sql);
  /// Runs one query; it goes on as its chunks are fetched, in the thread that fetches.
  [[nodiscard]] Result<DuckResult> query(const std::string& sql);

  [[nodiscard]] duckdb_connection get() const { return connection_.get(); }

 private:
  friend class DuckDatabase;
  DuckHandle<duckdb_connection, duckdb_disconnect> connection_;
};

struct DuckOptions {
  unsigned threads = 1;  // that a query uses; with 1, a query runs in its caller's thread alone
  std::uint64_t memory_limit_bytes = std::uint64_t{4} << 30;
  std::span<const std::string> paths;  // the only files that may be read or written
};

/// A database in memory: no extension is fetched or loaded by itself, no file is touched but those
/// of the options, and nothing of this can be changed from SQL. Opening one takes about 20 ms.
class DuckDatabase {
 public:
  [[nodiscard]] static Result<DuckDatabase> open(const DuckOptions& options);
  /// Connections keep the database alive. Any thread.
  [[nodiscard]] Result<DuckConnection> connect() const;

 private:
  DuckHandle<duckdb_database, duckdb_close> database_;
};

}  // namespace pursuit::base
