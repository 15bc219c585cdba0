// export/columns.h: the columns of each result file, in order (semantics.md, "`pursuit analyze`:
// files out"). Pure functions, any thread.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "export/parquet_format.h"
#include "model/policy.h"

namespace pursuit::exporting {

/// Components of the score that leads.csv has a column for: conversion, volume, recency, stage, and
/// each further one that the policy or an override of it gives weight.
[[nodiscard]] std::vector<model::Component> shown_components(const model::Policy& policy);

/// A column and how formats with types store it.
struct Column {
  std::string_view name;
  ParquetType type;
  bool is_key = false;  // as ParquetColumn::is_key
};

/// Columns of leads.csv; they depend on the policy by shown_components() only.
[[nodiscard]] std::vector<ParquetColumn> lead_columns(const model::Policy& policy);

inline constexpr std::array<Column, 11> kVisitColumns = {
    {{"lead_id", ParquetType::kText, true},
     {"visit", ParquetType::kInteger},
     {"stage", ParquetType::kText},
     {"entered_at", ParquetType::kInstant},
     {"left_at", ParquetType::kInstant},
     {"kind", ParquetType::kText},
     {"hours", ParquetType::kDouble},
     {"sla_hours", ParquetType::kDouble},
     {"effective_sla_hours", ParquetType::kDouble},
     {"deviation_hours", ParquetType::kDouble},
     {"category", ParquetType::kText}}};
inline constexpr std::array<Column, 8> kThresholdColumns = {
    {{"stage", ParquetType::kText},
     {"rung", ParquetType::kInteger},
     {"region", ParquetType::kText},
     {"nameplate", ParquetType::kText},
     {"channel", ParquetType::kText},
     {"n", ParquetType::kInteger},
     {"p90_hours", ParquetType::kDouble},
     {"km_p90_hours", ParquetType::kDouble}}};
inline constexpr std::array<Column, 9> kChannelColumns = {{{"channel", ParquetType::kText},
                                                           {"leads", ParquetType::kInteger},
                                                           {"closed", ParquetType::kInteger},
                                                           {"won", ParquetType::kInteger},
                                                           {"rate", ParquetType::kDouble},
                                                           {"smoothed_rate", ParquetType::kDouble},
                                                           {"volume_share", ParquetType::kDouble},
                                                           {"conversion", ParquetType::kDouble},
                                                           {"volume", ParquetType::kDouble}}};
inline constexpr std::array<Column, 7> kLoadColumns = {{{"dealer", ParquetType::kText},
                                                        {"nameplate", ParquetType::kText},
                                                        {"open", ParquetType::kInteger},
                                                        {"in_load_stages", ParquetType::kInteger},
                                                        {"load_factor", ParquetType::kDouble},
                                                        {"band", ParquetType::kText},
                                                        {"relaxation", ParquetType::kDouble}}};
inline constexpr std::array<Column, 8> kLoadDailyColumns = {
    {{"dealer", ParquetType::kText},
     {"nameplate", ParquetType::kText},
     {"day", ParquetType::kDate},
     {"open", ParquetType::kInteger},
     {"in_load_stages", ParquetType::kInteger},
     {"load_factor", ParquetType::kDouble},
     {"band", ParquetType::kText},
     {"relaxation", ParquetType::kDouble}}};
inline constexpr std::array<Column, 10> kFunnelColumns = {{{"stage", ParquetType::kText},
                                                           {"reached", ParquetType::kInteger},
                                                           {"advanced", ParquetType::kInteger},
                                                           {"regressed", ParquetType::kInteger},
                                                           {"lost", ParquetType::kInteger},
                                                           {"open", ParquetType::kInteger},
                                                           {"median_hours", ParquetType::kDouble},
                                                           {"p90_hours", ParquetType::kDouble},
                                                           {"compliance", ParquetType::kDouble},
                                                           {"expired", ParquetType::kInteger}}};
inline constexpr std::array<Column, 12> kAlertColumns = {{{"rule", ParquetType::kText},
                                                          {"subject", ParquetType::kText, true},
                                                          {"lead_id", ParquetType::kText, true},
                                                          {"dealer", ParquetType::kText},
                                                          {"nameplate", ParquetType::kText},
                                                          {"stage", ParquetType::kText},
                                                          {"since", ParquetType::kInstant},
                                                          {"value", ParquetType::kDouble},
                                                          {"limit", ParquetType::kDouble},
                                                          {"tier", ParquetType::kText},
                                                          {"score", ParquetType::kDouble},
                                                          {"owner", ParquetType::kText}}};
inline constexpr std::array<Column, 5> kRejectColumns = {{{"file", ParquetType::kText},
                                                          {"line", ParquetType::kInteger},
                                                          {"field", ParquetType::kText},
                                                          {"reason", ParquetType::kText},
                                                          {"text", ParquetType::kText}}};

/// The names as the first line of a CSV file, end of line included.
[[nodiscard]] std::string header_line(std::span<const Column> columns);
[[nodiscard]] std::string header_line(std::span<const ParquetColumn> columns);

/// The same columns as the Parquet writer wants them.
[[nodiscard]] std::vector<ParquetColumn> parquet_columns(std::span<const Column> columns);

}  // namespace pursuit::exporting
