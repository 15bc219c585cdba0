#include "property/random_filter.h"

#include <algorithm>

#include "property/random_network.h"

namespace pursuit::property {
namespace {

using engine::AnyOf;
using engine::Engine;

/// Mostly nothing; else a list of values below `end` and one beyond, perhaps empty.
template <class T>
AnyOf<T> any_list(std::size_t end) {
  if (*any_int(0, 4) > 0) return {};
  std::vector<T> list;
  for (int i = *any_int(0, 4); i > 0; --i)
    list.push_back(static_cast<T>(*any_int(0, static_cast<int>(end))));
  return list;
}

template <class T>
bool wants(const AnyOf<T>& list, T value) {
  return !list || std::find(list->begin(), list->end(), value) != list->end();
}

}  // namespace

std::uint32_t code_of(const Engine& engine, base::LeadId lead, model::Dimension d) {
  if (d == model::Dimension::kOwner) return engine.leads().owner(lead);
  return engine.leads().profile_codes(engine.leads().profile(lead))[model::index_of(d)];
}

engine::LeadFilter any_filter(const Engine& engine) {
  engine::LeadFilter filter;
  for (std::size_t d = 0; d < model::kDimensions; ++d)
    filter.codes[d] = any_list<std::uint32_t>(
        engine.leads().dictionary(static_cast<model::Dimension>(d)).size() + 1);
  filter.states = any_list<engine::LeadState>(3);
  filter.stages = any_list<model::StageCode>(engine.policy().funnel.open_stages() + 2);
  filter.tiers = any_list<model::Tier>(3);
  filter.statuses = any_list<engine::LeadStatus>(3);
  return filter;
}

bool passes(const Engine& engine, const engine::LeadFilter& filter, base::LeadId lead) {
  const engine::LeadFigures f = engine.figures(lead);
  if (f.state == engine::LeadState::kUnseen) return false;
  for (std::size_t d = 0; d < model::kDimensions; ++d)
    if (!wants(filter.codes[d], code_of(engine, lead, static_cast<model::Dimension>(d))))
      return false;
  if (!wants(filter.states, f.state) || !wants(filter.stages, f.stage)) return false;
  const bool open = f.state == engine::LeadState::kOpen;
  if (filter.tiers && (!open || !wants(filter.tiers, f.tier))) return false;
  if (!filter.statuses) return true;
  if (!open) return false;
  return (f.expired && wants(filter.statuses, engine::LeadStatus::kExpired)) ||
         (f.dormant && wants(filter.statuses, engine::LeadStatus::kDormant)) ||
         (!f.expired && !f.dormant && wants(filter.statuses, engine::LeadStatus::kActive));
}

}  // namespace pursuit::property
