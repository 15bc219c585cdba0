// engine/matcher.h: Matcher: a LeadFilter made ready for passes over leads. Remembers the profile
// it saw last: one per thread.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <vector>

#include "engine/query.h"
#include "engine/state.h"

namespace pursuit::engine {

class Matcher {
 public:
  Matcher(const LeadFilter& filter, const Engine::State& state);

  /// Whether leads of the pair can pass.
  [[nodiscard]] bool passes(base::PairId pair) const;
  [[nodiscard]] bool passes(base::LeadId lead, const Standing& standing) {
    return standing.state != LeadState::kUnseen && standing_passes(standing) &&
           dimensions_pass(lead);
  }
  /// The same of a lead of a pair that passes.
  [[nodiscard]] bool passes_in_pair(base::LeadId lead, const Standing& standing) {
    return standing.state != LeadState::kUnseen && standing_passes(standing) &&
           (!beyond_pair_ || dimensions_pass(lead));
  }
  /// By the dimensions alone.
  [[nodiscard]] bool dimensions_pass(base::LeadId lead) {
    if (!any_code_) return true;
    const base::ProfileId profile = state_->leads.profile(lead);
    if (profile != seen_) {
      seen_ = profile;
      seen_passes_ = profile_passes(profile);
    }
    return seen_passes_ && allows(model::Dimension::kOwner, state_->leads.owner(lead));
  }

  /// Calls `fn(pair)` for the pairs that can have leads that pass: those of the dealers that are
  /// wanted, or all.
  template <class Fn>
  void for_each_pair(Fn&& fn) const {
    const auto& dealers = filter_->codes[model::index_of(model::Dimension::kDealer)];
    if (!dealers) {
      for (std::uint32_t p = 0; p < state_->open.pairs(); ++p) {
        if (passes(base::PairId{p})) fn(base::PairId{p});
      }
      return;
    }
    for (const std::uint32_t dealer : wanted_dealers_) {
      for (const std::uint32_t p : state_->members.pairs_of(dealer)) {
        if (passes(base::PairId{p})) fn(base::PairId{p});
      }
    }
  }

 private:
  [[nodiscard]] bool profile_passes(base::ProfileId profile) const;
  [[nodiscard]] bool allows(model::Dimension d, std::uint32_t code) const {
    const auto& allowed = allowed_[model::index_of(d)];
    return !filter_->codes[model::index_of(d)] || (code < allowed.size() && allowed[code] != 0);
  }
  [[nodiscard]] bool standing_passes(const Standing& s) const {
    if (!states_[static_cast<std::size_t>(s.state)] || !stages_[s.stage]) return false;
    if (!open_only_) return true;
    if (s.state != LeadState::kOpen || !tiers_[static_cast<std::size_t>(s.tier)]) return false;
    const auto is = [&](LeadStatus status) { return statuses_[static_cast<std::size_t>(status)]; };
    return (s.expired && is(LeadStatus::kExpired)) || (s.dormant && is(LeadStatus::kDormant)) ||
           (!s.expired && !s.dormant && is(LeadStatus::kActive));
  }

  const LeadFilter* filter_;
  const Engine::State* state_;
  std::array<std::vector<std::uint8_t>, model::kDimensions> allowed_;  // by code
  std::vector<std::uint32_t> wanted_dealers_;                          // each once
  std::bitset<256> stages_;
  std::bitset<4> states_;
  std::bitset<3> tiers_;
  std::bitset<3> statuses_;
  bool any_code_ = false;     // some dimension is filtered
  bool beyond_pair_ = false;  // one that is not the same for all leads of a pair
  bool open_only_ = false;    // tier or status is
  base::ProfileId seen_;
  bool seen_passes_ = false;
};

}  // namespace pursuit::engine
