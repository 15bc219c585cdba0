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
  std::int32_t day;  // LoadHistory::Place
  std::uint16_t rule;
  model::StageCode stage;  // the number of open stages: the lead as a whole
};

struct Scratch {
  LoadHistory history;
  std::vector<base::LeadId> leads;  // of the pair at hand
  std::vector<Closed> closed;       // of the leads since the last time it was full
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
    LoadHistory& history = scratch.history;
    // The lead as its pair's load counts it after the visits so far: what it counts, since when.
    LoadHistory::Share counted = LoadHistory::kNone;
    LoadHistory::Place place{};
    base::Millis place_ms = base::kNoInstant;
    const auto count_from = [&](base::Millis entered_ms, model::StageCode stage) {
      if (entered_ms != place_ms) {  // the first visit, or one after time spent closed
        if (counted != LoadHistory::kNone) history.change(place, counted, LoadHistory::kNone);
        counted = LoadHistory::kNone;
        place = history.place(entered_ms);
      }
      const LoadHistory::Share share = LoadHistory::share(evaluator_.is_load_stage(stage));
      history.change(place, counted, share);
      counted = share;
    };
    const auto closed = [&](model::StageCode stage, base::Millis entered_ms, base::Millis left_ms,
                            VisitKind kind, std::uint32_t index) {
      ++counts.stages[stage].by_kind[static_cast<std::size_t>(kind)];
      count_from(entered_ms, stage);
      place = history.place(left_ms);
      place_ms = left_ms;
      if (samples_ != nullptr && left_ms > window_from_ms_) {
        samples_->add(worker, stage, rank, evaluator_.duration(facts, entered_ms, left_ms),
                      kind != VisitKind::kAdvance);
      }
      if (has_sla_) {
        note_closed({&facts, entered_ms, left_ms, lead, slot + index, place.day, kNoRule, stage},
                    scratch);
      }
    };
    const WalkEnd end = state_.walk_lead(lead, closed);
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
      count_from(end.entered_ms, end.stage);
      state_.open.add(lead, pair, standing);
      ++now.open;
      now.in_load_stages += in_load_stage;
      if (samples_ != nullptr) {
        samples_->add(worker, end.stage, rank,
                      evaluator_.duration(facts, end.entered_ms, as_of_ms_), true);
      }
    } else {
      if (counted != LoadHistory::kNone) history.change(place, counted, LoadHistory::kNone);
      if (has_sla_) {
        note_closed(
            {&facts, end.first_ms, end.entered_ms, lead, slot + end.entered_index,
             history.place(end.entered_ms).day, kNoRule, static_cast<model::StageCode>(stages_)},
            scratch);
      }
    }
  }

  /// Keeps what was closed if it has an SLA.
  void note_closed(Closed c, Scratch& scratch) const {
    c.rule = state_.profiles.rule(state_.profiles.choice(*c.facts, c.stage), c.entered_ms);
    if (c.rule != kNoRule) scratch.closed.push_back(c);
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
    const PairLoad load = history.after(c.day);
    state_.past_load[c.slot] = PastLoad(load);
    const bool in_window = c.left_ms > window_from_ms_;
    const bool may_surge = surges_.looks_at(c.left_ms);
    if (c.stage == stages_ || (!in_window && !may_surge)) return;
    const double effective = evaluator_.effective_hours(c.rule, evaluator_.relaxation(load));
    const double deviation =
        base::to_hours(evaluator_.duration(*c.facts, c.entered_ms, c.left_ms)) - effective;
    if (in_window) counts.stages[c.stage].count_compliance(deviation, true);
    if (may_surge && deviation > 0) {
      surges_.count(*c.facts, c.lead, static_cast<model::StageCode>(c.stage), c.entered_ms,
                    effective, counts);
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
  base::Millis period_ms_;
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
