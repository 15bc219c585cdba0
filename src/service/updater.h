// service/updater.h: the engine's one writer. A thread that applies what was committed, moves the
// as-of instant along with the clock, and refreshes the baseline on a schedule or when asked; and
// tells a listener what moved. Any thread may call; the listener is called on the updater's.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/change.h"
#include "service/committer.h"
#include "service/live_engine.h"
#include "service/stats.h"
#include "store/store.h"

namespace pursuit::service {

/// A lead whose place was another before a step: where it was.
struct Left {
  std::string lead_id;
  std::string region, dealer_group, dealer, owner;
};

/// What moved in the engine with one step of the updater.
struct Update {
  std::int64_t seq = 0;  // the last change that is in
  base::Millis as_of_ms = 0;
  std::vector<std::string> leads;  // that changed, or whose change is seen only now; each once
  std::vector<Left> left;          // of these, leads that perhaps went elsewhere
  base::Millis earliest_ms = base::kNoInstant;  // of the changes: figures from it on are others now
  bool leads_moved = false;       // dimensions changed: figures of every instant are others
  bool baseline_swapped = false;  // by a refresh, or with the whole engine by another policy
};

struct UpdaterOptions {
  base::Millis tick_ms = 1'000;             // at least this long between two moves of T
  base::Millis refresh_every_ms = 900'000;  // between two refreshes of the baseline
  std::size_t max_waiting_rows = 200'000;   // over them commits wait
};

/// How the last refresh went.
struct RefreshStatus {
  base::Millis as_of_ms = 0;
  base::Millis took_ms = 0;
  std::uint64_t refreshes = 0;
  std::string error;  // of the last one; empty: it succeeded
};

class Updater {
 public:
  /// Everything given must outlive this. `listener` may be empty; it is told of a change before
  /// wait_for says that it can be seen.
  Updater(LiveEngine& engine, store::Store& store, const base::Clock& clock, UpdaterOptions options,
          std::function<void(const Update&)> listener);
  Updater(const Updater&) = delete;
  Updater& operator=(const Updater&) = delete;
  ~Updater();

  /// Takes over rows to be applied; waits while too many wait already.
  void enqueue(std::vector<Committed> rows);
  /// Returns once a refresh that began after this call is done.
  [[nodiscard]] base::Result<void> refresh_now();
  /// Runs `work` between two steps, on the updater's thread: for what replaces the engine.
  [[nodiscard]] base::Result<void> between_steps(std::function<base::Result<void>()> work);
  /// Waits until changes up to `seq` are visible; false when this stopped before.
  bool wait_for(std::int64_t seq);
  /// The same, until answers are also of `at_ms` or later, so that what happened then is seen;
  /// gives up when the clock does not get there soon.
  bool wait_for(std::int64_t seq, base::Millis at_ms);
  /// Applies what waits, then ends the thread.
  void stop();

  [[nodiscard]] std::size_t waiting_rows() const;
  [[nodiscard]] RefreshStatus refresh_status() const;
  [[nodiscard]] UpdateStats stats() const;

 private:
  using Work = std::function<base::Result<void>()>;
  struct Step {
    std::vector<Committed> rows;
    std::uint64_t refreshes_asked = 0;
    bool asked = false;  // for a refresh
    bool tick = false;   // somebody waits for it
    bool stop = false;
    std::vector<std::pair<Work, std::promise<base::Result<void>>>> work;
  };

  void run();
  [[nodiscard]] Step next_step();
  [[nodiscard]] bool wants_tick() const {
    return wanted_as_of_ms_ > visible_as_of_ms_ && clock_.now_ms() >= wanted_as_of_ms_;
  }
  void take(Step& step);
  /// Keeps the leads whose changes are later than what is seen, up to `seen_ms`, and adds to the
  /// update those whose time has come.
  void note_later(const std::vector<model::Change>& changes, base::Millis seen_ms, Update& update);
  /// Where the leads of rows that may move them are before they are applied, each once.
  [[nodiscard]] std::vector<Left> places_of(const std::vector<Committed>& rows) const;
  /// Changes of rows as the engine takes them: views into `rows` and `histories`, which it fills.
  [[nodiscard]] std::vector<model::Change> changes_of(
      const std::vector<Committed>& rows, std::deque<model::LeadHistory>& histories) const;
  [[nodiscard]] std::int64_t begin_run(base::Millis as_of_ms);
  void end_run(std::int64_t run, base::Millis as_of_ms, std::int64_t began_ns,
               const base::Result<void>& result);

  LiveEngine& engine_;
  store::Store& store_;
  const base::Clock& clock_;
  const UpdaterOptions options_;
  const std::function<void(const Update&)> listener_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::vector<Committed> waiting_;
  std::vector<std::pair<Work, std::promise<base::Result<void>>>> work_;
  std::uint64_t refreshes_asked_ = 0;
  std::uint64_t refreshes_done_ = 0;
  base::Result<void> last_refresh_;
  RefreshStatus status_;
  UpdateStats stats_;
  std::int64_t visible_seq_ = 0;
  base::Millis visible_as_of_ms_ = base::kNoInstant;
  base::Millis wanted_as_of_ms_ = base::kNoInstant;
  bool stopping_ = false;
  bool ended_ = false;
  // Of run() only.
  std::int64_t last_tick_ns_;
  std::int64_t last_refresh_ns_;
  std::int64_t tick_cost_ns_ = 0;
  std::multimap<base::Millis, std::string> later_;  // leads, by the instant of a change ahead
  std::thread thread_;
};

}  // namespace pursuit::service
