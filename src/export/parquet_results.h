// export/parquet_results.h: the result tables as Parquet files: the columns of the CSV files, with
// types; an absent value is null. Called from one thread.
#pragma once

#include "base/error.h"
#include "export/result_files.h"
#include "export/row_source.h"
#include "export/tables.h"

namespace pursuit::exporting {

/// Writes leads.parquet and visits.parquet.
[[nodiscard]] base::Result<void> write_parquet_leads(const RowSource& source,
                                                     const ResultWriter& writer,
                                                     ExportReport& report);

/// Writes one of the other tables.
[[nodiscard]] base::Result<void> write_parquet_table(const Table& table, const ResultWriter& writer,
                                                     ExportReport& report);

}  // namespace pursuit::exporting
