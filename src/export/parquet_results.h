// export/parquet_results.h: the result tables as Parquet files: the columns of the CSV files, with
// types; an absent value is null. Called from one thread.
#pragma once

#include "base/error.h"
#include "base/parallel.h"
#include "export/block_writer.h"
#include "export/export.h"
#include "export/row_source.h"

namespace pursuit::exporting {

/// As write_results of export/export.h, NAME.parquet for each NAME.csv.
[[nodiscard]] base::Result<ExportReport> write_parquet_results(const RowSource& source,
                                                               const ExportOptions& options,
                                                               base::ThreadPool& pool);

/// Tells of the rows of `file` what ExportOptions::progress wants to know; both must outlive it.
[[nodiscard]] BlockProgress progress_of(const ExportOptions& options, std::string_view file);

}  // namespace pursuit::exporting
