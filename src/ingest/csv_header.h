// ingest/csv_header.h: the first line of a CSV file: what separates its fields, which columns it
// has, and where those that are wanted stand. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "ingest/mapping.h"
#include "ingest/record.h"

namespace pursuit::ingest {

struct CsvHeader {
  char delimiter = ',';
  std::vector<std::string> columns;  // blanks around a name are dropped
  std::size_t data_begin = 0;        // where the first record begins
  std::uint64_t lines = 1;           // of the header
};

/// Reads the header. The delimiter is the mapping's, else the one of `,` `;` tab `|` that makes the
/// most columns that the mapping knows. A file that is empty, not UTF-8 (the error names what it
/// seems to be), or has more than base::kMaxColumns columns is an error.
[[nodiscard]] base::Result<CsvHeader> read_csv_header(std::string_view text,
                                                      const FileMapping& mapping,
                                                      const std::string& path);

/// Where the slots of a record come from.
struct CsvPlan {
  struct Source {
    std::uint32_t column;
    std::uint32_t slot;
  };
  std::vector<Source> sources;                                   // by column
  std::vector<std::pair<std::uint32_t, std::string>> constants;  // slot and text
};

/// Fills `layout.present`, `extra_names` and `unknown` for the fields that `layout.fields` names. A
/// column that must be there and is not, or one that is wanted and there twice, is an error that
/// lists the columns there are. Good for every kind of file that names its columns.
[[nodiscard]] base::Result<CsvPlan> plan_columns(std::span<const std::string> columns,
                                                 const FileMapping& mapping, bool want_extras,
                                                 FileLayout& layout);

}  // namespace pursuit::ingest
