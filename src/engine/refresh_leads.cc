#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "engine/filter.h"
#include "engine/history.h"
#include "engine/judge.h"
#include "engine/refresh.h"
#include "metrics/load.h"

namespace pursuit::engine {

namespace {

constexpr std::int64_t kLoadDays = 90;
constexpr std::size_t kLeadsPerTask = 8'192;

/// Counts of one open stage.
struct StageCounts {
  std::uint64_t furthest = 0;     // leads that got this far and no further
  std::uint64_t by_kind[3] = {};  // closed visits by VisitKind
  std::uint64_t open = 0;
  std::uint64_t expired = 0;
  std::uint64_t on_time = 0;
  std::uint64_t judged = 0;  // visits that compliance is a share of
};

/// What one worker counts, and its scratch memory.
struct Worker {
  std::vector<StageCounts> stages;
  std::uint64_t won = 0;
  std::vector<SurgeCount> by_dealer;
  std::vector<SurgeCount> by_nameplate;

  LoadHistory history;
  std::vector<base::LeadId> leads;  // of the pair at hand
  std::vector<WalkEnd> ends;        // parallel to leads
  std::vector<base::LeadId> open;   // of the dealer at hand
};

struct TaskRows {
  std::vector<LoadRow> load;
  std::vector<LoadRow> load_daily;
};

class LeadPass {
 public:
  explicit LeadPass(Engine::State& state)
      : state_(state),
        evaluator_(state.evaluator),
        surge_filter_(state.policy.trigger.delay_surge.filter, state.leads),
        as_of_ms_(evaluator_.as_of_ms()),
        stages_(state.policy.funnel.open_stages()),
        window_from_ms_(as_of_ms_ - state.policy.expiry.lookback_days * base::kMillisPerDay),
        surge_from_ms_(as_of_ms_ - base::kMillisPerDay),
        surge_before_ms_(surge_from_ms_ -
                         state.policy.trigger.delay_surge.history_days * base::kMillisPerDay) {}

  void dealer(std::uint32_t dealer, std::span<const std::uint32_t> pairs, Worker& w,
              TaskRows& rows) const {
    w.open.clear();
    for (const std::uint32_t p : pairs) pair({p}, w, rows);
    std::sort(w.open.begin(), w.open.end(),
              [&](base::LeadId a, base::LeadId b) { return state_.ranks_before(a, b); });
    std::uint32_t rank = 0;
    for (const base::LeadId lead : w.open) state_.book.standing(lead).rank = ++rank;
    state_.dealer_moved[dealer] = 0;
  }

 private:
  void pair(base::PairId pair, Worker& w, TaskRows& rows) const {
    w.leads.clear();
    w.ends.clear();
    base::Millis earliest_ms = as_of_ms_;
    state_.members.for_each(pair, state_.leads, state_.profiles, [&](base::LeadId lead) {
      w.leads.push_back(lead);
      const auto events = state_.book.events(lead);
      if (!events.empty()) earliest_ms = std::min(earliest_ms, events.front().at_ms());
    });
    const std::int64_t last_day = base::day_of(as_of_ms_);
    std::int64_t first_day = base::day_of(earliest_ms);
    // Without a rule, or with too few leads for any relaxation, only the days that are shown
    // matter.
    if (!state_.profiles.any_sla() ||
        static_cast<std::int64_t>(w.leads.size()) < state_.policy.load.min_open) {
      first_day = std::max(first_day, last_day - kLoadDays);
    }
    w.history.reset(first_day, last_day);
    const PairLoad now = walk_all(w);
    w.history.sum_up();
    state_.load_now[pair.v] = now;
    state_.past_moved[pair.v] = 0;
    if (state_.profiles.any_sla()) {
      for (std::size_t i = 0; i < w.leads.size(); ++i) judge_closed(w.leads[i], w.ends[i], w);
    }
    for (std::size_t i = 0; i < w.leads.size(); ++i) stand(w.leads[i], w.ends[i], now, w);
    add_rows(pair, now, w.history, rows);
  }

  /// Walks the pair's leads: kinds of visits, the history of load, and the load now.
  PairLoad walk_all(Worker& w) const {
    PairLoad now;
    for (const base::LeadId lead : w.leads) {
      const auto closed = [&](model::StageCode stage, base::Millis entered_ms, base::Millis left_ms,
                              VisitKind kind, std::uint32_t) {
        ++w.stages[stage].by_kind[static_cast<std::size_t>(kind)];
        w.history.add(entered_ms, left_ms, evaluator_.is_load_stage(stage));
      };
      const WalkEnd end = state_.walk_lead(lead, closed);
      w.ends.push_back(end);
      if (end.furthest > 0 && !end.ever_won) ++w.stages[end.furthest - 1u].furthest;
      w.won += end.ever_won;
      if (end.stage >= stages_) continue;
      const bool in_load_stage = evaluator_.is_load_stage(end.stage);
      w.history.add(end.entered_ms, base::kMaxInstantMs, in_load_stage);
      ++now.open;
      now.in_load_stages += in_load_stage;
    }
    return now;
  }

  /// Closed visits, and a closed lead as a whole, against the SLA at the load of the day they were
  /// left.
  void judge_closed(base::LeadId lead, const WalkEnd& end, Worker& w) const {
    const Profiles::Facts& facts = state_.facts(lead);
    const std::uint32_t slot = state_.book.first_slot(lead);
    const auto load_when = [&](base::Millis left_ms, std::uint32_t index) {
      const PairLoad load = w.history.at(base::day_of(left_ms));
      state_.past_load[slot + index] = PastLoad(load);
      return load;
    };
    const auto closed = [&](model::StageCode stage, base::Millis entered_ms, base::Millis left_ms,
                            VisitKind, std::uint32_t index) {
      const std::uint16_t rule =
          state_.profiles.rule(state_.profiles.choice(facts, stage), entered_ms);
      if (rule == kNoRule) return;
      const PairLoad load = load_when(left_ms, index);
      const bool in_window = left_ms > window_from_ms_;
      const bool may_surge = left_ms > surge_before_ms_;
      if (!in_window && !may_surge) return;
      const double effective = evaluator_.effective_hours(rule, evaluator_.relaxation(load));
      const double deviation =
          base::to_hours(evaluator_.duration(facts, entered_ms, left_ms)) - effective;
      if (in_window) count_compliance(w.stages[stage], deviation, true);
      if (may_surge && deviation > 0) count_surge(lead, facts, stage, entered_ms, effective, w);
    };
    state_.walk_lead(lead, closed);
    if (end.stage < stages_ || end.stage == kNoStage) return;
    const std::uint16_t rule =
        state_.profiles.rule(state_.profiles.choice(facts, stages_), end.first_ms);
    if (rule != kNoRule) load_when(end.entered_ms, end.entered_index);
  }

  /// Standing of a lead, and its open visit against the SLA at the load now.
  void stand(base::LeadId lead, const WalkEnd& end, PairLoad now, Worker& w) const {
    const Profiles::Facts& facts = state_.facts(lead);
    Standing& standing = state_.book.standing(lead);
    standing = evaluator_.standing(lead, end, facts, now);
    if (standing.state != LeadState::kOpen) return;
    w.open.push_back(lead);
    StageCounts& stage = w.stages[end.stage];
    ++stage.open;
    stage.expired += standing.expired;
    const std::uint16_t rule = state_.profiles.tiered_rule(state_.profiles.choice(facts, end.stage),
                                                           end.entered_ms, standing.tier);
    if (rule == kNoRule) return;
    const double effective = evaluator_.effective_hours(rule, evaluator_.relaxation(now));
    const double deviation =
        base::to_hours(evaluator_.duration(facts, end.entered_ms, as_of_ms_)) - effective;
    count_compliance(stage, deviation, false);
    if (deviation > 0) count_surge(lead, facts, end.stage, end.entered_ms, effective, w);
  }

  static void count_compliance(StageCounts& stage, double deviation, bool is_closed) {
    const bool on_time = deviation <= 0;
    stage.on_time += on_time && is_closed;
    stage.judged += is_closed || !on_time;  // an open visit counts once it is over
  }

  void count_surge(base::LeadId lead, const Profiles::Facts& facts, model::StageCode stage,
                   base::Millis entered_ms, double effective_hours, Worker& w) const {
    const base::Millis at_ms = passes_at(evaluator_, facts, entered_ms, effective_hours);
    if (at_ms == base::kNoInstant || at_ms <= surge_before_ms_ || at_ms > as_of_ms_) return;
    if (!surge_filter_.passes(state_.leads.profile_codes(state_.leads.profile(lead)), stage))
      return;
    const Pair& pair = state_.profiles.pairs()[facts.pair.v];
    const bool recent = at_ms > surge_from_ms_;
    for (SurgeCount* c : {&w.by_dealer[pair.dealer], &w.by_nameplate[pair.nameplate]}) {
      ++(recent ? c->recent : c->before);
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
  const Evaluator& evaluator_;
  Filter surge_filter_;
  base::Millis as_of_ms_;
  std::size_t stages_;
  base::Millis window_from_ms_;
  base::Millis surge_from_ms_;
  base::Millis surge_before_ms_;
};

/// A dealer and its pairs, dealers by text and each one's pairs by text: the order of the load
/// tables.
struct DealerList {
  std::vector<std::uint32_t> dealers;
  std::vector<std::uint32_t> pairs;        // grouped by dealer
  std::vector<std::size_t> first_pair;     // by position in dealers, and one past the end
  std::vector<std::size_t> first_of_task;  // positions in dealers, and one past the end
};

DealerList list_dealers(const Engine::State& state) {
  const auto& dealers = state.leads.dictionary(model::Dimension::kDealer);
  const auto& nameplates = state.leads.dictionary(model::Dimension::kNameplate);
  const auto& pairs = state.profiles.pairs();
  DealerList list;
  for (std::uint32_t d = 0; d < dealers.size(); ++d) {
    if (!state.members.pairs_of(d).empty()) list.dealers.push_back(d);
  }
  std::sort(list.dealers.begin(), list.dealers.end(),
            [&](std::uint32_t a, std::uint32_t b) { return dealers.text(a) < dealers.text(b); });
  std::size_t leads = kLeadsPerTask;  // so that the first dealer opens a task
  for (std::size_t i = 0; i < list.dealers.size(); ++i) {
    if (leads >= kLeadsPerTask) {
      list.first_of_task.push_back(i);
      leads = 0;
    }
    list.first_pair.push_back(list.pairs.size());
    for (const std::uint32_t p : state.members.pairs_of(list.dealers[i])) {
      list.pairs.push_back(p);
      leads += state.members.listed_count({p});
    }
    std::sort(list.pairs.begin() + static_cast<std::ptrdiff_t>(list.first_pair.back()),
              list.pairs.end(), [&](std::uint32_t a, std::uint32_t b) {
                return nameplates.text(pairs[a].nameplate) < nameplates.text(pairs[b].nameplate);
              });
  }
  list.first_pair.push_back(list.pairs.size());
  list.first_of_task.push_back(list.dealers.size());
  return list;
}

void join(std::vector<TaskRows>& parts, std::vector<LoadRow> TaskRows::* which,
          base::ThreadPool& pool, std::vector<LoadRow>& out) {
  std::vector<std::size_t> begin(parts.size() + 1, 0);
  for (std::size_t i = 0; i < parts.size(); ++i) begin[i + 1] = begin[i] + (parts[i].*which).size();
  out.resize(begin.back());
  pool.parallel_for(parts.size(), [&](std::size_t i, unsigned) {
    std::copy((parts[i].*which).begin(), (parts[i].*which).end(),
              out.begin() + static_cast<std::ptrdiff_t>(begin[i]));
  });
}

void add_surges(std::vector<SurgeCount>& total, const std::vector<SurgeCount>& part) {
  for (std::size_t i = 0; i < total.size(); ++i) {
    total[i].recent += part[i].recent;
    total[i].before += part[i].before;
  }
}

std::vector<FunnelRow> funnel_rows(const Engine::State& state, const std::vector<Worker>& workers) {
  const std::size_t stages = state.policy.funnel.open_stages();
  std::uint64_t won = 0;
  for (const Worker& w : workers) won += w.won;
  std::vector<FunnelRow> rows(stages + 1);
  std::uint64_t reached = won;
  rows[stages] = {.stage = static_cast<model::StageCode>(stages),
                  .reached = won,
                  .advanced = 0,
                  .regressed = 0,
                  .lost = 0,
                  .open = 0,
                  .median_ms = kAbsent,
                  .p90_ms = kAbsent,
                  .compliance = kAbsent,
                  .expired = 0};
  for (std::size_t s = stages; s-- > 0;) {
    StageCounts sum;
    for (const Worker& w : workers) {
      const StageCounts& c = w.stages[s];
      sum.furthest += c.furthest;
      for (std::size_t k = 0; k < 3; ++k) sum.by_kind[k] += c.by_kind[k];
      sum.open += c.open;
      sum.expired += c.expired;
      sum.on_time += c.on_time;
      sum.judged += c.judged;
    }
    reached += sum.furthest;
    const auto& all = state.baseline.thresholds[s][kRungs - 1];
    rows[s] = {.stage = static_cast<model::StageCode>(s),
               .reached = reached,
               .advanced = sum.by_kind[0],
               .regressed = sum.by_kind[1],
               .lost = sum.by_kind[2],
               .open = sum.open,
               .median_ms = state.baseline.median_ms[s],
               .p90_ms = all.empty() ? kAbsent : all[0].p90_ms,
               .compliance = sum.judged == 0 ? kAbsent
                                             : static_cast<double>(sum.on_time) /
                                                   static_cast<double>(sum.judged),
               .expired = sum.expired};
  }
  return rows;
}

}  // namespace

void refresh_leads(Engine::State& state) {
  const DealerList list = list_dealers(state);
  const std::size_t tasks = list.first_of_task.size() - 1;
  Worker empty;
  empty.stages.resize(state.policy.funnel.open_stages());
  empty.by_dealer.resize(state.leads.dictionary(model::Dimension::kDealer).size());
  empty.by_nameplate.resize(state.leads.dictionary(model::Dimension::kNameplate).size());
  std::vector<Worker> workers(state.pool.size(), empty);
  std::vector<TaskRows> rows(tasks);

  const LeadPass pass(state);
  state.pool.parallel_for(tasks, [&](std::size_t task, unsigned worker) {
    for (std::size_t i = list.first_of_task[task]; i < list.first_of_task[task + 1]; ++i) {
      const auto pairs =
          std::span(list.pairs)
              .subspan(list.first_pair[i], list.first_pair[i + 1] - list.first_pair[i]);
      pass.dealer(list.dealers[i], pairs, workers[worker], rows[task]);
    }
  });

  state.surge_by_dealer = std::move(empty.by_dealer);
  state.surge_by_nameplate = std::move(empty.by_nameplate);
  for (const Worker& w : workers) {
    add_surges(state.surge_by_dealer, w.by_dealer);
    add_surges(state.surge_by_nameplate, w.by_nameplate);
  }
  join(rows, &TaskRows::load, state.pool, state.tables.load);
  join(rows, &TaskRows::load_daily, state.pool, state.tables.load_daily);
  state.tables.funnel = funnel_rows(state, workers);
}

}  // namespace pursuit::engine
