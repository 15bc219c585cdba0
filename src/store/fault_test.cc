#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/connection.h"
#include "store/faulty_disk.h"
#include "store/test_database.h"
#include "support/postgres.h"

namespace pursuit::store {
namespace {

using base::ErrorCode;
using model::Entry;

class Faults : public OnDatabase {};
INSTANTIATE_TEST_SUITE_P(On, Faults, both_databases(), kind_name);

/// The same entries for the same number, and others for another: ten leads and what befell them.
std::vector<Entry> batch(int number) {
  std::vector<Entry> entries;
  for (int i = 0; i < 10; ++i) {
    const std::string id = fmt::format("{}-{}", number, i);
    model::LeadRow lead = lead_row(id);
    lead.name = "Huda " + id;
    entries.push_back(entry("lead " + id, lead));
    entries.push_back(entry("event " + id, event_row(id, "Contacted", 5)));
    entries.push_back(entry("note " + id, note_row(id, "call", 6)));
  }
  return entries;
}

/// Batches 0 … count − 1 are in, each entry once, and nothing is amiss.
void expect_all_in(Store& store, int count) {
  for (int i = 0; i < count; ++i) {
    for (const AppendResult& result : append(store, batch(i))) {
      ASSERT_EQ(result.status, AppendStatus::kRepeated) << "batch " << i;
    }
  }
  const auto report = store.check();
  ASSERT_TRUE(report.has_value()) << report.error().text();
  EXPECT_EQ(report->problems, std::vector<std::string>{});
}

TEST(FaultyDiskTest, AFailedAppendLeavesNothingAndTheNextWorks) {
  FaultyDisk::install();
  const TestFolder folder;
  auto opened = Store::open({.url = folder.file("store.db")});
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  Store& store = **opened;
  int done = 0;
  for (const DiskFault fault : {DiskFault::kFull, DiskFault::kWrite, DiskFault::kSync}) {
    int refused = 0;
    bool failed = true;
    for (int after = 0; failed; ++after) {
      const auto before = scanned(store);
      FaultyDisk::break_down(fault, after);
      const auto results = store.append(batch(done), kReceived);
      failed = FaultyDisk::repair();
      if (results.has_value()) {
        ++done;
        continue;
      }
      ++refused;
      EXPECT_EQ(results.error().code, ErrorCode::kStorage) << results.error().text();
      EXPECT_EQ(store.disk_full(), fault == DiskFault::kFull) << results.error().text();
      EXPECT_EQ(scanned(store), before);
      append(store, batch(done++));
      EXPECT_FALSE(store.disk_full());
    }
    EXPECT_GT(refused, 0);
  }
  expect_all_in(store, done);
  opened->reset();
  expect_all_in(**Store::open({.url = folder.file("store.db")}), done);
}

TEST_P(Faults, ALockOfAnotherProgramIsBusyAndPasses) {
  const std::string url = new_url();
  const auto store = Store::open({.url = url, .busy_timeout_ms = 20});
  ASSERT_TRUE(store.has_value()) << store.error().text();
  append(**store, batch(0));
  Connection other(Place::of(url), Use::kWrite, 5'000);
  {
    const Transaction held(other, Use::kWrite);
    const auto results = (*store)->append(batch(1), kReceived);
    ASSERT_FALSE(results.has_value());
    EXPECT_EQ(results.error().code, ErrorCode::kBusy) << results.error().text();
    EXPECT_FALSE((*store)->disk_full());
    EXPECT_EQ((*store)->counts()->last_seq, 30);  // reading goes on
  }
  append(**store, batch(1));
  expect_all_in(**store, 2);
}

/// The process that holds a lock on the file of a SQLite database, as another process sees it; 0:
/// none does. Asked in a child, because closing the file here would itself drop our locks.
pid_t holder_of_lock(const std::string& path) {
  // Where SQLite locks, beyond any content:
  // https://www.sqlite.org/fileformat.html#the_lock_byte_page
  constexpr off_t kFirstSharedByte = 0x4000'0002;
  constexpr off_t kSharedBytes = 510;
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = kFirstSharedByte;
    lock.l_len = kSharedBytes;
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    const pid_t holder = ::fcntl(file, F_GETLK, &lock) != 0 ? -1
                         : lock.l_type == F_UNLCK           ? 0
                                                            : lock.l_pid;
    ::_exit(::write(ends[1], &holder, sizeof holder) == sizeof holder ? 0 : 1);
  }
  ::close(ends[1]);
  pid_t holder = -1;
  if (::read(ends[0], &holder, sizeof holder) != sizeof holder) holder = -1;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return holder;
}

TEST(SqliteLocks, StayWhileTheStoreIsOpenWhateverElseIsOpened) {
  const TestFolder folder;
  const std::string path = folder.file("store.db");
  {
    const auto store = Store::open({.url = path, .readers = 1});
    ASSERT_TRUE(store.has_value()) << store.error().text();
    append(**store, batch(0));
    EXPECT_EQ(holder_of_lock(path), ::getpid());
    ASSERT_TRUE((*store)->counts().has_value());  // opens a connection and keeps it
    EXPECT_EQ(holder_of_lock(path), ::getpid());
    // More of them than are kept, a second store on the file, and one that is refused.
    EXPECT_EQ(scanned(**store, 4).size(), 31u);
    EXPECT_EQ(holder_of_lock(path), ::getpid());
    ASSERT_TRUE(Store::open({.url = path}).has_value());
    EXPECT_EQ(holder_of_lock(path), ::getpid());
    EXPECT_FALSE(Store::restore(path, {.url = path}).has_value());
    EXPECT_EQ(holder_of_lock(path), ::getpid());
    append(**store, batch(1));
  }
  EXPECT_EQ(holder_of_lock(path), 0);
}

/// Appends batches for ever and tells `pipe` after each.
[[noreturn]] void append_until_killed(const std::string& url, int first, int pipe) {
  const auto store = Store::open({.url = url});
  for (int i = first; store.has_value(); ++i) {
    if (!(*store)->append(batch(i), kReceived)) break;
    const char told = 1;
    if (::write(pipe, &told, 1) != 1) break;
  }
  ::_exit(1);
}

/// Lets a child append, kills it after `delay_us` from its first batch; returns how many it told
/// of.
int batches_before_kill(const std::string& url, int first, int delay_us) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  const pid_t child = ::fork();
  if (child == 0) append_until_killed(url, first, ends[1]);
  ::close(ends[1]);
  char told = 0;
  int batches = static_cast<int>(::read(ends[0], &told, 1));
  std::this_thread::sleep_for(std::chrono::microseconds(delay_us));
  ::kill(child, SIGKILL);
  while (::read(ends[0], &told, 1) == 1) ++batches;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return batches;
}

TEST_P(Faults, WhatWasAcknowledgedSurvivesAKill) {
  const std::string url = new_url();
  const unsigned seed = std::random_device{}();
  fmt::print("seed {}\n", seed);
  std::mt19937 random(seed);
  int acknowledged = 0;
  for (int round = 0; round < 10; ++round) {
    const int delay_us = static_cast<int>(random() % 60'000);
    const int now = batches_before_kill(url, acknowledged, delay_us);
    ASSERT_GT(now, 0);
    acknowledged += now;
    const auto store = open(url);
    expect_all_in(*store, acknowledged);
  }
}

TEST(PostgresFault, AServerThatGoesAndComesBackIsFoundAgain) {
  test::PostgresServer& server = test::shared_postgres();
  const auto opened = Store::open({.url = server.new_database()});
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  Store& store = **opened;
  append(store, batch(0));
  ASSERT_TRUE(store.counts().has_value());
  for (int round = 1; round < 4; ++round) {
    if (round % 2 == 0) {
      server.stop();
    } else {
      server.crash();
    }
    for (int i = 0; i < 2; ++i) {
      const auto results = store.append(batch(round), kReceived);
      ASSERT_FALSE(results.has_value());
      EXPECT_EQ(results.error().code, ErrorCode::kBusy) << results.error().text();
    }
    EXPECT_EQ(store.counts().error().code, ErrorCode::kBusy);
    server.start();
    EXPECT_EQ(store.counts()->last_seq, round * 30);
    append(store, batch(round));
  }
  expect_all_in(store, 4);
}

/// Restarts the server when the scan begins, and counts how often it does.
class SinkThatRestarts final : public ScanSink {
 public:
  base::Result<void> begin(const StoreCounts&, std::span<const std::string_view>) override {
    ++begun;
    test::shared_postgres().crash();
    test::shared_postgres().start();
    return {};
  }
  base::Result<void> leads(unsigned, std::span<const ScannedLead>) override { return {}; }
  base::Result<void> events(unsigned, std::span<const ScannedEvent>) override { return {}; }
  base::Result<void> outcomes(std::span<const ScannedOutcome>) override { return {}; }
  base::Result<void> signals(std::span<const ScannedSignal>) override { return {}; }
  base::Result<void> notes(std::span<const ScannedNote>) override { return {}; }
  base::Result<void> snoozes(std::span<const ScannedSnooze>) override { return {}; }
  int begun = 0;
};

TEST(PostgresFault, AScanThatBreaksOffIsNotBegunAgain) {
  test::PostgresServer& server = test::shared_postgres();
  const auto opened = Store::open({.url = server.new_database()});
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  append(**opened, batch(0));
  ASSERT_TRUE((*opened)->counts().has_value());  // the connection is one that was used before
  SinkThatRestarts sink;
  const auto scan = (*opened)->scan(sink);
  ASSERT_FALSE(scan.has_value());
  EXPECT_EQ(scan.error().code, ErrorCode::kBusy) << scan.error().text();
  EXPECT_EQ(sink.begun, 1);
}

TEST(PostgresFault, ACrashInTheMiddleLosesNothingThatWasAcknowledged) {
  test::PostgresServer& server = test::shared_postgres();
  const auto opened = Store::open({.url = server.new_database()});
  ASSERT_TRUE(opened.has_value()) << opened.error().text();
  Store& store = **opened;
  constexpr int kRounds = 3;
  constexpr int kBatches = 20;
  std::atomic<int> acknowledged = 0;
  for (int round = 1; round <= kRounds; ++round) {
    std::jthread writer([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        // A refused one is sent again: whether it went in or not, it must end up in once.
        if (store.append(batch(acknowledged), kReceived)) ++acknowledged;
      }
    });
    while (acknowledged < round * kBatches) std::this_thread::yield();
    server.crash();
    server.start();
    const int after_start = acknowledged;
    while (acknowledged == after_start) std::this_thread::yield();
  }
  expect_all_in(store, acknowledged);
}

}  // namespace
}  // namespace pursuit::store
