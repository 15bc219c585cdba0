#include "export/csv_stream.h"

#include <algorithm>
#include <array>
#include <utility>

#include "export/columns.h"
#include "export/csv_text.h"

namespace pursuit::exporting {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// What spreadsheets skip before they look at a cell: blanks of Unicode, and marks without width.
constexpr std::array<std::string_view, 11> kBlanks = {
    "\xC2\xA0",      // no-break space
    "\xC2\xAD",      // soft hyphen
    "\xE1\x9A\x80",  // Ogham space
    "\xE2\x80\xAF",  // narrow no-break space
    "\xE2\x81\x9F",  // mathematical space
    "\xE2\x81\xA0",  // word joiner
    "\xE3\x80\x80",  // ideographic space
    "\xEF\xBB\xBF",  // byte order mark
    "\xE2\x80\xA8",  // line separator
    "\xE2\x80\xA9",  // paragraph separator
    "\xD8\x9C",      // Arabic letter mark
};

std::size_t blank_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first <= 0x20 || first == 0x7F) return 1;
  if (first == 0xC2 && text.size() > 1) {
    const auto second = static_cast<unsigned char>(text[1]);
    if (second >= 0x80 && second <= 0x9F) return 2;  // control characters of Latin-1
  }
  // U+2000 … U+200F: spaces of many widths, and marks of direction; U+202A … U+202E; U+2066 … 2069.
  if (text.starts_with("\xE2\x80") && text.size() > 2) {
    const auto third = static_cast<unsigned char>(text[2]);
    if (third <= 0x8F || (third >= 0xAA && third <= 0xAE)) return 3;
  }
  if (text.starts_with("\xE2\x81") && text.size() > 2) {
    const auto third = static_cast<unsigned char>(text[2]);
    if (third >= 0xA6 && third <= 0xA9) return 3;
  }
  const auto found = std::ranges::find_if(
      kBlanks, [&](std::string_view blank) { return text.starts_with(blank); });
  return found == kBlanks.end() ? 0 : found->size();
}

class SafeRows final : public RowSink, public Cells {
 public:
  explicit SafeRows(TextBuffer& out) : cells_(out) {}

  Cells& begin_row() override { return *this; }
  void end_row() override { cells_.end(); }
  Cells& text(std::string_view value) override {
    if (!looks_like_formula(value)) {
      cells_.text(value);
    } else {
      marked_.assign(1, '\'').append(value);
      cells_.text(marked_);
    }
    return *this;
  }
  Cells& count(std::uint64_t value) override { return cells_.count(value), *this; }
  Cells& number(double value) override { return cells_.number(value), *this; }
  Cells& flag(bool value) override { return cells_.flag(value), *this; }
  Cells& instant(base::Millis at_ms) override { return cells_.instant(at_ms), *this; }
  Cells& date(std::int64_t day) override { return cells_.date(day), *this; }
  Cells& absent() override { return cells_.absent(), *this; }

 private:
  RowWriter cells_;
  std::string marked_;
};

}  // namespace

bool looks_like_formula(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '\t' || text.front() == '\r' || text.front() == '\n') return true;
  while (!text.empty()) {
    const std::size_t blank = blank_length(text);
    if (blank == 0) break;
    text.remove_prefix(blank);
  }
  static constexpr std::array<std::string_view, 8> kSigns = {
      "=", "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
  return std::ranges::any_of(kSigns, [&](std::string_view sign) { return text.starts_with(sign); });
}

CsvStream::CsvStream(RowStream rows, bool byte_order_mark) : rows_(std::move(rows)) {
  if (byte_order_mark) buffer_.append(kByteOrderMark);
  buffer_.append(header_line(std::span<const ParquetColumn>(rows_.columns)));
}

base::Result<bool> CsvStream::next(std::string& out, std::size_t bytes) {
  SafeRows sink(buffer_);
  while (at_ < rows_.items && buffer_.size() < bytes) {
    const std::size_t end = std::min(at_ + rows_.block_items, rows_.items);
    if (auto done = rows_.write(at_, end, sink); !done) return std::unexpected(done.error());
    at_ = end;
  }
  out.append(buffer_.text());
  buffer_.clear();
  return at_ < rows_.items;
}

}  // namespace pursuit::exporting
