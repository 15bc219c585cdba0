#include "export/parquet_results.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "base/huge_array.h"
#include "export/cells.h"
#include "export/columns.h"
#include "export/lead_order.h"
#include "export/parquet.h"
#include "export/tables.h"
#include "model/dimension.h"

namespace pursuit::exporting {
namespace {

constexpr std::size_t kAhead = 12;
constexpr std::size_t kGrain = 4'096;

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

// The leads that are visible, by id, and which row of visits is the first of each.
struct LeadIndex {
  base::HugeArray<std::uint32_t> leads;
  base::HugeArray<std::uint32_t> first_visit;  // one more than there are leads
};

LeadIndex index_leads(const RowSource& source, base::ThreadPool& pool) {
  constexpr std::uint32_t kUnseen = UINT32_MAX;
  const base::HugeArray<std::uint32_t> order = leads_by_id(source.leads(), pool);
  base::HugeArray<std::uint32_t> visits(order.size());
  // In the order of the book, which is that of its memory.
  pool.parallel_ranges(order.size(), kGrain, [&](std::size_t begin, std::size_t end, unsigned) {
    std::vector<engine::VisitFigures> of_lead;
    for (std::size_t i = begin; i < end; ++i) {
      const base::LeadId lead{static_cast<std::uint32_t>(i)};
      source.visits(lead, of_lead);
      const bool unseen =
          of_lead.empty() && source.figures(lead).state == engine::LeadState::kUnseen;
      visits[i] = unseen ? kUnseen : static_cast<std::uint32_t>(of_lead.size());
    }
  });
  LeadIndex index;
  std::uint32_t visits_before = 0;
  for (const std::uint32_t lead : order.span()) {
    if (visits[lead] == kUnseen) continue;
    index.leads.push_back(lead);
    index.first_visit.push_back(visits_before);
    visits_before += visits[lead];
  }
  index.first_visit.push_back(visits_before);
  return index;
}

std::string_view name_of(const RowSource& source, model::StageCode stage) {
  return source.policy().funnel.name_of(stage);
}

template <class Enum, std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

void open_cells(const engine::LeadFigures& f, Cells& out) {
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
                 Cells& out) {
  out.number(f.sla_hours)
      .number(f.effective_sla_hours)
      .number(f.deviation_hours)
      .text(name_of(engine::kCategoryNames, f.category))
      .number(f.score);
  for (const model::Component component : components)
    out.number(f.contribution[static_cast<std::size_t>(component)]);
  out.text(name_of(model::kTierNames, f.tier)).count(f.rank);
}

void lead_cells(const RowSource& source, base::LeadId lead,
                std::span<const model::Component> components, Cells& out) {
  const engine::LeadFigures f = source.figures(lead);
  const model::LeadTable& leads = source.leads();
  const bool is_open = f.state == engine::LeadState::kOpen;
  out.text(leads.id(lead))
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
  for (std::size_t d = 0; d < model::kDimensions; ++d)
    out.text(leads.text(lead, static_cast<model::Dimension>(d)));
}

void visit_cells(const RowSource& source, base::LeadId lead, std::uint64_t number,
                 const engine::VisitFigures& v, Cells& out) {
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

ParquetTable leads_table(const RowSource& source, const LeadIndex& index) {
  ParquetTable table{lead_columns(source.policy()), index.leads.size(), {}};
  table.fill = [&source, &index, components = shown_components(source.policy())](
                   std::uint64_t begin, std::size_t count, ParquetBatch& batch) {
    ParquetCells cells(batch);
    for (std::size_t i = 0; i < count; ++i) {
      if (i + 2 * kAhead < count) source.prefetch({index.leads[begin + i + 2 * kAhead]});
      if (i + kAhead < count) source.prefetch_history({index.leads[begin + i + kAhead]});
      cells.begin_row(i);
      lead_cells(source, {index.leads[begin + i]}, components, cells);
    }
  };
  return table;
}

ParquetTable visits_table(const RowSource& source, const LeadIndex& index) {
  const std::uint64_t rows = index.first_visit[index.leads.size()];
  ParquetTable table{parquet_columns(kVisitColumns), rows, {}};
  table.fill = [&source, &index](std::uint64_t begin, std::size_t count, ParquetBatch& batch) {
    const auto first_visit = index.first_visit.span();
    // The last lead whose visits begin at or before `begin`; leads without visits come before it.
    auto l = static_cast<std::size_t>(std::ranges::upper_bound(first_visit, begin) -
                                      first_visit.begin() - 1);
    ParquetCells cells(batch);
    std::vector<engine::VisitFigures> visits;
    std::size_t skip = begin - first_visit[l];
    for (std::size_t row = 0; row < count; ++l, skip = 0) {
      if (l + 2 * kAhead < index.leads.size()) source.prefetch({index.leads[l + 2 * kAhead]});
      if (l + kAhead < index.leads.size()) source.prefetch_history({index.leads[l + kAhead]});
      const base::LeadId lead{index.leads[l]};
      source.visits(lead, visits);
      for (std::size_t v = skip; v < visits.size() && row < count; ++v, ++row) {
        cells.begin_row(row);
        visit_cells(source, lead, v + 1, visits[v], cells);
      }
    }
  };
  return table;
}

ParquetTable as_parquet(const Table& table) {
  ParquetTable typed{parquet_columns(table.columns), table.rows, {}};
  typed.fill = [&table](std::uint64_t begin, std::size_t count, ParquetBatch& batch) {
    ParquetCells cells(batch);
    for (std::size_t i = 0; i < count; ++i) {
      cells.begin_row(i);
      table.cells(begin + i, cells);
    }
  };
  return typed;
}

base::Result<void> write_one(std::string_view name, const ParquetTable& table,
                             const ExportOptions& options, ExportReport& report) {
  std::string file(name);
  file += ".parquet";
  const auto bytes = write_parquet(options.out_dir + "/" + file, table, options.threads);
  if (!bytes) return std::unexpected(bytes.error());
  if (options.progress) options.progress(file, table.rows, table.rows);
  report.files.push_back({std::move(file), table.rows, *bytes});
  return {};
}

}  // namespace

base::Result<ExportReport> write_parquet_results(const RowSource& source,
                                                 const ExportOptions& options,
                                                 base::ThreadPool& pool) {
  ExportReport report;
  {
    const LeadIndex index = index_leads(source, pool);
    if (auto done = write_one("leads", leads_table(source, index), options, report); !done)
      return std::unexpected(done.error());
    if (auto done = write_one("visits", visits_table(source, index), options, report); !done)
      return std::unexpected(done.error());
  }
  const std::vector<engine::AlertRow> alerts = source.alerts();
  for (const Table& table : result_tables(source, alerts)) {
    if (auto done = write_one(table.name, as_parquet(table), options, report); !done)
      return std::unexpected(done.error());
  }
  return report;
}

}  // namespace pursuit::exporting
