// ingest/csv_reader.h: reads a CSV file in parts, at the speed of memory where it has no quotes and
// exactly everywhere. See record.h for who calls what, on which thread.
#pragma once

#include <memory>

#include "base/error.h"
#include "ingest/file_bytes.h"
#include "ingest/mapping.h"
#include "ingest/record.h"

namespace pursuit::ingest {

/// Opens CSV text (csv_record.h says what a record is). The header is the first line that is not
/// blank; a blank line is no record. A record whose number of columns is not the header's, that has
/// a NUL, is not UTF-8, or is over a limit is rejected.
///
/// Parts begin after the first line end at their place in the file, which a quoted line end may
/// make wrong: then parts_agree() says no, and with ReadOptions::exact_parts one pass over the file
/// finds where records really begin.
[[nodiscard]] base::Result<std::unique_ptr<Reader>> open_csv(FileBytes bytes,
                                                             const FileMapping& mapping,
                                                             const ReadOptions& options);

}  // namespace pursuit::ingest
