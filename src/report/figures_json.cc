#include "report/figures_json.h"

#include <nlohmann/json.hpp>

namespace pursuit::report {
namespace {

using engine::Engine;

void add_open(Json& json, const engine::LeadFigures& f, const model::Policy& policy) {
  json["time_in_stage_hours"] = base::to_hours(f.duration_ms);
  json["threshold_hours"] = hours_json(f.threshold_ms);
  const bool known = f.threshold_rung != engine::kNoRung;
  json["threshold_rung"] = known ? Json(f.threshold_rung) : Json(nullptr);
  json["threshold_n"] = known ? Json(f.threshold_n) : Json(nullptr);
  json["status"] = f.expired ? "expired" : "active";
  json["dormant"] = f.dormant;
  json["sla_hours"] = number_json(f.sla_hours);
  json["effective_sla_hours"] = number_json(f.effective_sla_hours);
  json["deviation_hours"] = number_json(f.deviation_hours);
  json["category"] = engine::kCategoryNames[static_cast<std::size_t>(f.category)];
  json["score"] = f.score;
  Json parts = Json::object();
  for (std::size_t c = 0; c < model::kComponents; ++c) {
    const bool shown = c < static_cast<std::size_t>(model::Component::kEngagement) ||
                       policy.score.weights[c] > 0 || f.contribution[c] > 0;
    if (shown) parts[std::string(model::kComponentNames[c])] = f.contribution[c];
  }
  json["contributions"] = std::move(parts);
  json["tier"] = tier_name(f.tier);
  json["rank"] = f.rank;
}

}  // namespace

Json lead_figures_json(const Engine& engine, const engine::LeadFigures& f) {
  Json json;
  json["lead_id"] = engine.leads().id(f.lead);
  json["state"] = engine::kStateNames[static_cast<std::size_t>(f.state)];
  json["stage"] = engine.policy().funnel.name_of(f.stage);
  json["entered_at"] = instant_json(f.entered_ms);
  json["last_activity_at"] = instant_json(f.last_activity_ms);
  json["overall_hours"] = base::to_hours(f.overall_ms);
  json["overall_sla_hours"] = number_json(f.overall_sla_hours);
  json["overall_category"] = engine::kCategoryNames[static_cast<std::size_t>(f.overall_category)];
  if (f.state == engine::LeadState::kOpen) add_open(json, f, engine.policy());
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    json[std::string(model::kDimensionNames[d])] =
        engine.leads().text(f.lead, static_cast<model::Dimension>(d));
  }
  return json;
}

Json visit_figures_json(const Engine& engine, std::size_t number, const engine::VisitFigures& v) {
  return {{"visit", number},
          {"stage", engine.policy().funnel.name_of(v.stage)},
          {"entered_at", instant_json(v.entered_ms)},
          {"left_at", instant_json(v.left_ms)},
          {"kind", engine::kVisitKindNames[static_cast<std::size_t>(v.kind)]},
          {"hours", base::to_hours(v.duration_ms)},
          {"sla_hours", number_json(v.sla_hours)},
          {"effective_sla_hours", number_json(v.effective_sla_hours)},
          {"deviation_hours", number_json(v.deviation_hours)},
          {"category", engine::kCategoryNames[static_cast<std::size_t>(v.category)]}};
}

}  // namespace pursuit::report
