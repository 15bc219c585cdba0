#include "export/export.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <thread>

#include "base/parallel.h"
#include "export/block_writer.h"
#include "export/columns.h"
#include "export/lead_csv.h"
#include "export/lead_order.h"
#include "export/output_file.h"
#include "export/parquet_results.h"
#include "export/tables.h"

namespace pursuit::exporting {

BlockProgress progress_of(const ExportOptions& options, std::string_view file) {
  if (!options.progress) return {};
  return [&options, file](std::uint64_t done, std::uint64_t total) {
    options.progress(file, done, total);
  };
}

namespace {

// Small enough that a block's text is still in the cache when it is written.
constexpr std::size_t kLeadsPerBlock = 1024;
constexpr std::size_t kRowsPerBlock = 4096;

std::string path_of(const std::string& out_dir, std::string_view name) {
  return out_dir + "/" + std::string(name);
}

base::Result<void> write_leads_and_visits(const RowSource& source, const ExportOptions& options,
                                          base::ThreadPool& pool, DiskWriter& writer,
                                          ExportReport& report) {
  auto leads_file = OutputFile::create(path_of(options.out_dir, "leads.csv"));
  if (!leads_file) return std::unexpected(leads_file.error());
  auto visits_file = OutputFile::create(path_of(options.out_dir, "visits.csv"));
  if (!visits_file) return std::unexpected(visits_file.error());

  const base::HugeArray<std::uint32_t> order = leads_by_id(source.leads(), pool);
  const LeadTexts texts(source);
  std::vector<std::unique_ptr<LeadFormatter>> formatters;
  for (unsigned w = 0; w < pool.size(); ++w)
    formatters.push_back(std::make_unique<LeadFormatter>(source, texts));

  const std::array<const OutputFile*, 2> files = {&*leads_file, &*visits_file};
  const std::string lead_names = header_line(lead_columns(source.policy()));
  const std::string visit_names = header_line(kVisitColumns);
  const std::array<std::string_view, 2> headers = {lead_names, visit_names};
  BlockJob job{.files = files,
               .headers = headers,
               .items = order.size(),
               .block_items = kLeadsPerBlock,
               .format = {},
               .tail = {},
               .progress = progress_of(options, "leads.csv")};
  job.format = [&](std::size_t begin, std::size_t end, unsigned worker, std::span<TextBuffer> out,
                   std::span<std::uint64_t> rows) {
    const LeadRows made =
        formatters[worker]->format(order.span().subspan(begin, end - begin), out[0], out[1]);
    rows[0] = made.leads;
    rows[1] = made.visits;
  };
  const auto extents = write_blocks(job, pool, writer);
  if (!extents) return std::unexpected(extents.error());
  if (auto done = leads_file->commit(); !done) return done;
  if (auto done = visits_file->commit(); !done) return done;
  report.files.push_back({"leads.csv", (*extents)[0].rows, (*extents)[0].bytes});
  report.files.push_back({"visits.csv", (*extents)[1].rows, (*extents)[1].bytes});
  return {};
}

base::Result<void> write_table(const Table& table, const ExportOptions& options,
                               base::ThreadPool& pool, DiskWriter& writer, ExportReport& report) {
  const std::string name = std::string(table.name) + ".csv";
  auto file = OutputFile::create(path_of(options.out_dir, name));
  if (!file) return std::unexpected(file.error());
  const std::array<const OutputFile*, 1> files = {&*file};
  const std::string names = header_line(table.columns);
  const std::array<std::string_view, 1> headers = {names};
  BlockJob job{.files = files,
               .headers = headers,
               .items = table.rows,
               .block_items = kRowsPerBlock,
               .format = {},
               .tail = {},
               .progress = progress_of(options, name)};
  job.format = [&](std::size_t begin, std::size_t end, unsigned, std::span<TextBuffer> out,
                   std::span<std::uint64_t> rows) {
    RowWriter row_writer(out[0]);
    for (std::size_t row = begin; row < end; ++row) {
      if (table.prefetch) table.prefetch(row);
      table.cells(row, row_writer);
      row_writer.end();
    }
    rows[0] = end - begin;
  };
  const auto extents = write_blocks(job, pool, writer);
  if (!extents) return std::unexpected(extents.error());
  if (auto done = file->commit(); !done) return done;
  report.files.push_back({name, (*extents)[0].rows, (*extents)[0].bytes});
  return {};
}

}  // namespace

std::uint64_t ExportReport::rows() const {
  return std::transform_reduce(files.begin(), files.end(), std::uint64_t{0}, std::plus<>(),
                               [](const FileReport& file) { return file.rows; });
}

std::uint64_t ExportReport::bytes() const {
  return std::transform_reduce(files.begin(), files.end(), std::uint64_t{0}, std::plus<>(),
                               [](const FileReport& file) { return file.bytes; });
}

base::Result<ExportReport> write_results(const RowSource& source, const ExportOptions& options) {
  base::ThreadPool pool(options.threads);
  if (options.format == FileFormat::kParquet) return write_parquet_results(source, options, pool);
  ExportReport report;
  DiskWriter writer;
  // Alerts take one thread: beside the leads nobody waits for it.
  std::vector<engine::AlertRow> alerts;
  std::thread alerts_maker([&] { alerts = source.alerts(); });
  const auto leads_done = write_leads_and_visits(source, options, pool, writer, report);
  alerts_maker.join();
  if (!leads_done) return std::unexpected(leads_done.error());
  for (const Table& table : result_tables(source, alerts)) {
    if (auto done = write_table(table, options, pool, writer, report); !done)
      return std::unexpected(done.error());
  }
  return report;
}

}  // namespace pursuit::exporting
