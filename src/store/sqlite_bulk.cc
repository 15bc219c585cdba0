#include <memory_resource>
#include <unordered_map>

#include <soci/sqlite3/soci-sqlite3.h>

#include "store/bulk.h"
#include "store/failure.h"

namespace pursuit::store {

namespace {

using sqlite_api::sqlite3;
using sqlite_api::sqlite3_stmt;
using sqlite_api::sqlite3_value;

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite_api::sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

/// Gives a prepared statement back unbound, whichever way its use ends.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() {
    sqlite_api::sqlite3_reset(statement_);
    sqlite_api::sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

class SqliteBulk final : public Bulk {
 public:
  explicit SqliteBulk(sqlite3* db) : db_(db) {}

  void script(const std::string& sql) override {
    if (sqlite_api::sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      fail_now();
    }
  }
  void insert(const Table& table, const Cells& rows) override {
    run_each(insert_sql(table, false), rows);
  }
  void upsert(const Table& table, const Cells& rows) override {
    run_each(insert_sql(table, true), rows);
  }
  void erase(const Table& table, const Cells& keys) override {
    std::string sql = "DELETE FROM " + std::string(table.name) + " WHERE ";
    for (std::size_t i = 0; i < table.key_columns; ++i) {
      sql += (i == 0 ? "" : " AND ") + std::string(table.columns[i].name) + " = ?";
    }
    run_each(sql, keys);
  }
  void find(const Lookup& lookup, const Cells& keys, const Found& found) override;
  void stream(const std::string& sql, std::span<const Type> types, const Block& block) override;

 private:
  static std::string insert_sql(const Table& table, bool overwrite);
  sqlite3_stmt* prepared(const std::string& sql);
  void run_each(const std::string& sql, const Cells& rows);
  void bind(sqlite3_stmt* statement, std::span<const Cell> cells) const;
  [[nodiscard]] bool step(sqlite3_stmt* statement) const;
  [[noreturn]] void fail_now() const;

  sqlite3* db_;
  std::unordered_map<std::string, Statement> statements_;
};

void SqliteBulk::fail_now() const {
  const int code = sqlite_api::sqlite3_extended_errcode(db_);
  throw DatabaseError(fault_of_sqlite(code), sqlite_api::sqlite3_errmsg(db_));
}

std::string SqliteBulk::insert_sql(const Table& table, bool overwrite) {
  std::string names;
  std::string marks;
  std::string keys;
  std::string sets;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string name(table.columns[i].name);
    names += (i == 0 ? "" : ", ") + name;
    marks += i == 0 ? "?" : ", ?";
    if (i < table.key_columns) {
      keys += (i == 0 ? "" : ", ") + name;
    } else {
      sets += (sets.empty() ? "" : ", ") + name + " = excluded." + name;
    }
  }
  std::string sql =
      "INSERT INTO " + std::string(table.name) + " (" + names + ") VALUES (" + marks + ")";
  if (overwrite) {
    sql += " ON CONFLICT (" + keys + ") DO " + (sets.empty() ? "NOTHING" : "UPDATE SET " + sets);
  }
  return sql;
}

sqlite3_stmt* SqliteBulk::prepared(const std::string& sql) {
  Statement& statement = statements_[sql];
  if (statement == nullptr) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite_api::sqlite3_prepare_v3(db_, sql.c_str(), static_cast<int>(sql.size()),
                                       SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) {
      fail_now();
    }
    statement.reset(raw);
  }
  return statement.get();
}

void SqliteBulk::bind(sqlite3_stmt* statement, std::span<const Cell> cells) const {
  int at = 0;
  for (const Cell& cell : cells) {
    ++at;
    int code = SQLITE_OK;
    if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
      code = sqlite_api::sqlite3_bind_int64(statement, at, *whole);
    } else if (const auto* real = std::get_if<double>(&cell)) {
      code = sqlite_api::sqlite3_bind_double(statement, at, *real);
    } else if (const auto* text = std::get_if<std::string_view>(&cell)) {
      // An empty view may point nowhere, which would bind NULL.
      code = sqlite_api::sqlite3_bind_text(statement, at, text->empty() ? "" : text->data(),
                                           static_cast<int>(text->size()), SQLITE_STATIC);
    } else {
      code = sqlite_api::sqlite3_bind_null(statement, at);
    }
    if (code != SQLITE_OK) fail_now();
  }
}

bool SqliteBulk::step(sqlite3_stmt* statement) const {
  const int code = sqlite_api::sqlite3_step(statement);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail_now();
  return false;
}

void SqliteBulk::run_each(const std::string& sql, const Cells& rows) {
  if (rows.empty()) return;
  sqlite3_stmt* statement = prepared(sql);
  const Use use(statement);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    bind(statement, rows.row(i));
    (void)step(statement);
    sqlite_api::sqlite3_reset(statement);
  }
}

/// By way of the value: each call that names a column checks the statement anew. The value is not
/// protected from other threads, and there are none on this connection.
Cell cell_of(sqlite3_stmt* statement, int column, Type type) {
  sqlite3_value* value = sqlite_api::sqlite3_column_value(statement, column);
  if (sqlite_api::sqlite3_value_type(value) == SQLITE_NULL) return {};
  switch (type) {
    case Type::kInt:
      return std::int64_t{sqlite_api::sqlite3_value_int64(value)};
    case Type::kReal:
      return sqlite_api::sqlite3_value_double(value);
    case Type::kText:
      break;
  }
  const auto* bytes = reinterpret_cast<const char*>(sqlite_api::sqlite3_value_text(value));
  const int size = sqlite_api::sqlite3_value_bytes(value);
  return std::string_view(bytes, static_cast<std::size_t>(size));
}

void SqliteBulk::find(const Lookup& lookup, const Cells& keys, const Found& found) {
  if (keys.empty()) return;
  std::string sql = "SELECT " + std::string(lookup.columns) + " FROM " + std::string(lookup.from) +
                    " WHERE " + std::string(lookup.where);
  for (std::size_t i = 0; i < lookup.keys.size(); ++i) {
    const std::string mark = "{" + std::to_string(i) + "}";
    sql.replace(sql.find(mark), mark.size(), "?" + std::to_string(i + 1));
  }
  sqlite3_stmt* statement = prepared(sql);
  const Use use(statement);
  std::vector<Cell> row(lookup.results.size());
  for (std::size_t key = 0; key < keys.rows(); ++key) {
    bind(statement, keys.row(key));
    while (step(statement)) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        row[i] = cell_of(statement, static_cast<int>(i), lookup.results[i]);
      }
      found(key, row);
    }
    sqlite_api::sqlite3_reset(statement);
  }
}

void SqliteBulk::stream(const std::string& sql, std::span<const Type> types, const Block& block) {
  sqlite3_stmt* statement = prepared(sql);
  const Use use(statement);
  // SQLite's texts are gone at the next step, so a block's lie here until it is handed over.
  std::vector<std::byte> room(256u << 10);
  std::pmr::monotonic_buffer_resource texts(room.data(), room.size());
  Cells rows(types.size());
  while (step(statement)) {
    for (std::size_t i = 0; i < types.size(); ++i) {
      Cell cell = cell_of(statement, static_cast<int>(i), types[i]);
      if (auto* text = std::get_if<std::string_view>(&cell); text != nullptr && !text->empty()) {
        auto* copy = static_cast<char*>(texts.allocate(text->size(), 1));
        text->copy(copy, text->size());
        *text = std::string_view(copy, text->size());
      }
      rows.push(cell);
    }
    if (rows.rows() == kBlockRows) {
      block(rows);
      rows.clear();
      texts.release();
    }
  }
  if (!rows.empty()) block(rows);
}

}  // namespace

std::unique_ptr<Bulk> make_sqlite_bulk(sqlite3* db) { return std::make_unique<SqliteBulk>(db); }

}  // namespace pursuit::store
