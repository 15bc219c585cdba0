// test/golden/csv_table.h: a whole CSV file in memory, for tests. Plain data, any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace pursuit::golden {

struct CsvTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // one cell per column

  [[nodiscard]] std::optional<std::size_t> column(const std::string& name) const;
};

/// Reads `path`, plain or gzip, RFC 4180 quoting; fails where a row has not as many cells as the
/// header.
[[nodiscard]] base::Result<CsvTable> read_csv(const std::string& path);

/// Reads `path` or, where that is not there, `path`.gz.
[[nodiscard]] base::Result<CsvTable> read_csv_or_gz(const std::string& path);

}  // namespace pursuit::golden
