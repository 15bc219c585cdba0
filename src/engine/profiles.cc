#include "engine/profiles.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace pursuit::engine {

namespace {

using model::Dimension;
using model::index_of;

bool matches(const model::DimensionMatch& match, const model::LeadTable& leads,
             const model::ProfileCodes& codes) {
  for (std::size_t d = 0; d < model::kRuleDimensions; ++d) {
    if (!match[d]) continue;
    if (leads.dictionary(static_cast<Dimension>(d)).text(codes[d]) != *match[d]) return false;
  }
  return true;
}

/// Index into the override list of the most specific match among those that `carries` accepts, plus
/// one; 0 for none.
template <class Carries>
std::uint16_t best_override(const std::vector<model::Override>& overrides,
                            const model::LeadTable& leads, const model::ProfileCodes& codes,
                            Carries carries) {
  int best = -1;
  std::uint16_t found = 0;
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    const model::Override& o = overrides[i];
    if (!carries(o) || o.specificity() <= best || !matches(o.match, leads, codes)) continue;
    best = o.specificity();
    found = static_cast<std::uint16_t>(i + 1);
  }
  return found;
}

std::uint16_t calendar_of(const model::Policy& policy, std::string_view region) {
  if (policy.duration == model::DurationKind::kElapsed) return kNoRule;
  std::uint16_t any = kNoRule;
  for (std::size_t i = 0; i < policy.calendars.size(); ++i) {
    if (policy.calendars[i].region == region) return static_cast<std::uint16_t>(i);
    if (policy.calendars[i].region == "*") any = static_cast<std::uint16_t>(i);
  }
  return any;
}

bool always_valid(const model::SlaRule& rule) {
  return rule.valid_from_ms == INT64_MIN && rule.valid_to_ms == INT64_MAX;
}

std::uint8_t share_of(std::uint32_t dealer) {
  constexpr std::uint32_t kNeighbours = 8;
  constexpr std::uint32_t kSpread = 0x9E3779B1;  // multiplicative hashing: the upper bits are mixed
  return static_cast<std::uint8_t>((dealer / kNeighbours * kSpread) >>
                                   (32 - Profiles::kSharesLog2));
}

}  // namespace

Profiles::Profiles(const model::Policy& policy) : policy_(&policy), ruled_{} {
  for (std::size_t d = 0; d < model::kRuleDimensions; ++d) {
    for (const model::SlaRule& rule : policy.sla.rules) ruled_[d] |= rule.match[d].has_value();
    for (const model::Override& o : policy.overrides) ruled_[d] |= o.match[d].has_value();
  }
  ruled_[index_of(Dimension::kRegion)] |= !policy.calendars.empty();
  weights_.push_back(policy.score.weights);
  tiers_.push_back(policy.tier);
  for (const model::Override& o : policy.overrides) {
    weights_.push_back(o.weights.value_or(policy.score.weights));
    tiers_.push_back(o.tier.value_or(policy.tier));
  }
}

void Profiles::update(const model::LeadTable& leads) {
  facts_.reserve(leads.profile_count());
  while (size() < leads.profile_count()) {
    facts_.push_back(make_facts(leads, base::ProfileId{size()}));
    share_.push_back(share_of(facts_.back().dealer));
  }
}

Profiles::Facts Profiles::make_facts(const model::LeadTable& leads, base::ProfileId p) {
  const model::ProfileCodes& codes = leads.profile_codes(p);
  const std::uint32_t region = codes[index_of(Dimension::kRegion)];
  const std::uint32_t nameplate = codes[index_of(Dimension::kNameplate)];
  Facts f{};
  f.channel = codes[index_of(Dimension::kChannel)];
  f.pair = intern_pair(codes);
  f.dealer = codes[index_of(Dimension::kDealer)];
  f.segment = {intern_segment(0, {region, nameplate, f.channel}),
               intern_segment(1, {region, nameplate, kNoCode}),
               intern_segment(2, {region, kNoCode, kNoCode}), intern_segment(3, {})};
  f.ruling = ruling_of(leads, codes);
  return f;
}

Profiles::Ruling Profiles::ruling_of(const model::LeadTable& leads,
                                     const model::ProfileCodes& codes) {
  // Profiles are many, combinations of the dimensions that rules name are few.
  model::ProfileCodes ruled{};
  for (std::size_t d = 0; d < model::kRuleDimensions; ++d) ruled[d] = ruled_[d] ? codes[d] : 0;
  if (const auto it = ruling_of_.find(ruled); it != ruling_of_.end()) return it->second;
  Ruling r{};
  r.sla_base = sla_choices(leads, codes);
  r.weights = best_override(policy_->overrides, leads, codes,
                            [](const model::Override& o) { return o.weights.has_value(); });
  r.tier = best_override(policy_->overrides, leads, codes,
                         [](const model::Override& o) { return o.tier.has_value(); });
  r.calendar = calendar_of(
      *policy_, leads.dictionary(Dimension::kRegion).text(codes[index_of(Dimension::kRegion)]));
  ruling_of_.emplace(ruled, r);
  return r;
}

SlaChoice Profiles::make_choice(const model::LeadTable& leads, const model::ProfileCodes& codes,
                                model::StageCode stage) const {
  const std::vector<model::SlaRule>& rules = policy_->sla.rules;
  std::vector<std::uint16_t> matching;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].stage == stage && matches(rules[i].match, leads, codes)) {
      matching.push_back(static_cast<std::uint16_t>(i));
    }
  }
  std::stable_sort(matching.begin(), matching.end(), [&](std::uint16_t a, std::uint16_t b) {
    return rules[a].specificity() > rules[b].specificity();
  });
  SlaChoice choice;
  for (const std::uint16_t i : matching) {
    if (rules[i].tier) {
      choice.has_tiered = true;
    } else if (choice.plain.empty() || !always_valid(rules[choice.plain.back()])) {
      choice.plain.push_back(i);
    }
  }
  if (choice.has_tiered) choice.tiered = matching;
  if (choice.plain.size() == 1 && always_valid(rules[choice.plain[0]])) {
    choice.only = choice.plain[0];
  }
  return choice;
}

std::uint32_t Profiles::sla_choices(const model::LeadTable& leads,
                                    const model::ProfileCodes& codes) {
  const std::size_t stages = policy_->funnel.open_stages();
  std::vector<std::uint32_t> row;
  for (std::size_t s = 0; s <= stages; ++s) {
    const auto stage = s < stages ? static_cast<model::StageCode>(s) : model::kOverallStage;
    SlaChoice choice = make_choice(leads, codes, stage);
    const auto next = static_cast<std::uint32_t>(choices_.size());
    const auto [it, is_new] = choice_of_.try_emplace(choice, next);
    if (is_new) choices_.push_back(std::move(choice));
    row.push_back(it->second);
  }
  const auto next = static_cast<std::uint32_t>(choice_index_.size());
  const auto [it, is_new] = choice_row_.try_emplace(row, next);
  if (is_new) choice_index_.insert(choice_index_.end(), row.begin(), row.end());
  return it->second;
}

std::uint16_t Profiles::dated_rule(const std::vector<std::uint16_t>& rules,
                                   base::Millis entered_ms) const {
  for (const std::uint16_t i : rules) {
    const model::SlaRule& rule = policy_->sla.rules[i];
    if (rule.valid_from_ms <= entered_ms && entered_ms < rule.valid_to_ms) return i;
  }
  return kNoRule;
}

std::uint16_t Profiles::tiered_rule(const SlaChoice& c, base::Millis entered_ms,
                                    model::Tier tier) const {
  if (!c.has_tiered) return rule(c, entered_ms);
  for (const std::uint16_t i : c.tiered) {
    const model::SlaRule& rule = policy_->sla.rules[i];
    if (rule.tier && *rule.tier != tier) continue;
    if (rule.valid_from_ms <= entered_ms && entered_ms < rule.valid_to_ms) return i;
  }
  return kNoRule;
}

std::uint32_t Profiles::intern_segment(std::size_t rung, const Segment& segment) {
  const auto next = static_cast<std::uint32_t>(segments_[rung].size());
  const auto [it, is_new] = segment_of_[rung].try_emplace(segment, next);
  if (is_new) segments_[rung].push_back(segment);
  return it->second;
}

base::PairId Profiles::intern_pair(const model::ProfileCodes& codes) {
  const Pair pair{codes[index_of(Dimension::kDealer)], codes[index_of(Dimension::kNameplate)]};
  const std::uint64_t key = (std::uint64_t{pair.dealer} << 32) | pair.nameplate;
  const auto next = static_cast<std::uint32_t>(pairs_.size());
  const auto [it, is_new] = pair_of_.try_emplace(key, next);
  if (is_new) {
    pairs_.push_back(pair);
    common_codes_.push_back(codes);
  }
  model::ProfileCodes& common = common_codes_[it->second];
  for (std::size_t d = 0; d < codes.size(); ++d) {
    if (common[d] != codes[d]) common[d] = kNoCode;
  }
  return {it->second};
}

base::PairId Profiles::find_pair(std::uint32_t dealer, std::uint32_t nameplate) const {
  const auto it = pair_of_.find((std::uint64_t{dealer} << 32) | nameplate);
  return it == pair_of_.end() ? base::PairId{} : base::PairId{it->second};
}

std::size_t Profiles::memory_bytes() const {
  constexpr std::size_t kMapNode = 64;  // about what a node of the maps takes
  std::size_t bytes = facts_.size() * (sizeof(Facts) + 1) + choice_index_.size() * 4 +
                      pairs_.size() * (sizeof(Pair) + sizeof(model::ProfileCodes) + kMapNode);
  for (const auto& rung : segments_) bytes += rung.size() * (sizeof(Segment) + kMapNode);
  return bytes;
}

}  // namespace pursuit::engine
