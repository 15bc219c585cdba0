#include "service/change_of.h"

#include <variant>

#include "base/assert.h"

namespace pursuit::service {
namespace {

struct ToChange {
  const store::LeadState* state;
  const model::FunnelPolicy& funnel;

  std::optional<model::Change> operator()(const model::LeadRow& row) const {
    return lead(row.lead_id);
  }
  std::optional<model::Change> operator()(const model::EventRow& row) const {
    return event(row.lead_id, row.stage, row.at_ms);
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
  std::optional<model::Change> operator()(const model::UndoRow&) const { return std::nullopt; }
  std::optional<model::Change> operator()(const model::ActionRow& row) const {
    switch (row.kind) {
      case model::ActionKind::kAssign:
        return lead(row.lead_id);
      case model::ActionKind::kNote:
      case model::ActionKind::kCall:
      case model::ActionKind::kEmail:
        return activity(row.lead_id, row.at_ms);
      case model::ActionKind::kSnooze:
        return model::Change{.kind = model::ChangeKind::kSnooze,
                             .lead_id = row.lead_id,
                             .at_ms = row.at_ms,
                             .until_ms = row.until_ms.value_or(row.at_ms)};
      case model::ActionKind::kLost:
        return model::Change{
            .code = funnel.lost_code(), .lead_id = row.lead_id, .at_ms = row.at_ms};
      case model::ActionKind::kReopen:
        return event(row.lead_id, row.value, row.at_ms);
    }
    return std::nullopt;
  }

  [[nodiscard]] model::Change lead(std::string_view lead_id) const {
    PURSUIT_ASSERT(state != nullptr);
    model::Change change{
        .kind = model::ChangeKind::kLead, .lead_id = lead_id, .at_ms = state->created_at_ms};
    for (std::size_t d = 0; d < model::kDimensions; ++d)
      change.dimensions[d] = state->dimensions[d];
    return change;
  }
  [[nodiscard]] model::Change event(std::string_view lead_id, std::string_view stage,
                                    base::Millis at_ms) const {
    const auto code = funnel.code_of(stage);
    if (!code) return activity(lead_id, at_ms);
    return {.code = *code, .lead_id = lead_id, .at_ms = at_ms};
  }

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

model::LeadHistory history_of(const LeadStory& story, const model::FunnelPolicy& funnel) {
  model::LeadHistory history;
  history.events.push_back(model::Event::make(story.state.created_at_ms, model::kCreatedCode));
  for (const store::TimelineItem& item : story.items) {
    model::StageCode code = model::kActivityCode;
    switch (item.kind) {
      case store::RowKind::kEvent:
        code = funnel.code_of(item.what).value_or(model::kActivityCode);
        break;
      case store::RowKind::kOutcome:
        code = item.what == "won" ? funnel.won_code() : funnel.lost_code();
        break;
      case store::RowKind::kSignal:
        if (const auto component = component_of(item.what); component && item.value) {
          history.values.push_back(
              {.component = *component, .at_ms = item.at_ms, .value = *item.value});
        }
        break;
      case store::RowKind::kAction:
        if (item.until_ms) {
          history.snoozes.push_back({.at_ms = item.at_ms, .until_ms = *item.until_ms});
        }
        continue;
      default:
        break;
    }
    history.events.push_back(model::Event::make(item.at_ms, code));
  }
  return history;
}

model::Change replacement_of(std::string_view lead_id, const LeadStory& story,
                             const model::LeadHistory& history) {
  model::Change change{.kind = model::ChangeKind::kReplace,
                       .lead_id = lead_id,
                       .at_ms = story.state.created_at_ms,
                       .history = &history};
  for (std::size_t d = 0; d < model::kDimensions; ++d)
    change.dimensions[d] = story.state.dimensions[d];
  return change;
}

std::optional<model::Change> change_of(const model::Row& row, const store::LeadState* state,
                                       const model::FunnelPolicy& funnel) {
  return std::visit(ToChange{.state = state, .funnel = funnel}, row);
}

}  // namespace pursuit::service
