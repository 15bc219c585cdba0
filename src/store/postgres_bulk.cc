#include <algorithm>
#include <unordered_map>

#include <libpq-fe.h>

#include "store/bulk.h"
#include "store/failure.h"
#include "store/postgres_binary.h"

namespace pursuit::store {

namespace {

constexpr std::size_t kCopyBytes = 256u << 10;  // sent at a time

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

struct FreeMessage {
  void operator()(char* message) const { PQfreemem(message); }
};

std::string_view array_type(Type type) {
  switch (type) {
    case Type::kInt:
      return "bigint[]";
    case Type::kReal:
      return "double precision[]";
    case Type::kText:
      break;
  }
  return "text[]";
}

/// `unnest($1::bigint[], …)` over columns of these types.
std::string unnest(std::span<const Type> types) {
  std::string text = "unnest(";
  for (std::size_t i = 0; i < types.size(); ++i) {
    text +=
        (i == 0 ? "$" : ", $") + std::to_string(i + 1) + "::" + std::string(array_type(types[i]));
  }
  return text + ")";
}

/// A key's column; texts are compared in the collation of our text columns, whose indexes have it.
std::string key_column(std::size_t i, Type type) {
  return "k.k" + std::to_string(i) + (type == Type::kText ? " COLLATE \"C\"" : "");
}

std::string key_names(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "k" : ", k") + std::to_string(i);
  return text;
}

std::vector<Type> types_of(std::span<const Column> columns) {
  std::vector<Type> types;
  for (const Column& column : columns) types.push_back(column.type);
  return types;
}

std::string names_of(std::span<const Column> columns) {
  std::string text;
  for (const Column& column : columns)
    text += (text.empty() ? "" : ", ") + std::string(column.name);
  return text;
}

class PostgresBulk final : public Bulk {
 public:
  explicit PostgresBulk(PGconn* connection) : connection_(connection) {
    // The server's remarks would go to standard error; what matters comes as an error anyway.
    PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
  }

  void script(const std::string& sql) override {
    const Answer answer(PQexec(connection_, sql.c_str()));
    check(answer.get());
  }
  void insert(const Table& table, const Cells& rows) override;
  void upsert(const Table& table, const Cells& rows) override;
  void erase(const Table& table, const Cells& keys) override;
  void find(const Lookup& lookup, const Cells& keys, const Found& found) override;
  void stream(const std::string& sql, std::span<const Type> types, const Block& block) override;

 private:
  void check(const PGresult* answer) const;
  /// Runs a prepared statement whose parameters are the columns of `rows`.
  Answer run(const std::string& sql, std::span<const Type> types, const Cells& rows);
  void send_copy(std::string_view bytes) const;
  void finish() const;

  PGconn* connection_;
  std::unordered_map<std::string, std::string> names_;  // of prepared statements, by text
};

void PostgresBulk::check(const PGresult* answer) const {
  switch (PQresultStatus(answer)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
      return;
    default:
      break;
  }
  const char* state = answer == nullptr ? nullptr : PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  Fault fault = fault_of_sqlstate(state == nullptr ? "" : state);
  if (PQstatus(connection_) == CONNECTION_BAD) fault = Fault::kBroken;
  std::string message = PQerrorMessage(connection_);
  while (message.ends_with('\n')) message.pop_back();
  throw DatabaseError(fault, message);
}

Answer PostgresBulk::run(const std::string& sql, std::span<const Type> types, const Cells& rows) {
  auto [name, fresh] = names_.try_emplace(sql, "bulk" + std::to_string(names_.size()));
  if (fresh) {
    const Answer prepared(PQprepare(connection_, name->second.c_str(), sql.c_str(), 0, nullptr));
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) names_.erase(sql);
    check(prepared.get());
  }
  std::vector<std::string> arrays(types.size());
  std::vector<const char*> values;
  std::vector<int> sizes;
  const std::vector<int> formats(types.size(), 1);
  for (std::size_t i = 0; i < types.size(); ++i) {
    binary::write_array(arrays[i], rows, i, types[i]);
    values.push_back(arrays[i].data());
    sizes.push_back(static_cast<int>(arrays[i].size()));
  }
  Answer answer(PQexecPrepared(connection_, name->second.c_str(), static_cast<int>(types.size()),
                               values.data(), sizes.data(), formats.data(), 1));
  check(answer.get());
  return answer;
}

void PostgresBulk::send_copy(std::string_view bytes) const {
  if (PQputCopyData(connection_, bytes.data(), static_cast<int>(bytes.size())) != 1) {
    check(nullptr);
  }
}

/// Reads answers until the statement has ended, so that the connection is free for the next.
void PostgresBulk::finish() const {
  Answer last(PQgetResult(connection_));
  while (const Answer next{PQgetResult(connection_)}) {
  }
  check(last.get());
}

void PostgresBulk::insert(const Table& table, const Cells& rows) {
  if (rows.empty()) return;
  script("COPY " + std::string(table.name) + " (" + names_of(table.columns) +
         ") FROM STDIN (FORMAT binary)");
  std::string bytes(binary::copy_header());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    binary::write_row(bytes, rows.row(i));
    if (bytes.size() >= kCopyBytes) {
      send_copy(bytes);
      bytes.clear();
    }
  }
  bytes += binary::copy_trailer();
  send_copy(bytes);
  if (PQputCopyEnd(connection_, nullptr) != 1) check(nullptr);
  finish();
}

void PostgresBulk::upsert(const Table& table, const Cells& rows) {
  if (rows.empty()) return;
  std::string sets;
  for (const Column& column : table.columns.subspan(table.key_columns)) {
    const std::string name(column.name);
    sets += (sets.empty() ? "" : ", ") + name + " = excluded." + name;
  }
  const std::vector<Type> types = types_of(table.columns);
  run("INSERT INTO " + std::string(table.name) + " (" + names_of(table.columns) +
          ") SELECT * FROM " + unnest(types) + " ON CONFLICT (" +
          names_of(table.columns.first(table.key_columns)) + ") DO " +
          (sets.empty() ? "NOTHING" : "UPDATE SET " + sets),
      types, rows);
}

void PostgresBulk::erase(const Table& table, const Cells& keys) {
  if (keys.empty()) return;
  const std::vector<Type> types = types_of(table.columns.first(table.key_columns));
  std::string sql = "DELETE FROM " + std::string(table.name) + " t USING " + unnest(types) +
                    " AS k (" + key_names(types.size()) + ") WHERE ";
  for (std::size_t i = 0; i < types.size(); ++i) {
    sql += (i == 0 ? "t." : " AND t.") + std::string(table.columns[i].name) + " = " +
           key_column(i, types[i]);
  }
  run(sql, types, keys);
}

void PostgresBulk::find(const Lookup& lookup, const Cells& keys, const Found& found) {
  if (keys.empty()) return;
  std::string where(lookup.where);
  for (std::size_t i = 0; i < lookup.keys.size(); ++i) {
    const std::string mark = "{" + std::to_string(i) + "}";
    where.replace(where.find(mark), mark.size(), key_column(i, lookup.keys[i]));
  }
  const Answer answer =
      run("SELECT k.n, " + std::string(lookup.columns) + " FROM " + unnest(lookup.keys) +
              " WITH ORDINALITY AS k (" + key_names(lookup.keys.size()) + ", n), " +
              std::string(lookup.from) + " WHERE " + where,
          lookup.keys, keys);
  const PGresult* rows = answer.get();
  const auto bytes_of = [&](int row, int column) {
    return std::string_view(PQgetvalue(rows, row, column),
                            static_cast<std::size_t>(PQgetlength(rows, row, column)));
  };
  std::vector<Cell> cells(lookup.results.size());
  for (int row = 0; row < PQntuples(rows); ++row) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const int column = static_cast<int>(i) + 1;
      cells[i] = PQgetisnull(rows, row, column) == 1
                     ? Cell{}
                     : binary::read_value(bytes_of(row, column), lookup.results[i]);
    }
    const std::int64_t key = int_of(binary::read_value(bytes_of(row, 0), Type::kInt));
    found(static_cast<std::size_t>(key - 1), cells);
  }
}

void PostgresBulk::stream(const std::string& sql, std::span<const Type> types, const Block& block) {
  script("COPY (" + sql + ") TO STDOUT (FORMAT binary)");
  binary::CopyReader reader(types);
  using Message = std::unique_ptr<char, FreeMessage>;
  const bool has_texts = std::ranges::find(types, Type::kText) != types.end();
  std::vector<Message> messages;  // where a block's texts are
  Cells rows(types.size());
  for (;;) {
    char* bytes = nullptr;
    const int size = PQgetCopyData(connection_, &bytes, 0);
    if (size < 0) break;
    Message message(bytes);
    reader.read(std::string_view(bytes, static_cast<std::size_t>(size)), rows);
    // Given back at once where nothing looks into it, it is in the cache for the next row.
    if (has_texts) messages.push_back(std::move(message));
    if (rows.rows() >= kBlockRows) {
      block(rows);
      rows.clear();
      messages.clear();
    }
  }
  finish();
  if (!rows.empty()) block(rows);
}

}  // namespace

std::unique_ptr<Bulk> make_postgres_bulk(pg_conn* connection) {
  return std::make_unique<PostgresBulk>(connection);
}

}  // namespace pursuit::store
