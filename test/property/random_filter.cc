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

/// Mostly nothing; else some of each kind, at times none of any.
std::optional<engine::LeadScope> any_scope(const Engine& engine) {
  if (*any_int(0, 1) == 0) return std::nullopt;
  const auto codes = [&](model::Dimension d) {
    return any_list<std::uint32_t>(engine.leads().dictionary(d).size() + 1);
  };
  engine::LeadScope scope;
  scope.anywhere = *any_int(0, 4) == 0;
  scope.regions = codes(model::Dimension::kRegion).value_or(std::vector<std::uint32_t>{});
  scope.dealer_groups =
      codes(model::Dimension::kDealerGroup).value_or(std::vector<std::uint32_t>{});
  if (*any_int(0, 1) == 0)
    scope.dealers = {static_cast<std::uint32_t>(*any_int(0, 3)),
                     static_cast<std::uint32_t>(*any_int(0, 3))};
  scope.owners = codes(model::Dimension::kOwner);
  return scope;
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
  filter.scope = any_scope(engine);
  if (*any_int(0, 4) == 0) filter.closed_after_ms = *any_as_of();
  return filter;
}

bool in_scope(const Engine& engine, const engine::LeadScope& scope, base::LeadId lead) {
  const auto named = [&](const std::vector<std::uint32_t>& codes, model::Dimension d) {
    return std::find(codes.begin(), codes.end(), code_of(engine, lead, d)) != codes.end();
  };
  if (!wants(scope.owners, code_of(engine, lead, model::Dimension::kOwner))) return false;
  return scope.anywhere || named(scope.regions, model::Dimension::kRegion) ||
         named(scope.dealer_groups, model::Dimension::kDealerGroup) ||
         named(scope.dealers, model::Dimension::kDealer);
}

bool passes(const Engine& engine, const engine::LeadFilter& filter, base::LeadId lead) {
  const engine::LeadFigures f = engine.figures(lead);
  if (f.state == engine::LeadState::kUnseen) return false;
  if (filter.scope && !in_scope(engine, *filter.scope, lead)) return false;
  for (std::size_t d = 0; d < model::kDimensions; ++d)
    if (!wants(filter.codes[d], code_of(engine, lead, static_cast<model::Dimension>(d))))
      return false;
  if (!wants(filter.states, f.state) || !wants(filter.stages, f.stage)) return false;
  const bool open = f.state == engine::LeadState::kOpen;
  if (filter.closed_after_ms && (open || f.entered_ms <= *filter.closed_after_ms)) return false;
  if (filter.tiers && (!open || !wants(filter.tiers, f.tier))) return false;
  if (!filter.statuses) return true;
  if (!open) return false;
  return (f.expired && wants(filter.statuses, engine::LeadStatus::kExpired)) ||
         (f.dormant && wants(filter.statuses, engine::LeadStatus::kDormant)) ||
         (!f.expired && !f.dormant && wants(filter.statuses, engine::LeadStatus::kActive));
}

}  // namespace pursuit::property
