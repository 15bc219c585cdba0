#include "store/connection.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include "store/failure.h"

namespace pursuit::store {

namespace {

/// SQLite gives its journals the mode of the database file, so it is enough to make that one ours.
///
/// A file that is there is never opened: closing it again would drop every lock that this process
/// holds on it (POSIX), its other connections' among them. Another program that looks into the
/// database would then take itself for the last one and remove the journal under our feet.
void make_private_file(const std::string& path, bool create, Use use) {
  if (create) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) ::close(file);
  }
  const int wanted = use == Use::kRead ? R_OK : R_OK | W_OK;
  if (::faccessat(AT_FDCWD, path.c_str(), wanted, AT_EACCESS) == 0) return;
  const auto code = errno == ENOENT ? base::ErrorCode::kNotFound : base::ErrorCode::kStorage;
  throw Refusal({.code = code, .message = std::strerror(errno), .where = path});
}

std::string sqlite_arguments(const Place& place) {
  if (place.target.find('"') != std::string::npos) {
    throw Refusal({.code = base::ErrorCode::kInvalidInput,
                   .message = "a path with a quotation mark cannot hold a store",
                   .where = place.target});
  }
  return "db=\"" + place.target + "\"";
}

/// Each connection is used by one thread at a time, so SQLite need not lock it for every call and
/// every cell: a sixth of a scan. Where SQLite was used before, it stays as it is.
void leave_connections_unlocked() {
  [[maybe_unused]] static const int kDone = sqlite_api::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
}

void open_sqlite(soci::session& session, const Place& place) {
  leave_connections_unlocked();
  session.open(soci::sqlite3, sqlite_arguments(place));
}

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

/// The URL as the pairs that SOCI passes on to libpq; it does not let a URL through.
std::string postgres_arguments(const Place& place) {
  char* complaint = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(place.target.c_str(), &complaint));
  if (options == nullptr) {
    std::string message = complaint == nullptr ? "not a PostgreSQL URL" : complaint;
    PQfreemem(complaint);
    throw Refusal({.code = base::ErrorCode::kInvalidInput,
                   .message = std::move(message),
                   .where = place.shown()});
  }
  std::string text;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    text += std::string(option->keyword) + "='";
    for (const char* c = option->val; *c != '\0'; ++c) {
      if (*c == '\'' || *c == '\\') text += '\\';
      text += *c;
    }
    text += "' ";
  }
  return text;
}

/// A server that cannot be reached, or not yet, may be tomorrow; one that says no stays with it.
void open_postgres(soci::session& session, const Place& place) {
  const std::string arguments = postgres_arguments(place);
  try {
    session.open(soci::postgresql, arguments);
  } catch (const soci::soci_error& error) {
    const std::string message = error.get_error_message();
    bool refused = message.find("FATAL:") != std::string::npos;
    for (const char* passing : {"starting up", "shutting down", "recovery", "too many"}) {
      if (message.find(passing) != std::string::npos) refused = false;
    }
    throw DatabaseError(refused ? Fault::kOther : Fault::kBroken, message);
  }
}

/// FULL: a commit is on disk before it is acknowledged. A long journal, because each checkpoint
/// writes a page once however often it changed.
std::string sqlite_settings(Use use, base::Millis busy_timeout_ms) {
  std::string sql = "PRAGMA busy_timeout = " + std::to_string(busy_timeout_ms) +
                    "; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
                    "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;";
  sql += use == Use::kWrite ? "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 16384;"
                              "PRAGMA cache_size = -131072;"
                            : "PRAGMA query_only = ON; PRAGMA cache_size = -16384;";
  return sql;
}

/// The writer's statements look up some thousand keys of large tables: by index, always, whatever
/// the statistics of a table that has just been filled say.
std::string postgres_settings(Use use, base::Millis busy_timeout_ms) {
  std::string sql =
      "SET client_min_messages = warning; SET client_encoding = 'UTF8';"
      "SET lock_timeout = " +
      std::to_string(busy_timeout_ms) + ";";
  sql += use == Use::kWrite ? "SET synchronous_commit = on; SET enable_hashjoin = off;"
                              "SET enable_mergejoin = off; SET enable_seqscan = off;"
                            : "SET default_transaction_read_only = on;";
  return sql;
}

}  // namespace

Place Place::of(const std::string& url) {
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    return {.postgres = true, .target = url};
  }
  const bool named = url.starts_with("sqlite:");
  return {.postgres = false, .target = named ? url.substr(7) : url};
}

std::string Place::shown() const {
  if (!postgres) return target;
  const std::size_t from = target.find("//") + 2;
  const std::size_t at = target.find('@', from);
  const std::size_t colon = target.find(':', from);
  std::string text = target.substr(0, target.find('?'));
  if (at < text.size() && colon < at) text.replace(colon, at - colon, ":***");
  return text;
}

Connection::Connection(const Place& place, Use use, base::Millis busy_timeout_ms, bool create)
    : postgres_(place.postgres) {
  if (postgres_) {
    open_postgres(session_, place);
    auto* backend = static_cast<soci::postgresql_session_backend*>(session_.get_backend());
    bulk_ = make_postgres_bulk(backend->conn_);
    script(postgres_settings(use, busy_timeout_ms));
  } else {
    make_private_file(place.target, create, use);
    open_sqlite(session_, place);
    bulk_ = make_sqlite_bulk(sqlite());
    script(sqlite_settings(use, busy_timeout_ms));
  }
}

sqlite_api::sqlite3* Connection::sqlite() const {
  auto& session = const_cast<soci::session&>(session_);
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

bool Connection::idle() const {
  auto& session = const_cast<soci::session&>(session_);
  if (!postgres_) return sqlite_api::sqlite3_get_autocommit(sqlite()) != 0;
  const auto* backend = static_cast<soci::postgresql_session_backend*>(session.get_backend());
  return PQtransactionStatus(backend->conn_) == PQTRANS_IDLE;
}

void begin_transaction(Connection& connection, Use use) {
  const bool read = use == Use::kRead;
  if (!connection.postgres()) {
    connection.script(read ? "BEGIN" : "BEGIN IMMEDIATE");
    return;
  }
  connection.script(read ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
  if (read) return;
  try {
    connection.script("LOCK TABLE store_state IN EXCLUSIVE MODE");
  } catch (...) {
    connection.script("ROLLBACK");
    throw;
  }
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    connection_.script("ROLLBACK");
  } catch (const DatabaseError&) {
    // Nothing to roll back: SQLite did it on the error itself, or the connection is gone.
    open_ = false;
  }
}

void Transaction::commit() {
  connection_.script("COMMIT");
  open_ = false;
}

}  // namespace pursuit::store
