// store/action_row.h: an action between its row in the database and its record. Pure functions, any
// thread.
#pragma once

#include <span>

#include "store/cells.h"
#include "store/records.h"

namespace pursuit::store {

/// From the columns of tables::kActionRead.
[[nodiscard]] ActionRecord action_of(std::span<const Cell> cells);

/// Adds a row of tables::kAction for a lead's number; its texts are views of `action`.
void add_action(Cells& rows, std::uint32_t lead, const ActionRecord& action);

}  // namespace pursuit::store
