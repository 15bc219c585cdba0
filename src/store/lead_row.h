// store/lead_row.h: a lead between its rows in the database and its record. Pure functions, any
// thread.
#pragma once

#include <span>
#include <string>

#include "model/entry.h"
#include "store/cells.h"
#include "store/records.h"

namespace pursuit::store {

/// From the columns of tables::kRecordColumns.
[[nodiscard]] LeadRecord lead_of(std::span<const Cell> cells);

/// The attributes as the JSON object that is kept.
[[nodiscard]] std::string attributes_text(const LeadRecord& lead);

/// What a lead row brought to a lead.
struct Touched {
  bool lead = false;     // instant, dimensions, campaign or value
  bool contact = false;  // name, phone, email, consent, attributes
};

/// Sets the fields that `row` has; an attribute with an empty text is taken out.
Touched apply_row(const model::LeadRow& row, LeadRecord& lead);

}  // namespace pursuit::store
