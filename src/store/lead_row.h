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

/// What the fields that `row` names are now, as the JSON object of lead_edit: the text of each, a
/// number for created_at and value, null for no value; attributes under `attributes.NAME`.
[[nodiscard]] std::string named_fields(const model::LeadRow& row, const LeadRecord& lead);

/// The row without name, phone, e-mail and attributes.
[[nodiscard]] model::LeadRow without_person(const model::LeadRow& row);

/// Sets the fields that `row` has; an attribute with an empty text is taken out.
Touched apply_row(const model::LeadRow& row, LeadRecord& lead);

}  // namespace pursuit::store
