#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/backup.h"
#include "store/connection.h"
#include "store/failure.h"
#include "store/migrate.h"
#include "store/schema.h"
#include "store/test_database.h"

namespace pursuit::store {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

class Upkeep : public OnDatabase {
 protected:
  /// Runs statements behind the store's back.
  static void tamper(const std::string& url, const std::string& sql) {
    Connection connection(Place::of(url), Use::kWrite, 5'000);
    connection.script(sql);
  }
};
INSTANTIATE_TEST_SUITE_P(On, Upkeep, both_databases(), kind_name);

void fill(Store& store) {
  model::LeadRow huda = lead_row("A");
  huda.name = "Huda";
  huda.value = 0.1;
  huda.attributes = {{"a", "1"}};
  append(store, {entry("1", huda), entry("2", lead_row("B")), entry("3", event_row("A", "X", 5)),
                 entry("4", outcome_row("A", false, 6)), entry("5", signal_row("B", "call", 7)),
                 entry("6", note_row("B", "note", 8)), entry("7", cost_row("Web", 0.3))});
  ASSERT_TRUE(store.add_policy(
      {.version = 0, .text = "p", .hash = "h", .author = "", .note = "", .at_ms = 1}));
  ASSERT_TRUE(store.begin_run("refresh", 1, 2));
}

TEST_P(Upkeep, ABackupRestoresIntoEitherDatabase) {
  const auto store = open();
  fill(*store);
  const std::string file = folder_.file("backup.db");
  const auto made = store->backup(file);
  ASSERT_TRUE(made.has_value()) << made.error().text();
  EXPECT_FALSE(fs::exists(file + ".part"));
  EXPECT_FALSE(fs::exists(file + "-wal"));
  EXPECT_EQ(store->backup(file).error().code, ErrorCode::kConflict);

  const std::string other = new_url();
  for (const std::string& url : {folder_.file("restored.db"), other}) {
    const auto restored = Store::restore(file, {.url = url});
    ASSERT_TRUE(restored.has_value()) << restored.error().text();
    const auto copy = open(url);
    EXPECT_EQ(scanned(*copy), scanned(*store));
    EXPECT_EQ(*copy->lead("A"), *store->lead("A"));
    EXPECT_EQ(copy->search({.text = "huda"})->size(), 1u);
    EXPECT_EQ(copy->runs()->size(), 1u);
    EXPECT_EQ((*copy->current_policy())->text, "p");
    EXPECT_EQ(copy->check()->problems, std::vector<std::string>{});
    // It goes on where the other was: what came stays known, what comes gets the next number.
    const auto next =
        append(*copy, {entry("3", event_row("A", "X", 5)), entry("8", event_row("A", "Y", 9))});
    EXPECT_EQ(next[0].status, AppendStatus::kRepeated);
    EXPECT_EQ(next[1].seq, 8);
    EXPECT_EQ(Store::restore(file, {.url = url}).error().code, ErrorCode::kConflict);
  }
}

TEST_P(Upkeep, ABackupOfAnOlderSchemaIsBroughtUpToDateAndStaysAsItIs) {
  const auto store = open();
  fill(*store);
  const std::string file = folder_.file("backup.db");
  ASSERT_TRUE(store->backup(file));
  const auto bytes_of = [&] {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string before = bytes_of();
  std::vector<Migration> steps(migrations().begin(), migrations().end());
  const auto newest = static_cast<std::int64_t>(steps.size()) + 1;
  steps.push_back({.version = newest,
                   .sql = "CREATE TABLE later (id $KEY, note text NOT NULL);"
                          "INSERT INTO later SELECT seq, text FROM note"});
  std::filesystem::path copy;
  {
    const OpenBackup opened = open_backup(file, steps);
    ASSERT_NE(opened.copy, nullptr);
    copy = opened.copy->path();
    long long version = 0;
    long long carried = 0;
    long long notes = 0;
    opened.connection->sql() << "SELECT max(version) FROM schema_migration", soci::into(version);
    opened.connection->sql() << "SELECT count(*) FROM later", soci::into(carried);
    opened.connection->sql() << "SELECT count(*) FROM note", soci::into(notes);
    EXPECT_EQ(version, newest);
    EXPECT_EQ(carried, notes);
    EXPECT_GT(notes, 0);
  }
  EXPECT_FALSE(std::filesystem::exists(copy));
  EXPECT_EQ(bytes_of(), before);
  EXPECT_EQ(open_backup(file, migrations()).copy, nullptr);
  EXPECT_THROW((void)open_backup(file, migrations().first(0)), Refusal);
}

TEST_P(Upkeep, ADamagedBackupIsRefused) {
  const auto store = open();
  fill(*store);
  const std::string file = folder_.file("backup.db");
  ASSERT_TRUE(store->backup(file));
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(4'096 * 3);
  for (int i = 0; i < 4'096 * 8; ++i) bytes.put('\x55');
  bytes.close();
  const std::string url = new_url();
  EXPECT_EQ(Store::restore(file, {.url = url}).error().code, ErrorCode::kInvalidInput);
  std::ofstream(folder_.file("text.txt")) << "this is not a database, however long it may be";
  EXPECT_EQ(Store::restore(folder_.file("text.txt"), {.url = url}).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(Store::restore(folder_.file("none"), {.url = url}).error().code, ErrorCode::kNotFound);
}

TEST_P(Upkeep, ASoundStoreChecksClean) {
  const auto store = open();
  fill(*store);
  const auto report = store->check();
  ASSERT_TRUE(report.has_value()) << report.error().text();
  EXPECT_EQ(report->problems, std::vector<std::string>{});
  EXPECT_EQ(report->counts.last_seq, 7);
}

TEST_P(Upkeep, CheckFindsWhatWasTakenAway) {
  for (const char* damage :
       {"DELETE FROM stage_event", "DELETE FROM change_log WHERE seq = 7",
        "DELETE FROM change_log WHERE seq = 3", "UPDATE store_state SET last_seq = 8",
        "UPDATE note SET seq = 5", "DELETE FROM change_log WHERE seq = 1"}) {
    const std::string url = new_url();
    const auto store = open(url);
    fill(*store);
    tamper(url, damage);
    EXPECT_FALSE(store->check()->problems.empty()) << damage;
  }
}

TEST_P(Upkeep, CheckFindsWhatRefersToNothing) {
  for (const char* damage :
       {"UPDATE contact SET lead = 99", "UPDATE word SET lead = 99",
        "UPDATE stage_event SET lead = 99", "UPDATE stage_event SET stage = 99",
        "UPDATE outcome SET lead = 99", "UPDATE signal SET lead = 99", "UPDATE note SET lead = 99",
        "UPDATE change_log SET source = 99"}) {
    const std::string url = new_url();
    const auto store = open(url);
    fill(*store);
    const bool guards = url.ends_with(".db");  // SQLite refuses it unless it is told not to look
    tamper(url, (guards ? "PRAGMA foreign_keys = OFF; " : "") + std::string(damage));
    EXPECT_FALSE(store->check()->problems.empty()) << damage;
  }
}

TEST_P(Upkeep, AStoreOfANewerProgramIsRefused) {
  const std::string url = new_url();
  open(url);
  tamper(url, "INSERT INTO schema_migration VALUES (1000, 'x', 0)");
  const auto opened = Store::open({.url = url});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kConflict);
  EXPECT_NE(opened.error().message.find("newer"), std::string::npos) << opened.error().text();
}

TEST_P(Upkeep, AStoreOfOtherMigrationsIsRefused) {
  const std::string url = new_url();
  open(url);
  tamper(url, "UPDATE schema_migration SET checksum = 'x' WHERE version = 1");
  const auto opened = Store::open({.url = url});
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kConflict);
}

TEST_P(Upkeep, MigrationsGoForwardAndAllOrNothing) {
  const std::string url = new_url();
  {
    const auto store = open(url);
    fill(*store);
  }
  std::vector<Migration> steps(migrations().begin(), migrations().end());
  const auto last = static_cast<std::int64_t>(steps.size());
  steps.push_back({.version = last + 1, .sql = "CREATE TABLE extra (id $KEY)"});
  steps.push_back({.version = last + 2, .sql = "CREATE TABLE broken ("});
  Connection connection(Place::of(url), Use::kWrite, 5'000);
  EXPECT_THROW(migrate(connection, steps, 5), DatabaseError);
  EXPECT_THROW(connection.script("SELECT * FROM extra"), DatabaseError);
  steps.pop_back();
  migrate(connection, steps, 5);
  migrate(connection, steps, 6);
  connection.script("SELECT * FROM extra");
  long long applied_at = 0;
  connection.sql() << "SELECT applied_at FROM schema_migration WHERE version = " +
                          std::to_string(last + 1),
      soci::into(applied_at);
  EXPECT_EQ(applied_at, 5);
}

TEST(SqliteFile, IsPrivateAndSoAreItsJournals) {
  const TestFolder folder;
  const auto store = Store::open({.url = "sqlite:" + folder.file("store.db")});
  ASSERT_TRUE(store.has_value()) << store.error().text();
  append(**store, {entry("1", lead_row("A"))});
  for (const char* name : {"store.db", "store.db-wal", "store.db-shm"}) {
    struct stat status{};
    ASSERT_EQ(::stat(folder.file(name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << name;
  }
}

TEST(StoreOpen, TellsWhatIsWrong) {
  const TestFolder folder;
  const auto no_folder = Store::open({.url = folder.file("none/store.db")});
  EXPECT_EQ(no_folder.error().code, ErrorCode::kNotFound) << no_folder.error().text();
  std::ofstream(folder.file("text.txt")) << "this is not a database, however long it may be";
  const auto text = Store::open({.url = folder.file("text.txt")});
  EXPECT_EQ(text.error().code, ErrorCode::kStorage) << text.error().text();
  const auto url = Store::open({.url = "postgresql://u:secret@127.0.0.1:1/x?nonsense=1"});
  EXPECT_EQ(url.error().code, ErrorCode::kInvalidInput) << url.error().text();
  const auto nobody = Store::open({.url = "postgresql://u:secret@127.0.0.1:1/x"});
  EXPECT_EQ(nobody.error().code, ErrorCode::kBusy) << nobody.error().text();
  EXPECT_EQ(nobody.error().text().find("secret"), std::string::npos) << nobody.error().text();
}

}  // namespace
}  // namespace pursuit::store
