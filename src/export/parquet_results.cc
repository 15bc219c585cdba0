#include "export/parquet_results.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/huge_array.h"
#include "export/cells.h"
#include "export/columns.h"
#include "export/lead_order.h"
#include "export/output_file.h"
#include "export/parquet.h"
#include "export/tables.h"
#include "model/dimension.h"

namespace pursuit::exporting {
namespace {

constexpr std::size_t kAhead = 10;
constexpr std::size_t kLeadsPerGroup = 40 << 10;  // and their visits, of which there are some more

// The cells of a batch's rows, each row from its first column on.
class ParquetCells final : public Cells {
 public:
  explicit ParquetCells(ParquetBatch& batch) : batch_(batch) {}

  void begin_row(std::size_t row) {
    row_ = row;
    column_ = 0;
  }
  ParquetCells& text(std::string_view value) override {
    batch_.set_text(column_++, row_, value);
    return *this;
  }
  ParquetCells& count(std::uint64_t value) override {
    batch_.set_integer(column_++, row_, static_cast<std::int64_t>(value));
    return *this;
  }
  ParquetCells& number(double value) override {
    if (std::isnan(value)) return absent();
    batch_.set_double(column_++, row_, value);
    return *this;
  }
  ParquetCells& flag(bool value) override {
    batch_.set_boolean(column_++, row_, value);
    return *this;
  }
  ParquetCells& instant(base::Millis at_ms) override {
    if (at_ms == base::kNoInstant) return absent();
    batch_.set_instant(column_++, row_, at_ms);
    return *this;
  }
  ParquetCells& date(std::int64_t day) override {
    batch_.set_date(column_++, row_, static_cast<std::int32_t>(day));
    return *this;
  }
  ParquetCells& absent() override {
    batch_.set_null(column_++, row_);
    return *this;
  }

 private:
  ParquetBatch& batch_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
};

std::string_view name_of(const RowSource& source, model::StageCode stage) {
  return source.policy().funnel.name_of(stage);
}

template <class Enum, std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

void open_cells(const engine::LeadFigures& f, ParquetCells& out) {
  out.number(base::to_hours(f.duration_ms))
      .number(f.threshold_ms / static_cast<double>(base::kMillisPerHour));
  if (f.threshold_rung == engine::kNoRung) {
    out.absent().absent();
  } else {
    out.count(f.threshold_rung).count(f.threshold_n);
  }
  out.text(f.expired ? "expired" : "active").flag(f.dormant);
}

void score_cells(const engine::LeadFigures& f, std::span<const model::Component> components,
                 ParquetCells& out) {
  out.number(f.sla_hours)
      .number(f.effective_sla_hours)
      .number(f.deviation_hours)
      .text(name_of(engine::kCategoryNames, f.category))
      .number(f.score);
  for (const model::Component component : components)
    out.number(f.contribution[static_cast<std::size_t>(component)]);
  out.text(name_of(model::kTierNames, f.tier)).count(f.rank);
}

void lead_cells(const RowSource& source, const engine::LeadFigures& f,
                std::span<const model::Component> components, ParquetCells& out) {
  const model::LeadTable& leads = source.leads();
  const bool is_open = f.state == engine::LeadState::kOpen;
  out.text(leads.id(f.lead))
      .text(name_of(engine::kStateNames, f.state))
      .text(name_of(source, f.stage))
      .instant(f.entered_ms);
  if (is_open) {
    open_cells(f, out);
  } else {
    for (int i = 0; i < 6; ++i) out.absent();
  }
  out.instant(f.last_activity_ms)
      .number(base::to_hours(f.overall_ms))
      .number(f.overall_sla_hours)
      .text(name_of(engine::kCategoryNames, f.overall_category));
  if (is_open) {
    score_cells(f, components, out);
  } else {
    for (std::size_t i = 0; i < 7 + components.size(); ++i) out.absent();
  }
  const model::ProfileCodes& codes = leads.profile_codes(leads.profile(f.lead));
  for (std::size_t d = 0; d < model::kRuleDimensions; ++d)
    out.text(leads.dictionary(static_cast<model::Dimension>(d)).text(codes[d]));
  out.text(leads.dictionary(model::Dimension::kOwner).text(leads.owner(f.lead)));
}

void visit_cells(const RowSource& source, base::LeadId lead, std::uint64_t number,
                 const engine::VisitFigures& v, ParquetCells& out) {
  out.text(source.leads().id(lead))
      .count(number)
      .text(name_of(source, v.stage))
      .instant(v.entered_ms)
      .instant(v.left_ms)
      .text(name_of(engine::kVisitKindNames, v.kind))
      .number(base::to_hours(v.duration_ms))
      .number(v.sla_hours)
      .number(v.effective_sla_hours)
      .number(v.deviation_hours)
      .text(name_of(engine::kCategoryNames, v.category));
}

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
    for (std::size_t i = 0; i < leads.size(); ++i) {
      prefetch(leads, i);
      const base::LeadId lead{leads[i]};
      const engine::LeadFigures figures = source_.figures(lead);
      if (figures.state == engine::LeadState::kUnseen) continue;
      lead_row.begin_row(lead_rows++);
      lead_cells(source_, figures, components_, lead_row);
      source_.visits(lead, figures_of_visits_);
      visits_.make_room(visit_rows + figures_of_visits_.size());
      std::uint64_t number = 0;
      for (const engine::VisitFigures& visit : figures_of_visits_) {
        visit_row.begin_row(visit_rows++);
        visit_cells(source_, lead, ++number, visit, visit_row);
      }
    }
    return {leads_.encode(lead_rows, lead_bytes), visits_.encode(visit_rows, visit_bytes)};
  }

 private:
  // In three steps, as in lead_csv.cc.
  void prefetch(std::span<const std::uint32_t> leads, std::size_t at) const {
    const model::LeadTable& table = source_.leads();
    if (at + 3 * kAhead < leads.size()) {
      const base::LeadId lead{leads[at + 3 * kAhead]};
      source_.prefetch(lead);
      table.prefetch_id(lead);
      table.prefetch_profile(lead);
      table.prefetch_owner(lead);
    }
    if (at + 2 * kAhead < leads.size()) {
      const base::LeadId lead{leads[at + 2 * kAhead]};
      source_.prefetch_history(lead);
      table.prefetch_id_text(lead);
    }
  }

  const RowSource& source_;
  std::vector<model::Component> components_;
  ParquetBatch leads_;
  ParquetBatch visits_;
  std::vector<engine::VisitFigures> figures_of_visits_;
};

base::Result<void> write_leads_and_visits(const RowSource& source, const ExportOptions& options,
                                          base::ThreadPool& pool, DiskWriter& writer,
                                          ExportReport& report) {
  auto leads_file = OutputFile::create(options.out_dir + "/leads.parquet");
  if (!leads_file) return std::unexpected(leads_file.error());
  auto visits_file = OutputFile::create(options.out_dir + "/visits.parquet");
  if (!visits_file) return std::unexpected(visits_file.error());
  const base::HugeArray<std::uint32_t> order = leads_by_id(source.leads(), pool);
  std::vector<std::unique_ptr<LeadGroups>> makers;
  for (unsigned w = 0; w < pool.size(); ++w) makers.push_back(std::make_unique<LeadGroups>(source));
  const std::size_t blocks = (order.size() + kLeadsPerGroup - 1) / kLeadsPerGroup;
  std::array<std::vector<ParquetRowGroup>, 2> groups;
  for (auto& of_file : groups) of_file.resize(blocks);
  const std::array columns = {lead_columns(source.policy()), parquet_columns(kVisitColumns)};
  const std::array<const OutputFile*, 2> files = {&*leads_file, &*visits_file};
  const std::array<std::string_view, 2> headers = {kParquetMagic, kParquetMagic};
  BlockJob job{.files = files,
               .headers = headers,
               .items = order.size(),
               .block_items = kLeadsPerGroup,
               .format = {},
               .tail = [&](std::size_t f) { return parquet_footer(columns[f], groups[f]); },
               .progress = progress_of(options, "leads.parquet")};
  job.format = [&](std::size_t begin, std::size_t end, unsigned worker, std::span<TextBuffer> out,
                   std::span<std::uint64_t> rows) {
    LeadGroups::Made made =
        makers[worker]->make(order.span().subspan(begin, end - begin), out[0], out[1]);
    rows[0] = made.leads.rows;
    rows[1] = made.visits.rows;
    groups[0][begin / kLeadsPerGroup] = std::move(made.leads);
    groups[1][begin / kLeadsPerGroup] = std::move(made.visits);
  };
  const auto extents = write_blocks(job, pool, writer);
  if (!extents) return std::unexpected(extents.error());
  if (auto done = leads_file->commit(); !done) return done;
  if (auto done = visits_file->commit(); !done) return done;
  report.files.push_back({"leads.parquet", (*extents)[0].rows, (*extents)[0].bytes});
  report.files.push_back({"visits.parquet", (*extents)[1].rows, (*extents)[1].bytes});
  return {};
}

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

base::Result<ExportReport> write_parquet_results(const RowSource& source,
                                                 const ExportOptions& options,
                                                 base::ThreadPool& pool) {
  ExportReport report;
  DiskWriter writer;
  // Alerts take one thread: beside the leads nobody waits for it.
  std::vector<engine::AlertRow> alerts;
  std::thread alerts_maker([&] { alerts = source.alerts(); });
  const auto leads_done = write_leads_and_visits(source, options, pool, writer, report);
  alerts_maker.join();
  if (!leads_done) return std::unexpected(leads_done.error());
  for (const Table& table : result_tables(source, alerts)) {
    const std::string name = std::string(table.name) + ".parquet";
    const auto bytes = write_parquet(options.out_dir + "/" + name, as_parquet(table), pool, writer,
                                     progress_of(options, name));
    if (!bytes) return std::unexpected(bytes.error());
    report.files.push_back({name, table.rows, *bytes});
  }
  return report;
}

}  // namespace pursuit::exporting
