#include "store/action_row.h"

namespace pursuit::store {

ActionRecord action_of(std::span<const Cell> cells) {
  ActionRecord action;
  action.id = int_of(cells[1]);
  action.row.lead_id = text_of(cells[11]);
  action.row.kind = static_cast<model::ActionKind>(int_of(cells[2]));
  action.row.at_ms = int_of(cells[3]);
  action.row.author = text_of(cells[4]);
  action.row.text = text_of(cells[5]);
  action.row.value = text_of(cells[6]);
  if (const auto* until = std::get_if<std::int64_t>(&cells[7])) action.row.until_ms = *until;
  action.undone = int_of(cells[8]);
  action.undone_at_ms = int_of(cells[9]);
  action.undone_by = text_of(cells[10]);
  return action;
}

void add_action(Cells& rows, std::uint32_t lead, const ActionRecord& action) {
  const model::ActionRow& row = action.row;
  rows.add({std::int64_t{lead}, action.id, static_cast<std::int64_t>(row.kind), row.at_ms,
            std::string_view(row.author), std::string_view(row.text), std::string_view(row.value),
            row.until_ms ? Cell{*row.until_ms} : Cell{}, action.undone, action.undone_at_ms,
            std::string_view(action.undone_by)});
}

}  // namespace pursuit::store
