// app/analyze.h: the main job: files in, every figure out as result files. One call at a time per
// output folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/network.h"
#include "app/progress.h"
#include "base/clock.h"
#include "export/export.h"

namespace pursuit::app {

struct AnalyzeOptions {
  NetworkOptions network;
  std::string out_dir;  // made if need be
  exporting::FileFormat format = exporting::FileFormat::kCsv;
};

struct AnalyzeReport {
  Network network;
  exporting::Summary summary;  // as it stands in summary.json
};

/// Writes the result files, rejects.csv, and last summary.json: where that is, the set is whole.
/// kUsage when a result would replace a file that is read, kInput and kOutput as they say.
[[nodiscard]] Outcome<AnalyzeReport> analyze(const AnalyzeOptions& options,
                                             const base::Clock& clock, Progress& progress);

/// Temporary names under which the results of `options` may lie unfinished.
[[nodiscard]] std::vector<std::string> unfinished_files(const AnalyzeOptions& options);

}  // namespace pursuit::app
