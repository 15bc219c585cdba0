// The funnel of a part of the network, worked out when it is asked for.
#include <algorithm>

#include "engine/engine.h"
#include "engine/matcher.h"
#include "engine/refresh.h"
#include "engine/state.h"

namespace pursuit::engine {

namespace {

constexpr std::size_t kLeadsPerTask = 8'192;

/// What one worker counts: how leads passed through, and where they are.
struct Tally {
  std::vector<StageCounts> stages;
  std::uint64_t won = 0;
};

void count(const Engine::State& s, base::LeadId lead, Tally& tally) {
  const WalkEnd end = s.walk_lead(
      lead, [&](model::StageCode stage, base::Millis, base::Millis, VisitKind kind, std::uint32_t) {
        ++tally.stages[stage].by_kind[static_cast<std::size_t>(kind)];
      });
  if (end.furthest > 0 && !end.ever_won) ++tally.stages[end.furthest - 1u].furthest;
  tally.won += end.ever_won;
  const Standing& standing = s.book.standing(lead);
  if (standing.state != LeadState::kOpen) return;
  ++tally.stages[standing.stage].open;
  tally.stages[standing.stage].expired += standing.expired;
}

std::vector<FunnelRow> rows_of(const Tally& total) {
  const std::size_t stages = total.stages.size();
  std::vector<FunnelRow> rows(stages + 1);
  std::uint64_t reached = total.won;
  for (std::size_t s = stages + 1; s-- > 0;) {
    const StageCounts counts = s < stages ? total.stages[s] : StageCounts{};
    reached += counts.furthest;
    rows[s] = {.stage = static_cast<model::StageCode>(s),
               .reached = reached,
               .advanced = counts.by_kind[static_cast<std::size_t>(VisitKind::kAdvance)],
               .regressed = counts.by_kind[static_cast<std::size_t>(VisitKind::kRegress)],
               .lost = counts.by_kind[static_cast<std::size_t>(VisitKind::kLost)],
               .open = counts.open,
               .median_ms = kAbsent,
               .p90_ms = kAbsent,
               .compliance = kAbsent,
               .expired = counts.expired};
  }
  return rows;
}

}  // namespace

std::vector<FunnelRow> Engine::funnel(const LeadFilter& filter) const {
  const State& s = *state_;
  const std::size_t stages = s.policy.funnel.open_stages();
  std::vector<Tally> tallies(s.pool.size(), Tally{.stages = std::vector<StageCounts>(stages)});
  std::vector<Matcher> matchers(s.pool.size(), Matcher(filter, s));
  s.share_out_leads(kLeadsPerTask, [&](base::LeadId lead, unsigned worker) {
    if (matchers[worker].passes(lead, s.book.standing(lead))) count(s, lead, tallies[worker]);
  });
  Tally total{.stages = std::vector<StageCounts>(stages)};
  for (const Tally& t : tallies) {
    for (std::size_t i = 0; i < stages; ++i) total.stages[i].add(t.stages[i]);
    total.won += t.won;
  }
  std::vector<FunnelRow> rows = rows_of(total);
  // Of visits left in the look-back; compliance also of open ones, percentiles of the sample of
  // thresholds.
  TatQuery query;
  query.filter = filter;
  query.by.stage = true;
  query.to_ms = as_of_ms() + 1;
  query.from_ms = query.to_ms - s.policy.expiry.lookback_days * base::kMillisPerDay;
  for (const TatCell& cell : turnaround(query)) rows[cell.stage].compliance = cell.compliance();
  query.kinds = std::vector{VisitKind::kAdvance};
  for (const TatCell& cell : turnaround(query)) {
    rows[cell.stage].median_ms = cell.median_ms;
    rows[cell.stage].p90_ms = cell.p90_ms;
  }
  return rows;
}

}  // namespace pursuit::engine
