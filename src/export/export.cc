#include "export/export.h"

#include <array>
#include <functional>
#include <memory>
#include <numeric>
#include <thread>
#include <utility>

#include "base/parallel.h"
#include "export/block_writer.h"
#include "export/columns.h"
#include "export/lead_csv.h"
#include "export/lead_order.h"
#include "export/parquet_results.h"
#include "export/result_files.h"
#include "export/tables.h"

namespace pursuit::exporting {
namespace {

// Small enough that a block's text is still in the cache when it is written.
constexpr std::size_t kLeadsPerBlock = 1024;
constexpr std::size_t kRowsPerBlock = 4096;

base::Result<void> write_csv_leads(const RowSource& source, const ResultWriter& writer,
                                   ExportReport& report) {
  const base::HugeArray<std::uint32_t> order = leads_by_id(source.leads(), writer.pool);
  const LeadTexts texts(source);
  std::vector<std::unique_ptr<LeadFormatter>> formatters;
  for (unsigned w = 0; w < writer.pool.size(); ++w)
    formatters.push_back(std::make_unique<LeadFormatter>(source, texts));
  const std::string lead_names = header_line(lead_columns(source.policy()));
  const std::string visit_names = header_line(kVisitColumns);
  const std::array<std::string_view, 2> headers = {lead_names, visit_names};
  BlockJob job{.files = {},
               .headers = headers,
               .items = order.size(),
               .block_items = kLeadsPerBlock,
               .format = {},
               .tail = {},
               .progress = {}};
  job.format = [&](std::size_t begin, std::size_t end, unsigned worker, std::span<TextBuffer> out,
                   std::span<std::uint64_t> rows) {
    const LeadRows made =
        formatters[worker]->format(order.span().subspan(begin, end - begin), out[0], out[1]);
    rows[0] = made.leads;
    rows[1] = made.visits;
  };
  constexpr std::array<std::string_view, 2> kNames = {"leads.csv", "visits.csv"};
  return write_result_files(kNames, std::move(job), writer, report);
}

base::Result<void> write_csv_table(const Table& table, const ResultWriter& writer,
                                   ExportReport& report) {
  const std::string column_names = header_line(table.columns);
  const std::array<std::string_view, 1> headers = {column_names};
  BlockJob job{.files = {},
               .headers = headers,
               .items = table.rows,
               .block_items = kRowsPerBlock,
               .format = {},
               .tail = {},
               .progress = {}};
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
  const std::string name = std::string(table.name) + ".csv";
  const std::array<std::string_view, 1> names = {name};
  return write_result_files(names, std::move(job), writer, report);
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
  DiskWriter disk;
  const ResultWriter writer{options, pool, disk};
  const bool is_parquet = options.format == FileFormat::kParquet;
  ExportReport report;
  // Alerts take one thread: beside the leads nobody waits for it.
  std::vector<engine::AlertRow> alerts;
  std::thread alerts_maker([&] { alerts = source.alerts(); });
  const auto leads_done = is_parquet ? write_parquet_leads(source, writer, report)
                                     : write_csv_leads(source, writer, report);
  alerts_maker.join();
  if (!leads_done) return std::unexpected(leads_done.error());
  for (const Table& table : result_tables(source, alerts)) {
    const auto done = is_parquet ? write_parquet_table(table, writer, report)
                                 : write_csv_table(table, writer, report);
    if (!done) return std::unexpected(done.error());
  }
  return report;
}

}  // namespace pursuit::exporting
