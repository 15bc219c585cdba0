// ingest/load.h: from files to what the engine is filled with. One call at a time per object; it
// uses threads of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "ingest/attributes.h"
#include "ingest/cost_sink.h"
#include "ingest/mapping.h"
#include "ingest/rejects.h"
#include "model/event_scatter.h"
#include "model/lead_table.h"
#include "model/signal_log.h"

namespace pursuit::ingest {

/// Paths or glob patterns of each kind of file; only leads must be there.
struct Sources {
  std::array<std::vector<std::string>, kFileKinds> patterns;  // by FileKind

  [[nodiscard]] const std::vector<std::string>& of(FileKind kind) const {
    return patterns[index_of(kind)];
  }
};

/// How far a load is: called from one thread at a time, but not always the same.
struct LoadProgress {
  FileKind kind;              // of the files being read
  std::string_view path;      // of the file a part of which has been read
  std::uint64_t bytes_done;   // of this kind
  std::uint64_t bytes_total;  // of this kind, as far as the files are open
};

struct LoadOptions {
  unsigned threads = 1;
  std::function<void(const LoadProgress&)> progress = {};  // may be empty
  bool keep_attributes = true;
  std::size_t part_bytes = 0;  // 0: as fits the file; the result does not depend on it
};

/// The account of one file.
struct LoadedFile {
  std::string path;
  FileKind kind = FileKind::kLeads;
  std::uint64_t rows_read = 0;  // rejected ones included
  std::uint64_t rows_rejected = 0;
  std::uint64_t rows_ignored = 0;   // stages that the mapping ignores
  std::uint64_t rows_repeated = 0;  // leads that say what an earlier row said
};

/// A network as it was read. Every lead has its events, outcomes, activities and one kCreatedCode
/// event in `events`; the order in which rows stood has left no trace.
struct Loaded {
  model::LeadTable leads;
  model::EventScatter events{0, 0};
  model::SignalLog signals;
  Attributes attributes;
  std::vector<Cost> costs;  // in the order of the files
  Rejects rejects;
  std::vector<LoadedFile> files;      // by Reject::file
  std::vector<std::string> warnings;  // "FILE: unknown column 'x' is ignored"
};

/// Reads everything. Rows that cannot be taken in are rejected and reading goes on; a file that
/// cannot be read, a pattern without a file, and more leads, id bytes or events than fit are one
/// error. The same files give the same result for any number of threads.
///
/// Of several rows of one lead the first in the order of the files counts; one that says the same
/// is counted as repeated, one that differs is rejected.
[[nodiscard]] base::Result<Loaded> load_network(const Sources& sources, const Mapping& mapping,
                                                const LoadOptions& options);

}  // namespace pursuit::ingest
