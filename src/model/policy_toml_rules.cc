// Rules, overrides and triggers of policy.toml.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/limits.h"
#include "model/policy_toml_parts.h"

namespace pursuit::model {
namespace {

constexpr Bounds kHours{.low = 0, .high = 1e6, .low_open = true};
constexpr Bounds kShare{.low = 0, .high = 1};
constexpr Bounds kInsideShare{.low = 0, .high = 1, .low_open = true, .high_open = true};

void read_match(TomlSection& section, std::span<const Dimension> dimensions, DimensionMatch& out) {
  for (const Dimension d : dimensions) {
    std::string text;
    if (section.read(kDimensionNames[index_of(d)], text)) out[index_of(d)] = std::move(text);
  }
}

void read_rule_stage(TomlSection& section, const FunnelPolicy& funnel, StageCode& out) {
  std::string name;
  section.require("stage");
  if (!section.read("stage", name)) return;
  std::vector<std::string_view> open(funnel.stages.begin(), funnel.stages.end());
  const auto found = std::ranges::find(open, name);
  if (name == "*") {
    out = kOverallStage;
  } else if (found != open.end()) {
    out = static_cast<StageCode>(found - open.begin());
  } else {
    open.emplace_back("*");
    section.fail("stage", fmt::format("must be an open stage or \"*\", not '{}'{}", name,
                                      suggestion(name, open)));
  }
}

SlaRule read_sla_rule(TomlSection& section, const FunnelPolicy& funnel) {
  static constexpr std::array kAll = {Dimension::kRegion,  Dimension::kDealerGroup,
                                      Dimension::kDealer,  Dimension::kChannel,
                                      Dimension::kProduct, Dimension::kNameplate};
  SlaRule rule;
  read_rule_stage(section, funnel, rule.stage);
  section.require("hours");
  section.read("hours", rule.hours, kHours);
  read_match(section, kAll, rule.match);
  Tier tier{};
  if (section.read_name("tier", tier, kTierNames)) rule.tier = tier;
  section.read_instant("valid_from", rule.valid_from_ms);
  section.read_instant("valid_to", rule.valid_to_ms);
  if (rule.valid_from_ms >= rule.valid_to_ms) section.fail("valid_to", "must be after valid_from");
  section.finish();
  return rule;
}

Override read_override(TomlSection& section) {
  static constexpr std::array kSome = {Dimension::kRegion, Dimension::kDealerGroup,
                                       Dimension::kProduct};
  Override out;
  read_match(section, kSome, out.match);
  for (std::size_t i = 0; i < kRuleDimensions; ++i) {
    if (!out.match[i] && section.has(kDimensionNames[i]) &&
        std::ranges::find(kSome, static_cast<Dimension>(i)) == kSome.end()) {
      section.fail(kDimensionNames[i],
                   "is out of place: an override names region, dealer_group and product");
    }
  }
  if (section.has("weights")) {
    out.weights = Weights{};  // what is not named is 0
    read_weights(section, "weights", *out.weights);
  }
  if (auto tier = section.table("tier")) {
    tier->require("hot");
    tier->require("warm");
    read_cutoffs(*tier, out.tier.emplace());
    tier->finish();
  }
  if (!out.weights && !out.tier) section.fail("weights", "or tier must be there");
  section.finish();
  return out;
}

void read_filter(TomlSection& section, const FunnelPolicy& funnel, TriggerFilter& out) {
  const std::vector<std::string_view> open(funnel.stages.begin(), funnel.stages.end());
  std::vector<TomlText> names;
  const auto place = [&section](std::string_view key, const TomlText& name,
                                std::span<const std::string_view> known) {
    const auto found = std::ranges::find(known, name.text);
    if (found == known.end() && section.ok()) {
      section.fail(key, name.line,
                   fmt::format("must not have '{}'{}", name.text, suggestion(name.text, known)));
    }
    return static_cast<std::uint8_t>(found - known.begin());
  };
  if (section.read("stages", names)) {
    for (const TomlText& name : names) out.stages.push_back(place("stages", name, open));
  }
  if (section.read("tiers", names)) {
    for (const TomlText& name : names) {
      out.tiers.push_back(static_cast<Tier>(place("tiers", name, kTierNames)));
    }
  }
  if (section.read("regions", names)) {
    for (TomlText& name : names) out.regions.push_back(std::move(name.text));
  }
  if (section.read("dealer_groups", names)) {
    for (TomlText& name : names) out.dealer_groups.push_back(std::move(name.text));
  }
}

}  // namespace

void read_sla_rules(TomlSection& sla, Policy& policy) {
  for (TomlSection& section : sla.tables("rule")) {
    if (policy.sla.rules.size() == base::kMaxSlaRules) {
      section.fail("stage", fmt::format("is one rule too many: {} at most", base::kMaxSlaRules));
      return;
    }
    policy.sla.rules.push_back(read_sla_rule(section, policy.funnel));
  }
}

void read_overrides(TomlSection& root, Policy& policy) {
  for (TomlSection& section : root.tables("override")) {
    if (policy.overrides.size() == base::kMaxOverrides) {
      section.fail("weights",
                   fmt::format("are one override too many: {} at most", base::kMaxOverrides));
      return;
    }
    policy.overrides.push_back(read_override(section));
  }
}

void read_triggers(TomlSection& root, Policy& policy) {
  auto triggers = root.table("trigger");
  if (!triggers) return;
  TriggerPolicy& out = policy.trigger;
  if (auto section = triggers->table("stage_breach")) {
    section->read("enabled", out.stage_breach.enabled);
    section->read_name("limit", out.stage_breach.limit, kBreachLimitNames);
    read_filter(*section, policy.funnel, out.stage_breach.filter);
    section->finish();
  }
  if (auto section = triggers->table("load_imbalance")) {
    section->read("enabled", out.load_imbalance.enabled);
    section->read("load_factor", out.load_imbalance.load_factor, kShare);
    section->read("stagnant_share", out.load_imbalance.stagnant_share, kShare);
    read_filter(*section, policy.funnel, out.load_imbalance.filter);
    section->finish();
  }
  if (auto section = triggers->table("delay_surge")) {
    section->read("enabled", out.delay_surge.enabled);
    section->read("quantile", out.delay_surge.quantile, kInsideShare);
    section->read("history_days", out.delay_surge.history_days, 1, 3650);
    section->read("min_visits", out.delay_surge.min_visits, 1, 1'000'000'000);
    read_filter(*section, policy.funnel, out.delay_surge.filter);
    section->finish();
  }
  if (auto section = triggers->table("expiry")) {
    section->read("enabled", out.expiry.enabled);
    read_filter(*section, policy.funnel, out.expiry.filter);
    section->finish();
  }
  triggers->finish();
}

}  // namespace pursuit::model
