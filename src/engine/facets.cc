// Counts and lists of leads under a filter.
#include <algorithm>

#include "engine/engine.h"
#include "engine/matcher.h"
#include "engine/state.h"

namespace pursuit::engine {

namespace {

constexpr std::size_t kLeadsPerTask = 65'536;

/// What one worker counts; profiles first, so that a lead costs one count and not six.
struct Tally {
  Facets facets;
  std::vector<std::uint64_t> profiles;
};

void count(base::LeadId lead, const Standing& standing, const model::LeadTable& leads, Tally& to) {
  Facets& f = to.facets;
  ++f.leads;
  ++f.states[static_cast<std::size_t>(standing.state)];
  ++f.stages[standing.stage];
  ++to.profiles[leads.profile(lead).v];
  ++f.dimensions[model::index_of(model::Dimension::kOwner)][leads.owner(lead)];
  if (standing.state != LeadState::kOpen) return;
  ++f.tiers[static_cast<std::size_t>(standing.tier)];
  const auto note = [&](LeadStatus status, bool is) {
    f.statuses[static_cast<std::size_t>(status)] += is;
  };
  note(LeadStatus::kExpired, standing.expired);
  note(LeadStatus::kDormant, standing.dormant);
  note(LeadStatus::kActive, !standing.expired && !standing.dormant);
}

template <class Counts>
void add(Counts& total, const Counts& part) {
  for (std::size_t i = 0; i < total.size(); ++i) total[i] += part[i];
}

Tally empty_tally(const Engine::State& s) {
  Tally tally;
  tally.facets.stages.assign(s.policy.funnel.open_stages() + 2, 0);
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    tally.facets.dimensions[d].assign(s.leads.dictionary(static_cast<model::Dimension>(d)).size(),
                                      0);
  }
  tally.profiles.assign(s.leads.profile_count(), 0);
  return tally;
}

Facets sum_of(const Engine::State& s, const std::vector<Tally>& tallies) {
  Tally total = empty_tally(s);
  Facets& f = total.facets;
  for (const Tally& t : tallies) {
    f.leads += t.facets.leads;
    add(f.states, t.facets.states);
    add(f.tiers, t.facets.tiers);
    add(f.statuses, t.facets.statuses);
    add(f.stages, t.facets.stages);
    add(f.dimensions.back(), t.facets.dimensions.back());
    add(total.profiles, t.profiles);
  }
  for (std::uint32_t p = 0; p < total.profiles.size(); ++p) {
    const model::ProfileCodes& codes = s.leads.profile_codes({p});
    for (std::size_t d = 0; d < model::kRuleDimensions; ++d) {
      f.dimensions[d][codes[d]] += total.profiles[p];
    }
  }
  return f;
}

}  // namespace

Facets Engine::facets(const LeadFilter& filter) const {
  const State& s = *state_;
  std::vector<Tally> tallies(s.pool.size(), empty_tally(s));
  std::vector<Matcher> matchers(s.pool.size(), Matcher(filter, s));
  s.share_out_leads(kLeadsPerTask, [&](base::LeadId lead, unsigned worker) {
    const Standing& standing = s.book.standing(lead);
    if (matchers[worker].passes(lead, standing)) count(lead, standing, s.leads, tallies[worker]);
  });
  return sum_of(s, tallies);
}

std::vector<base::LeadId> Engine::list(const LeadFilter& filter, const LeadPage& page) const {
  const State& s = *state_;
  Matcher matcher(filter, s);
  std::vector<base::LeadId> found;
  // kNoLead is the number before the first.
  for (std::uint32_t i = page.after.v + 1; i < s.leads.size() && found.size() < page.limit; ++i) {
    if (matcher.passes(base::LeadId{i}, s.book.standing({i}))) found.push_back({i});
  }
  return found;
}

}  // namespace pursuit::engine
