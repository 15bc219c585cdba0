// imports/reject_text.h: the file of rows that were not taken in. Any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/error.h"

namespace pursuit::imports {

struct RejectedRow {
  std::uint64_t line = 0;
  std::string field, reason, text;
};

/// Writes rows behind the first `keep_bytes` of the file, in the place of what may stand there, as
/// CSV: file, line, field, reason, text; the header first where nothing is kept. A cell that a
/// spreadsheet would take for a formula gets an apostrophe. Returns the new length. An empty path
/// writes nothing.
[[nodiscard]] base::Result<std::uint64_t> write_rejects(const std::string& path,
                                                        std::uint64_t keep_bytes,
                                                        const std::string& file,
                                                        std::span<const RejectedRow> rows);

}  // namespace pursuit::imports
