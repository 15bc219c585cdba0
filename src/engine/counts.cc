// What the passes of a refresh share: the tasks, the counts, the funnel that comes of them.
#include <algorithm>

#include "engine/judge.h"
#include "engine/refresh.h"

namespace pursuit::engine {

namespace {

constexpr std::size_t kLeadsPerTask = 8'192;

void add_surges(std::vector<SurgeCount>& total, const std::vector<SurgeCount>& part) {
  for (std::size_t i = 0; i < total.size(); ++i) {
    total[i].recent += part[i].recent;
    total[i].before += part[i].before;
  }
}

}  // namespace

DealerTasks DealerTasks::make(const Engine::State& state) {
  const auto& dealers = state.leads.dictionary(model::Dimension::kDealer);
  const auto& nameplates = state.leads.dictionary(model::Dimension::kNameplate);
  const auto& pairs = state.profiles.pairs();
  DealerTasks tasks;
  for (std::uint32_t d = 0; d < dealers.size(); ++d) {
    if (!state.members.pairs_of(d).empty()) tasks.dealers.push_back(d);
  }
  std::sort(tasks.dealers.begin(), tasks.dealers.end(),
            [&](std::uint32_t a, std::uint32_t b) { return dealers.text(a) < dealers.text(b); });
  std::size_t leads = kLeadsPerTask;  // so that the first dealer opens a task
  for (std::size_t i = 0; i < tasks.dealers.size(); ++i) {
    if (leads >= kLeadsPerTask) {
      tasks.first_of_task.push_back(i);
      leads = 0;
    }
    tasks.first_pair.push_back(tasks.pairs.size());
    for (const std::uint32_t p : state.members.pairs_of(tasks.dealers[i])) {
      tasks.pairs.push_back(p);
      leads += state.members.listed_count({p});
    }
    std::sort(tasks.pairs.begin() + static_cast<std::ptrdiff_t>(tasks.first_pair.back()),
              tasks.pairs.end(), [&](std::uint32_t a, std::uint32_t b) {
                return nameplates.text(pairs[a].nameplate) < nameplates.text(pairs[b].nameplate);
              });
  }
  tasks.first_pair.push_back(tasks.pairs.size());
  tasks.first_of_task.push_back(tasks.dealers.size());
  return tasks;
}

void StageCounts::add(const StageCounts& other) {
  furthest += other.furthest;
  for (std::size_t k = 0; k < std::size(by_kind); ++k) by_kind[k] += other.by_kind[k];
  open += other.open;
  expired += other.expired;
  on_time += other.on_time;
  judged += other.judged;
}

Counts::Counts(const Engine::State& state)
    : stages(state.policy.funnel.open_stages()),
      channels(state.leads.dictionary(model::Dimension::kChannel).size()),
      by_dealer(state.leads.dictionary(model::Dimension::kDealer).size()),
      by_nameplate(state.leads.dictionary(model::Dimension::kNameplate).size()) {
  for (ChannelCounts& c : channels) {
    c.created.assign(static_cast<std::size_t>(state.policy.channel.inflow_periods), 0);
  }
}

void Counts::add(const Counts& other) {
  for (std::size_t s = 0; s < stages.size(); ++s) stages[s].add(other.stages[s]);
  won += other.won;
  for (std::size_t c = 0; c < channels.size(); ++c) channels[c].add(other.channels[c]);
  add_surges(by_dealer, other.by_dealer);
  add_surges(by_nameplate, other.by_nameplate);
}

SurgeCounter::SurgeCounter(const Engine::State& state)
    : state_(state),
      filter_(state.policy.trigger.delay_surge.filter, state.leads),
      recent_from_ms_(state.evaluator.as_of_ms() - base::kMillisPerDay),
      before_from_ms_(recent_from_ms_ -
                      state.policy.trigger.delay_surge.history_days * base::kMillisPerDay) {}

void SurgeCounter::count(const Profiles::Facts& facts, base::LeadId lead, model::StageCode stage,
                         base::Millis entered_ms, double effective_hours, Counts& counts) const {
  const base::Millis at_ms = passes_at(state_.evaluator, facts, entered_ms, effective_hours);
  if (at_ms == base::kNoInstant || at_ms <= before_from_ms_) return;
  if (at_ms > state_.evaluator.as_of_ms()) return;
  if (!filter_.passes(state_.leads.profile_codes(state_.leads.profile(lead)), stage)) return;
  const Pair& pair = state_.profiles.pairs()[facts.pair.v];
  const bool recent = at_ms > recent_from_ms_;
  for (SurgeCount* c : {&counts.by_dealer[pair.dealer], &counts.by_nameplate[pair.nameplate]}) {
    ++(recent ? c->recent : c->before);
  }
}

std::vector<FunnelRow> funnel_rows(const Engine::State& state, const Counts& counts) {
  const std::size_t stages = counts.stages.size();
  std::vector<FunnelRow> rows(stages + 1);
  rows[stages] = {.stage = static_cast<model::StageCode>(stages),
                  .reached = counts.won,
                  .advanced = 0,
                  .regressed = 0,
                  .lost = 0,
                  .open = 0,
                  .median_ms = kAbsent,
                  .p90_ms = kAbsent,
                  .compliance = kAbsent,
                  .expired = 0};
  std::uint64_t reached = counts.won;
  for (std::size_t s = stages; s-- > 0;) {
    const StageCounts& c = counts.stages[s];
    reached += c.furthest;
    const auto& all = state.baseline.thresholds[s][kRungs - 1];
    rows[s] = {.stage = static_cast<model::StageCode>(s),
               .reached = reached,
               .advanced = c.by_kind[static_cast<std::size_t>(VisitKind::kAdvance)],
               .regressed = c.by_kind[static_cast<std::size_t>(VisitKind::kRegress)],
               .lost = c.by_kind[static_cast<std::size_t>(VisitKind::kLost)],
               .open = c.open,
               .median_ms = state.baseline.median_ms[s],
               .p90_ms = all.empty() ? kAbsent : all[0].p90_ms,
               .compliance = c.judged == 0
                                 ? kAbsent
                                 : static_cast<double>(c.on_time) / static_cast<double>(c.judged),
               .expired = c.expired};
  }
  return rows;
}

}  // namespace pursuit::engine
