// export/columns.h: the columns of each result file, in order (semantics.md, "`pursuit analyze`:
// files out"). Pure functions, any thread.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/policy.h"

namespace pursuit::exporting {

/// Components of the score that leads.csv has a column for: conversion, volume, recency, stage, and
/// each further one that the policy or an override of it gives weight.
[[nodiscard]] std::vector<model::Component> shown_components(const model::Policy& policy);

/// Columns of leads.csv; they depend on the policy by shown_components() only.
[[nodiscard]] std::vector<std::string> lead_columns(const model::Policy& policy);

inline constexpr std::array<std::string_view, 11> kVisitColumns = {
    "lead_id", "visit", "stage",     "entered_at",          "left_at",
    "kind",    "hours", "sla_hours", "effective_sla_hours", "deviation_hours",
    "category"};
inline constexpr std::array<std::string_view, 8> kThresholdColumns = {
    "stage", "rung", "region", "nameplate", "channel", "n", "p90_hours", "km_p90_hours"};
inline constexpr std::array<std::string_view, 9> kChannelColumns = {
    "channel",       "leads",        "closed",     "won",   "rate",
    "smoothed_rate", "volume_share", "conversion", "volume"};
inline constexpr std::array<std::string_view, 7> kLoadColumns = {
    "dealer", "nameplate", "open", "in_load_stages", "load_factor", "band", "relaxation"};
inline constexpr std::array<std::string_view, 8> kLoadDailyColumns = {
    "dealer", "nameplate", "day", "open", "in_load_stages", "load_factor", "band", "relaxation"};
inline constexpr std::array<std::string_view, 10> kFunnelColumns = {
    "stage", "reached",      "advanced",  "regressed",  "lost",
    "open",  "median_hours", "p90_hours", "compliance", "expired"};
inline constexpr std::array<std::string_view, 12> kAlertColumns = {
    "rule",  "subject", "lead_id", "dealer", "nameplate", "stage",
    "since", "value",   "limit",   "tier",   "score",     "owner"};
inline constexpr std::array<std::string_view, 5> kRejectColumns = {"file", "line", "field",
                                                                   "reason", "text"};

/// The names as the first line of a CSV file, end of line included.
[[nodiscard]] std::string header_line(std::span<const std::string_view> names);

}  // namespace pursuit::exporting
