#include "service/what_if.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pursuit::service {
namespace {

using engine::Engine;
using engine::LeadState;

PolicyCounts counts_of(const Engine& engine) {
  PolicyCounts counts;
  double weighted = 0;
  std::uint64_t judged = 0;
  engine::TatQuery query;
  query.to_ms = engine.as_of_ms() + 1;
  query.from_ms =
      engine.as_of_ms() - engine.policy().expiry.lookback_days * base::kMillisPerDay + 1;
  for (const engine::TatCell& cell : engine.turnaround(query)) {
    weighted += static_cast<double>(cell.on_time);
    judged += cell.judged;
  }
  if (judged > 0) counts.compliance = weighted / static_cast<double>(judged);
  double load = 0;
  double relaxation = 0;
  for (const engine::LoadRow& row : engine.tables().load) {
    load += row.load_factor;
    relaxation += row.relaxation;
  }
  if (const auto pairs = static_cast<double>(engine.tables().load.size()); pairs > 0) {
    counts.mean_load_factor = load / pairs;
    counts.mean_relaxation = relaxation / pairs;
  }
  return counts;
}

void count(PolicyCounts& counts, const engine::LeadFigures& f) {
  ++counts.open;
  ++counts.tiers[static_cast<std::size_t>(f.tier)];
  counts.expired += f.expired ? 1 : 0;
  counts.dormant += f.dormant ? 1 : 0;
  counts.breaches += f.deviation_hours > 0 ? 1 : 0;
}

}  // namespace

PolicyChange compare(const Engine& present, const Engine& other, std::size_t most_moves) {
  PolicyChange change;
  change.before = counts_of(present);
  change.after = counts_of(other);
  std::vector<std::pair<double, Move>> moves;
  for (std::uint32_t i = 0; i < present.leads().size(); ++i) {
    const base::LeadId lead{i};
    if (present.glance(lead).state != LeadState::kOpen) continue;
    const engine::LeadFigures before = present.figures(lead);
    count(change.before, before);
    const base::LeadId twin = other.leads().find(present.leads().id(lead));
    if (twin == base::kNoLead || other.glance(twin).state != LeadState::kOpen) continue;
    const engine::LeadFigures after = other.figures(twin);
    ++change
          .tier_moves[static_cast<std::size_t>(before.tier)][static_cast<std::size_t>(after.tier)];
    if (before.tier == after.tier && before.expired == after.expired &&
        before.dormant == after.dormant && before.category == after.category) {
      continue;
    }
    ++change.moved;
    moves.emplace_back(std::abs(after.score - before.score), Move{.before = lead, .after = twin});
  }
  for (std::uint32_t i = 0; i < other.leads().size(); ++i) {
    if (other.glance({i}).state == LeadState::kOpen) count(change.after, other.figures({i}));
  }
  const std::size_t kept = std::min(most_moves, moves.size());
  std::ranges::partial_sort(
      moves, moves.begin() + static_cast<std::ptrdiff_t>(kept), [&](const auto& a, const auto& b) {
        if (a.first != b.first) return a.first > b.first;
        return present.leads().id(a.second.before) < present.leads().id(b.second.before);
      });
  for (std::size_t i = 0; i < kept; ++i) change.moves.push_back(moves[i].second);
  return change;
}

}  // namespace pursuit::service
