// export/block_writer.h: rows of one or more files, formatted in blocks by all workers and written
// in order while the next ones are formatted. Called from one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "export/disk_writer.h"
#include "export/output_file.h"
#include "export/text_buffer.h"

namespace pursuit::exporting {

/// Rows made so far of a whole number of rows; called by one worker at a time, in order.
using BlockProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// What write_blocks makes: `items` in blocks of `block_items`; each block gives text to each file.
struct BlockJob {
  std::span<const OutputFile* const> files;   // at most DiskWriter::kMaxFiles
  std::span<const std::string_view> headers;  // per file, with the end of line
  std::size_t items = 0;
  std::size_t block_items = 1;
  /// Appends the rows of items [begin, end) to `texts`, one per file, and says how many rows each
  /// got in `rows`. Runs on any worker.
  std::function<void(std::size_t begin, std::size_t end, unsigned worker,
                     std::span<TextBuffer> texts, std::span<std::uint64_t> rows)>
      format;
  std::function<std::string(std::size_t file)> tail;  // what ends a file; may be empty
  BlockProgress progress;                             // may be empty
};

/// Rows (without the header) and bytes of one file.
struct FileExtent {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};

/// Writes headers and blocks, in the order of the items, and stops at the first failure.
/// All is written when it returns.
[[nodiscard]] base::Result<std::vector<FileExtent>> write_blocks(const BlockJob& job,
                                                                 base::ThreadPool& pool,
                                                                 DiskWriter& writer);

}  // namespace pursuit::exporting
