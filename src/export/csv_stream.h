// export/csv_stream.h: a table as CSV, piece after piece, safe to be opened in a spreadsheet.
// Belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "export/row_stream.h"
#include "export/text_buffer.h"

namespace pursuit::exporting {

/// Whether a spreadsheet would take the text for a formula: it begins, also behind blanks and
/// control characters, with `=`, `+`, `-` or `@` (or their full-width forms), or with a tab or an
/// end of line.
[[nodiscard]] bool looks_like_formula(std::string_view text);

class CsvStream {
 public:
  /// `byte_order_mark`: for programs that take a file without one for something other than UTF-8.
  CsvStream(RowStream rows, bool byte_order_mark);

  /// Appends about `bytes` more, whole rows, and says whether there are more. Text that looks like
  /// a formula gets a `'` before it; numbers are left alone.
  [[nodiscard]] base::Result<bool> next(std::string& out, std::size_t bytes = kPieceBytes);

 private:
  static constexpr std::size_t kPieceBytes = 64u << 10;
  RowStream rows_;
  std::size_t at_ = 0;
  TextBuffer buffer_;
};

}  // namespace pursuit::exporting
