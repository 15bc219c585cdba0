// export/csv_text.h: cells and rows of CSV as RFC 4180 has them: quotes only where a cell needs
// them. Functions: any thread; the classes belong to one thread while they are filled.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/huge_array.h"
#include "base/prefetch.h"
#include "base/time.h"
#include "export/cells.h"
#include "export/number_text.h"
#include "export/text_buffer.h"

namespace pursuit::exporting {

/// Room that write_csv_text wants for `text`.
[[nodiscard]] constexpr std::size_t csv_room(std::string_view text) { return 2 * text.size() + 2; }

/// Writes `text` as a cell, quoted if it holds a comma, a quote or an end of line; returns the end.
char* write_csv_text(std::string_view text, char* out);

/// A text made ready for copying many times: kWidth bytes can be read at `data` whatever its size.
struct Piece {
  static constexpr std::size_t kWidth = 32;
  const char* data;
  std::size_t size;

  [[nodiscard]] std::size_t room() const { return size < kWidth ? kWidth : size; }
};

/// Copies a piece; wants piece.room() bytes at `out`.
inline char* put(Piece piece, char* out) {
  // A copy of fixed width is a few instructions, one of any width a call.
  std::memcpy(out, piece.data, Piece::kWidth);
  if (piece.size > Piece::kWidth) [[unlikely]]
    std::memcpy(out + Piece::kWidth, piece.data + Piece::kWidth, piece.size - Piece::kWidth);
  return out + piece.size;
}

/// Pieces by number, in order of add(). Pieces may move while more are added.
class PieceList {
 public:
  PieceList() : ends_{0} {}
  void add(std::string_view text);
  [[nodiscard]] Piece operator[](std::size_t i) const {
    return {chars_.data() + ends_[i], ends_[i + 1] - ends_[i]};
  }
  [[nodiscard]] std::size_t size() const { return ends_.size() - 1; }
  /// Asks for the memory that says where a piece is; then, once that had time, for the piece.
  void prefetch_place(std::size_t i) const { base::prefetch(&ends_[i]); }
  void prefetch_text(std::size_t i) const {
    constexpr std::size_t kCacheLine = 64;
    for (std::size_t at = ends_[i]; at < ends_[i + 1]; at += kCacheLine)
      base::prefetch(chars_.data() + at);
  }
  /// The largest room() of any piece.
  [[nodiscard]] std::size_t max_room() const { return max_room_; }

 private:
  base::HugeArray<char> chars_;
  std::vector<std::size_t> ends_;
  std::size_t max_room_ = Piece::kWidth;
};

/// Remembers the texts of numbers that come again and again: limits, thresholds, components.
class NumberCache {
 public:
  NumberCache() : entries_(kEntries) {}
  /// As write_double; wants kNumberRoom at `out`.
  char* write(double value, char* out);

 private:
  static constexpr std::size_t kEntriesLog2 = 11;
  static constexpr std::size_t kEntries = std::size_t{1} << kEntriesLog2;
  static constexpr std::size_t kTextRoom = 24;
  struct Entry {
    std::uint64_t bits = 0;
    std::uint8_t length = 0;  // 0: free
    std::array<char, kTextRoom> text{};
  };
  std::vector<Entry> entries_;
};

/// Appends rows of CSV cell by cell: for tables where convenience counts more than the last
/// nanosecond.
class RowWriter final : public Cells {
 public:
  explicit RowWriter(TextBuffer& out) : out_(out) {}

  RowWriter& text(std::string_view value) override;
  RowWriter& count(std::uint64_t value) override;
  RowWriter& number(double value) override;
  RowWriter& flag(bool value) override { return text(value ? "true" : "false"); }
  RowWriter& instant(base::Millis at_ms) override;
  RowWriter& date(std::int64_t day) override;
  RowWriter& absent() override { return text({}); }
  /// Ends the row; it must have a cell.
  void end() { out_.replace_last('\n'); }

 private:
  void close_cell(char* end);
  TextBuffer& out_;
  InstantText instants_;
};

}  // namespace pursuit::exporting
