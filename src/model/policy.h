// model/policy.h: every constant that the figures depend on, resolved: what is not in the file has
// its default here. Plain data, any thread once built. Read from text by model/policy_toml.h; the
// meaning of each key is in semantics.md.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/calendar.h"
#include "model/dimension.h"
#include "model/event.h"

namespace pursuit::model {

enum class Tier : std::uint8_t { kHot, kWarm, kCold };
inline constexpr std::array<std::string_view, 3> kTierNames = {"Hot", "Warm", "Cold"};

enum class DurationKind : std::uint8_t { kElapsed, kWorking };
enum class Estimator : std::uint8_t { kCompleted, kKaplanMeier };

/// The parts of a score, in the order in which they are added up (a float sum must not depend on
/// anything else).
enum class Component : std::uint8_t {
  kConversion,
  kVolume,
  kRecency,
  kStage,
  kEngagement,
  kAssessment,
  kPropensity,
};
inline constexpr std::size_t kComponents = 7;
inline constexpr std::array<std::string_view, kComponents> kComponentNames = {
    "conversion", "volume", "recency", "stage", "engagement", "assessment", "propensity"};

/// Values that a rule wants of a lead's dimensions (kRegion … kNameplate); an absent one matches
/// anything. An empty string is a value of its own.
using DimensionMatch = std::array<std::optional<std::string>, kRuleDimensions>;

struct FunnelPolicy {
  std::vector<std::string> stages = {"Created", "Contacted", "Experiencing", "Deciding"};
  std::string won = "Converted";
  std::string lost = "Lost";
  std::vector<std::string> load = {"Experiencing", "Deciding"};

  [[nodiscard]] std::size_t open_stages() const { return stages.size(); }
  [[nodiscard]] StageCode won_code() const { return static_cast<StageCode>(stages.size()); }
  [[nodiscard]] StageCode lost_code() const { return static_cast<StageCode>(stages.size() + 1); }
  /// Code of a stage by its exact name (open, won or lost); nothing if there is none.
  [[nodiscard]] std::optional<StageCode> code_of(std::string_view name) const;
  /// Name of an open stage, won or lost.
  [[nodiscard]] const std::string& name_of(StageCode code) const;
  friend bool operator==(const FunnelPolicy&, const FunnelPolicy&) = default;
};

inline constexpr StageCode kOverallStage = 0xFF;  // stage = "*": first event to close

struct SlaRule {
  StageCode stage = 0;  // an open stage, or kOverallStage
  double hours = 0;     // > 0
  DimensionMatch match;
  std::optional<Tier> tier;
  base::Millis valid_from_ms = INT64_MIN;  // inclusive; of the visit's entry
  base::Millis valid_to_ms = INT64_MAX;    // exclusive

  /// Number of dimensions named, tier included: the rule that names most wins, a tie goes to the
  /// first.
  [[nodiscard]] int specificity() const;
  friend bool operator==(const SlaRule&, const SlaRule&) = default;
};

struct SlaPolicy {
  double grace = 0.5;
  std::vector<SlaRule> rules;
  friend bool operator==(const SlaPolicy&, const SlaPolicy&) = default;
};

struct ExpiryPolicy {
  double percentile = 0.90;
  int lookback_days = 365;
  int min_samples = 30;
  Estimator estimator = Estimator::kCompleted;
  int dormant_days = 14;
  friend bool operator==(const ExpiryPolicy&, const ExpiryPolicy&) = default;
};

struct ChannelPolicy {
  int lookback_days = 365;
  double smoothing = 20;
  int inflow_periods = 3;
  int inflow_period_days = 30;
  friend bool operator==(const ChannelPolicy&, const ChannelPolicy&) = default;
};

using Weights = std::array<double, kComponents>;  // by Component

struct ScorePolicy {
  Weights weights = {0.30, 0.15, 0.25, 0.30, 0, 0, 0};
  double recency_k = 6.0;
  double recency_m = 1.0;
  double recency_fallback_hours = 168;
  /// Optional stage component per open stage, each in [0, 1]; empty: (i + 1) / number of open
  /// stages.
  std::vector<double> stage_weights;
  friend bool operator==(const ScorePolicy&, const ScorePolicy&) = default;
};

struct TierPolicy {
  double hot = 70;
  double warm = 40;
  friend bool operator==(const TierPolicy&, const TierPolicy&) = default;
};

struct LoadPolicy {
  double cap = 0.20;
  double k = 30.0;
  double mid = 0.70;
  int min_open = 5;
  friend bool operator==(const LoadPolicy&, const LoadPolicy&) = default;
};

struct Override {
  DimensionMatch match;            // only region, dealer_group and product may be named
  std::optional<Weights> weights;  // replaces the whole table; a weight not named is 0
  std::optional<TierPolicy> tier;  // replaces the whole table

  [[nodiscard]] int specificity() const;
  friend bool operator==(const Override&, const Override&) = default;
};

/// What a trigger looks at; an empty list means all.
struct TriggerFilter {
  std::vector<StageCode> stages;
  std::vector<Tier> tiers;
  std::vector<std::string> regions;
  std::vector<std::string> dealer_groups;
  friend bool operator==(const TriggerFilter&, const TriggerFilter&) = default;
};

enum class BreachLimit : std::uint8_t { kThreshold, kEffectiveSla };

/// `[trigger.*]` of policy.toml (semantics.md, "Triggers").
struct TriggerPolicy {
  struct StageBreach {
    bool enabled = true;
    BreachLimit limit = BreachLimit::kThreshold;  // limit = "p90" | "sla"
    TriggerFilter filter;
    friend bool operator==(const StageBreach&, const StageBreach&) = default;
  } stage_breach;
  struct LoadImbalance {
    bool enabled = true;
    double load_factor = 0.8;
    double stagnant_share = 0.30;
    TriggerFilter filter;
    friend bool operator==(const LoadImbalance&, const LoadImbalance&) = default;
  } load_imbalance;
  struct DelaySurge {
    bool enabled = true;
    double quantile = 0.999;
    int history_days = 28;
    int min_visits = 5;
    TriggerFilter filter;
    friend bool operator==(const DelaySurge&, const DelaySurge&) = default;
  } delay_surge;
  struct Expiry {
    bool enabled = true;
    TriggerFilter filter;
    friend bool operator==(const Expiry&, const Expiry&) = default;
  } expiry;
  friend bool operator==(const TriggerPolicy&, const TriggerPolicy&) = default;
};

/// `[actions]` of policy.toml: what people may choose from.
struct ActionPolicy {
  std::vector<std::string> lost_reasons = {"Bought another brand",
                                           "Bought elsewhere",
                                           "Price",
                                           "Financing",
                                           "Stock or delivery",
                                           "No longer looking",
                                           "No answer",
                                           "Wrong contact data",
                                           "Duplicate",
                                           "Other"};
  friend bool operator==(const ActionPolicy&, const ActionPolicy&) = default;
};

struct Policy {
  FunnelPolicy funnel;
  DurationKind duration = DurationKind::kElapsed;
  SlaPolicy sla;
  ExpiryPolicy expiry;
  ChannelPolicy channel;
  ScorePolicy score;
  TierPolicy tier;
  LoadPolicy load;
  std::vector<Calendar> calendars;
  std::vector<Override> overrides;
  TriggerPolicy trigger;
  ActionPolicy actions;

  /// Whether an open stage counts towards the load factor.
  [[nodiscard]] bool is_load_stage(StageCode code) const;
  friend bool operator==(const Policy&, const Policy&) = default;
};

}  // namespace pursuit::model
