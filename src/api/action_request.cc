#include "api/action_request.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "api/parameters.h"
#include "base/limits.h"

namespace pursuit::api {
namespace {

using model::ActionKind;
using report::Json;

constexpr std::size_t kMaxLeads = 1'000;
constexpr std::size_t kMaxTextBytes = 16u << 10;
constexpr base::Millis kLongestSnoozeMs = 366 * base::kMillisPerDay;

std::unexpected<base::Error> wrong(std::string_view member, std::string reason) {
  return base::fail(base::ErrorCode::kInvalidInput, std::move(reason), std::string(member));
}

/// Which members an action takes beside kind, text and leads.
bool takes(ActionKind kind, std::string_view member) {
  switch (kind) {
    case ActionKind::kAssign:
      return member == "owner";
    case ActionKind::kNote:
    case ActionKind::kCall:
    case ActionKind::kEmail:
      return member == "at";
    case ActionKind::kSnooze:
      return member == "until";
    case ActionKind::kLost:
      return member == "reason";
    case ActionKind::kReopen:
      return member == "stage";
  }
  return false;
}

base::Result<ActionKind> kind_of(const Json& json) {
  const auto found = json.find("kind");
  if (found == json.end() || !found->is_string()) {
    return wrong("kind", "missing, or no text");
  }
  const auto name = std::ranges::find(model::kActionNames, found->get<std::string>());
  if (name == model::kActionNames.end()) {
    return wrong("kind", "none of assign, note, call, email, snooze, lost, reopen");
  }
  return static_cast<ActionKind>(name - model::kActionNames.begin());
}

base::Result<void> check_members(const Json& json, ActionKind kind, bool many) {
  for (const auto& [name, value] : json.items()) {
    if (name == "kind") continue;
    if (name == "leads" && many) continue;
    if (name != "text" && !takes(kind, name)) {
      return wrong(name, "not a member of such an action");
    }
    if (!value.is_string() && !(name == "until" && value.is_null())) {
      return wrong(name, "not a text");
    }
  }
  return {};
}

std::string text_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() ? std::string() : found->get<std::string>();
}

base::Result<std::vector<std::string>> leads_of(const Json& json) {
  const auto found = json.find("leads");
  if (found == json.end() || !found->is_array() || found->empty()) {
    return wrong("leads", "missing, or no list of lead ids");
  }
  if (found->size() > kMaxLeads) {
    return wrong("leads", "more than " + std::to_string(kMaxLeads) + " leads");
  }
  std::vector<std::string> leads;
  for (const Json& lead : *found) {
    if (!lead.is_string()) return wrong("leads", "holds what is no lead id");
    leads.push_back(lead.get<std::string>());
  }
  auto sorted = leads;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) {
    return wrong("leads", "names a lead twice");
  }
  return leads;
}

base::Result<void> read_snooze(const Json& json, base::Millis now_ms, ActionRequest& out) {
  if (!json.contains("until")) return wrong("until", "missing: an instant, or null to end it");
  if (json["until"].is_null()) {
    out.until_ms = now_ms;
    return {};
  }
  const auto until_ms = instant_of(json["until"].get<std::string>(), "until");
  if (!until_ms) return std::unexpected(until_ms.error());
  if (*until_ms <= now_ms || *until_ms > now_ms + kLongestSnoozeMs) {
    return wrong("until", "not in the year to come");
  }
  out.until_ms = *until_ms;
  return {};
}

base::Result<void> read_lost(const Json& json, const model::Policy& policy, ActionRequest& out) {
  out.value = text_of(json, "reason");
  if (std::ranges::find(policy.actions.lost_reasons, out.value) ==
      policy.actions.lost_reasons.end()) {
    return wrong("reason", "none of the policy's reasons");
  }
  return {};
}

base::Result<void> read_reopen(const Json& json, const model::Policy& policy, ActionRequest& out) {
  out.value = text_of(json, "stage");
  if (json.contains("stage") &&
      std::ranges::find(policy.funnel.stages, out.value) == policy.funnel.stages.end()) {
    return wrong("stage", "no open stage of the policy");
  }
  return {};
}

base::Result<void> read_activity(const Json& json, base::Millis now_ms, ActionRequest& out) {
  if (out.kind == ActionKind::kNote && out.text.empty()) return wrong("text", "missing or empty");
  if (!json.contains("at")) return {};
  const auto at_ms = instant_of(json["at"].get<std::string>(), "at");
  if (!at_ms) return std::unexpected(at_ms.error());
  if (*at_ms > now_ms) return wrong("at", "still to come");
  out.at_ms = *at_ms;
  return {};
}

base::Result<void> read_members(const Json& json, const model::Policy& policy, base::Millis now_ms,
                                ActionRequest& out) {
  switch (out.kind) {
    case ActionKind::kAssign:
      if (!json.contains("owner")) return wrong("owner", "missing; empty for nobody");
      out.value = text_of(json, "owner");
      if (out.value.size() > base::kMaxDimensionBytes) return wrong("owner", "too long");
      return {};
    case ActionKind::kSnooze:
      return read_snooze(json, now_ms, out);
    case ActionKind::kLost:
      return read_lost(json, policy, out);
    case ActionKind::kReopen:
      return read_reopen(json, policy, out);
    case ActionKind::kNote:
    case ActionKind::kCall:
    case ActionKind::kEmail:
      return read_activity(json, now_ms, out);
  }
  return {};
}

}  // namespace

base::Result<ActionRequest> read_action(std::string_view body, const model::Policy& policy,
                                        base::Millis now_ms, bool many) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return wrong("", "not a JSON object");
  ActionRequest out;
  const auto kind = kind_of(json);
  if (!kind) return std::unexpected(kind.error());
  out.kind = *kind;
  if (auto checked = check_members(json, out.kind, many); !checked) {
    return std::unexpected(checked.error());
  }
  out.text = text_of(json, "text");
  if (out.text.size() > kMaxTextBytes) {
    return wrong("text", "over " + std::to_string(kMaxTextBytes) + " bytes");
  }
  if (auto read = read_members(json, policy, now_ms, out); !read) {
    return std::unexpected(read.error());
  }
  if (many) {
    auto leads = leads_of(json);
    if (!leads) return std::unexpected(leads.error());
    out.leads = std::move(*leads);
  }
  return out;
}

base::Result<model::ActionRow> row_for(const ActionRequest& request, const engine::Engine& engine,
                                       base::LeadId lead, std::string_view author,
                                       base::Millis now_ms) {
  const engine::Glance glance = engine.glance(lead);
  const bool open = glance.state == engine::LeadState::kOpen;
  model::ActionRow row{.lead_id = std::string(engine.leads().id(lead)),
                       .kind = request.kind,
                       .at_ms = request.at_ms.value_or(now_ms),
                       .author = std::string(author),
                       .text = request.text,
                       .value = request.value,
                       .until_ms = request.until_ms};
  if (request.kind == ActionKind::kReopen) {
    if (open) return base::fail(base::ErrorCode::kConflict, "the lead is open", "kind");
    // At one instant a closing event comes after the others: the new one must be later.
    row.at_ms = std::max(row.at_ms, glance.entered_ms + 1);
    if (row.value.empty()) {
      std::vector<engine::VisitFigures> visits;
      engine.visits(lead, visits);
      const model::StageCode stage = visits.empty() ? model::StageCode{0} : visits.back().stage;
      row.value = engine.policy().funnel.name_of(stage);
    }
  } else if (!open && (request.kind == ActionKind::kLost || request.kind == ActionKind::kSnooze)) {
    return base::fail(base::ErrorCode::kConflict, "the lead is closed", "kind");
  }
  return row;
}

}  // namespace pursuit::api
