#include "cli/text_table.h"

#include <algorithm>
#include <utility>

namespace pursuit::cli {

void TextTable::add(std::vector<Cell> cells) {
  for (Cell& cell : cells) cell.text = printable(cell.text);
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

void TextTable::add_line(const std::string& text, std::size_t indent, Paint paint) {
  lines_.push_back({rows_.size(), printable(text), indent, paint});
}

std::size_t TextTable::total(const Layout& layout) const {
  std::size_t width = 0;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (layout.shown[c]) width += layout.widths[c] + (width == 0 ? 0 : kGap);
  }
  return width;
}

TextTable::Layout TextTable::lay_out(std::size_t room) const {
  Layout layout{.shown = std::vector<bool>(columns_.size(), true), .widths = {}};
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = display_width(columns_[c].title);
    for (const auto& row : rows_) width = std::max(width, display_width(row[c].text));
    layout.widths.push_back(width);
  }
  const auto shrink = [&](std::size_t least) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const std::size_t width = total(layout);
      if (width <= room || !columns_[c].stretches || layout.widths[c] <= least) continue;
      layout.widths[c] -= std::min(width - room, layout.widths[c] - least);
    }
  };
  if (room == 0) return layout;
  shrink(kLeastStretched);
  while (total(layout) > room) {
    std::size_t worst = columns_.size();
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (!layout.shown[c] || columns_[c].give_up == 0) continue;
      if (worst == columns_.size() || columns_[c].give_up > columns_[worst].give_up) worst = c;
    }
    if (worst == columns_.size()) break;
    layout.shown[worst] = false;
  }
  shrink(1);
  return layout;
}

void TextTable::append_row(const Terminal& terminal, const Layout& layout,
                           const std::vector<Cell>& row, std::size_t indent,
                           std::string& out) const {
  std::string line(indent, ' ');
  std::size_t pending = 0;  // blanks that only stand if something follows
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (!layout.shown[c]) continue;
    const std::string text = fit(row[c].text, layout.widths[c]);
    const std::size_t fill = layout.widths[c] - display_width(text);
    if (columns_[c].right) pending += fill;
    if (!text.empty()) {
      line.append(pending, ' ').append(terminal.paint(row[c].paint, text));
      pending = 0;
    }
    pending += kGap + (columns_[c].right ? 0 : fill);
  }
  out += line + "\n";
}

std::string TextTable::text(const Terminal& terminal, std::size_t indent) const {
  const std::size_t room =
      terminal.columns == 0 ? 0 : std::max(terminal.columns, indent + 1) - indent;
  const Layout layout = lay_out(room);
  std::string out;
  std::vector<Cell> titles;
  bool any = false;
  for (const Column& column : columns_) {
    titles.push_back({column.title, Paint::kDim});
    any |= !column.title.empty();
  }
  if (any) append_row(terminal, layout, titles, indent, out);
  append_lines(terminal, 0, indent, out);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    append_row(terminal, layout, rows_[r], indent, out);
    append_lines(terminal, r + 1, indent, out);
  }
  return out;
}

void TextTable::append_lines(const Terminal& terminal, std::size_t after, std::size_t indent,
                             std::string& out) const {
  for (const Line& line : lines_) {
    if (line.after != after) continue;
    const std::string text = wrap(line.text, terminal.columns, indent + line.indent);
    // The line breaks stay outside of the paint.
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      out += terminal.paint(line.paint, text.substr(begin, end - begin)) + "\n";
      begin = end + 1;
    }
  }
}

}  // namespace pursuit::cli
