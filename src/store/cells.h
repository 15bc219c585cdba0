// store/cells.h: rows of plain values on their way into or out of a database. Plain data; the texts
// are views of someone else's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/assert.h"

namespace pursuit::store {

enum class Type : std::uint8_t { kInt, kReal, kText };

/// monostate is NULL.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string_view>;

[[nodiscard]] inline std::int64_t int_of(const Cell& cell) {
  const auto* v = std::get_if<std::int64_t>(&cell);
  return v == nullptr ? 0 : *v;
}
[[nodiscard]] inline std::string_view text_of(const Cell& cell) {
  const auto* v = std::get_if<std::string_view>(&cell);
  return v == nullptr ? std::string_view{} : *v;
}

/// A block of rows, one after the other.
class Cells {
 public:
  explicit Cells(std::size_t columns) : columns_(columns) {}

  void add(std::initializer_list<Cell> row) {
    PURSUIT_ASSERT(row.size() == columns_);
    cells_.insert(cells_.end(), row);
  }
  /// Adds a cell to the row that is being built from left to right.
  void push(Cell cell) { cells_.push_back(cell); }
  void clear() { cells_.clear(); }

  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::size_t rows() const { return cells_.size() / columns_; }
  [[nodiscard]] bool empty() const { return cells_.empty(); }
  [[nodiscard]] std::span<const Cell> row(std::size_t i) const {
    return std::span(cells_).subspan(i * columns_, columns_);
  }

 private:
  std::size_t columns_;
  std::vector<Cell> cells_;
};

}  // namespace pursuit::store
