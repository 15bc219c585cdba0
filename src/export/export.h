// export/export.h: an engine's figures as result files (semantics.md, "`pursuit analyze`: files
// out"). Start here. One call at a time for one directory; the engine must not change meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "engine/engine.h"
#include "export/row_source.h"
#include "ingest/rejects.h"

namespace pursuit::exporting {

enum class FileFormat : std::uint8_t { kCsv, kParquet };

struct ExportOptions {
  std::string out_dir;  // must exist
  FileFormat format = FileFormat::kCsv;
  unsigned threads = 1;
  /// Told now and then, by one thread at a time, how many leads or rows of a file have been
  /// written. May be empty.
  std::function<void(std::string_view file, std::uint64_t done, std::uint64_t total)> progress;
};

struct FileReport {
  std::string name;
  std::uint64_t rows = 0;  // without the header
  std::uint64_t bytes = 0;
};

struct ExportReport {
  std::vector<FileReport> files;
  [[nodiscard]] std::uint64_t rows() const;
  [[nodiscard]] std::uint64_t bytes() const;
};

/// Writes leads, visits, thresholds, channels, load, load_daily, funnel and alerts as of the last
/// refresh. A file gets its name when it is complete; the first thing that the file system refuses
/// ends it with an error that names the file.
[[nodiscard]] base::Result<ExportReport> write_results(const engine::Engine& engine,
                                                       const ExportOptions& options);
[[nodiscard]] base::Result<ExportReport> write_results(const RowSource& source,
                                                       const ExportOptions& options);

/// Writes `out_dir`/rejects.csv, header included when there are none. `files` are the names by
/// Reject::file.
[[nodiscard]] base::Result<FileReport> write_rejects(const std::string& out_dir,
                                                     std::span<const std::string> files,
                                                     std::span<const ingest::Reject> rejects);

/// What summary.json says; the caller has counted and measured.
struct Summary {
  struct Input {
    std::string file;
    std::string kind;  // leads, events, outcomes, signals
    std::uint64_t rows_read = 0;
    std::uint64_t rows_rejected = 0;
  };
  std::string version;  // of the program
  std::string policy_hash;
  base::Millis as_of_ms = 0;
  std::vector<Input> inputs;
  std::vector<std::pair<std::string, std::uint64_t>> counts;   // leads, events, open, …
  std::vector<std::pair<std::string, std::uint64_t>> rejects;  // by reason
  std::vector<std::pair<std::string, double>> seconds;         // by phase, in order
  std::vector<FileReport> files;
};

/// The summary as JSON, keys in a fixed order, indented, with a final end of line.
[[nodiscard]] std::string summary_json(const Summary& summary);

/// Writes `out_dir`/summary.json.
[[nodiscard]] base::Result<FileReport> write_summary(const std::string& out_dir,
                                                     const Summary& summary);

}  // namespace pursuit::exporting
