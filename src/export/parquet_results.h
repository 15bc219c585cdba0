// export/parquet_results.h: the result tables as Parquet files: the columns of the CSV files, with
// types; an absent value is null. Called from one thread.
#pragma once

#include "base/error.h"
#include "base/parallel.h"
#include "export/export.h"
#include "export/row_source.h"

namespace pursuit::exporting {

/// As write_results of export/export.h, NAME.parquet for each NAME.csv.
[[nodiscard]] base::Result<ExportReport> write_parquet_results(const RowSource& source,
                                                               const ExportOptions& options,
                                                               base::ThreadPool& pool);

}  // namespace pursuit::exporting
