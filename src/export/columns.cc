#include "export/columns.h"

#include <algorithm>

#include "model/dimension.h"

namespace pursuit::exporting {
namespace {

bool has_weight(const model::Policy& policy, std::size_t component) {
  if (policy.score.weights[component] != 0) return true;
  return std::ranges::any_of(policy.overrides, [&](const model::Override& o) {
    return o.weights && (*o.weights)[component] != 0;
  });
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

std::vector<std::string> lead_columns(const model::Policy& policy) {
  std::vector<std::string> columns = {"lead_id",
                                      "state",
                                      "stage",
                                      "entered_at",
                                      "time_in_stage_hours",
                                      "threshold_hours",
                                      "threshold_rung",
                                      "threshold_n",
                                      "status",
                                      "dormant",
                                      "last_activity_at",
                                      "overall_hours",
                                      "overall_sla_hours",
                                      "overall_category",
                                      "sla_hours",
                                      "effective_sla_hours",
                                      "deviation_hours",
                                      "category",
                                      "score"};
  for (const model::Component component : shown_components(policy))
    columns.push_back("c_" +
                      std::string(model::kComponentNames[static_cast<std::size_t>(component)]));
  columns.emplace_back("tier");
  columns.emplace_back("rank");
  for (const std::string_view dimension : model::kDimensionNames) columns.emplace_back(dimension);
  return columns;
}

std::string header_line(std::span<const std::string_view> names) {
  std::string line;
  for (const std::string_view name : names) {
    line += name;
    line += ',';
  }
  line.back() = '\n';
  return line;
}

}  // namespace pursuit::exporting
