// test/reference/reference_model.h: a plain second implementation of semantics.md, for tests only:
// maps, vectors and sorts, no cleverness, nothing shared with the engine but the policy and the
// codes of stages. Slow on purpose. Pure functions, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/dimension.h"
#include "model/policy.h"

namespace pursuit::reference {

using base::Millis;

struct InputLead {
  std::string id;
  Millis created_ms;
  std::array<std::string, model::kDimensions> dims;  // by model::Dimension
};

/// A stage event, an outcome, or (model::kActivityCode) an activity without a stage.
struct InputEvent {
  std::string lead_id;
  model::StageCode code;
  Millis at_ms;
};

/// A signal that sets an optional component of the score; activity as well.
struct InputSignal {
  std::string lead_id;
  std::size_t component;  // model::Component from kEngagement on
  Millis at_ms;
  double value;
};

struct Input {
  model::Policy policy;
  std::vector<InputLead> leads;
  std::vector<InputEvent> events;  // of known leads only, in any order
  std::vector<InputSignal> signals;
  Millis as_of_ms = 0;
};

using Number = std::optional<double>;  // absent: empty in the file

struct VisitRow {
  std::string lead_id;
  int visit;  // from 1
  std::string stage;
  Millis entered_ms;
  std::optional<Millis> left_ms;
  std::string kind;
  double hours;
  Number sla_hours;
  Number effective_sla_hours;
  Number deviation_hours;
  std::string category;
};

struct LeadRow {
  std::string lead_id;
  std::string state;  // open, won, lost
  std::string stage;
  Millis entered_ms;
  Millis last_activity_ms;
  double overall_hours;
  Number overall_sla_hours;
  std::string overall_category;
  std::array<std::string, model::kDimensions> dims;
  // open leads only
  Number time_in_stage_hours;
  Number threshold_hours;
  std::optional<int> threshold_rung;
  std::optional<std::uint64_t> threshold_n;
  std::string status;  // active, expired; empty for a closed lead
  bool dormant = false;
  Number sla_hours;
  Number effective_sla_hours;
  Number deviation_hours;
  std::string category;
  Number score;
  std::array<double, model::kComponents> contribution = {};
  std::string tier;
  std::optional<std::uint64_t> rank;
};

struct ThresholdRow {
  std::string stage;
  int rung;
  std::string region;
  std::string nameplate;
  std::string channel;
  std::uint64_t n;
  double p90_hours;
  Number km_p90_hours;
};

struct ChannelRow {
  std::string channel;
  std::uint64_t leads;
  std::uint64_t closed;
  std::uint64_t won;
  Number rate;
  Number smoothed_rate;
  double volume_share;
  double conversion;
  double volume;
};

struct LoadRow {
  std::string dealer;
  std::string nameplate;
  std::int64_t day;  // load_daily only
  std::uint64_t open;
  std::uint64_t in_load_stages;
  double load_factor;
  std::string band;
  double relaxation;
};

struct FunnelRow {
  std::string stage;
  std::uint64_t reached;
  std::uint64_t advanced;
  std::uint64_t regressed;
  std::uint64_t lost;
  std::uint64_t open;
  Number median_hours;
  Number p90_hours;
  Number compliance;
  std::uint64_t expired;
};

struct AlertRow {
  std::string rule;
  std::string subject;
  std::string lead_id;
  std::string dealer;
  std::string nameplate;
  std::string stage;
  std::optional<Millis> since_ms;
  Number value;
  Number limit;
  std::string tier;
  Number score;
};

struct Output {
  std::map<std::string, LeadRow> leads;                 // by lead id
  std::map<std::string, std::vector<VisitRow>> visits;  // by lead id
  std::vector<ThresholdRow> thresholds;                 // in file order
  std::vector<ChannelRow> channels;                     // in file order
  std::vector<LoadRow> load;                            // in file order
  std::vector<LoadRow> load_daily;                      // in file order
  std::vector<FunnelRow> funnel;                        // open stages, then won
  std::vector<AlertRow> alerts;                         // in file order
  std::map<std::string, Millis> closed_ms;              // time spent closed, by lead id
  std::map<std::string, Millis> first_event_ms;         // by lead id
};

/// Every table of `pursuit analyze` (semantics.md, "files out") as of `input.as_of_ms`.
[[nodiscard]] Output analyze(const Input& input);

/// Leads, visits and load of `input`, the leads held against the thresholds and channels of
/// `baseline` (same policy and instant): what an engine says between two refreshes. A channel that
/// the baseline does not know converts at the rate of all channels and has no volume. The other
/// tables are empty.
[[nodiscard]] Output analyze_against(const Input& input, const Input& baseline);

}  // namespace pursuit::reference
