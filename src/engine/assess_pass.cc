// The second pass of a refresh: open leads against the baseline, and their ranks.
#include <algorithm>

#include "engine/judge.h"
#include "engine/refresh.h"

namespace pursuit::engine {

namespace {

class AssessPass {
 public:
  explicit AssessPass(Engine::State& state)
      : state_(state), evaluator_(state.evaluator), surges_(state) {}

  void dealer(std::uint32_t dealer, std::span<const std::uint32_t> pairs, std::vector<Ranked>& open,
              Counts* counts) const {
    open.clear();
    for (const std::uint32_t p : pairs) {
      const PairLoad now = state_.load_now[p];
      OpenLeads::Head head;
      state_.open.for_each({p}, state_.book, [&](base::LeadId lead) {
        const Profiles::Facts& facts = state_.facts(lead);
        Standing& standing = state_.book.standing(lead);
        evaluator_.assess(lead, facts, now, standing);
        if (counts != nullptr) count(lead, facts, now, standing, *counts);
        OpenLeads::raise(head, standing);
        open.push_back({standing.score, lead});
      });
      state_.open.set_head({p}, head);
    }
    std::sort(open.begin(), open.end(),
              [&](const Ranked& a, const Ranked& b) { return state_.ranks_before(a, b); });
    std::uint32_t rank = 0;
    for (const Ranked& r : open) state_.book.standing(r.lead).rank = ++rank;
    state_.dealer_moved[dealer] = 0;
  }

 private:
  void count(base::LeadId lead, const Profiles::Facts& facts, PairLoad now,
             const Standing& standing, Counts& counts) const {
    StageCounts& stage = counts.stages[standing.stage];
    ++stage.open;
    stage.expired += standing.expired;
    const std::uint16_t rule = state_.profiles.tiered_rule(
        state_.profiles.choice(facts, standing.stage), standing.entered_ms, standing.tier);
    if (rule == kNoRule) return;
    const double effective = evaluator_.effective_hours(rule, evaluator_.relaxation(now));
    const double deviation =
        base::to_hours(evaluator_.duration(facts, standing.entered_ms, evaluator_.as_of_ms())) -
        effective;
    stage.count_open(deviation);
    if (deviation > 0) {
      surges_.count(facts, lead, standing.stage, standing.entered_ms, effective, counts);
    }
  }

  Engine::State& state_;
  const Evaluator& evaluator_;
  SurgeCounter surges_;
};

}  // namespace

void assess_leads(Engine::State& state, const DealerTasks& tasks, std::span<Counts> counts) {
  std::vector<std::vector<Ranked>> open(state.pool.size());
  const AssessPass pass(state);
  state.pool.parallel_for(tasks.count(), [&](std::size_t task, unsigned worker) {
    for (std::size_t i = tasks.first_of_task[task]; i < tasks.first_of_task[task + 1]; ++i) {
      pass.dealer(tasks.dealers[i], tasks.pairs_of(i), open[worker],
                  counts.empty() ? nullptr : &counts[worker]);
    }
  });
}

}  // namespace pursuit::engine
