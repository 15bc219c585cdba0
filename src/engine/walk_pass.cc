// The first pass of a refresh: every lead is walked once.
#include <algorithm>

#include "engine/history.h"
#include "engine/judge.h"
#include "engine/refresh.h"
#include "metrics/load.h"

namespace pursuit::engine {

namespace {

constexpr std::int64_t kLoadDays = 90;

/// A closed visit, or a closed lead as a whole, that waits for the load of the day it was left.
struct Closed {
  const Profiles::Facts* facts;
  base::Millis entered_ms;
  base::Millis left_ms;
  base::LeadId lead;
  std::uint32_t slot;
  std::uint32_t stage;  // the number of open stages: the lead as a whole
};

struct Scratch {
  LoadHistory history;
  std::vector<base::LeadId> leads;  // of the pair at hand
  std::vector<Closed> closed;       // of the leads since the last time it was full
  std::vector<Later::Entry> later;  // of all pairs
};

struct TaskRows {
  std::vector<LoadRow> load;
  std::vector<LoadRow> load_daily;
};

class WalkPass {
 public:
  WalkPass(Engine::State& state, SampleStore* samples)
      : state_(state),
        samples_(samples),
        evaluator_(state.evaluator),
        surges_(state),
        as_of_ms_(evaluator_.as_of_ms()),
        stages_(state.policy.funnel.open_stages()),
        has_sla_(state.profiles.any_sla()),
        window_from_ms_(as_of_ms_ - state.policy.expiry.lookback_days * base::kMillisPerDay),
        closed_from_ms_(as_of_ms_ - state.policy.channel.lookback_days * base::kMillisPerDay),
        period_ms_(state.policy.channel.inflow_period_days * base::kMillisPerDay) {}

  void pair(base::PairId pair, unsigned worker, Scratch& scratch, Counts& counts,
            TaskRows& rows) const {
    const base::Millis earliest_ms = gather(pair, scratch);
    const std::int64_t last_day = base::day_of(as_of_ms_);
    std::int64_t first_day = base::day_of(earliest_ms);
    // Without a rule, or with too few leads for any relaxation, only the days that are shown
    // matter.
    if (!has_sla_ ||
        static_cast<std::int64_t>(scratch.leads.size()) < state_.policy.load.min_open) {
      first_day = std::max(first_day, last_day - kLoadDays);
    }
    scratch.history.reset(first_day, last_day);
    state_.open.clear(pair);
    scratch.closed.clear();
    PairLoad now;
    for (const base::LeadId lead : scratch.leads) {
      walk_one(lead, pair, worker, scratch, counts, now);
    }
    scratch.history.sum_up();
    state_.load_now[pair.v] = now;
    state_.past_moved[pair.v] = 0;
    for (const Closed& c : scratch.closed) judge(c, scratch.history, counts);
    add_rows(pair, now, scratch.history, rows);
  }

 private:
  base::Millis gather(base::PairId pair, Scratch& scratch) const {
    scratch.leads.clear();
    base::Millis earliest_ms = as_of_ms_;
    state_.members.for_each(pair, state_.leads, state_.profiles, [&](base::LeadId lead) {
      scratch.leads.push_back(lead);
      const auto events = state_.book.events(lead);
      if (!events.empty()) earliest_ms = std::min(earliest_ms, events.front().at_ms());
    });
    return earliest_ms;
  }

  void walk_one(base::LeadId lead, base::PairId pair, unsigned worker, Scratch& scratch,
                Counts& counts, PairLoad& now) const {
    const Profiles::Facts& facts = state_.facts(lead);
    const std::uint32_t slot = state_.book.first_slot(lead);
    const std::uint64_t rank = samples_ == nullptr ? 0 : samples_->rank_of(facts.segment[0]);
    const auto closed = [&](model::StageCode stage, base::Millis entered_ms, base::Millis left_ms,
                            VisitKind kind, std::uint32_t index) {
      ++counts.stages[stage].by_kind[static_cast<std::size_t>(kind)];
      scratch.history.add(entered_ms, left_ms, evaluator_.is_load_stage(stage));
      if (samples_ != nullptr && left_ms > window_from_ms_) {
        samples_->add(worker, stage, rank, evaluator_.duration(facts, entered_ms, left_ms),
                      kind != VisitKind::kAdvance);
      }
      if (has_sla_) {
        scratch.closed.push_back({&facts, entered_ms, left_ms, lead, slot + index, stage});
      }
    };
    const WalkEnd end = state_.walk_lead(lead, closed);
    Standing& standing = state_.book.standing(lead);
    standing = evaluator_.standing(end);
    note_later(lead, scratch);
    if (end.stage == kNoStage) return;
    if (end.furthest > 0 && !end.ever_won) ++counts.stages[end.furthest - 1u].furthest;
    counts.won += end.ever_won;
    count_channel(end, counts.channels[facts.channel]);
    if (end.stage < stages_) {
      const bool in_load_stage = evaluator_.is_load_stage(end.stage);
      scratch.history.add(end.entered_ms, base::kMaxInstantMs, in_load_stage);
      state_.open.add(lead, pair, standing);
      ++now.open;
      now.in_load_stages += in_load_stage;
      if (samples_ != nullptr) {
        samples_->add(worker, end.stage, rank,
                      evaluator_.duration(facts, end.entered_ms, as_of_ms_), true);
      }
    } else if (has_sla_) {
      scratch.closed.push_back({&facts, end.first_ms, end.entered_ms, lead,
                                slot + end.entered_index, static_cast<std::uint32_t>(stages_)});
    }
  }

  /// Notes the first event of the lead that is not visible yet.
  void note_later(base::LeadId lead, Scratch& scratch) const {
    if (const auto next = state_.book.next_after(lead, as_of_ms_)) {
      scratch.later.push_back({*next, lead});
    }
  }

  void count_channel(const WalkEnd& end, ChannelCounts& channel) const {
    ++channel.leads;
    if (end.stage >= stages_ && end.entered_ms > closed_from_ms_) {
      ++channel.closed;
      channel.won += end.stage == stages_;
    }
    if (end.created_ms == base::kNoInstant) return;
    const base::Millis period = (as_of_ms_ - end.created_ms) / period_ms_;
    if (period < static_cast<base::Millis>(channel.created.size())) {
      ++channel.created[static_cast<std::size_t>(period)];
    }
  }

  /// Notes the load that relaxes the SLA of what was closed, and counts a visit against it.
  void judge(const Closed& c, const LoadHistory& history, Counts& counts) const {
    const SlaChoice& choice = state_.profiles.choice(*c.facts, c.stage);
    const std::uint16_t rule = state_.profiles.rule(choice, c.entered_ms);
    if (rule == kNoRule) return;
    const PairLoad load = history.at(base::day_of(c.left_ms));
    state_.past_load[c.slot] = PastLoad(load);
    const bool in_window = c.left_ms > window_from_ms_;
    const bool may_surge = surges_.looks_at(c.left_ms);
    if (c.stage == stages_ || (!in_window && !may_surge)) return;
    const double effective = evaluator_.effective_hours(rule, evaluator_.relaxation(load));
    const double deviation =
        base::to_hours(evaluator_.duration(*c.facts, c.entered_ms, c.left_ms)) - effective;
    if (in_window) counts.stages[c.stage].count_compliance(deviation, true);
    if (may_surge && deviation > 0) {
      surges_.count(*c.facts, c.lead, static_cast<model::StageCode>(c.stage), c.entered_ms,
                    effective, counts);
    }
  }

  void add_rows(base::PairId pair, PairLoad now, const LoadHistory& history, TaskRows& rows) const {
    if (now.open > 0) rows.load.push_back(row_of(pair, 0, now));
    // The midnights in (T − 90 d, T].
    const std::int64_t last = base::day_of(as_of_ms_);
    const std::int64_t first = base::day_of(as_of_ms_ - kLoadDays * base::kMillisPerDay) + 1;
    for (std::int64_t day = std::max(first, history.first_day()); day <= last; ++day) {
      const PairLoad load = history.at(day);
      if (load.open > 0) rows.load_daily.push_back(row_of(pair, day, load));
    }
  }

  LoadRow row_of(base::PairId pair, std::int64_t day, PairLoad load) const {
    const Pair& p = state_.profiles.pairs()[pair.v];
    const double factor = metrics::load_factor(load.open, load.in_load_stages);
    return {.load_factor = factor,
            .relaxation = evaluator_.relaxation(load),
            .dealer = p.dealer,
            .nameplate = p.nameplate,
            .day = static_cast<std::int32_t>(day),
            .open = load.open,
            .in_load_stages = load.in_load_stages,
            .band = band_of(factor)};
  }

  Engine::State& state_;
  SampleStore* samples_;
  const Evaluator& evaluator_;
  SurgeCounter surges_;
  base::Millis as_of_ms_;
  std::size_t stages_;
  bool has_sla_;
  base::Millis window_from_ms_;
  base::Millis closed_from_ms_;
  base::Millis period_ms_;
};

void join(const std::vector<TaskRows>& parts, std::vector<LoadRow> TaskRows::* which,
          base::ThreadPool& pool, std::vector<LoadRow>& out) {
  std::vector<std::size_t> begin(parts.size() + 1, 0);
  for (std::size_t i = 0; i < parts.size(); ++i) begin[i + 1] = begin[i] + (parts[i].*which).size();
  out.resize(begin.back());
  pool.parallel_for(parts.size(), [&](std::size_t i, unsigned) {
    std::copy((parts[i].*which).begin(), (parts[i].*which).end(),
              out.begin() + static_cast<std::ptrdiff_t>(begin[i]));
  });
}

}  // namespace

void walk_leads(Engine::State& state, const DealerTasks& tasks, SampleStore* samples,
                std::vector<Counts>& counts) {
  std::vector<Scratch> scratch(state.pool.size());
  std::vector<TaskRows> rows(tasks.count());
  const WalkPass pass(state, samples);
  state.open.grow(state.profiles.pairs().size());
  state.pool.parallel_for(tasks.count(), [&](std::size_t task, unsigned worker) {
    for (std::size_t i = tasks.first_of_task[task]; i < tasks.first_of_task[task + 1]; ++i) {
      for (const std::uint32_t p : tasks.pairs_of(i)) {
        pass.pair({p}, worker, scratch[worker], counts[worker], rows[task]);
      }
    }
  });
  state.later.clear();
  for (const Scratch& s : scratch) state.later.add(s.later);
  state.judged_as_of_ms = state.evaluator.as_of_ms();
  join(rows, &TaskRows::load, state.pool, state.tables.load);
  join(rows, &TaskRows::load_daily, state.pool, state.tables.load_daily);
}

}  // namespace pursuit::engine
