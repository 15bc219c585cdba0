// report/figures_json.h: figures as JSON objects, their members named as the columns of the result
// files (semantics.md, "`pursuit analyze`: files out"); what is absent is null. Pure functions.
#pragma once

#include "engine/engine.h"
#include "report/explain.h"
#include "report/json_values.h"

namespace pursuit::report {

/// A row of leads.csv; contributions are gathered under "contributions", by component.
[[nodiscard]] Json lead_figures_json(const engine::Engine& engine, const engine::LeadFigures& f);

/// A row of visits.csv but for the lead; `number` is the visit's, from 1.
[[nodiscard]] Json visit_figures_json(const engine::Engine& engine, std::size_t number,
                                      const engine::VisitFigures& v);

/// What explanation_json() writes.
[[nodiscard]] Json explanation_value(const engine::Engine& engine, const Explanation& explanation);

}  // namespace pursuit::report
