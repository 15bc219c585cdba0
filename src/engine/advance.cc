// Time going on without a refresh, and engines made of engines.
#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "engine/refresh.h"
#include "engine/state.h"

namespace pursuit::engine {

namespace {

constexpr std::size_t kLeadsPerTask = 256;

/// Walks the leads with events that have become visible, and notes the next that has not.
void take_in(Engine::State& s, std::span<const base::LeadId> due) {
  std::vector<Standing> standings(due.size());
  s.pool.parallel_ranges(due.size(), kLeadsPerTask,
                         [&](std::size_t begin, std::size_t end, unsigned) {
                           for (std::size_t i = begin; i < end; ++i) {
                             standings[i] = s.evaluator.standing(s.walk_to_end(due[i]));
                           }
                         });
  for (std::size_t i = 0; i < due.size(); ++i) {
    s.replace_standing(due[i], s.facts(due[i]), standings[i]);
    if (const auto next = s.book.next_after(due[i], s.evaluator.as_of_ms())) {
      s.later.add(*next, due[i]);
    }
  }
}

}  // namespace

base::Result<void> Engine::advance(base::Millis as_of_ms) {
  State& s = *state_;
  if (s.judged_as_of_ms == base::kNoInstant) {
    return base::fail(base::ErrorCode::kUsage, "there is no baseline to hold leads against yet");
  }
  if (as_of_ms < s.evaluator.as_of_ms()) {
    return base::fail(base::ErrorCode::kUsage, "time goes forward between refreshes");
  }
  if (auto set = s.evaluator.set_instant(as_of_ms, s.book.earliest_ms()); !set) return set;
  take_in(s, s.later.take(as_of_ms));
  assess_leads(s, DealerTasks::make(s), {});
  return {};
}

void Engine::State::copy_book(const State& from) {
  // The two that are large at once: what takes the time is new memory.
  from.share_out(2, [&](std::size_t task, unsigned) {
    if (task == 0) {
      book = from.book.copy();
    } else {
      leads = from.leads;
      signals = from.signals;
      members = from.members.copy();
      past_load = base::HugeArray<PastLoad>(from.past_load);
    }
  });
}

std::unique_ptr<Engine> Engine::clone() const {
  const State& from = *state_;
  auto copy = std::make_unique<Engine>(
      from.policy, EngineOptions{.threads = from.pool.size(), .share_from = from.share_from});
  State& to = *copy->state_;
  to.copy_book(from);
  to.profiles.learn(from.profiles);
  to.baseline = from.baseline;
  to.evaluator.copy_instant(from.evaluator);
  to.open = from.open;
  to.later = from.later;
  to.judged_as_of_ms = from.judged_as_of_ms;
  to.load_now = from.load_now;
  to.past_moved = from.past_moved;
  to.dealer_moved = from.dealer_moved;
  to.surge_by_dealer = from.surge_by_dealer;
  to.surge_by_nameplate = from.surge_by_nameplate;
  to.tables = from.tables;
  return copy;
}

base::Result<std::unique_ptr<Engine>> Engine::clone(model::Policy other) const {
  const State& from = *state_;
  const model::FunnelPolicy& funnel = from.policy.funnel;
  if (other.funnel.stages != funnel.stages || other.funnel.won != funnel.won ||
      other.funnel.lost != funnel.lost) {
    return base::fail(base::ErrorCode::kInvalidPolicy,
                      "the stages of the funnel are not those that the events are of", "funnel");
  }
  auto copy = std::make_unique<Engine>(
      std::move(other), EngineOptions{.threads = from.pool.size(), .share_from = from.share_from});
  State& to = *copy->state_;
  to.copy_book(from);
  to.book.forget_standings();
  to.grow_to_profiles();
  return copy;
}

}  // namespace pursuit::engine
