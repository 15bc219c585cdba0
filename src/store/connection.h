// store/connection.h: one connection to the database: SOCI for small statements, Bulk for many
// rows. One thread at a time; throws.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <soci/soci.h>

#include "base/time.h"
#include "store/bulk.h"

namespace pursuit::store {

enum class Use : std::uint8_t { kRead, kWrite };

/// Where a database is, as a URL of StoreOptions names it.
struct Place {
  bool postgres = false;
  std::string target;  // path of a file, or the URL

  static Place of(const std::string& url);
  /// For messages: without the password.
  [[nodiscard]] std::string shown() const;
};

class Connection {
 public:
  /// Opens; `create`: makes a SQLite file that is not there, else that is a Refusal.
  Connection(const Place& place, Use use, base::Millis busy_timeout_ms, bool create = false);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() = default;

  [[nodiscard]] bool postgres() const { return postgres_; }
  [[nodiscard]] soci::session& sql() { return session_; }
  [[nodiscard]] Bulk& bulk() { return *bulk_; }
  void script(const std::string& sql) { bulk_->script(sql); }
  /// Whether it is connected and neither a transaction nor a statement is under way.
  [[nodiscard]] bool idle() const;
  /// SQLite's own handle; only where there is no PostgreSQL.
  [[nodiscard]] sqlite_api::sqlite3* sqlite() const;

 private:
  bool postgres_;
  soci::session session_;
  std::unique_ptr<Bulk> bulk_;  // after the session: its statements end first
};

/// kRead: a snapshot. kWrite: waits until no other program writes.
void begin_transaction(Connection& connection, Use use);

/// A transaction that is rolled back unless it is committed.
class Transaction {
 public:
  Transaction(Connection& connection, Use use) : connection_(connection) {
    begin_transaction(connection, use);
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace pursuit::store
