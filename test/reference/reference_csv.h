// test/reference/reference_csv.h: the reference model's output as tables with the columns of the
// result files (semantics.md, "files out"). Pure functions, any thread.
#pragma once

#include <map>
#include <string>

#include "golden/csv_table.h"
#include "reference/reference_model.h"

namespace pursuit::reference {

/// Which contributions leads.csv has: those of the file, or the optional components as well.
enum class Contributions { kOfFile, kAll };

/// By file name: leads.csv, visits.csv, …
[[nodiscard]] std::map<std::string, golden::CsvTable> to_tables(
    const Output& output, Contributions contributions = Contributions::kOfFile);

}  // namespace pursuit::reference
