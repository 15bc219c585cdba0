#include "store/backup.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include "store/failure.h"
#include "store/migrate.h"
#include "store/store_impl.h"
#include "store/tables.h"

namespace pursuit::store {

namespace {

namespace fs = std::filesystem;
using sqlite_api::sqlite3;

[[noreturn]] void refuse(base::ErrorCode code, std::string message, std::string where) {
  throw Refusal({.code = code, .message = std::move(message), .where = std::move(where)});
}

/// Copies every table of `from`, which holds a snapshot, into the empty tables of `to`.
void copy_tables(Connection& from, Connection& to) {
  for (const Table* table : tables::kAll) {
    std::vector<Type> types;
    std::string names;
    for (const Column& column : table->columns) {
      types.push_back(column.type);
      names += (names.empty() ? "" : ", ") + std::string(column.name);
    }
    from.bulk().stream(fmt::format("SELECT {} FROM {}", names, table->name), types,
                       [&](const Cells& rows) {
                         if (table == &tables::kState) {
                           to.bulk().upsert(*table, rows);
                         } else {
                           to.bulk().insert(*table, rows);
                         }
                       });
  }
}

/// The pages of a SQLite database as of one instant; writers go on beside it.
void copy_pages(sqlite3* from, sqlite3* to) {
  auto* copy = sqlite_api::sqlite3_backup_init(to, "main", from, "main");
  if (copy == nullptr) throw DatabaseError(Fault::kOther, sqlite_api::sqlite3_errmsg(to));
  sqlite_api::sqlite3_backup_step(copy, -1);
  const int code = sqlite_api::sqlite3_backup_finish(copy);
  if (code != SQLITE_OK) {
    throw DatabaseError(fault_of_sqlite(code), sqlite_api::sqlite3_errstr(code));
  }
}

void check_sound(Connection& connection, const std::string& path) {
  constexpr std::array kOne = {Type::kText};
  std::string verdict;
  connection.bulk().stream("PRAGMA quick_check", kOne,
                           [&](const Cells& rows) { verdict = text_of(rows.row(0)[0]); });
  if (verdict != "ok") refuse(base::ErrorCode::kInvalidInput, "damaged: " + verdict, path);
}

void sync(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool done = file >= 0 && ::fsync(file) == 0;
  const int code = errno;
  if (file >= 0) ::close(file);
  if (!done) refuse(base::ErrorCode::kIo, std::strerror(code), path);
}

void write_backup(Connection& from, const fs::path& part) {
  Connection to({.postgres = false, .target = part}, Use::kWrite, 0, true);
  if (from.postgres()) {
    migrate(to, migrations(), 0);
    Transaction transaction(to, Use::kWrite);
    copy_tables(from, to);
    transaction.commit();
  } else {
    copy_pages(from.sqlite(), to.sqlite());
  }
  // One file, without a journal beside it.
  to.script("PRAGMA journal_mode = DELETE");
  check_sound(to, part);
}

void refuse_unless_empty(Connection& connection, const std::string& where) {
  for (const Table* table : tables::kAll) {
    if (table == &tables::kState) continue;
    long long rows = 0;
    connection.sql() << fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1) AS t",
                                    table->name),
        soci::into(rows);
    if (rows != 0) {
      refuse(base::ErrorCode::kConflict, "not empty: a backup goes into a new store", where);
    }
  }
}

std::int64_t schema_version(Connection& connection) {
  long long version = 0;
  connection.sql() << "SELECT coalesce(max(version), 0) FROM schema_migration", soci::into(version);
  return version;
}

/// A file of our own in the system's folder for temporary files.
fs::path temporary_path() {
  std::string pattern = (fs::temp_directory_path() / "pursuit-restore-XXXXXX").string();
  const int file = ::mkstemp(pattern.data());
  if (file < 0) refuse(base::ErrorCode::kIo, std::strerror(errno), pattern);
  ::close(file);
  return pattern;
}

/// A copy of the backup with the steps that it lacks.
OpenBackup brought_up_to_date(Connection& from, std::span<const Migration> steps) {
  OpenBackup made{.copy = std::make_unique<PartFile>(temporary_path()), .connection = nullptr};
  const Place place{.postgres = false, .target = made.copy->path()};
  {
    Connection to(place, Use::kWrite, 0, true);
    copy_pages(from.sqlite(), to.sqlite());
    migrate(to, steps, 0);
    to.script("PRAGMA journal_mode = DELETE");
  }
  made.connection = std::make_unique<Connection>(place, Use::kRead, 0);
  return made;
}

}  // namespace

void PartFile::remove() const {
  std::error_code ignored;
  for (const char* tail : {"", "-wal", "-shm", "-journal"}) {
    fs::remove(path_.string() + tail, ignored);
  }
}

OpenBackup open_backup(const std::string& path, std::span<const Migration> steps) {
  try {
    OpenBackup opened{.copy = nullptr, .connection = nullptr};
    opened.connection =
        std::make_unique<Connection>(Place{.postgres = false, .target = path}, Use::kRead, 0);
    check_sound(*opened.connection, path);
    const std::int64_t version = schema_version(*opened.connection);
    const auto known = static_cast<std::int64_t>(steps.size());
    if (version < 1 || version > known) {
      refuse(base::ErrorCode::kInvalidInput,
             fmt::format("a backup of schema version {}; this program restores versions 1 to {}",
                         version, known),
             path);
    }
    if (version == known) return opened;
    return brought_up_to_date(*opened.connection, steps);
  } catch (const DatabaseError& error) {
    refuse(base::ErrorCode::kInvalidInput, error.what(), path);
  } catch (const soci::soci_error& error) {
    refuse(base::ErrorCode::kInvalidInput, error.get_error_message(), path);
  }
}

base::Result<void> Store::backup(const std::string& path) const {
  return impl_->readers.read([&](Connection& connection) {
    if (fs::exists(path)) refuse(base::ErrorCode::kConflict, "something is there already", path);
    const PartFile part(path + ".part");
    write_backup(connection, part.path());
    sync(part.path());
    // Not over a file that came meanwhile.
    if (::renameat2(AT_FDCWD, part.path().c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
      const auto code = errno == EEXIST ? base::ErrorCode::kConflict : base::ErrorCode::kIo;
      refuse(code, std::strerror(errno), path);
    }
    sync(fs::absolute(path).parent_path());
  });
}

base::Result<void> Store::restore(const std::string& from_path, const StoreOptions& to) {
  // Looked at first: a bad backup must not leave an empty store behind.
  auto from =
      guarded(from_path, [&] { return open_backup(from_path, migrations()); }, [](Fault) {});
  if (!from) {
    if (from.error().where.empty()) from.error().where = from_path;
    return std::unexpected(std::move(from.error()));
  }
  auto store = open(to);
  if (!store) return std::unexpected(std::move(store.error()));
  Impl& impl = *(*store)->impl_;
  return impl.write([&](Connection& connection) {
    const Transaction snapshot(*from->connection, Use::kRead);
    Transaction transaction(connection, Use::kWrite);
    refuse_unless_empty(connection, impl.place.shown());
    copy_tables(*from->connection, connection);
    transaction.commit();
  });
}

}  // namespace pursuit::store
