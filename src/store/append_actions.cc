// Actions and their undoing: the part of an append that people make.
#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "store/action_row.h"
#include "store/append_plan.h"
#include "store/tables.h"

namespace pursuit::store {

namespace {

using model::ActionKind;
using model::ActionRow;

bool is_note(ActionKind kind) {
  return kind == ActionKind::kNote || kind == ActionKind::kCall || kind == ActionKind::kEmail;
}

bool names_owner(const std::string& before) {
  return nlohmann::json::parse(before).contains("owner");
}

std::string_view name_of(ActionKind kind) {
  return model::kActionNames[static_cast<std::size_t>(kind)];
}

}  // namespace

void AppendPlan::find_stories(Connection& connection) {
  Cells numbers(1);
  std::vector<Story*> stories;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto* row = std::get_if<model::UndoRow>(&entries_[i]->row);
    if (row == nullptr || !valid_[i]) continue;
    LeadSlot& slot = leads_[row->lead_id];
    if (slot.story != nullptr || slot.number == 0) continue;
    slot.story = std::make_unique<Story>();
    stories.push_back(slot.story.get());
    numbers.add({std::int64_t{slot.number}});
  }
  if (stories.empty()) return;
  static constexpr std::array kIntText = {Type::kInt, Type::kText};
  static constexpr std::array kTwoInts = {Type::kInt, Type::kInt};
  static constexpr Lookup kEdits{"e.seq, e.fields", "lead_edit e", "e.lead = {0}", tables::kIntKey,
                                 kIntText};
  static constexpr Lookup kEvents{"e.seq, e.stage", "stage_event e", "e.lead = {0}",
                                  tables::kIntKey, kTwoInts};
  static constexpr Lookup kOutcomes{"o.seq, 0", "outcome o", "o.lead = {0}", tables::kIntKey,
                                    kTwoInts};
  Bulk& bulk = connection.bulk();
  bulk.find(tables::kActionsOfLead, numbers, [&](std::size_t key, std::span<const Cell> row) {
    stories[key]->actions.push_back(action_of(row));
  });
  bulk.find(kEdits, numbers, [&](std::size_t key, std::span<const Cell> row) {
    stories[key]->edits.emplace(int_of(row[0]), text_of(row[1]));
  });
  const auto turn = [&](std::size_t key, std::span<const Cell> row) {
    stories[key]->turns.emplace(int_of(row[0]), int_of(row[1]));
  };
  bulk.find(kEvents, numbers, turn);
  bulk.find(kOutcomes, numbers, turn);
}

void AppendPlan::note_edit(LeadSlot& slot, std::int64_t seq, std::string before) {
  const std::string& kept = texts_.emplace_back(std::move(before));
  if (slot.story != nullptr) slot.story->edits.emplace(seq, kept);
  new_edits_.add({std::int64_t{slot.number}, seq, std::string_view(kept)});
}

void AppendPlan::note_turn(std::string_view lead_id, std::int64_t seq, std::int64_t stage) {
  if (Story* story = leads_[lead_id].story.get()) story->turns.emplace(seq, stage);
}

void AppendPlan::take(std::size_t i, const ActionRow& row) {
  const std::uint32_t lead = known_lead(i, row.lead_id);
  if (lead == 0) return;
  LeadSlot& slot = leads_[row.lead_id];
  if (row.kind == ActionKind::kReopen) {
    const EventKey key{.lead = lead, .stage = stages_.ids[row.value], .at_ms = row.at_ms};
    if (!events_.try_emplace(key, counts_.last_seq + 1).second) {
      return refuse(i, AppendStatus::kRefused, "the lead entered that stage at that instant");
    }
  }
  keep(i, lead);
  const std::int64_t seq = results_[i].seq;
  new_actions_.add({std::int64_t{lead}, seq, static_cast<std::int64_t>(row.kind), row.at_ms,
                    std::string_view(row.author), std::string_view(row.text),
                    std::string_view(row.value), row.until_ms ? Cell{*row.until_ms} : Cell{},
                    std::int64_t{0}, std::int64_t{0}, std::string_view()});
  if (row.kind == ActionKind::kAssign) {
    LeadWork& work = *slot.work;
    model::LeadRow owner;
    owner.owner = row.value;
    note_edit(slot, seq, named_fields(owner, work.record));
    work.touched.lead |= apply_row(owner, work.record).lead;
    results_[i].state = work.record.state;
  } else if (is_note(row.kind)) {
    ++counts_.notes;
    new_notes_.add({std::int64_t{lead}, seq, row.at_ms, name_of(row.kind),
                    std::string_view(row.text), std::string_view(row.author)});
  } else if (row.kind == ActionKind::kLost) {
    note_turn(row.lead_id, seq, 0);
    ++counts_.outcomes;
    new_outcomes_.add({std::int64_t{lead}, seq, row.at_ms, std::int64_t{0},
                       std::string_view(row.value), Cell{}, std::string_view()});
  } else if (row.kind == ActionKind::kReopen) {
    note_turn(row.lead_id, seq, stages_.ids[row.value]);
    ++counts_.events;
    new_events_.add(
        {std::int64_t{lead}, row.at_ms, stages_.ids[row.value], seq, std::string_view(row.author)});
  }
}

std::string AppendPlan::why_not(const Story& story, const ActionRecord& action) const {
  if (action.undone != 0) {
    return "undone already at " + base::format_instant(action.undone_at_ms) + " by " +
           action.undone_by;
  }
  switch (action.row.kind) {
    case ActionKind::kAssign:
      for (const auto& [seq, before] : story.edits) {
        if (seq > action.id && names_owner(before)) return "the owner was set again after it";
      }
      return {};
    case ActionKind::kLost:
    case ActionKind::kReopen:
      if (!story.turns.empty() && story.turns.rbegin()->first > action.id) {
        return "the lead went on to another stage after it";
      }
      return {};
    case ActionKind::kNote:
    case ActionKind::kCall:
    case ActionKind::kEmail:
    case ActionKind::kSnooze:
      return {};
  }
  return {};
}

void AppendPlan::take_back(LeadSlot& slot, const ActionRecord& action) {
  const std::int64_t lead = slot.number;
  Story& story = *slot.story;
  switch (action.row.kind) {
    case ActionKind::kAssign: {
      const auto edit = story.edits.find(action.id);
      model::LeadRow owner;
      owner.owner = nlohmann::json::parse(edit->second).at("owner").get<std::string>();
      slot.work->touched.lead |= apply_row(owner, slot.work->record).lead;
      story.edits.erase(edit);
      gone_edits_.add({lead, action.id});
      return;
    }
    case ActionKind::kLost:
      --counts_.outcomes;
      gone_outcomes_.add({lead, action.id});
      story.turns.erase(action.id);
      return;
    case ActionKind::kReopen: {
      const std::int64_t stage = story.turns.at(action.id);
      --counts_.events;
      gone_events_.add({lead, action.row.at_ms, stage});
      events_.erase(EventKey{.lead = slot.number, .stage = stage, .at_ms = action.row.at_ms});
      story.turns.erase(action.id);
      return;
    }
    case ActionKind::kNote:
    case ActionKind::kCall:
    case ActionKind::kEmail:
      --counts_.notes;
      gone_notes_.add({lead, action.id});
      return;
    case ActionKind::kSnooze:
      return;
  }
}

void AppendPlan::take(std::size_t i, const model::UndoRow& row) {
  const std::uint32_t lead = known_lead(i, row.lead_id);
  if (lead == 0) return;
  LeadSlot& slot = leads_[row.lead_id];
  Story& story = *slot.story;
  const auto found = std::ranges::find(story.actions, row.action, &ActionRecord::id);
  if (found == story.actions.end()) {
    return refuse(i, AppendStatus::kRefused, "the lead has no such action");
  }
  if (std::string reason = why_not(story, *found); !reason.empty()) {
    return refuse(i, AppendStatus::kRefused, std::move(reason));
  }
  keep(i, lead);
  take_back(slot, *found);
  results_[i].state = slot.work->record.state;
  found->undone = results_[i].seq;
  found->undone_at_ms = row.at_ms;
  found->undone_by = row.author;
  add_action(undone_actions_, lead, *found);
}

}  // namespace pursuit::store
