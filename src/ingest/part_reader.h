// ingest/part_reader.h: reads the parts of many files on all threads and keeps account of them.
// Used by one thread, which calls read(); sinks run on the pool's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "ingest/load.h"
#include "ingest/record.h"

namespace pursuit::ingest {

/// The fields of a kind that a load has a use for.
[[nodiscard]] std::span<const Field> wanted_fields(FileKind kind);

class PartReader {
 public:
  PartReader(std::span<const std::string> paths, std::span<LoadedFile> files, Rejects& rejects,
             base::ThreadPool& pool, const LoadOptions& options, bool exact_parts)
      : paths_(paths),
        files_(files),
        rejects_(rejects),
        pool_(pool),
        options_(options),
        exact_parts_(exact_parts),
        part_lines_(paths.size()) {}

  /// Told, before its parts are read, of each file in order.
  using OnOpen =
      std::function<void(const FileLayout& layout, std::size_t parts, std::uint64_t bytes)>;
  /// The sink for a part; asked on the thread `worker` that will read the part. It must outlive the
  /// reading of the part.
  using SinkOf =
      std::function<RecordSink&(const FileLayout& layout, std::size_t part, unsigned worker)>;

  /// Reads files [begin, end) of the list, all of the mapping's kind. True when all is well, false
  /// when the whole load must be repeated with exact parts.
  base::Result<bool> read(std::size_t begin, std::size_t end, const FileMapping& mapping,
                          const OnOpen& on_open, const SinkOf& sink_of);

  /// Number of the first line of each part read, by file; the last is the one after the file.
  [[nodiscard]] const std::vector<std::vector<std::uint64_t>>& part_lines() const {
    return part_lines_;
  }
  /// Columns that nobody has a use for.
  [[nodiscard]] std::vector<std::string>& warnings() { return warnings_; }
  /// Layouts of the files read, kept for as long as this object.
  [[nodiscard]] const FileLayout& layout(std::size_t file) const { return *layouts_[file]; }

 private:
  struct Part {
    std::size_t reader;
    std::size_t part;
  };

  base::Result<bool> read_some(std::size_t begin, std::size_t end, const FileMapping& mapping,
                               const OnOpen& on_open, const SinkOf& sink_of);
  base::Result<void> open(std::size_t begin, std::size_t end, const FileMapping& mapping);
  base::Result<void> read_parts(std::size_t begin, const std::vector<Part>& parts,
                                const SinkOf& sink_of);
  void note_progress(const Reader& reader);

  std::span<const std::string> paths_;
  std::span<LoadedFile> files_;
  Rejects& rejects_;
  base::ThreadPool& pool_;
  const LoadOptions& options_;
  bool exact_parts_;
  std::vector<std::vector<std::uint64_t>> part_lines_;
  std::vector<std::unique_ptr<FileLayout>> layouts_;  // by file
  std::vector<std::unique_ptr<Reader>> readers_;      // open now
  std::vector<std::string> warnings_;
  std::mutex mutex_;
  std::uint64_t bytes_done_ = 0;
  std::uint64_t bytes_total_ = 0;
};

}  // namespace pursuit::ingest
