#include <array>
#include <iterator>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/assert.h"
#include "model/policy_toml.h"
#include "model/policy_toml_parts.h"

namespace pursuit::model {
namespace {

void line(std::string& out, std::string_view key, std::string_view value) {
  fmt::format_to(std::back_inserter(out), "{} = {}\n", key, value);
}
void text(std::string& out, std::string_view key, std::string_view value) {
  line(out, key, toml_string(value));
}
void number(std::string& out, std::string_view key, double value) {
  line(out, key, toml_number(value));
}
void integer(std::string& out, std::string_view key, int value) {
  line(out, key, fmt::to_string(value));
}

std::string weights_table(const Weights& weights) {
  std::string out = "{ ";
  for (std::size_t i = 0; i < kComponents; ++i) {
    out +=
        fmt::format("{}{} = {}", i == 0 ? "" : ", ", kComponentNames[i], toml_number(weights[i]));
  }
  return out + " }";
}

std::string cutoffs_table(const TierPolicy& tier) {
  return fmt::format("{{ hot = {}, warm = {} }}", toml_number(tier.hot), toml_number(tier.warm));
}

std::string stage_weights_table(const Policy& policy) {
  std::string out = "{ ";
  for (std::size_t i = 0; i < policy.score.stage_weights.size(); ++i) {
    out += fmt::format("{}{} = {}", i == 0 ? "" : ", ", toml_string(policy.funnel.stages[i]),
                       toml_number(policy.score.stage_weights[i]));
  }
  return out + " }";
}

std::string week_table(const WeeklyHours& week) {
  std::string out = "{";
  for (std::size_t day = 0; day < week.size(); ++day) {
    if (week[day].empty()) continue;
    out += fmt::format("{}{} = [", out.size() > 1 ? ", " : " ", kWeekdayNames[day]);
    for (std::size_t i = 0; i < week[day].size(); ++i) {
      const auto [from, to] = week[day][i];
      out += fmt::format("{}\"{:02}:{:02}-{:02}:{:02}\"", i == 0 ? "" : ", ", from / 60, from % 60,
                         to / 60, to % 60);
    }
    out += ']';
  }
  return out + " }";
}

void match(std::string& out, const DimensionMatch& wanted) {
  for (std::size_t i = 0; i < kRuleDimensions; ++i) {
    if (wanted[i]) text(out, kDimensionNames[i], *wanted[i]);
  }
}

void sla_rule(std::string& out, const SlaRule& rule, const FunnelPolicy& funnel) {
  out += "[[sla.rule]]\n";
  text(out, "stage", rule.stage == kOverallStage ? "*" : funnel.name_of(rule.stage));
  match(out, rule.match);
  if (rule.tier) text(out, "tier", kTierNames[static_cast<std::size_t>(*rule.tier)]);
  number(out, "hours", rule.hours);
  if (rule.valid_from_ms != INT64_MIN) {
    text(out, "valid_from", base::format_instant(rule.valid_from_ms));
  }
  if (rule.valid_to_ms != INT64_MAX) text(out, "valid_to", base::format_instant(rule.valid_to_ms));
}

void calendar(std::string& out, const Calendar& value) {
  out += "[[calendar]]\n";
  text(out, "region", value.region);
  text(out, "zone", value.zone);
  std::vector<std::string> holidays;
  for (const std::int64_t day : value.holidays) holidays.push_back(base::format_date(day));
  line(out, "holidays", toml_strings(holidays));
  line(out, "weekly", week_table(value.weekly));
  for (const CalendarPeriod& period : value.periods) {
    out += "[[calendar.period]]\n";
    text(out, "from", base::format_date(period.from_day));
    text(out, "to", base::format_date(period.to_day));
    line(out, "weekly", week_table(period.weekly));
  }
}

void override_table(std::string& out, const Override& value) {
  out += "[[override]]\n";
  match(out, value.match);
  if (value.weights) line(out, "weights", weights_table(*value.weights));
  if (value.tier) line(out, "tier", cutoffs_table(*value.tier));
}

void trigger_head(std::string& out, std::string_view name, bool enabled) {
  fmt::format_to(std::back_inserter(out), "[trigger.{}]\n", name);
  line(out, "enabled", enabled ? "true" : "false");
}

void filter(std::string& out, const TriggerFilter& value, const FunnelPolicy& funnel) {
  std::vector<std::string> stages;
  std::vector<std::string> tiers;
  for (const StageCode code : value.stages) stages.push_back(funnel.name_of(code));
  for (const Tier tier : value.tiers) {
    tiers.emplace_back(kTierNames[static_cast<std::size_t>(tier)]);
  }
  line(out, "stages", toml_strings(stages));
  line(out, "tiers", toml_strings(tiers));
  line(out, "regions", toml_strings(value.regions));
  line(out, "dealer_groups", toml_strings(value.dealer_groups));
}

void triggers(std::string& out, const Policy& policy) {
  const TriggerPolicy& t = policy.trigger;
  trigger_head(out, "stage_breach", t.stage_breach.enabled);
  text(out, "limit", kBreachLimitNames[static_cast<std::size_t>(t.stage_breach.limit)]);
  filter(out, t.stage_breach.filter, policy.funnel);
  trigger_head(out, "load_imbalance", t.load_imbalance.enabled);
  number(out, "load_factor", t.load_imbalance.load_factor);
  number(out, "stagnant_share", t.load_imbalance.stagnant_share);
  filter(out, t.load_imbalance.filter, policy.funnel);
  trigger_head(out, "delay_surge", t.delay_surge.enabled);
  number(out, "quantile", t.delay_surge.quantile);
  integer(out, "history_days", t.delay_surge.history_days);
  integer(out, "min_visits", t.delay_surge.min_visits);
  filter(out, t.delay_surge.filter, policy.funnel);
  trigger_head(out, "expiry", t.expiry.enabled);
  filter(out, t.expiry.filter, policy.funnel);
}

void constants(std::string& out, const Policy& p) {
  out += "[funnel]\n";
  line(out, "stages", toml_strings(p.funnel.stages));
  text(out, "won", p.funnel.won);
  text(out, "lost", p.funnel.lost);
  line(out, "load", toml_strings(p.funnel.load));
  out += "[time]\n";
  text(out, "duration", kDurationNames[static_cast<std::size_t>(p.duration)]);
  out += "[sla]\n";
  number(out, "grace", p.sla.grace);
  for (const SlaRule& rule : p.sla.rules) sla_rule(out, rule, p.funnel);
  out += "[expiry]\n";
  number(out, "percentile", p.expiry.percentile);
  integer(out, "lookback_days", p.expiry.lookback_days);
  integer(out, "min_samples", p.expiry.min_samples);
  text(out, "estimator", kEstimatorNames[static_cast<std::size_t>(p.expiry.estimator)]);
  integer(out, "dormant_days", p.expiry.dormant_days);
  out += "[channel]\n";
  integer(out, "lookback_days", p.channel.lookback_days);
  number(out, "smoothing", p.channel.smoothing);
  integer(out, "inflow_periods", p.channel.inflow_periods);
  integer(out, "inflow_period_days", p.channel.inflow_period_days);
  out += "[score]\n";
  line(out, "weights", weights_table(p.score.weights));
  line(out, "recency",
       fmt::format("{{ k = {}, m = {}, fallback_hours = {} }}", toml_number(p.score.recency_k),
                   toml_number(p.score.recency_m), toml_number(p.score.recency_fallback_hours)));
  if (!p.score.stage_weights.empty()) line(out, "stage_weights", stage_weights_table(p));
  out += "[tier]\n";
  number(out, "hot", p.tier.hot);
  number(out, "warm", p.tier.warm);
  out += "[load]\n";
  number(out, "cap", p.load.cap);
  number(out, "k", p.load.k);
  number(out, "mid", p.load.mid);
  integer(out, "min_open", p.load.min_open);
}

}  // namespace

std::string resolved_toml(const Policy& policy) {
  std::string out;
  constants(out, policy);
  for (const Calendar& c : policy.calendars) calendar(out, c);
  for (const Override& o : policy.overrides) override_table(out, o);
  triggers(out, policy);
  // Only where they are not the usual ones: no figure depends on them.
  if (policy.actions != ActionPolicy{}) {
    out += "[actions]\n";
    line(out, "lost_reasons", toml_strings(policy.actions.lost_reasons));
  }
  return out;
}

std::string policy_hash(const Policy& policy) {
  const std::string resolved = resolved_toml(policy);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned bytes = 0;
  const int done =
      EVP_Digest(resolved.data(), resolved.size(), digest.data(), &bytes, EVP_sha256(), nullptr);
  PURSUIT_ASSERT(done == 1 && bytes == 32);
  std::string hex;
  for (unsigned i = 0; i < bytes; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

}  // namespace pursuit::model
