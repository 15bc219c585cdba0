#include "export/columns.h"

#include <algorithm>
#include <utility>

#include "model/dimension.h"

namespace pursuit::exporting {
namespace {

bool has_weight(const model::Policy& policy, std::size_t component) {
  if (policy.score.weights[component] != 0) return true;
  return std::ranges::any_of(policy.overrides, [&](const model::Override& o) {
    return o.weights && (*o.weights)[component] != 0;
  });
}

// What leads.csv has before the contributions.
constexpr std::array<Column, 19> kLeadColumns = {{{"lead_id", ParquetType::kText, true},
                                                  {"state", ParquetType::kText},
                                                  {"stage", ParquetType::kText},
                                                  {"entered_at", ParquetType::kInstant},
                                                  {"time_in_stage_hours", ParquetType::kDouble},
                                                  {"threshold_hours", ParquetType::kDouble},
                                                  {"threshold_rung", ParquetType::kInteger},
                                                  {"threshold_n", ParquetType::kInteger},
                                                  {"status", ParquetType::kText},
                                                  {"dormant", ParquetType::kBoolean},
                                                  {"last_activity_at", ParquetType::kInstant},
                                                  {"overall_hours", ParquetType::kDouble},
                                                  {"overall_sla_hours", ParquetType::kDouble},
                                                  {"overall_category", ParquetType::kText},
                                                  {"sla_hours", ParquetType::kDouble},
                                                  {"effective_sla_hours", ParquetType::kDouble},
                                                  {"deviation_hours", ParquetType::kDouble},
                                                  {"category", ParquetType::kText},
                                                  {"score", ParquetType::kDouble}}};

template <class AnyColumn>
std::string joined_names(std::span<const AnyColumn> columns) {
  std::string line;
  for (const AnyColumn& column : columns) {
    line += column.name;
    line += ',';
  }
  line.back() = '\n';
  return line;
}

}  // namespace

std::vector<model::Component> shown_components(const model::Policy& policy) {
  std::vector<model::Component> shown;
  for (std::size_t c = 0; c < model::kComponents; ++c) {
    const auto component = static_cast<model::Component>(c);
    if (component <= model::Component::kStage || has_weight(policy, c)) shown.push_back(component);
  }
  return shown;
}

std::vector<ParquetColumn> lead_columns(const model::Policy& policy) {
  std::vector<ParquetColumn> columns = parquet_columns(kLeadColumns);
  for (const model::Component component : shown_components(policy)) {
    std::string name = "c_";
    name += model::kComponentNames[static_cast<std::size_t>(component)];
    columns.push_back({std::move(name), ParquetType::kDouble});
  }
  columns.push_back({"tier", ParquetType::kText});
  columns.push_back({"rank", ParquetType::kInteger});
  for (const std::string_view dimension : model::kDimensionNames)
    columns.push_back({std::string(dimension), ParquetType::kText});
  return columns;
}

std::string header_line(std::span<const Column> columns) { return joined_names(columns); }

std::string header_line(std::span<const ParquetColumn> columns) { return joined_names(columns); }

std::vector<ParquetColumn> parquet_columns(std::span<const Column> columns) {
  std::vector<ParquetColumn> typed;
  for (const Column& column : columns)
    typed.push_back({std::string(column.name), column.type, column.is_key});
  return typed;
}

}  // namespace pursuit::exporting
