// service/updater.h: the engine's one writer. A thread that applies what was committed, moves the
// as-of instant along with the clock, and refreshes the baseline on a schedule or when asked; and
// tells a listener what moved. Any thread may call; the listener is called on the updater's.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <future>
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
#include "store/store.h"

namespace pursuit::service {

/// What moved in the engine with one step of the updater.
struct Update {
  std::int64_t seq = 0;  // the last change that is in
  base::Millis as_of_ms = 0;
  std::vector<std::string> leads;               // that changed, each once
  base::Millis earliest_ms = base::kNoInstant;  // of the changes: figures from it on are others now
  bool leads_moved = false;  // dimensions changed: figures of every instant are others
  bool baseline_swapped = false;
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
  /// Everything given must outlive this. `listener` may be empty.
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
  /// Applies what waits, then ends the thread.
  void stop();

  [[nodiscard]] std::size_t waiting_rows() const;
  [[nodiscard]] RefreshStatus refresh_status() const;

 private:
  using Work = std::function<base::Result<void>()>;
  struct Step {
    std::vector<Committed> rows;
    std::uint64_t refreshes_asked = 0;
    bool asked = false;  // for a refresh
    bool stop = false;
    std::vector<std::pair<Work, std::promise<base::Result<void>>>> work;
  };

  void run();
  [[nodiscard]] Step next_step();
  void take(Step& step);
  /// Changes of rows as the engine takes them: views into `rows`.
  [[nodiscard]] std::vector<model::Change> changes_of(const std::vector<Committed>& rows) const;
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
  std::int64_t visible_seq_ = 0;
  bool stopping_ = false;
  bool ended_ = false;
  // Of run() only.
  std::int64_t last_tick_ns_;
  std::int64_t last_refresh_ns_;
  std::int64_t tick_cost_ns_ = 0;
  std::thread thread_;
};

}  // namespace pursuit::service
