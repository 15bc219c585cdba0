// service/service.h: the live service below its doors, start here: a store that keeps what was
// acknowledged, an engine that answers at once, and the threads between them. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "engine/engine.h"
#include "model/policy.h"
#include "service/committer.h"
#include "service/engine_loader.h"
#include "service/live_engine.h"
#include "service/replays.h"
#include "service/updater.h"
#include "store/store.h"

namespace pursuit::service {

struct ServiceOptions {
  /// policy.toml as text: becomes the policy in force if it is not yet; empty: the one the store
  /// has, else the default.
  std::string policy_text;
  std::string policy_name = "policy.toml";  // in errors
  unsigned threads = 0;                     // of one engine; 0: all cores
  std::size_t replays = 3;                  // earlier instants kept
  CommitterOptions commit;
  UpdaterOptions update;
};

/// The policy in force.
struct PolicyInForce {
  std::int64_t version = 0;
  std::string text;  // as it was given
  std::string hash;
};

class Service {
 public:
  /// Loads everything from the store and refreshes. `listener` is told what moves, on a thread of
  /// the service, until stop(); it may be empty. Store and clock must outlive the service.
  [[nodiscard]] static base::Result<std::unique_ptr<Service>> start(
      store::Store& store, const base::Clock& clock, const ServiceOptions& options,
      const LoadProgress& progress, std::function<void(const Update&)> listener);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service();

  /// Writes what waits and ends the threads; reads go on.
  void stop();

  // ── changes ─────────────────────────────────────────────────────────────────────────────────
  [[nodiscard]] Committer& committer() { return *committer_; }
  [[nodiscard]] Updater& updater() { return *updater_; }
  /// Checks a policy, brings the engine to it, keeps it as a version and puts it in force.
  /// kInvalidPolicy names file, line and key.
  [[nodiscard]] base::Result<PolicyInForce> set_policy(const std::string& text,
                                                       const std::string& author,
                                                       const std::string& note);

  /// Reads everything from the store anew: after rows were taken out of it.
  [[nodiscard]] base::Result<void> reload();

  // ── reading ─────────────────────────────────────────────────────────────────────────────────
  [[nodiscard]] LiveEngine::View live() const { return engine_->read(); }
  [[nodiscard]] Replays& replays() { return *replays_; }
  [[nodiscard]] const store::Store& store() const { return store_; }
  [[nodiscard]] const base::Clock& clock() const { return clock_; }
  [[nodiscard]] PolicyInForce policy() const;
  /// A copy of the present engine refreshed under another policy, as of the live instant or an
  /// earlier one.
  [[nodiscard]] base::Result<std::unique_ptr<engine::Engine>> under(
      const model::Policy& policy, std::optional<base::Millis> at_ms = {}) const;

 private:
  Service(store::Store& store, const base::Clock& clock, const ServiceOptions& options);
  base::Result<void> choose_policy();
  /// An engine with all that the store holds, refreshed; and the last change in it.
  struct Loaded {
    std::unique_ptr<engine::Engine> engine;
    std::int64_t seq = 0;
  };
  base::Result<Loaded> load(const model::Policy& policy, base::Millis as_of_ms,
                            const LoadProgress& progress) const;

  store::Store& store_;
  const base::Clock& clock_;
  const ServiceOptions options_;
  mutable std::mutex mutex_;  // of what follows
  PolicyInForce policy_;
  std::mutex set_policy_mutex_;  // one at a time
  std::unique_ptr<LiveEngine> engine_;
  std::unique_ptr<Replays> replays_;
  std::unique_ptr<Updater> updater_;
  std::unique_ptr<Committer> committer_;
};

}  // namespace pursuit::service
