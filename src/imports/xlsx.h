// imports/xlsx.h: an Excel workbook's first sheet as CSV. Any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace pursuit::imports {

struct XlsxLimits {
  std::uint64_t max_unpacked_bytes = 2ull << 30;  // of the parts that are read
  std::uint64_t max_text_bytes = 512ull << 20;    // of texts that cells share
  std::uint64_t max_ratio = 500;                  // unpacked to packed: more is a bomb
};

/// Whether a file begins as such a workbook does: a zip archive with one in it.
[[nodiscard]] bool is_xlsx(const std::string& path);

/// Writes the first sheet of the workbook at `path` to `out` as CSV; dates as UTC instants, numbers
/// in the shortest form. kInvalidInput: it is damaged or no workbook; kLimit: over a limit.
[[nodiscard]] base::Result<void> xlsx_to_csv(const std::string& path, const std::string& out,
                                             const XlsxLimits& limits = {});

}  // namespace pursuit::imports
