#include "app/maintain.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "app/same_figures.h"
#include "model/policy_toml.h"
#include "service/change_feed.h"
#include "service/engine_loader.h"
#include "store/store.h"

namespace pursuit::app {
namespace {

Outcome<std::unique_ptr<store::Store>> open(const std::string& db, const base::Clock& clock) {
  auto store = store::Store::open({.url = db, .opened_at_ms = clock.now_ms()});
  if (!store) return fail(ExitStatus::kInput, store.error());
  return std::move(*store);
}

base::Result<model::Policy> policy_of(const store::Store& store) {
  const auto version = store.current_policy();
  if (!version) return std::unexpected(version.error());
  if (!*version) return model::Policy{};
  return model::parse_policy((*version)->text, "policy in force");
}

constexpr std::size_t kMostDifferences = 20;

/// Makes an engine of the store both ways, all at once and change by change, and compares every
/// figure.
Outcome<StoreHealth> check_engine(const store::Store& store, const model::Policy& policy,
                                  base::Millis as_of_ms, Progress& progress, StoreHealth health) {
  const auto tell = [&](std::uint64_t done, std::uint64_t total) {
    progress.update("rows", done, total, ProgressUnit::kRows);
  };
  progress.begin("loading");
  service::EngineLoader loader(policy, tell, 0);
  const auto scanned = store.scan(loader);
  if (!scanned) return fail(ExitStatus::kInput, scanned.error());
  const auto loaded = loader.finish({});
  if (loaded->leads().size() != static_cast<std::uint64_t>(scanned->leads)) {
    health.problems.push_back("the engine holds " + std::to_string(loaded->leads().size()) +
                              " leads, the store " + std::to_string(scanned->leads));
  }
  if (auto refreshed = loaded->refresh(as_of_ms); !refreshed) {
    health.problems.push_back(refreshed.error().text());
    return health;
  }
  progress.begin("rebuilding");
  service::ChangeFeed feed(policy, as_of_ms, tell);
  const auto fed = store.scan(feed);
  if (!fed) return fail(ExitStatus::kInput, fed.error());
  if (fed->last_seq != scanned->last_seq) {
    health.notes.emplace_back("changes came in meanwhile: the engine was not compared");
    return health;
  }
  const auto rebuilt = feed.finish();
  if (!rebuilt) {
    health.problems.push_back(rebuilt.error().text());
    return health;
  }
  progress.begin("comparing");
  for (std::string& difference : differences(*loaded, **rebuilt, kMostDifferences))
    health.problems.push_back("loaded, and change by change: " + std::move(difference));
  return health;
}

}  // namespace

Outcome<void> backup(const std::string& db, const std::string& path, const base::Clock& clock) {
  const auto store = open(db, clock);
  if (!store) return std::unexpected(store.error());
  if (auto done = (*store)->backup(path); !done) return fail(ExitStatus::kOutput, done.error());
  return {};
}

Outcome<void> restore(const std::string& path, const std::string& db, const base::Clock& clock) {
  const auto done = store::Store::restore(path, {.url = db, .opened_at_ms = clock.now_ms()});
  if (!done) return fail(ExitStatus::kInput, done.error());
  return {};
}

Outcome<StoreHealth> check(const std::string& db, const base::Clock& clock, Progress& progress) {
  const auto store = open(db, clock);
  if (!store) return std::unexpected(store.error());
  progress.begin("checking");
  auto report = (*store)->check();
  if (!report) return fail(ExitStatus::kInput, report.error());
  StoreHealth health{.counts = report->counts,
                     .taken_back = report->taken_back,
                     .problems = std::move(report->problems),
                     .notes = {}};
  const auto policy = policy_of(**store);
  if (!policy) {
    health.problems.push_back(policy.error().text());
    return health;
  }
  return check_engine(**store, *policy, clock.now_ms(), progress, std::move(health));
}

}  // namespace pursuit::app
