// test/reference/alert_rows.h: rows of alerts.csv (semantics.md, "Triggers"). Pure functions, any
// thread.
#pragma once

#include "reference/lead_rows.h"

namespace pursuit::reference {

[[nodiscard]] std::vector<AlertRow> alert_rows(const Surroundings& s, const Histories& histories,
                                               const Output& output);

}  // namespace pursuit::reference
