// test/reference/alert_rows.h: rows of alerts.csv (semantics.md, "Triggers"). Pure functions, any
// thread.
#pragma once

#include "reference/lead_rows.h"

namespace pursuit::reference {

/// From the other tables of `output`, ordered by rule and subject.
[[nodiscard]] std::vector<AlertRow> alert_rows(const Surroundings& s, const Output& output);

}  // namespace pursuit::reference
