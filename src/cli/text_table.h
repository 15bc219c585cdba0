// cli/text_table.h: rows of short texts as aligned columns that fit a terminal. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/terminal.h"

namespace pursuit::cli {

struct Column {
  std::string title;
  bool right = false;      // numbers
  int give_up = 0;         // on a narrow terminal the highest goes first; 0: never
  bool stretches = false;  // is cut short before any column is given up below kLeastStretched
};

struct Cell {
  std::string text;  // made printable() by the table
  Paint paint = Paint::kNone;
};

class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<Cell> cells);
  /// A line across the columns, below the rows so far: broken where it does not fit, `indent` more
  /// blanks before it.
  void add_line(const std::string& text, std::size_t indent = 0, Paint paint = Paint::kNone);
  /// Columns that the table takes where there is room, without indent and lines across.
  [[nodiscard]] std::size_t natural_width() const { return total(lay_out(0)); }
  /// The table as lines, each begun by `indent` blanks; titles unless all are empty.
  [[nodiscard]] std::string text(const Terminal& terminal, std::size_t indent = 2) const;

 private:
  static constexpr std::size_t kGap = 2;
  static constexpr std::size_t kLeastStretched = 16;

  struct Layout {
    std::vector<bool> shown;
    std::vector<std::size_t> widths;
  };
  [[nodiscard]] Layout lay_out(std::size_t room) const;
  [[nodiscard]] std::size_t total(const Layout& layout) const;
  void append_row(const Terminal& terminal, const Layout& layout, const std::vector<Cell>& row,
                  std::size_t indent, std::string& out) const;

  struct Line {
    std::size_t after;  // so many rows
    std::string text;
    std::size_t indent;
    Paint paint;
  };
  void append_lines(const Terminal& terminal, std::size_t after, std::size_t indent,
                    std::string& out) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::vector<Line> lines_;  // by `after`
};

}  // namespace pursuit::cli
