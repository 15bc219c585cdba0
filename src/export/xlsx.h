// export/xlsx.h: a table as an Excel workbook of one sheet. One call at a time per path.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/error.h"
#include "export/row_stream.h"

namespace pursuit::exporting {

/// Rows below the header that a sheet of Excel has room for.
inline constexpr std::size_t kMaxSheetRows = 1'048'575;

struct XlsxOptions {
  std::string sheet;                    // its name: at most 31 characters, none of []:*?/\.
  bool right_to_left = false;           // columns go from right to left
  std::string scratch;                  // a folder for what does not fit into memory; must exist
  std::function<bool()> gives_up = {};  // asked now and then; true: the file is not made, kBusy
  std::size_t max_rows = kMaxSheetRows;
};

/// Writes the rows to `path`, row after row, so that memory stays small. The header stays in view;
/// numbers, instants (UTC, as Excel's date-times), days and flags are cells of their type. Text is
/// text: nothing in it is a formula. kLimit: over `max_rows`; kIo: the file system refuses.
[[nodiscard]] base::Result<void> write_xlsx(const std::string& path, const RowStream& rows,
                                            const XlsxOptions& options);

}  // namespace pursuit::exporting
