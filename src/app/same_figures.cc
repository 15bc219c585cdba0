#include "app/same_figures.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "base/parallel.h"
#include "export/columns.h"
#include "export/engine_rows.h"
#include "export/lead_cells.h"
#include "export/lead_order.h"
#include "export/tables.h"

namespace pursuit::app {
namespace {

using engine::Engine;
using exporting::Cells;

/// The cells of a row as texts that are the same just when the values are.
class Row final : public Cells {
 public:
  Row& text(std::string_view value) override { return add(std::string(value)); }
  Row& count(std::uint64_t value) override { return add(std::to_string(value)); }
  Row& number(double value) override {
    if (std::isnan(value)) return absent();
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return add({digits.data(), end});
  }
  Row& flag(bool value) override { return add(value ? "true" : "false"); }
  Row& instant(base::Millis at_ms) override {
    return at_ms == base::kNoInstant ? absent() : add(std::to_string(at_ms));
  }
  Row& date(std::int64_t day) override { return add(std::to_string(day)); }
  Row& absent() override { return add({}); }

  void clear() { cells_.clear(); }
  [[nodiscard]] const std::vector<std::string>& cells() const { return cells_; }

 private:
  Row& add(std::string text) {
    cells_.push_back(std::move(text));
    return *this;
  }
  std::vector<std::string> cells_;
};

class Comparison {
 public:
  Comparison(const Engine& one, const Engine& other, std::size_t most)
      : one_(one), other_(other), most_(most) {}

  void compare_leads() {
    base::ThreadPool pool(base::hardware_threads());
    const auto ours = seen(one_, exporting::leads_by_id(one_.leads(), pool).span());
    const auto theirs = seen(other_, exporting::leads_by_id(other_.leads(), pool).span());
    if (!same_size("leads", ours.size(), theirs.size())) return;
    const auto components = exporting::shown_components(one_.policy());
    auto columns = exporting::lead_columns(one_.policy());
    for (const std::string_view name : {"expires_at", "dormant_at"})
      columns.push_back({std::string(name), exporting::ParquetType::kInstant});
    for (std::size_t i = 0; i < ours.size() && !is_full(); ++i) {
      const base::LeadId a{ours[i]};
      const base::LeadId b{theirs[i]};
      compare_row(
          "leads", one_.leads().id(a), columns,
          [&](const Engine& engine, base::LeadId lead, Row& out) {
            lead_row(engine, lead, components, out);
          },
          a, b);
      compare_visits(a, b);
    }
  }

  void compare_tables() {
    const exporting::EngineRows ours(one_);
    const exporting::EngineRows theirs(other_);
    const auto our_alerts = one_.alerts();
    const auto their_alerts = other_.alerts();
    const auto our_tables = exporting::result_tables(ours, our_alerts);
    const auto their_tables = exporting::result_tables(theirs, their_alerts);
    for (std::size_t t = 0; t < our_tables.size() && !is_full(); ++t) {
      const exporting::Table& a = our_tables[t];
      const exporting::Table& b = their_tables[t];
      if (!same_size(a.name, a.rows, b.rows)) continue;
      const auto columns = exporting::parquet_columns(a.columns);
      for (std::size_t row = 0; row < a.rows && !is_full(); ++row) {
        a_.clear();
        b_.clear();
        a.cells(row, a_);
        b.cells(row, b_);
        tell(a.name, "row " + std::to_string(row + 1), columns);
      }
    }
  }

  [[nodiscard]] std::vector<std::string> take() { return std::move(found_); }

 private:
  [[nodiscard]] bool is_full() const { return found_.size() >= most_; }

  /// Without those that have no figure: a lead taken back is a name that one engine may still know.
  static std::vector<std::uint32_t> seen(const Engine& engine,
                                         std::span<const std::uint32_t> leads) {
    std::vector<std::uint32_t> out;
    std::ranges::copy_if(leads, std::back_inserter(out), [&](std::uint32_t lead) {
      return engine.figures(base::LeadId{lead}).state != engine::LeadState::kUnseen;
    });
    return out;
  }

  bool same_size(std::string_view table, std::size_t ours, std::size_t theirs) {
    if (ours == theirs) return true;
    found_.push_back(std::string(table) + ": " + std::to_string(ours) + " rows, and " +
                     std::to_string(theirs));
    return false;
  }

  static void lead_row(const Engine& engine, base::LeadId lead,
                       std::span<const model::Component> components, Row& out) {
    const engine::LeadFigures figures = engine.figures(lead);
    exporting::lead_cells(engine.leads(), engine.policy(), figures, components, out);
    if (figures.state != engine::LeadState::kOpen) return;
    const engine::StatusTimes times = engine.status_times(lead);
    out.instant(times.expired_at_ms).instant(times.dormant_at_ms);
  }

  template <class RowOf>
  void compare_row(std::string_view table, std::string_view name,
                   std::span<const exporting::ParquetColumn> columns, RowOf row_of, base::LeadId a,
                   base::LeadId b) {
    a_.clear();
    b_.clear();
    row_of(one_, a, a_);
    row_of(other_, b, b_);
    tell(table, std::string(name), columns);
  }

  void compare_visits(base::LeadId a, base::LeadId b) {
    one_.visits(a, our_visits_);
    other_.visits(b, their_visits_);
    const std::string id(one_.leads().id(a));
    if (is_full()) return;
    if (!same_size("visits of " + id, our_visits_.size(), their_visits_.size())) return;
    static const auto kColumns = exporting::parquet_columns(exporting::kVisitColumns);
    for (std::size_t v = 0; v < our_visits_.size() && !is_full(); ++v) {
      a_.clear();
      b_.clear();
      exporting::visit_cells(one_.leads(), one_.policy(), a, v + 1, our_visits_[v], a_);
      exporting::visit_cells(other_.leads(), other_.policy(), b, v + 1, their_visits_[v], b_);
      tell("visits", id + ", visit " + std::to_string(v + 1), kColumns);
    }
  }

  void tell(std::string_view table, const std::string& row,
            std::span<const exporting::ParquetColumn> columns) {
    if (a_.cells() == b_.cells()) return;
    const std::size_t size = std::min(a_.cells().size(), b_.cells().size());
    std::size_t column = 0;
    while (column < size && a_.cells()[column] == b_.cells()[column]) ++column;
    const auto shown = [&](const Row& cells) {
      return column < cells.cells().size() ? "'" + cells.cells()[column] + "'" : "nothing";
    };
    found_.push_back(std::string(table) + ", " + row + ": " +
                     (column < columns.size() ? columns[column].name : "columns") + " is " +
                     shown(a_) + ", and " + shown(b_));
  }

  const Engine& one_;
  const Engine& other_;
  const std::size_t most_;
  std::vector<std::string> found_;
  Row a_;
  Row b_;
  std::vector<engine::VisitFigures> our_visits_;
  std::vector<engine::VisitFigures> their_visits_;
};

}  // namespace

std::vector<std::string> differences(const Engine& one, const Engine& other, std::size_t most) {
  Comparison comparison(one, other, most);
  comparison.compare_leads();
  comparison.compare_tables();
  return comparison.take();
}

}  // namespace pursuit::app
