// store/bulk.h: statements over many rows at once, in whatever way is quickest in each database:
// prepared statements in SQLite, arrays and COPY in PostgreSQL. Below SOCI, on the connection that
// SOCI opened. One thread at a time; throws DatabaseError.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "store/cells.h"

struct pg_conn;  // NOLINT(readability-identifier-naming): the name libpq gives it

namespace sqlite_api {
struct sqlite3;  // NOLINT(readability-identifier-naming): the name SQLite gives it
}

namespace pursuit::store {

struct Column {
  std::string_view name;
  Type type;
};

/// A table as rows are put into it; its key is its first `key_columns` columns.
struct Table {
  std::string_view name;
  std::span<const Column> columns;
  std::size_t key_columns = 1;
};

/// SELECT `columns` FROM `from` WHERE `where`, for each of many keys: {0}, {1}… in `where` stand
/// for the key's cells.
struct Lookup {
  std::string_view columns;
  std::string_view from;
  std::string_view where;
  std::span<const Type> keys;
  std::span<const Type> results;
};

class Bulk {
 public:
  Bulk() = default;
  Bulk(const Bulk&) = delete;
  Bulk& operator=(const Bulk&) = delete;
  virtual ~Bulk() = default;

  /// Statements without parameters, with `;` between them.
  virtual void script(const std::string& sql) = 0;
  virtual void insert(const Table& table, const Cells& rows) = 0;
  /// Inserts; a row whose key is there is overwritten.
  virtual void upsert(const Table& table, const Cells& rows) = 0;
  /// Deletes the rows with these keys; `keys` has the table's key columns.
  virtual void erase(const Table& table, const Cells& keys) = 0;
  /// Calls `found` with the key's place in `keys` and a row's cells, for every row; in any order.
  using Found = std::function<void(std::size_t, std::span<const Cell>)>;
  virtual void find(const Lookup& lookup, const Cells& keys, const Found& found) = 0;
  /// Calls `block` with the rows of a SELECT without parameters, some thousand at a time.
  using Block = std::function<void(const Cells&)>;
  virtual void stream(const std::string& sql, std::span<const Type> types, const Block& block) = 0;
};

[[nodiscard]] std::unique_ptr<Bulk> make_sqlite_bulk(sqlite_api::sqlite3* db);
[[nodiscard]] std::unique_ptr<Bulk> make_postgres_bulk(pg_conn* connection);

/// Rows of a block: few enough that their cells stay in a core's cache until they are taken.
inline constexpr std::size_t kBlockRows = 1'024;

}  // namespace pursuit::store
