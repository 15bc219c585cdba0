// The first pass of a refresh: every lead is walked once.
#include <algorithm>

#include "engine/history.h"
#include "engine/judge.h"
#include "engine/refresh.h"
#include "metrics/load.h"

namespace pursuit::engine {

namespace {

constexpr std::int64_t kLoadDays = 90;

/// A closed visit of the pair at hand. The walk only notes it; what follows from it is worked out
/// in loops of their own, which are short and in which little hangs on what a lead happened to do.
struct Closed {
  const Profiles::Facts* facts;
  base::Millis entered_ms;
  base::Millis left_ms;
  base::LeadId lead;
  std::uint32_t slot;
  std::int32_t day;  // LoadHistory::Place of left_ms
  model::StageCode stage;
  VisitKind kind;
};

/// A closed lead as a whole.
struct ClosedLead {
  const Profiles::Facts* facts;
  base::Millis first_ms;
  base::Millis closed_ms;
  std::uint32_t slot;
};

/// Room for as many as can come, of which some are there.
struct ClosedList {
  std::vector<Closed> room;
  std::size_t count = 0;

  void clear(std::size_t at_most) {
    if (room.size() < at_most) room.resize(at_most);
    count = 0;
  }
  [[nodiscard]] std::span<Closed> all() { return std::span(room).first(count); }
};

struct Scratch {
  LoadHistory history;
  std::vector<base::LeadId> leads;  // of the pair at hand
  ClosedList visits;                // of these leads
  std::vector<ClosedLead> wholes;
  std::vector<Later::Entry> later;  // of all pairs
};

struct TaskRows {
  std::vector<LoadRow> load;
  std::vector<DailyLoads::Row> load_daily;
};

/// The midnights in (T − 90 d, T].
std::int64_t first_load_day(base::Millis as_of_ms) {
  return base::day_of(as_of_ms - kLoadDays * base::kMillisPerDay) + 1;
}

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
        period_days_(static_cast<std::uint32_t>(state.policy.channel.inflow_period_days)) {}

  void pair(base::PairId pair, unsigned worker, Scratch& scratch, Counts& counts,
            TaskRows& rows) const {
    const Extent extent = gather(pair, scratch);
    const std::int64_t last_day = base::day_of(as_of_ms_);
    std::int64_t first_day = base::day_of(extent.earliest_ms);
    // Without a rule, or with too few leads for any relaxation, only the days that are shown
    // matter.
    if (!has_sla_ ||
        static_cast<std::int64_t>(scratch.leads.size()) < state_.policy.load.min_open) {
      first_day = std::max(first_day, last_day - kLoadDays);
    }
    scratch.history.reset(first_day, last_day);
    state_.open.clear(pair);
    scratch.visits.clear(extent.events);
    scratch.wholes.clear();
    PairLoad now;
    for (const base::LeadId lead : scratch.leads) {
      walk_one(lead, pair, worker, scratch, counts, now);
    }
    tally(scratch.visits.all(), worker, scratch.history, counts);
    scratch.history.sum_up();
    state_.load_now[pair.v] = now;
    state_.past_moved[pair.v] = 0;
    if (has_sla_) {
      judge_visits(scratch.visits.all(), scratch.history, counts);
      judge_wholes(scratch.wholes, scratch.history);
    }
    add_rows(pair, now, scratch.history, rows);
  }

 private:
  struct Extent {
    base::Millis earliest_ms;
    std::size_t events = 0;
  };
  Extent gather(base::PairId pair, Scratch& scratch) const {
    scratch.leads.clear();
    Extent extent{.earliest_ms = as_of_ms_};
    state_.members.for_each(pair, state_.leads, state_.profiles, [&](base::LeadId lead) {
      scratch.leads.push_back(lead);
      const auto events = state_.book.events(lead);
      extent.events += events.size();
      if (!events.empty())
        extent.earliest_ms = std::min(extent.earliest_ms, events.front().at_ms());
    });
    return extent;
  }

  void walk_one(base::LeadId lead, base::PairId pair, unsigned worker, Scratch& scratch,
                Counts& counts, PairLoad& now) const {
    const Profiles::Facts& facts = state_.facts(lead);
    const std::uint32_t slot = state_.book.first_slot(lead);
    Closed* next = scratch.visits.room.data() + scratch.visits.count;
    const WalkEnd end =
        state_.walk_lead(lead, [&](model::StageCode stage, base::Millis entered_ms,
                                   base::Millis left_ms, VisitKind kind, std::uint32_t index) {
          *next++ = {.facts = &facts,
                     .entered_ms = entered_ms,
                     .left_ms = left_ms,
                     .lead = lead,
                     .slot = slot + index,
                     .day = 0,
                     .stage = stage,
                     .kind = kind};
        });
    scratch.visits.count = static_cast<std::size_t>(next - scratch.visits.room.data());
    Standing& standing = state_.book.standing(lead);
    standing = evaluator_.standing(end);
    const auto events = state_.book.events(lead);
    if (end.visible < events.size()) {
      scratch.later.push_back({events[end.visible].at_ms(), lead});
    }
    if (end.stage == kNoStage) return;
    if (end.furthest > 0 && !end.ever_won) ++counts.stages[end.furthest - 1u].furthest;
    counts.won += end.ever_won;
    count_channel(end, counts.channels[facts.channel]);
    if (end.stage < stages_) {
      const bool in_load_stage = evaluator_.is_load_stage(end.stage);
      scratch.history.enter(end.entered_ms, in_load_stage);
      state_.open.add(lead, pair, standing);
      ++now.open;
      now.in_load_stages += in_load_stage;
      if (samples_ != nullptr) {
        samples_->add(worker, end.stage, samples_->rank_of(facts.segment[0]),
                      evaluator_.duration(facts, end.entered_ms, as_of_ms_), true);
      }
    } else if (has_sla_) {
      scratch.wholes.push_back({.facts = &facts,
                                .first_ms = end.first_ms,
                                .closed_ms = end.entered_ms,
                                .slot = slot + end.entered_index});
    }
  }

  /// Counts visits by kind, into the load of the days they were open and into the samples.
  void tally(std::span<Closed> visits, unsigned worker, LoadHistory& history,
             Counts& counts) const {
    if (samples_ != nullptr) samples_->reserve(worker, visits.size());
    const LoadHistory::Steps steps = history.steps();
    for (Closed& c : visits) {
      ++counts.stages[c.stage].by_kind[static_cast<std::size_t>(c.kind)];
      const LoadHistory::Share share = LoadHistory::share(evaluator_.is_load_stage(c.stage));
      const LoadHistory::Place left = steps.place(c.left_ms);
      c.day = left.day;
      steps.add(steps.place(c.entered_ms), share);
      steps.take(left, share);
      if (samples_ == nullptr) continue;
      const bool in_window = c.left_ms > window_from_ms_;
      // A branch on it would be as good as a coin; only a duration in working time is worth one.
      if (c.facts->ruling.calendar != kNoRule && !in_window) continue;
      samples_->add_if(in_window, worker, c.stage, samples_->rank_of(c.facts->segment[0]),
                       evaluator_.duration(*c.facts, c.entered_ms, c.left_ms),
                       c.kind != VisitKind::kAdvance);
    }
  }

  void count_channel(const WalkEnd& end, ChannelCounts& channel) const {
    ++channel.leads;
    if (end.stage >= stages_ && end.entered_ms > closed_from_ms_) {
      ++channel.closed;
      channel.won += end.stage == stages_;
    }
    if (end.created_ms == base::kNoInstant) return;
    // Whole days by a constant, periods among few days: much cheaper than one long division.
    const auto days =
        static_cast<std::uint32_t>((as_of_ms_ - end.created_ms) / base::kMillisPerDay);
    const std::uint32_t period = days / period_days_;
    if (period < channel.created.size()) {
      ++channel.created[period];
    }
  }

  [[nodiscard]] std::uint16_t rule_of(const Profiles::Facts& facts, std::size_t stage,
                                      base::Millis entered_ms) const {
    return state_.profiles.rule(state_.profiles.choice(facts, stage), entered_ms);
  }

  /// Notes the load that relaxes the SLA of each visit that has one, and counts it against it.
  void judge_visits(std::span<const Closed> visits, const LoadHistory& history,
                    Counts& counts) const {
    for (const Closed& c : visits) {
      const std::uint16_t rule = rule_of(*c.facts, c.stage, c.entered_ms);
      if (rule == kNoRule) continue;
      const PairLoad load = history.after(c.day);
      state_.past_load[c.slot] = PastLoad(load);
      const bool in_window = c.left_ms > window_from_ms_;
      const bool may_surge = surges_.looks_at(c.left_ms);
      if (c.facts->ruling.calendar != kNoRule && !in_window && !may_surge) continue;
      const double effective = evaluator_.effective_hours(rule, evaluator_.relaxation(load));
      const double deviation =
          base::to_hours(evaluator_.duration(*c.facts, c.entered_ms, c.left_ms)) - effective;
      counts.stages[c.stage].count_closed(deviation, in_window);
      if (may_surge && deviation > 0) {
        surges_.count(*c.facts, c.lead, c.stage, c.entered_ms, effective, counts);
      }
    }
  }

  void judge_wholes(std::span<const ClosedLead> wholes, const LoadHistory& history) const {
    for (const ClosedLead& c : wholes) {
      if (rule_of(*c.facts, stages_, c.first_ms) == kNoRule) continue;
      state_.past_load[c.slot] = PastLoad(history.after(history.place(c.closed_ms).day));
    }
  }

  void add_rows(base::PairId pair, PairLoad now, const LoadHistory& history, TaskRows& rows) const {
    if (now.open > 0) {
      const Pair& codes = state_.profiles.pairs()[pair.v];
      rows.load.push_back(load_row(codes, 0, now, evaluator_.relaxation(now)));
    }
    const std::int64_t last = base::day_of(as_of_ms_);
    const std::int64_t first = first_load_day(as_of_ms_);
    for (std::int64_t day = std::max(first, history.first_day()); day <= last; ++day) {
      const PairLoad load = history.at(day);
      if (load.open > 0) rows.load_daily.emplace_back(pair.v, day - first, load);
    }
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
  std::uint32_t period_days_;
};

/// The tasks' rows one after the other, in the tables.
void join(const std::vector<TaskRows>& parts, Engine::State& state) {
  std::vector<std::size_t> begin(parts.size() + 1, 0);
  state.tables.load.clear();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    begin[i + 1] = begin[i] + parts[i].load_daily.size();
    state.tables.load.insert(state.tables.load.end(), parts[i].load.begin(), parts[i].load.end());
  }
  DailyLoads daily(state.policy.load, state.profiles.pairs(),
                   first_load_day(state.evaluator.as_of_ms()), begin.back());
  state.pool.parallel_for(parts.size(), [&](std::size_t i, unsigned) {
    std::ranges::copy(parts[i].load_daily,
                      daily.part(begin[i], parts[i].load_daily.size()).begin());
  });
  state.tables.load_daily = std::move(daily);
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
  join(rows, state);
}

}  // namespace pursuit::engine
