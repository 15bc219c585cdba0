// export/lead_cells.h: rows of leads and visits, cell by cell, in the order of lead_columns() and
// kVisitColumns. Templates, since analyze writes many millions of them. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/figures.h"
#include "export/row_source.h"
#include "model/dimension.h"
#include "model/policy.h"

namespace pursuit::exporting {

template <class Enum, std::size_t N>
[[nodiscard]] std::string_view name_of(const std::array<std::string_view, N>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

/// What only an open lead has, up to its status.
template <class Out>
void open_cells(const engine::LeadFigures& f, Out& out) {
  out.number(base::to_hours(f.duration_ms));
  out.number(f.threshold_ms / static_cast<double>(base::kMillisPerHour));
  if (f.threshold_rung == engine::kNoRung) {
    out.absent();
    out.absent();
  } else {
    out.count(f.threshold_rung);
    out.count(f.threshold_n);
  }
  out.text(f.expired ? "expired" : "active");
  out.flag(f.dormant);
}

/// What only an open lead has, from its SLA on.
template <class Out>
void score_cells(const engine::LeadFigures& f, std::span<const model::Component> components,
                 Out& out) {
  out.number(f.sla_hours);
  out.number(f.effective_sla_hours);
  out.number(f.deviation_hours);
  out.text(name_of(engine::kCategoryNames, f.category));
  out.number(f.score);
  for (const model::Component component : components)
    out.number(f.contribution[static_cast<std::size_t>(component)]);
  out.text(name_of(model::kTierNames, f.tier));
  out.count(f.rank);
}

/// `components`: shown_components() of the policy.
template <class Out>
void lead_cells(const model::LeadTable& leads, const model::Policy& policy,
                const engine::LeadFigures& f, std::span<const model::Component> components,
                Out& out) {
  const bool is_open = f.state == engine::LeadState::kOpen;
  out.text(leads.id(f.lead));
  out.text(name_of(engine::kStateNames, f.state));
  out.text(policy.funnel.name_of(f.stage));
  out.instant(f.entered_ms);
  if (is_open) {
    open_cells(f, out);
  } else {
    for (int i = 0; i < 6; ++i) out.absent();
  }
  out.instant(f.last_activity_ms);
  out.number(base::to_hours(f.overall_ms));
  out.number(f.overall_sla_hours);
  out.text(name_of(engine::kCategoryNames, f.overall_category));
  if (is_open) {
    score_cells(f, components, out);
  } else {
    for (std::size_t i = 0; i < 7 + components.size(); ++i) out.absent();
  }
  const model::ProfileCodes& codes = leads.profile_codes(leads.profile(f.lead));
  for (std::size_t d = 0; d < model::kRuleDimensions; ++d)
    out.text(leads.dictionary(static_cast<model::Dimension>(d)).text(codes[d]));
  out.text(leads.dictionary(model::Dimension::kOwner).text(leads.owner(f.lead)));
}

/// `number`: of the visit, from 1.
template <class Out>
void visit_cells(const model::LeadTable& leads, const model::Policy& policy, base::LeadId lead,
                 std::uint64_t number, const engine::VisitFigures& v, Out& out) {
  out.text(leads.id(lead));
  out.count(number);
  out.text(policy.funnel.name_of(v.stage));
  out.instant(v.entered_ms);
  out.instant(v.left_ms);
  out.text(name_of(engine::kVisitKindNames, v.kind));
  out.number(base::to_hours(v.duration_ms));
  out.number(v.sla_hours);
  out.number(v.effective_sla_hours);
  out.number(v.deviation_hours);
  out.text(name_of(engine::kCategoryNames, v.category));
}

}  // namespace pursuit::exporting
