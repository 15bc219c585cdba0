#include "export/parquet_results.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/huge_array.h"
#include "base/prefetch.h"
#include "export/columns.h"
#include "export/lead_cells.h"
#include "export/lead_order.h"
#include "export/lead_walk.h"
#include "export/parquet.h"
#include "export/parquet_cells.h"
#include "export/tables.h"
#include "model/dimension.h"
#include "model/lead_table.h"

namespace pursuit::exporting {
namespace {

constexpr std::size_t kLeadsPerGroup = 40 << 10;  // and their visits, of which there are some more

// Fills row groups of leads and of their visits, in one pass over the leads as for CSV.
class LeadGroups {
 public:
  explicit LeadGroups(const RowSource& source)
      : source_(source),
        components_(shown_components(source.policy())),
        leads_(lead_columns(source.policy())),
        visits_(parquet_columns(kVisitColumns)) {}

  struct Made {
    ParquetRowGroup leads;
    ParquetRowGroup visits;
  };

  Made make(std::span<const std::uint32_t> leads, TextBuffer& lead_bytes, TextBuffer& visit_bytes) {
    leads_.clear(leads.size());
    visits_.clear(3 * leads.size());
    ParquetCells lead_row(leads_);
    ParquetCells visit_row(visits_);
    std::size_t lead_rows = 0;
    std::size_t visit_rows = 0;
    const model::LeadTable& table = source_.leads();
    const auto find_texts = [&](base::LeadId lead) {
      base::prefetch(&table.profile_codes(table.profile(lead)));
    };
    const auto fetch_texts = [&](base::LeadId lead) {
      base::prefetch(&table.dictionary(model::Dimension::kOwner).text(table.owner(lead)));
    };
    for_each_visible_lead(
        source_, leads, find_texts, fetch_texts, [&](const engine::LeadFigures& figures) {
          lead_row.begin_row(lead_rows++);
          lead_cells(source_.leads(), source_.policy(), figures, components_, lead_row);
          source_.visits(figures.lead, figures_of_visits_);
          visits_.make_room(visit_rows + figures_of_visits_.size());
          std::uint64_t number = 0;
          for (const engine::VisitFigures& visit : figures_of_visits_) {
            visit_row.begin_row(visit_rows++);
            visit_cells(source_.leads(), source_.policy(), figures.lead, ++number, visit,
                        visit_row);
          }
        });
    return {leads_.encode(lead_rows, lead_bytes), visits_.encode(visit_rows, visit_bytes)};
  }

 private:
  const RowSource& source_;
  std::vector<model::Component> components_;
  ParquetBatch leads_;
  ParquetBatch visits_;
  std::vector<engine::VisitFigures> figures_of_visits_;
};

ParquetTable as_parquet(const Table& table) {
  ParquetTable typed{parquet_columns(table.columns), table.rows, {}};
  typed.fill = [&table](std::uint64_t begin, std::size_t count, ParquetBatch& batch) {
    ParquetCells cells(batch);
    for (std::size_t i = 0; i < count; ++i) {
      if (table.prefetch) table.prefetch(begin + i);
      cells.begin_row(i);
      table.cells(begin + i, cells);
    }
  };
  return typed;
}

}  // namespace

base::Result<void> write_parquet_leads(const RowSource& source, const ResultWriter& writer,
                                       ExportReport& report) {
  const base::HugeArray<std::uint32_t> order = leads_by_id(source.leads(), writer.pool);
  std::vector<std::unique_ptr<LeadGroups>> makers;
  for (unsigned w = 0; w < writer.pool.size(); ++w)
    makers.push_back(std::make_unique<LeadGroups>(source));
  const std::size_t blocks = (order.size() + kLeadsPerGroup - 1) / kLeadsPerGroup;
  std::array<std::vector<ParquetRowGroup>, 2> groups;
  for (auto& of_file : groups) of_file.resize(blocks);
  const std::array columns = {lead_columns(source.policy()), parquet_columns(kVisitColumns)};
  constexpr std::array<std::string_view, 2> kHeaders = {kParquetMagic, kParquetMagic};
  BlockJob job{.files = {},
               .headers = kHeaders,
               .items = order.size(),
               .block_items = kLeadsPerGroup,
               .format = {},
               .tail = [&](std::size_t f) { return parquet_footer(columns[f], groups[f]); },
               .progress = {}};
  job.format = [&](std::size_t begin, std::size_t end, unsigned worker, std::span<TextBuffer> out,
                   std::span<std::uint64_t> rows) {
    LeadGroups::Made made =
        makers[worker]->make(order.span().subspan(begin, end - begin), out[0], out[1]);
    rows[0] = made.leads.rows;
    rows[1] = made.visits.rows;
    groups[0][begin / kLeadsPerGroup] = std::move(made.leads);
    groups[1][begin / kLeadsPerGroup] = std::move(made.visits);
  };
  constexpr std::array<std::string_view, 2> kNames = {"leads.parquet", "visits.parquet"};
  return write_result_files(kNames, std::move(job), writer, report);
}

base::Result<void> write_parquet_table(const Table& table, const ResultWriter& writer,
                                       ExportReport& report) {
  const std::string name = std::string(table.name) + ".parquet";
  const auto bytes = write_parquet(writer.options.out_dir + "/" + name, as_parquet(table),
                                   writer.pool, writer.disk, progress_of(writer.options, name));
  if (!bytes) return std::unexpected(bytes.error());
  report.files.push_back({name, table.rows, *bytes});
  return {};
}

}  // namespace pursuit::exporting
