// engine/figures.h: the figures that the engine answers with, one struct per row of a result table
// (semantics.md, "`pursuit analyze`: files out"). Plain data. Durations in milliseconds or hours as
// named; NaN is "absent" for a double, base::kNoInstant for an instant.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "metrics/sla.h"
#include "model/event.h"
#include "model/policy.h"

namespace pursuit::engine {

inline constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();
inline constexpr std::uint8_t kNoRung = 0xFF;
inline constexpr std::uint32_t kNoCode = UINT32_MAX;

/// kUnseen: nothing of the lead is visible at T yet.
enum class LeadState : std::uint8_t { kOpen, kWon, kLost, kUnseen };
enum class VisitKind : std::uint8_t { kAdvance, kRegress, kLost, kOpen };
using metrics::Category;
enum class Band : std::uint8_t { kLow, kModerate, kElevated, kCritical };
inline constexpr std::array<std::string_view, 3> kStateNames = {"open", "won", "lost"};
inline constexpr std::array<std::string_view, 4> kVisitKindNames = {"advance", "regress", "lost",
                                                                    "open"};
inline constexpr std::array<std::string_view, 4> kCategoryNames = {"none", "on_time", "delayed",
                                                                   "critical"};
inline constexpr std::array<std::string_view, 4> kBandNames = {"low", "moderate", "elevated",
                                                               "critical"};

/// One visit of a lead (visits.csv).
struct VisitFigures {
  model::StageCode stage;
  VisitKind kind;
  Category category;
  base::Millis entered_ms;
  base::Millis left_ms;        // kNoInstant while open
  base::Millis duration_ms;    // elapsed or working, to `left`, or to T
  double sla_hours;            // kAbsent without a rule
  double effective_sla_hours;  // sla × (1 + R)
  double deviation_hours;      // hours − effective_sla_hours
};

/// Everything leads.csv says of one lead. For a closed lead the fields from `duration_ms` on are
/// absent, but for last_activity_ms and overall_*.
struct LeadFigures {
  base::LeadId lead;
  LeadState state;
  model::StageCode stage;   // the terminal stage of a closed lead
  base::Millis entered_ms;  // into the stage; the closing instant of a closed lead
  base::Millis last_activity_ms;
  base::Millis overall_ms;
  double overall_sla_hours;
  double overall_effective_sla_hours;
  Category overall_category;
  // open leads only
  base::Millis duration_ms;     // time in stage
  double threshold_ms;          // kAbsent without history
  std::uint8_t threshold_rung;  // 0 finest … 3; kNoRung
  std::uint32_t threshold_n;
  bool expired;
  bool dormant;
  Category category;
  double sla_hours;
  double effective_sla_hours;
  double deviation_hours;
  double score;
  std::array<double, model::kComponents> contribution;  // add up to score
  model::Tier tier;
  std::uint32_t rank;  // in its dealer, from 1
};

/// thresholds.csv. Codes are of the lead table's dictionaries, kNoCode where the rung does not name
/// the dimension.
struct ThresholdRow {
  model::StageCode stage;
  std::uint8_t rung;
  std::uint32_t region;
  std::uint32_t nameplate;
  std::uint32_t channel;
  std::uint32_t n;
  double p90_ms;
  double km_p90_ms;  // kAbsent where the curve never gets there
};

/// channels.csv.
struct ChannelRow {
  std::uint32_t channel;
  std::uint64_t leads;
  std::uint64_t closed;
  std::uint64_t won;
  double rate;           // kAbsent when none closed
  double smoothed_rate;  // kAbsent when undefined (nothing closed and no smoothing)
  double volume_share;
  double conversion;
  double volume;
};

/// Codes of a dealer × nameplate.
struct Pair {
  std::uint32_t dealer;
  std::uint32_t nameplate;
};

/// Open leads of a dealer × nameplate at one instant.
struct PairLoad {
  std::uint32_t open = 0;
  std::uint32_t in_load_stages = 0;
  friend bool operator==(const PairLoad&, const PairLoad&) = default;
};

/// load.csv and load_daily.csv; `day` is unused in the former.
struct LoadRow {
  double load_factor;
  double relaxation;
  std::uint32_t dealer;
  std::uint32_t nameplate;
  std::int32_t day;
  std::uint32_t open;
  std::uint32_t in_load_stages;
  Band band;
};

/// funnel.csv, an open stage per row; the row of the won stage has only `reached`.
struct FunnelRow {
  model::StageCode stage;
  std::uint64_t reached;
  std::uint64_t advanced;
  std::uint64_t regressed;
  std::uint64_t lost;
  std::uint64_t open;
  double median_ms;
  double p90_ms;
  double compliance;
  std::uint64_t expired;
};

/// alerts.csv: a trigger that is true at T. Absent numbers are kAbsent, absent codes kNoCode.
struct AlertRow {
  std::string_view rule;  // stage_breach, load_imbalance, delay_surge, expiry
  std::string subject;    // lead id, dealer, "|nameplate", or dealer|nameplate
  base::LeadId lead = base::kNoLead;
  std::uint32_t dealer = kNoCode;
  std::uint32_t nameplate = kNoCode;
  std::uint8_t stage = 0xFF;  // 0xFF: none
  base::Millis since_ms = base::kNoInstant;
  double value = kAbsent;
  double limit = kAbsent;
  bool has_tier = false;
  model::Tier tier = model::Tier::kCold;
  double score = kAbsent;
};

}  // namespace pursuit::engine
