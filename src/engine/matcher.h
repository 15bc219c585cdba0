// engine/matcher.h: Matcher: a LeadFilter made ready for passes over leads. Remembers the profiles
// it saw: one per thread.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/query.h"
#include "engine/state.h"

namespace pursuit::engine {

class Matcher {
 public:
  Matcher(const LeadFilter& filter, const Engine::State& state);

  /// How many of a pair's leads pass by the dimensions.
  enum class Share : std::uint8_t { kNone, kSome, kAll };
  [[nodiscard]] Share share(base::PairId pair) const;
  [[nodiscard]] bool passes(base::LeadId lead, const Standing& standing) {
    return standing.state != LeadState::kUnseen && standing_passes(lead, standing) &&
           dimensions_pass(lead);
  }
  /// The same of a lead of a pair of which `share` passes.
  [[nodiscard]] bool passes_in_pair(Share share, base::LeadId lead, const Standing& standing) {
    return standing.state != LeadState::kUnseen && standing_passes(lead, standing) &&
           (share == Share::kAll || dimensions_pass(lead));
  }
  /// By the dimensions alone.
  [[nodiscard]] bool dimensions_pass(base::LeadId lead) {
    if (!any_code_) return true;
    const base::ProfileId profile = state_->leads.profile(lead);
    if (profile.v >= verdicts_.size()) verdicts_.resize(state_->leads.profile_count());
    Verdict& verdict = verdicts_[profile.v];
    if (verdict == Verdict::kUnknown)
      verdict = profile_passes(profile) ? Verdict::kPasses : Verdict::kFails;
    return verdict == Verdict::kPasses && owner_passes(state_->leads.owner(lead));
  }

  /// Whether every open lead that passes by the dimensions does.
  [[nodiscard]] bool takes_all_open() const {
    return !sorts_snoozed_ && !open_only_ && !by_past_ && !filter_->states && !filter_->stages;
  }

  /// Calls `fn(pair, share)` for the pairs that can have leads that pass: of the dealers that are
  /// wanted, or of all.
  template <class Fn>
  void for_each_pair(Fn&& fn) const {
    const auto show = [&](base::PairId pair) {
      if (const Share passing = share(pair); passing != Share::kNone) fn(pair, passing);
    };
    if (!by_dealer_) {
      for (std::uint32_t p = 0; p < state_->open.pairs(); ++p) show(base::PairId{p});
      return;
    }
    for (const std::uint32_t dealer : wanted_dealers_) {
      for (const std::uint32_t p : state_->members.pairs_of(dealer)) show(base::PairId{p});
    }
  }

 private:
  enum class Verdict : std::uint8_t { kUnknown, kPasses, kFails };
  void take_scope(const LeadScope& scope);
  [[nodiscard]] bool owner_passes(std::uint32_t owner) const {
    return !any_owner_ || (owner < allowed_[model::index_of(model::Dimension::kOwner)].size() &&
                           allowed_[model::index_of(model::Dimension::kOwner)][owner] != 0);
  }
  [[nodiscard]] bool profile_passes(base::ProfileId profile) const;
  /// Whether the scope names this code of its `part`.
  [[nodiscard]] bool names(std::size_t part, std::uint32_t code) const {
    return code < in_scope_[part].size() && in_scope_[part][code] != 0;
  }
  [[nodiscard]] bool allows(model::Dimension d, std::uint32_t code) const {
    const auto& allowed = allowed_[model::index_of(d)];
    return !filter_->codes[model::index_of(d)] || (code < allowed.size() && allowed[code] != 0);
  }
  [[nodiscard]] bool standing_passes(base::LeadId lead, const Standing& s) const {
    if (!states_[static_cast<std::size_t>(s.state)] || !stages_[s.stage]) return false;
    if (sorts_snoozed_) {
      const bool waits = s.state == LeadState::kOpen && s.snoozed;
      if (filter_->snoozed == Snoozed::kOnly && !waits) return false;
      const bool pressing = s.expired && s.tier == model::Tier::kHot;
      if (filter_->snoozed == Snoozed::kHide && waits && !pressing) return false;
    }
    if (by_past_ && !past_passes(lead, s)) return false;
    if (!open_only_) return true;
    if (s.state != LeadState::kOpen || !tiers_[static_cast<std::size_t>(s.tier)]) return false;
    const auto is = [&](LeadStatus status) { return statuses_[static_cast<std::size_t>(status)]; };
    return (s.expired && is(LeadStatus::kExpired)) || (s.dormant && is(LeadStatus::kDormant)) ||
           (!s.expired && !s.dormant && is(LeadStatus::kActive)) ||
           (is(LeadStatus::kOverdue) && state_->is_overdue(lead));
  }

  /// By what the lead has been through.
  [[nodiscard]] bool past_passes(base::LeadId lead, const Standing& s) const;

  const LeadFilter* filter_;
  const Engine::State* state_;
  std::array<std::vector<std::uint8_t>, model::kDimensions> allowed_;  // by code
  // Of the scope: leads of any of these. By code; of regions, dealer groups, dealers.
  std::array<std::vector<std::uint8_t>, 3> in_scope_;
  std::array<bool, 3> names_scope_ = {};       // whether in_scope_ has any
  bool is_scoped_ = false;                     // in_scope_ counts
  bool by_dealer_ = false;                     // only leads of wanted_dealers_ can pass
  bool any_owner_ = false;                     // owners are filtered
  std::vector<std::uint32_t> wanted_dealers_;  // each once
  std::bitset<256> stages_;
  std::bitset<4> states_;
  std::bitset<3> tiers_;
  std::bitset<4> statuses_;
  bool any_code_ = false;          // some dimension is filtered
  bool sorts_snoozed_ = false;     // some leads wait, and it matters
  bool open_only_ = false;         // tier or status is
  bool by_past_ = false;           // reached, or when it was closed or created, is
  std::vector<Verdict> verdicts_;  // by profile
};

}  // namespace pursuit::engine
