#include "app/maintain.h"

#include <memory>
#include <utility>

#include "model/policy_toml.h"
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
  StoreHealth health{.counts = report->counts, .problems = std::move(report->problems)};
  const auto policy = policy_of(**store);
  if (!policy) {
    health.problems.push_back(policy.error().text());
    return health;
  }
  progress.begin("loading");
  service::EngineLoader loader(*policy, [&](std::uint64_t done, std::uint64_t total) {
    progress.update("rows", done, total, ProgressUnit::kRows);
  });
  const auto scanned = (*store)->scan(loader);
  if (!scanned) return fail(ExitStatus::kInput, scanned.error());
  const auto engine = loader.finish({});
  if (engine->leads().size() != static_cast<std::uint64_t>(scanned->leads)) {
    health.problems.push_back("the engine holds " + std::to_string(engine->leads().size()) +
                              " leads, the store " + std::to_string(scanned->leads));
  }
  if (auto refreshed = engine->refresh(clock.now_ms()); !refreshed)
    health.problems.push_back(refreshed.error().text());
  progress.end();
  return health;
}

}  // namespace pursuit::app
