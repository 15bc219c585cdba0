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

}  // namespace

Matcher::Matcher(const LeadFilter& filter, const Engine::State& state)
    : filter_(&filter),
      state_(&state),
      stages_(bits_of<256>(filter.stages)),
      states_(bits_of<4>(filter.states)),
      tiers_(bits_of<3>(filter.tiers)),
      statuses_(bits_of<3>(filter.statuses)),
      open_only_(filter.tiers || filter.statuses) {
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    if (!filter.codes[d]) continue;
    any_code_ = true;
    beyond_pair_ |= d != model::index_of(model::Dimension::kDealer) &&
                    d != model::index_of(model::Dimension::kNameplate);
    allowed_[d].resize(state.leads.dictionary(static_cast<model::Dimension>(d)).size());
    for (const std::uint32_t code : *filter.codes[d]) {
      if (code < allowed_[d].size()) allowed_[d][code] = 1;
    }
  }
  if (const auto& dealers = filter.codes[model::index_of(model::Dimension::kDealer)]) {
    wanted_dealers_ = *dealers;
    std::sort(wanted_dealers_.begin(), wanted_dealers_.end());
    wanted_dealers_.erase(std::unique(wanted_dealers_.begin(), wanted_dealers_.end()),
                          wanted_dealers_.end());
  }
}

bool Matcher::passes(base::PairId pair) const {
  const Pair& p = state_->profiles.pairs()[pair.v];
  return allows(model::Dimension::kDealer, p.dealer) &&
         allows(model::Dimension::kNameplate, p.nameplate);
}

bool Matcher::profile_passes(base::ProfileId profile) const {
  const model::ProfileCodes& codes = state_->leads.profile_codes(profile);
  for (std::size_t d = 0; d < model::kRuleDimensions; ++d) {
    if (!allows(static_cast<model::Dimension>(d), codes[d])) return false;
  }
  return true;
}

}  // namespace pursuit::engine
