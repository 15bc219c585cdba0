#include "sample/generate.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/parallel.h"
#include "export/block_writer.h"
#include "export/output_file.h"
#include "export/parquet.h"
#include "export/text_buffer.h"
#include "sample/csv_sink.h"
#include "sample/network.h"
#include "sample/parquet_sink.h"
#include "sample/path.h"
#include "sample/policy_text.h"
#include "sample/rows.h"
#include "sample/timeline.h"

namespace pursuit::sample {

namespace {

constexpr std::size_t kRowsPerBlock = 16'768;

base::Result<void> check(const GenerateOptions& options) {
  constexpr base::Millis kFirstMs = 631'152'000'000;   // 1990-01-01
  constexpr base::Millis kLastMs = 4'102'444'800'000;  // 2100-01-01
  const auto refuse = [](const char* message) {
    return base::fail(base::ErrorCode::kUsage, message, "generate");
  };
  if (options.leads < 1 || options.leads > kMaxSampleLeads)
    return refuse("the number of leads must be 1 to 200 000 000");
  if (options.years < 1 || options.years > 15) return refuse("years must be 1 to 15");
  if (options.as_of_ms < kFirstMs || options.as_of_ms >= kLastMs)
    return refuse("the as-of instant must be from 1990 to 2099");
  if (options.as_of_ms % base::kMillisPerSecond != 0)
    return refuse("the as-of instant must be whole seconds");
  return {};
}

/// Writes one file after the other and keeps the account.
class Files {
 public:
  Files(const GenerateOptions& options, const std::string& directory, base::ThreadPool& pool)
      : options_(options), directory_(directory), pool_(pool) {}

  /// `row(i, sink)` hands row i to a sink of sample/rows.h.
  template <class Row>
  base::Result<void> write(std::string_view name, const std::vector<ColumnSpec>& columns,
                           std::size_t rows, const Row& row) {
    return options_.format == FileFormat::kCsv ? write_csv(name, columns, rows, row)
                                               : write_parquet(name, columns, rows, row);
  }

  base::Result<void> write_text(std::string_view name, std::string_view text) {
    const std::string path = (std::filesystem::path(directory_) / name).string();
    if (auto done = exporting::write_file(path, text); !done) return done;
    return account(path, text.size());
  }

  [[nodiscard]] GenerateSummary& summary() { return summary_; }

 private:
  template <class Row>
  base::Result<void> write_csv(std::string_view name, const std::vector<ColumnSpec>& columns,
                               std::size_t rows, const Row& row) {
    std::string header;
    for (const ColumnSpec& column : columns)
      header.append(header.empty() ? "" : ",").append(column.name);
    const std::string path =
        (std::filesystem::path(directory_) / name).replace_extension(".csv").string();
    header += '\n';
    auto file = exporting::OutputFile::create(path);
    if (!file) return std::unexpected(std::move(file.error()));
    const exporting::OutputFile* const files[] = {&*file};
    const std::string_view headers[] = {header};
    std::vector<CsvSink> sinks(pool_.size());
    const exporting::BlockJob job{
        .files = files,
        .headers = headers,
        .items = rows,
        .block_items = kRowsPerBlock,
        .format =
            [&](std::size_t begin, std::size_t end, unsigned worker,
                std::span<exporting::TextBuffer> texts, std::span<std::uint64_t> counts) {
              CsvSink& sink = sinks[worker];
              sink.write_to(texts[0]);
              for (std::size_t i = begin; i < end; ++i) {
                sink.begin_row();
                row(i, sink);
                sink.end_row();
              }
              counts[0] = end - begin;
            },
        .tail = {},
        .progress = {}};
    auto extents = exporting::write_blocks(job, pool_, disk_);
    if (!extents) return std::unexpected(std::move(extents.error()));
    if (auto done = file->commit(); !done) return done;
    return account(path, extents->front().bytes);
  }

  template <class Row>
  base::Result<void> write_parquet(std::string_view name, const std::vector<ColumnSpec>& columns,
                                   std::size_t rows, const Row& row) {
    exporting::ParquetTable table{.columns = {}, .rows = rows, .fill = {}};
    for (const ColumnSpec& column : columns)
      table.columns.push_back({std::string(column.name), parquet_type(column.type)});
    table.fill = [&row](std::uint64_t begin, std::size_t count, exporting::ParquetBatch& batch) {
      ParquetSink sink(batch);
      for (std::size_t i = 0; i < count; ++i) {
        sink.begin_row(i);
        row(begin + i, sink);
      }
    };
    const std::string path =
        (std::filesystem::path(directory_) / name).replace_extension(".parquet").string();
    return account(path, exporting::write_parquet(path, table, pool_, disk_));
  }

  base::Result<void> account(const std::string& path, base::Result<std::uint64_t> bytes) {
    if (!bytes) return std::unexpected(std::move(bytes.error()));
    summary_.paths.push_back(path);
    summary_.bytes += *bytes;
    return {};
  }

  const GenerateOptions& options_;
  const std::string& directory_;
  base::ThreadPool& pool_;
  exporting::DiskWriter disk_;
  GenerateSummary summary_;
};

/// Takes won and lost out of the events; both keep their order.
std::vector<EventDraft> take_outcomes(std::vector<EventDraft>& events) {
  std::vector<EventDraft> outcomes;
  std::size_t kept = 0;
  for (const EventDraft& event : events) {
    if (event.code >= kOpenStages) {
      outcomes.push_back(event);
    } else {
      events[kept++] = event;
    }
  }
  events.resize(kept);
  return outcomes;
}

base::Result<void> write_events(const GenerateOptions& options, const Network& network,
                                std::vector<EventDraft> events, Files& files) {
  std::vector<EventDraft> outcomes;
  if (options.outcomes) outcomes = take_outcomes(events);
  files.summary().events = events.size();
  files.summary().outcomes = outcomes.size();
  auto written = files.write(
      "events", event_columns(options.details), events.size(),
      [&](std::size_t i, auto& sink) { event_row(network, events[i], options.details, sink); });
  if (!written || !options.outcomes) return written;
  return files.write("outcomes", outcome_columns(), outcomes.size(),
                     [&](std::size_t i, auto& sink) { outcome_row(network, outcomes[i], sink); });
}

base::Result<void> write_all(const GenerateOptions& options, Files& files, base::ThreadPool& pool) {
  const Network network(options);
  const PathMaker paths(network, options);
  files.summary().leads = options.leads;
  auto written = files.write(
      "leads", lead_columns(options.details), options.leads, [&](std::size_t i, auto& sink) {
        lead_row(network, network.draw(static_cast<std::uint32_t>(i)), options.details, sink);
      });
  if (!written) return written;
  written = write_events(options, network, make_timeline(network, paths, options, pool), files);
  if (!written) return written;
  if (options.signals) {
    const std::vector<SignalDraft> signals = make_signals(paths, options, pool);
    files.summary().signals = signals.size();
    written = files.write("signals", signal_columns(), signals.size(),
                          [&](std::size_t i, auto& sink) { signal_row(signals[i], sink); });
    if (!written) return written;
  }
  return files.write_text("policy.toml", policy_text(options));
}

}  // namespace

base::Result<GenerateSummary> generate_network(const GenerateOptions& options,
                                               const std::string& directory) {
  if (auto checked = check(options); !checked) return std::unexpected(std::move(checked.error()));
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return base::fail(base::ErrorCode::kIo, error.message(), directory);
  base::ThreadPool pool(options.threads);
  Files files(options, directory, pool);
  if (auto written = write_all(options, files, pool); !written)
    return std::unexpected(std::move(written.error()));
  return std::move(files.summary());
}

}  // namespace pursuit::sample
