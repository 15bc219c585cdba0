#include "engine/matcher.h"

#include <algorithm>

namespace pursuit::engine {

namespace {

template <std::size_t kSize, class T>
std::bitset<kSize> bits_of(const AnyOf<T>& wanted) {
  std::bitset<kSize> bits;
  if (!wanted) return bits.set();
  for (const T value : *wanted) {
    if (static_cast<std::size_t>(value) < kSize) bits.set(static_cast<std::size_t>(value));
  }
  return bits;
}

/// What a scope names, as in_scope_ has it.
constexpr std::array kScopeParts = {model::Dimension::kRegion, model::Dimension::kDealerGroup,
                                    model::Dimension::kDealer};

}  // namespace

Matcher::Matcher(const LeadFilter& filter, const Engine::State& state)
    : filter_(&filter),
      state_(&state),
      stages_(bits_of<256>(filter.stages)),
      states_(bits_of<4>(filter.states)),
      tiers_(bits_of<3>(filter.tiers)),
      statuses_(bits_of<4>(filter.statuses)),
      sorts_snoozed_(filter.snoozed == Snoozed::kOnly ||
                     (filter.snoozed == Snoozed::kHide && !state.signals.no_snoozes())),
      open_only_(filter.tiers || filter.statuses),
      by_past_(filter.reached || filter.closed_after_ms || filter.created_after_ms) {
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    if (!filter.codes[d]) continue;
    any_code_ = true;
    allowed_[d].resize(state.leads.dictionary(static_cast<model::Dimension>(d)).size());
    for (const std::uint32_t code : *filter.codes[d]) {
      if (code < allowed_[d].size()) allowed_[d][code] = 1;
    }
  }
  const auto& dealers = filter.codes[model::index_of(model::Dimension::kDealer)];
  by_dealer_ = dealers.has_value();
  if (dealers) wanted_dealers_ = *dealers;
  any_owner_ = filter.codes[model::index_of(model::Dimension::kOwner)].has_value();
  if (filter.scope) take_scope(*filter.scope);
  std::sort(wanted_dealers_.begin(), wanted_dealers_.end());
  wanted_dealers_.erase(std::unique(wanted_dealers_.begin(), wanted_dealers_.end()),
                        wanted_dealers_.end());
}

void Matcher::take_scope(const LeadScope& scope) {
  if (scope.owners) {
    any_code_ = true;
    // Both must hold: the owners that were allowed so far, and these.
    auto& allowed = allowed_[model::index_of(model::Dimension::kOwner)];
    std::vector<std::uint8_t> both(state_->leads.dictionary(model::Dimension::kOwner).size());
    for (const std::uint32_t owner : *scope.owners) {
      if (owner < both.size()) both[owner] = any_owner_ ? allowed[owner] : 1;
    }
    allowed = std::move(both);
    any_owner_ = true;
  }
  if (scope.anywhere) return;
  any_code_ = true;
  is_scoped_ = true;
  const auto take = [&](std::size_t part, model::Dimension d,
                        const std::vector<std::uint32_t>& codes) {
    names_scope_[part] = !codes.empty();
    in_scope_[part].resize(state_->leads.dictionary(d).size());
    for (const std::uint32_t code : codes) {
      if (code < in_scope_[part].size()) in_scope_[part][code] = 1;
    }
  };
  take(0, kScopeParts[0], scope.regions);
  take(1, kScopeParts[1], scope.dealer_groups);
  take(2, kScopeParts[2], scope.dealers);
  if (!scope.regions.empty() || !scope.dealer_groups.empty()) return;
  // Dealers alone, or none: other pairs need not be looked at.
  if (!by_dealer_) wanted_dealers_ = scope.dealers;
  by_dealer_ = true;
}

Matcher::Share Matcher::share(base::PairId pair) const {
  if (!any_code_) return Share::kAll;
  const model::ProfileCodes& common = state_->profiles.common_codes(pair);
  bool all = !any_owner_;
  for (std::size_t d = 0; d < common.size(); ++d) {
    if (!filter_->codes[d]) continue;
    if (common[d] == kNoCode) {
      all = false;
    } else if (!allows(static_cast<model::Dimension>(d), common[d])) {
      return Share::kNone;
    }
  }
  if (is_scoped_) {
    bool inside = false;
    bool may_be = false;
    for (std::size_t part = 0; part < kScopeParts.size(); ++part) {
      const std::uint32_t code = common[model::index_of(kScopeParts[part])];
      may_be |= code == kNoCode && names_scope_[part];
      inside |= names(part, code);
    }
    if (!inside && !may_be) return Share::kNone;
    all &= inside;
  }
  return all ? Share::kAll : Share::kSome;
}

bool Matcher::past_passes(base::LeadId lead, const Standing& s) const {
  if (filter_->closed_after_ms &&
      (s.state == LeadState::kOpen || s.entered_ms <= *filter_->closed_after_ms))
    return false;
  if (!filter_->reached && !filter_->created_after_ms) return true;
  const WalkEnd end = state_->walk_to_end(lead);
  if (filter_->created_after_ms &&
      (end.created_ms == base::kNoInstant || end.created_ms <= *filter_->created_after_ms))
    return false;
  return !filter_->reached || end.ever_won || end.furthest > *filter_->reached;
}

bool Matcher::profile_passes(base::ProfileId profile) const {
  const model::ProfileCodes& codes = state_->leads.profile_codes(profile);
  for (std::size_t d = 0; d < model::kRuleDimensions; ++d) {
    if (!allows(static_cast<model::Dimension>(d), codes[d])) return false;
  }
  if (!is_scoped_) return true;
  for (std::size_t part = 0; part < kScopeParts.size(); ++part) {
    if (names(part, codes[model::index_of(kScopeParts[part])])) return true;
  }
  return false;
}

}  // namespace pursuit::engine
