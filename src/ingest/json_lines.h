// ingest/json_lines.h: reads a file of JSON objects, one a line, in parts. See record.h for who
// calls what, on which thread.
#pragma once

#include <memory>

#include "base/error.h"
#include "ingest/file_bytes.h"
#include "ingest/mapping.h"
#include "ingest/record.h"

namespace pursuit::ingest {

/// Opens JSON lines (json_row.h says what a line may be). The members of an object are its columns;
/// which ones the file has is found out from its first lines, where at least the fields without
/// which a row means nothing must occur. A blank line is no record; a line that is not an object,
/// has a nested value where a wanted one is, or is over a limit is rejected.
[[nodiscard]] base::Result<std::unique_ptr<Reader>> open_json_lines(FileBytes bytes,
                                                                    const FileMapping& mapping,
                                                                    const ReadOptions& options);

}  // namespace pursuit::ingest
