#include <cmath>

#include <nlohmann/json.hpp>

#include "report/explain.h"
#include "report/figures_json.h"
#include "report/json_values.h"

namespace pursuit::report {
namespace {

using engine::Engine;

Json visits_json(const Engine& engine, const Explanation& e) {
  Json visits = Json::array();
  for (const engine::VisitFigures& v : e.visits)
    visits.push_back(visit_figures_json(engine, visits.size() + 1, v));
  return visits;
}

Json threshold_json(const Explanation& e) {
  Json rungs = Json::array();
  for (const RungStatus& rung : e.rungs) {
    rungs.push_back({{"rung", rung.rung},
                     {"segment", rung.segment},
                     {"n", rung.n},
                     {"p90_hours", hours_json(rung.p90_ms)},
                     {"km_p90_hours", hours_json(rung.km_p90_ms)},
                     {"used", rung.used}});
  }
  Json json = {{"hours", hours_json(e.figures.threshold_ms)}, {"rung", nullptr}};
  if (e.figures.threshold_rung != engine::kNoRung) json["rung"] = e.figures.threshold_rung;
  json["n"] = e.figures.threshold_n;
  json["rungs"] = std::move(rungs);
  return json;
}

Json score_json(const Explanation& e) {
  Json parts = Json::object();
  for (std::size_t c = 0; c < model::kComponents; ++c) {
    if (e.scale.most[c] <= 0) continue;
    parts[std::string(model::kComponentNames[c])] = {{"contribution", e.figures.contribution[c]},
                                                     {"most", e.scale.most[c]}};
  }
  return {{"score", e.figures.score},
          {"tier", tier_name(e.figures.tier)},
          {"contributions", std::move(parts)},
          {"hot_from", e.scale.cutoffs.hot},
          {"warm_from", e.scale.cutoffs.warm}};
}

Json queue_json(const Engine& engine, const Explanation& e) {
  Json near = Json::array();
  for (const Neighbour& n : e.neighbours)
    near.push_back({{"rank", n.rank}, {"lead_id", engine.leads().id(n.lead)}, {"score", n.score}});
  return {{"dealer", engine.leads().text(e.lead, model::Dimension::kDealer)},
          {"rank", e.figures.rank},
          {"open_leads", e.queue_length},
          {"neighbours", std::move(near)}};
}

Json levers_json(const Engine& engine, const Explanation& e) {
  Json levers = Json::array();
  bool any = false;
  for (const Lever& lever : e.levers) {
    const bool hot = lever.after.tier == model::Tier::kHot;
    any |= hot;
    Json json;
    json["action"] = lever.stage ? "advance" : "activity";
    json["stage"] = engine.policy().funnel.name_of(lever.stage.value_or(e.figures.stage));
    json["score"] = lever.after.score;
    json["tier"] = tier_name(lever.after.tier);
    json["hot"] = hot;
    levers.push_back(std::move(json));
  }
  return {{"is_hot", e.figures.tier == model::Tier::kHot},
          {"possible", any},
          {"levers", std::move(levers)}};
}

Json lead_json(const Engine& engine, const Explanation& e) {
  const engine::LeadFigures& f = e.figures;
  Json json;
  json["lead_id"] = engine.leads().id(e.lead);
  json["as_of"] = instant_json(engine.as_of_ms());
  json["state"] = engine::kStateNames[static_cast<std::size_t>(f.state)];
  json["stage"] = engine.policy().funnel.name_of(f.stage);
  json["entered_at"] = instant_json(f.entered_ms);
  json["last_activity_at"] = instant_json(f.last_activity_ms);
  for (std::size_t d = 0; d < model::kDimensions; ++d)
    json[std::string(model::kDimensionNames[d])] =
        engine.leads().text(e.lead, static_cast<model::Dimension>(d));
  json["attributes"] = Json::object();
  for (const auto& [name, text] : e.attributes) json["attributes"][name] = text;
  json["overall"] = {
      {"hours", base::to_hours(f.overall_ms)},
      {"sla_hours", number_json(f.overall_sla_hours)},
      {"effective_sla_hours", number_json(f.overall_effective_sla_hours)},
      {"category", engine::kCategoryNames[static_cast<std::size_t>(f.overall_category)]}};
  return json;
}

}  // namespace

Json explanation_value(const Engine& engine, const Explanation& e) {
  Json json = lead_json(engine, e);
  json["visits"] = visits_json(engine, e);
  if (e.figures.state == engine::LeadState::kOpen) {
    json["time_in_stage_hours"] = base::to_hours(e.figures.duration_ms);
    json["status"] = e.figures.expired ? "expired" : "active";
    json["expired_at"] = instant_json(e.times.expired_at_ms);
    json["dormant"] = e.figures.dormant;
    json["dormant_at"] = instant_json(e.times.dormant_at_ms);
    json["threshold"] = threshold_json(e);
    if (e.load) {
      json["load"] = {{"load_factor", e.load->load_factor},
                      {"band", engine::kBandNames[static_cast<std::size_t>(e.load->band)]},
                      {"relaxation", e.load->relaxation}};
    }
    json["score"] = score_json(e);
    json["queue"] = queue_json(engine, e);
    json["to_be_hot"] = levers_json(engine, e);
  }
  return json;
}

std::string explanation_json(const Engine& engine, const Explanation& e) {
  return json_text(explanation_value(engine, e));
}

}  // namespace pursuit::report
