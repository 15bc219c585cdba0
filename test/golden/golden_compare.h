// test/golden/golden_compare.h: holds a result table against an expected one: by key, not by row
// order; only the columns that are expected; numbers to a tolerance. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "golden/csv_table.h"

namespace pursuit::golden {

/// One result table and the columns that name a row of it.
struct TableKey {
  std::string file;  // leads.csv, …
  std::vector<std::string> key;
};

/// Every table that golden sets hold.
[[nodiscard]] const std::vector<TableKey>& golden_tables();

struct Tolerance {
  double relative = 1e-9;
  double absolute = 1e-12;  // near zero
};

/// What differs, first `limit` differences spelt out with key and column; empty when nothing does.
/// A cell is absent when empty; a missing, an additional and a repeated row are differences.
[[nodiscard]] std::string differences(const CsvTable& actual, const CsvTable& expected,
                                      const std::vector<std::string>& key, Tolerance tolerance = {},
                                      std::size_t limit = 20);

}  // namespace pursuit::golden
