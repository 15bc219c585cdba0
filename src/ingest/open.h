// ingest/open.h: opens a file of records in whatever form it has. Any thread.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "ingest/mapping.h"
#include "ingest/record.h"

namespace pursuit::ingest {

/// Parquet is told by its first bytes, JSON lines by its name (.json, .jsonl, .ndjson, with or
/// without .gz) or by a first record that begins with `{`; anything else is CSV. Text may be gzip.
[[nodiscard]] base::Result<std::unique_ptr<Reader>> open_file(const std::string& path,
                                                              const FileMapping& mapping,
                                                              const ReadOptions& options);

}  // namespace pursuit::ingest
