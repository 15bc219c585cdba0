// export/result_files.h: result files made side by side in one pass, each named when it is whole.
// Called from one thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/parallel.h"
#include "export/block_writer.h"
#include "export/disk_writer.h"
#include "export/export.h"

namespace pursuit::exporting {

/// What result files are made with.
struct ResultWriter {
  const ExportOptions& options;
  base::ThreadPool& pool;
  DiskWriter& disk;
};

/// Makes the files `names` of the directory by `job`, whose files and progress are filled in here:
/// progress is that of the first file. Adds them to `report`.
[[nodiscard]] base::Result<void> write_result_files(std::span<const std::string_view> names,
                                                    BlockJob job, const ResultWriter& writer,
                                                    ExportReport& report);

/// Tells of the rows of `file` what ExportOptions::progress wants to know; both must outlive it.
[[nodiscard]] BlockProgress progress_of(const ExportOptions& options, std::string_view file);

}  // namespace pursuit::exporting
