// engine/profiles.h: Profiles: what a policy says of each combination of dimensions that occurs,
// worked out once, so that no pass over leads or visits compares a string. One writer; reads from
// any thread while nobody writes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/prefetch.h"
#include "base/time.h"
#include "engine/figures.h"
#include "model/lead_table.h"
#include "model/policy.h"

namespace pursuit::engine {

inline constexpr std::size_t kRungs =
    4;  // (region, nameplate, channel), (region, nameplate), (region), ()
inline constexpr std::uint16_t kNoRule = 0xFFFF;

/// The SLA rules that can apply to one profile in one stage, best first.
struct SlaChoice {
  std::vector<std::uint16_t> plain;  // rules without a tier, up to the first that holds at any date
  std::vector<std::uint16_t> tiered;  // all rules, tiered ones included
  std::uint16_t only = kNoRule;       // set when `plain` is one rule that holds at any date
  bool has_tiered = false;
  friend auto operator<=>(const SlaChoice&, const SlaChoice&) = default;
};

/// A segment of a rung: codes of its dimensions, kNoCode where the rung does not name one.
struct Segment {
  std::uint32_t region = kNoCode;
  std::uint32_t nameplate = kNoCode;
  std::uint32_t channel = kNoCode;
  friend auto operator<=>(const Segment&, const Segment&) = default;
};

class Profiles {
 public:
  explicit Profiles(const model::Policy& policy);

  /// Takes over what `other` has learned of an equal policy.
  void learn(const Profiles& other) {
    const model::Policy* const policy = policy_;
    *this = other;
    policy_ = policy;
  }

  /// Learns the profiles that `leads` has gained since the last call; ids given out before stay as
  /// they are.
  void update(const model::LeadTable& leads);

  /// What the policy's rules, overrides and calendars say.
  struct Ruling {
    std::uint32_t sla_base;  // for choice()
    std::uint16_t weights;   // index into weights()
    std::uint16_t tier;      // index into tiers()
    std::uint16_t calendar;  // index into Policy::calendars; kNoRule: always open
  };
  struct alignas(64) Facts {  // a line of memory: changes come to leads far from each other
    base::PairId pair;
    std::uint32_t dealer;
    std::uint32_t channel;
    std::array<std::uint32_t, kRungs> segment;  // by rung, an index into segments(rung)
    Ruling ruling;
  };
  [[nodiscard]] const Facts& facts(base::ProfileId p) const { return facts_[p.v]; }
  void prefetch(base::ProfileId p) const { base::prefetch(&facts_[p.v]); }

  /// Leads are shared out among threads by their dealers. Neighbouring dealers are in one share:
  /// what is known of them stands in the same lines of memory, which two threads had better not
  /// both write.
  static constexpr unsigned kSharesLog2 =
      4;  // more shares than threads, so that they come out even
  [[nodiscard]] std::uint8_t share(base::ProfileId p) const { return share_[p.v]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(facts_.size()); }

  /// SLA choice of a profile for an open stage, or for the whole (`stage` = number of open stages).
  [[nodiscard]] const SlaChoice& choice(const Facts& f, std::size_t stage) const {
    return choices_[choice_index_[f.ruling.sla_base + stage]];
  }
  /// The rule for a visit entered at `entered_ms`; `tier` only where rules that name one are meant
  /// to count.
  [[nodiscard]] std::uint16_t rule(const SlaChoice& c, base::Millis entered_ms) const {
    return c.only != kNoRule ? c.only : dated_rule(c.plain, entered_ms);
  }
  [[nodiscard]] std::uint16_t tiered_rule(const SlaChoice& c, base::Millis entered_ms,
                                          model::Tier tier) const;

  [[nodiscard]] const std::vector<Segment>& segments(std::size_t rung) const {
    return segments_[rung];
  }
  [[nodiscard]] const std::vector<Pair>& pairs() const { return pairs_; }
  /// The codes that all profiles of a pair have in common, kNoCode in a dimension in which they
  /// differ: most dealers are in one region and one group.
  [[nodiscard]] const model::ProfileCodes& common_codes(base::PairId pair) const {
    return common_codes_[pair.v];
  }
  [[nodiscard]] base::PairId find_pair(std::uint32_t dealer, std::uint32_t nameplate) const;
  [[nodiscard]] const model::Weights& weights(std::uint16_t i) const { return weights_[i]; }
  [[nodiscard]] const model::TierPolicy& tiers(std::uint16_t i) const { return tiers_[i]; }
  [[nodiscard]] bool any_sla() const { return !policy_->sla.rules.empty(); }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  Profiles& operator=(const Profiles&) = default;
  [[nodiscard]] Facts make_facts(const model::LeadTable& leads, base::ProfileId p);
  [[nodiscard]] Ruling ruling_of(const model::LeadTable& leads, const model::ProfileCodes& codes);
  [[nodiscard]] SlaChoice make_choice(const model::LeadTable& leads,
                                      const model::ProfileCodes& codes,
                                      model::StageCode stage) const;
  [[nodiscard]] std::uint32_t sla_choices(const model::LeadTable& leads,
                                          const model::ProfileCodes& codes);
  [[nodiscard]] std::uint16_t dated_rule(const std::vector<std::uint16_t>& rules,
                                         base::Millis entered_ms) const;
  std::uint32_t intern_segment(std::size_t rung, const Segment& segment);
  base::PairId intern_pair(const model::ProfileCodes& codes);

  const model::Policy* policy_;
  std::array<bool, model::kRuleDimensions> ruled_;  // dimensions that the policy looks at
  std::map<model::ProfileCodes, Ruling>
      ruling_of_;  // by the codes of those dimensions, the others 0
  std::vector<Facts> facts_;
  std::vector<std::uint8_t> share_;  // by profile, beside facts_: small enough to stay in cache
  std::vector<SlaChoice> choices_;
  std::map<SlaChoice, std::uint32_t> choice_of_;
  std::vector<std::uint32_t> choice_index_;  // rows of open stages + 1, shared by equal profiles
  std::map<std::vector<std::uint32_t>, std::uint32_t> choice_row_;
  std::array<std::vector<Segment>, kRungs> segments_;
  std::array<std::map<Segment, std::uint32_t>, kRungs> segment_of_;
  std::vector<Pair> pairs_;
  std::vector<model::ProfileCodes> common_codes_;  // by pair
  std::unordered_map<std::uint64_t, std::uint32_t> pair_of_;
  std::vector<model::Weights> weights_;  // the policy's, then one per override
  std::vector<model::TierPolicy> tiers_;
};

}  // namespace pursuit::engine
