// service/committer.h: the way of changes into the store. Requests from any thread wait in a
// bounded queue; one thread writes what has gathered in one transaction (group commit), hands it
// on, and answers each request only then. Any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/entry.h"
#include "service/change_of.h"
#include "service/stats.h"
#include "store/store.h"

namespace pursuit::service {

/// One entry that is in the store, and what became of it.
struct Committed {
  model::Entry entry;
  std::int64_t seq = 0;
  std::optional<store::LeadState> state;   // of a lead row or an assignment: the lead after it
  std::shared_ptr<const LeadStory> story;  // of an undo: all of the lead after it
};

struct CommitterOptions {
  std::size_t max_waiting_entries = 50'000;  // over them: kBusy
  std::size_t max_group_entries = 10'000;    // of one transaction
  base::Millis retry_for_ms = 5'000;         // a database that is away may come back
  base::Millis retry_pause_ms = 100;
};

/// What a request is answered with: a result per entry, or why nothing was acknowledged.
using CommitOutcome = base::Result<std::vector<store::AppendResult>>;

class Committer {
 public:
  /// `committed` is called on the committer's thread with everything new of a transaction, in order
  /// of seq, before the requests are answered; while it waits, so do they. `last_seq`: of the store
  /// as the engine knows it. Store and clock must outlive this.
  Committer(store::Store& store, const base::Clock& clock, CommitterOptions options,
            std::int64_t last_seq, std::function<void(std::vector<Committed>)> committed);
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;
  /// As stop().
  ~Committer();

  /// Calls `done` on another thread once the entries are durable, or have failed: kStorage and
  /// kBusy mean that nothing is acknowledged, and the same entries may be sent again. False, and
  /// `done` is not called, when too much waits already or this has stopped.
  [[nodiscard]] bool submit(std::vector<model::Entry> entries,
                            std::function<void(CommitOutcome)> done);
  /// The same, waiting for the answer; kBusy where submit() would say false.
  [[nodiscard]] CommitOutcome commit(std::vector<model::Entry> entries);

  /// commit() of a part of an import, in a transaction of its own with the job as `after` tells it,
  /// given what became of the entries. `after` is called on the committer's thread, perhaps again.
  using JobAfter = std::function<store::ImportJob(const std::vector<store::AppendResult>&)>;
  [[nodiscard]] CommitOutcome commit_import(std::vector<model::Entry> entries,
                                            const JobAfter& after);

  /// Takes no more, writes what waits, and ends the thread.
  void stop();

  [[nodiscard]] std::size_t waiting_entries() const;
  [[nodiscard]] CommitStats stats() const;

 private:
  struct Request {
    std::vector<model::Entry> entries;
    std::function<void(CommitOutcome)> done;
    JobAfter after = {};  // of an import
    std::int64_t arrived_ns = 0;
  };

  bool submit(Request request);
  void run();
  void write(std::vector<Request> group);
  /// Counts a transaction and the requests in it, before these are answered.
  void count(const std::vector<Request>& group, const std::vector<store::AppendResult>& results);
  void count(const base::Error& error);
  CommitOutcome append(std::span<const std::span<const model::Entry>> parts, const JobAfter& after);
  /// Tries again what may or may not have been written when the connection broke: what is in the
  /// store must be in the engine too.
  base::Result<void> settle_uncertain();
  /// Hands on what is new to the engine, moving it out of `lists`; on an error they stay whole.
  base::Result<void> hand_on(std::vector<std::vector<model::Entry>>& lists,
                             std::vector<store::AppendResult>& results);

  store::Store& store_;
  const base::Clock& clock_;
  const CommitterOptions options_;
  const std::function<void(std::vector<Committed>)> committed_;
  std::int64_t last_seq_;                             // run() only
  std::vector<std::vector<model::Entry>> uncertain_;  // run() only

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Request> waiting_;
  std::size_t waiting_entries_ = 0;
  CommitStats stats_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pursuit::service
