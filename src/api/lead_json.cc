#include "api/lead_json.h"

#include <array>
#include <string>
#include <string_view>

#include "model/dimension.h"

namespace pursuit::api {
namespace {

using model::ActionKind;
using report::Json;

constexpr std::array<std::string_view, store::kRowKinds> kKindNames = {
    "lead", "event", "outcome", "signal", "cost", "note", "action", "undo"};

/// What a field was before, as the store kept it.
Json former_json(const std::vector<std::string>& texts) {
  Json json = Json::array();
  for (const std::string& text : texts) json.push_back(Json::parse(text));
  return json;
}

}  // namespace

Json timeline_json(const std::vector<store::TimelineItem>& items, base::Millis as_of_ms) {
  Json json = Json::array();
  for (const store::TimelineItem& item : items) {
    if (item.at_ms > as_of_ms) continue;  // nothing later is visible
    Json one = {{"at", report::instant_json(item.at_ms)},
                {"kind", kKindNames[static_cast<std::size_t>(item.kind)]},
                {"what", item.what}};
    if (!item.text.empty()) one["text"] = item.text;
    if (!item.actor.empty()) one["actor"] = item.actor;
    if (item.value) one["value"] = *item.value;
    if (!item.transaction_id.empty()) one["transaction_id"] = item.transaction_id;
    if (item.by_action) one["action"] = item.seq;
    if (item.kind == store::RowKind::kAction && item.what == "assign") one["owner"] = item.owner;
    if (item.until_ms) one["until"] = report::instant_json(*item.until_ms);
    json.push_back(std::move(one));
  }
  return json;
}

void add_record(Json& json, const store::LeadRecord& record) {
  json["created_at"] = report::instant_json(record.state.created_at_ms);
  json["campaign"] = record.campaign;
  json["name"] = record.name;
  json["phone"] = record.phone;
  json["email"] = record.email;
  json["consent"] = record.consent;
  json["value"] = record.value ? Json(*record.value) : Json(nullptr);
  json["attributes"] = Json::object();
  for (const auto& [name, text] : record.attributes) json["attributes"][name] = text;
}

Json action_json(const store::ActionRecord& action) {
  const model::ActionRow& row = action.row;
  Json json = {{"id", action.id},
               {"lead_id", row.lead_id},
               {"kind", model::kActionNames[static_cast<std::size_t>(row.kind)]},
               {"at", report::instant_json(row.at_ms)},
               {"author", row.author}};
  if (!row.text.empty()) json["text"] = row.text;
  if (row.kind == ActionKind::kAssign) json["owner"] = row.value;
  if (row.kind == ActionKind::kLost) json["reason"] = row.value;
  if (row.kind == ActionKind::kReopen) json["stage"] = row.value;
  if (row.until_ms) json["until"] = report::instant_json(*row.until_ms);
  json["undone"] = nullptr;
  if (action.undone != 0) {
    json["undone"] = {{"at", report::instant_json(action.undone_at_ms)}, {"by", action.undone_by}};
  }
  return json;
}

Json person_json(const std::vector<access::PersonLead>& leads) {
  Json items = Json::array();
  for (const access::PersonLead& lead : leads) {
    Json item = {{"lead_id", lead.record.lead_id}};
    item["erased_at"] = report::instant_json(lead.erased_at_ms.value_or(base::kNoInstant));
    for (std::size_t d = 0; d < model::kDimensions; ++d)
      item[std::string(model::kDimensionNames[d])] = lead.record.state.dimensions[d];
    add_record(item, lead.record);
    item["former"] = former_json(lead.former);
    item["timeline"] = timeline_json(lead.timeline, base::kMaxInstantMs);
    item["actions"] = Json::array();
    for (const store::ActionRecord& action : lead.actions)
      item["actions"].push_back(action_json(action));
    item["same_contact"] = lead.same_contact;
    items.push_back(std::move(item));
  }
  return {{"leads", std::move(items)}};
}

Json erased_json(const std::vector<access::ErasedLead>& leads, const imports::ErasedFiles& files) {
  Json items = Json::array();
  for (const access::ErasedLead& lead : leads) {
    items.push_back({{"lead_id", lead.lead_id},
                     {"erased_at", report::instant_json(lead.erased.erased_at_ms)},
                     {"contact", lead.erased.contact},
                     {"notes", lead.erased.notes},
                     {"signals", lead.erased.signals},
                     {"actions", lead.erased.actions},
                     {"edits", lead.erased.edits}});
  }
  return {{"leads", std::move(items)},
          {"imports",
           {{"rejects", files.rejects}, {"failed", files.failed}, {"running", files.running}}}};
}

}  // namespace pursuit::api
