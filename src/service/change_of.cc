#include "service/change_of.h"

#include <variant>

#include "base/assert.h"

namespace pursuit::service {
namespace {

struct ToChange {
  const store::LeadState* state;
  const model::FunnelPolicy& funnel;

  std::optional<model::Change> operator()(const model::LeadRow& row) const {
    PURSUIT_ASSERT(state != nullptr);
    model::Change change{
        .kind = model::ChangeKind::kLead, .lead_id = row.lead_id, .at_ms = state->created_at_ms};
    for (std::size_t d = 0; d < model::kDimensions; ++d)
      change.dimensions[d] = state->dimensions[d];
    return change;
  }
  std::optional<model::Change> operator()(const model::EventRow& row) const {
    const auto code = funnel.code_of(row.stage);
    if (!code) return activity(row.lead_id, row.at_ms);
    return model::Change{.code = *code, .lead_id = row.lead_id, .at_ms = row.at_ms};
  }
  std::optional<model::Change> operator()(const model::OutcomeRow& row) const {
    return model::Change{.code = row.won ? funnel.won_code() : funnel.lost_code(),
                         .lead_id = row.lead_id,
                         .at_ms = row.at_ms};
  }
  std::optional<model::Change> operator()(const model::SignalRow& row) const {
    const auto component = component_of(row.kind);
    if (!component || !row.value) return activity(row.lead_id, row.at_ms);
    return model::Change{.kind = model::ChangeKind::kSignal,
                         .component = *component,
                         .lead_id = row.lead_id,
                         .at_ms = row.at_ms,
                         .value = *row.value};
  }
  std::optional<model::Change> operator()(const model::NoteRow& row) const {
    return activity(row.lead_id, row.at_ms);
  }
  std::optional<model::Change> operator()(const model::CostRow&) const { return std::nullopt; }

  static model::Change activity(std::string_view lead_id, base::Millis at_ms) {
    return {.kind = model::ChangeKind::kActivity, .lead_id = lead_id, .at_ms = at_ms};
  }
};

}  // namespace

std::optional<std::uint8_t> component_of(std::string_view signal_kind) {
  for (auto c = static_cast<std::size_t>(model::Component::kEngagement); c < model::kComponents;
       ++c) {
    if (signal_kind == model::kComponentNames[c]) return static_cast<std::uint8_t>(c);
  }
  return std::nullopt;
}

std::optional<model::Change> change_of(const model::Row& row, const store::LeadState* state,
                                       const model::FunnelPolicy& funnel) {
  return std::visit(ToChange{.state = state, .funnel = funnel}, row);
}

}  // namespace pursuit::service
