#include "service/service.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "model/policy_toml.h"

namespace pursuit::service {
namespace {

constexpr std::string_view kStoredPolicy = "policy in force";

PolicyInForce in_force(const store::PolicyVersion& version) {
  return {.version = version.version, .text = version.text, .hash = version.hash};
}

}  // namespace

Service::Service(store::Store& store, const base::Clock& clock, const ServiceOptions& options)
    : store_(store), clock_(clock), options_(options) {}

Service::~Service() { stop(); }

base::Result<std::unique_ptr<Service>> Service::start(store::Store& store, const base::Clock& clock,
                                                      const ServiceOptions& options,
                                                      const LoadProgress& progress,
                                                      std::function<void(const Update&)> listener) {
  std::unique_ptr<Service> self(new Service(store, clock, options));
  if (auto chosen = self->choose_policy(); !chosen) return std::unexpected(chosen.error());
  const auto policy = model::parse_policy(self->policy_.text, kStoredPolicy);
  if (!policy) return std::unexpected(policy.error());
  auto loaded = self->load(*policy, clock.now_ms(), progress);
  if (!loaded) return std::unexpected(loaded.error());
  self->engine_ = std::make_unique<LiveEngine>(std::move(loaded->engine), loaded->seq);
  self->replays_ = std::make_unique<Replays>(*self->engine_, options.replays);
  self->updater_ = std::make_unique<Updater>(
      *self->engine_, store, clock, options.update,
      [replays = self->replays_.get(), listener = std::move(listener)](const Update& update) {
        replays->note(update);
        if (listener) listener(update);
      });
  self->committer_ =
      std::make_unique<Committer>(store, clock, options.commit, loaded->seq,
                                  [updater = self->updater_.get()](std::vector<Committed> rows) {
                                    updater->enqueue(std::move(rows));
                                  });
  return self;
}

void Service::stop() {
  if (committer_) committer_->stop();
  if (updater_) updater_->stop();
}

base::Result<void> Service::choose_policy() {
  auto current = store_.current_policy();
  if (!current) return std::unexpected(current.error());
  if (options_.policy_text.empty() && *current) {
    policy_ = in_force(**current);
    return {};
  }
  const auto policy = model::parse_policy(options_.policy_text, options_.policy_name);
  if (!policy) return std::unexpected(policy.error());
  const auto kept = store_.add_policy({.text = options_.policy_text,
                                       .hash = model::policy_hash(*policy),
                                       .author = "start",
                                       .note = "",
                                       .at_ms = clock_.now_ms()});
  if (!kept) return std::unexpected(kept.error());
  policy_ = in_force(*kept);
  return {};
}

base::Result<Service::Loaded> Service::load(const model::Policy& policy, base::Millis as_of_ms,
                                            const LoadProgress& progress) const {
  EngineLoader loader(policy, progress, options_.threads);
  const auto counts = store_.scan(loader);
  if (!counts) return std::unexpected(counts.error());
  Loaded loaded{.engine = loader.finish({.threads = options_.threads}), .seq = counts->last_seq};
  if (auto refreshed = loaded.engine->refresh(as_of_ms); !refreshed)
    return std::unexpected(refreshed.error());
  return loaded;
}

base::Result<std::unique_ptr<engine::Engine>> Service::under(
    const model::Policy& policy, std::optional<base::Millis> at_ms) const {
  base::Millis as_of_ms = 0;
  std::unique_ptr<engine::Engine> copy;
  {
    const LiveEngine::View view = engine_->read();
    as_of_ms = at_ms.value_or(view->as_of_ms());
    if (policy.funnel == view->policy().funnel) {
      auto cloned = view->clone(policy);
      if (!cloned) return std::unexpected(cloned.error());
      copy = std::move(*cloned);
    }
  }
  if (!copy) {
    // Other stages: what an event means is read anew from its text.
    auto loaded = load(policy, as_of_ms, {});
    if (!loaded) return std::unexpected(loaded.error());
    return std::move(loaded->engine);
  }
  if (auto refreshed = copy->refresh(as_of_ms); !refreshed)
    return std::unexpected(refreshed.error());
  return copy;
}

base::Result<PolicyInForce> Service::set_policy(const std::string& text, const std::string& author,
                                                const std::string& note) {
  const std::lock_guard one_at_a_time(set_policy_mutex_);
  const auto policy = model::parse_policy(text, options_.policy_name);
  if (!policy) return std::unexpected(policy.error());
  PolicyInForce next;
  auto done = updater_->between_steps([&]() -> base::Result<void> {
    auto first = under(*policy);
    if (!first) return std::unexpected(first.error());
    auto second = (*first)->clone();
    const auto kept = store_.add_policy({.text = text,
                                         .hash = model::policy_hash(*policy),
                                         .author = author,
                                         .note = note,
                                         .at_ms = clock_.now_ms()});
    if (!kept) return std::unexpected(kept.error());
    next = in_force(*kept);
    engine_->replace(std::move(*first), std::move(second));
    replays_->clear();
    const std::lock_guard lock(mutex_);
    policy_ = next;
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return next;
}

base::Result<void> Service::reload() {
  const std::lock_guard one_at_a_time(set_policy_mutex_);
  return updater_->between_steps([&]() -> base::Result<void> {
    const model::Policy policy = engine_->read()->policy();
    auto loaded = load(policy, engine_->read()->as_of_ms(), {});
    if (!loaded) return std::unexpected(loaded.error());
    auto second = loaded->engine->clone();
    engine_->replace(std::move(loaded->engine), std::move(second));
    replays_->clear();
    return {};
  });
}

PolicyInForce Service::policy() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

}  // namespace pursuit::service
