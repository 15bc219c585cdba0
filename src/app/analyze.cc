#include "app/analyze.h"

#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "app/version.h"
#include "report/answers.h"

namespace pursuit::app {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 8> kTables = {
    "leads", "visits", "thresholds", "channels", "load", "load_daily", "funnel", "alerts"};

std::vector<std::string> result_paths(const AnalyzeOptions& options) {
  const bool csv = options.format == exporting::FileFormat::kCsv;
  std::vector<std::string> paths;
  for (const std::string_view table : kTables)
    paths.push_back(options.out_dir + "/" + std::string(table) + (csv ? ".csv" : ".parquet"));
  paths.push_back(options.out_dir + "/rejects.csv");
  paths.push_back(options.out_dir + "/summary.json");
  return paths;
}

/// Whoever analyzes a folder into itself would lose leads.csv.
Outcome<void> check_not_an_input(const AnalyzeOptions& options, const Network& network) {
  std::vector<std::string> inputs = {options.network.inputs.policy, options.network.inputs.mapping};
  for (const ingest::LoadedFile& file : network.files) inputs.push_back(file.path);
  for (const std::string& result : result_paths(options)) {
    for (const std::string& input : inputs) {
      std::error_code ignored;
      if (input.empty() || !fs::equivalent(result, input, ignored)) continue;
      return fail(ExitStatus::kUsage,
                  {base::ErrorCode::kUsage,
                   "would be replaced by a result; give --out another folder", input});
    }
  }
  return {};
}

Outcome<void> make_out_dir(const std::string& out_dir) {
  std::error_code error;
  fs::create_directories(out_dir, error);
  if (!error) return {};
  return fail(ExitStatus::kOutput,
              {base::ErrorCode::kIo, "cannot make the folder: " + error.message(), out_dir});
}

/// A summary from before would vouch for files that are about to change.
base::Result<void> remove_old_summary(const std::string& out_dir) {
  const std::string path = out_dir + "/summary.json";
  std::error_code error;
  fs::remove(path, error);
  if (!error) return {};
  return base::fail(base::ErrorCode::kIo, "cannot replace the file: " + error.message(), path);
}

std::vector<std::pair<std::string, std::uint64_t>> counts_of(const engine::Engine& engine) {
  const report::Answers counted = report::count_leads(engine);
  std::uint64_t expired = 0;
  std::uint64_t dormant = 0;
  for (const report::StageStatus& stage : counted.stages) {
    expired += stage.expired;
    dormant += stage.dormant;
  }
  return {{"leads", engine.leads().size()},
          {"events", engine.event_count()},
          {"open", counted.states[0]},
          {"won", counted.states[1]},
          {"lost", counted.states[2]},
          {"hot", counted.tiers[0]},
          {"warm", counted.tiers[1]},
          {"cold", counted.tiers[2]},
          {"expired", expired},
          {"dormant", dormant}};
}

exporting::Summary summary_of(const Network& network) {
  exporting::Summary summary;
  summary.version = kVersion;
  summary.policy_hash = network.policy_hash;
  summary.as_of_ms = network.engine->as_of_ms();
  for (const ingest::LoadedFile& file : network.files)
    summary.inputs.push_back({.file = file.path,
                              .kind = std::string(ingest::name_of(file.kind)),
                              .rows_read = file.rows_read,
                              .rows_rejected = file.rows_rejected});
  summary.counts = counts_of(*network.engine);
  for (std::size_t r = 0; r < ingest::kRejectReasons; ++r) {
    if (network.rejects.counts()[r] == 0) continue;
    summary.rejects.emplace_back(ingest::text_of(static_cast<ingest::RejectReason>(r)),
                                 network.rejects.counts()[r]);
  }
  return summary;
}

base::Result<exporting::Summary> write_all(const AnalyzeOptions& options, Network& network,
                                           const base::Clock& clock, Progress& progress) {
  if (auto removed = remove_old_summary(options.out_dir); !removed)
    return std::unexpected(removed.error());
  PhaseTimer timer(clock, network.seconds);
  progress.begin("writing");
  exporting::ExportOptions out;
  out.out_dir = options.out_dir;
  out.format = options.format;
  out.threads = threads_or_all(options.network.threads);
  out.progress = [&](std::string_view file, std::uint64_t done, std::uint64_t total) {
    progress.update(file, done, total, ProgressUnit::kRows);
  };
  const auto results = exporting::write_results(*network.engine, out);
  if (!results) return std::unexpected(results.error());
  std::vector<std::string> names;
  for (const ingest::LoadedFile& file : network.files) names.push_back(file.path);
  const auto rejects = exporting::write_rejects(options.out_dir, names, network.rejects.kept());
  if (!rejects) return std::unexpected(rejects.error());
  timer.end("write");

  exporting::Summary summary = summary_of(network);
  summary.files = results->files;
  summary.files.push_back(*rejects);
  summary.seconds = network.seconds;
  const auto written = exporting::write_summary(options.out_dir, summary);
  if (!written) return std::unexpected(written.error());
  return summary;
}

}  // namespace

std::vector<std::string> unfinished_files(const AnalyzeOptions& options) {
  std::vector<std::string> paths = result_paths(options);
  for (std::string& path : paths) path += ".tmp";
  return paths;
}

Outcome<AnalyzeReport> analyze(const AnalyzeOptions& options, const base::Clock& clock,
                               Progress& progress) {
  if (auto made = make_out_dir(options.out_dir); !made) return std::unexpected(made.error());
  auto network = load_network(options.network, clock, progress);
  if (!network) return std::unexpected(network.error());
  if (auto checked = check_not_an_input(options, *network); !checked)
    return std::unexpected(checked.error());
  auto summary = write_all(options, *network, clock, progress);
  progress.end();
  if (!summary) return fail(ExitStatus::kOutput, summary.error());
  return AnalyzeReport{.network = std::move(*network), .summary = std::move(*summary)};
}

}  // namespace pursuit::app
