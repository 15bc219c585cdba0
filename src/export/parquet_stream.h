// export/parquet_stream.h: a table of any number of rows as a Parquet file. One call at a time per
// path.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"
#include "export/row_stream.h"

namespace pursuit::exporting {

/// Writes the rows to `path` and gives the number of bytes. `gives_up` is asked now and then; when
/// it says so, the file is not made and the error is kBusy.
[[nodiscard]] base::Result<std::uint64_t> write_parquet_rows(const std::string& path,
                                                             const RowStream& rows,
                                                             const std::function<bool()>& gives_up);

}  // namespace pursuit::exporting
