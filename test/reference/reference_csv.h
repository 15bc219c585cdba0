// test/reference/reference_csv.h: the reference model's output as tables with the columns of the
// result files (semantics.md, "files out"). Pure functions, any thread.
#pragma once

#include <map>
#include <string>

#include "golden/csv_table.h"
#include "reference/reference_model.h"

namespace pursuit::reference {

/// By file name: leads.csv, visits.csv, …
[[nodiscard]] std::map<std::string, golden::CsvTable> to_tables(const Output& output);

}  // namespace pursuit::reference
