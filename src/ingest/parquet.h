// ingest/parquet.h: reads a Parquet file in parts of whole row groups. See record.h for who calls
// what, on which thread.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "ingest/mapping.h"
#include "ingest/record.h"

namespace pursuit::ingest {

/// Whether a file begins like Parquet; false also where there is none to read.
[[nodiscard]] bool is_parquet(const std::string& path);

/// Opens one Parquet file (not a pattern); only the columns that are wanted are read from the disk.
/// A timestamp or date in `created_at` or `at` is delivered as an instant: one without a zone is
/// local time of the mapping's zone. Any other type is delivered as its text. The line of a row is
/// its number in the file, from 1. A nested column where a plain one is wanted, and damage that
/// shows (values have no checksum), is an error of the file; a row with a NUL, an instant out of
/// range, or a value over a limit is rejected.
[[nodiscard]] base::Result<std::unique_ptr<Reader>> open_parquet(const std::string& path,
                                                                 const FileMapping& mapping,
                                                                 const ReadOptions& options);

}  // namespace pursuit::ingest
