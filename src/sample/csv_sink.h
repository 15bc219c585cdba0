// sample/csv_sink.h: the rows of sample/rows.h as CSV text. One per thread.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "base/time.h"
#include "export/csv_text.h"
#include "export/number_text.h"
#include "export/text_buffer.h"

namespace pursuit::sample {

class CsvSink {
 public:
  /// Rows go to the end of `out` until the next call.
  void write_to(exporting::TextBuffer& out) { out_ = &out; }

  void begin_row() {
    end_ = out_->room(kMaxRowBytes);
    row_end_ = end_ + kMaxRowBytes;
  }
  void end_row() {
    end_[-1] = '\n';  // in place of the last comma
    out_->end_at(end_);
  }

  void text(std::string_view value) {
    PURSUIT_ASSERT(exporting::csv_room(value) + kCellRoom <= room());
    end_ = exporting::write_csv_text(value, end_);
    *end_++ = ',';
  }
  void number(std::int32_t value) {
    PURSUIT_ASSERT(kCellRoom <= room());
    end_ = std::to_chars(end_, row_end_ - 1, value).ptr;
    *end_++ = ',';
  }
  void number(double value) {
    PURSUIT_ASSERT(kCellRoom <= room());
    end_ = exporting::write_double(value, end_);
    *end_++ = ',';
  }
  /// `2026-06-01T00:00:00Z`.
  void instant_s(std::uint32_t at_s) {
    PURSUIT_ASSERT(kCellRoom <= room());
    constexpr std::size_t kWithoutFraction = 19;
    instants_.write(std::int64_t{at_s} * base::kMillisPerSecond, end_);
    end_ += kWithoutFraction;
    *end_++ = 'Z';
    *end_++ = ',';
  }
  void empty() { *end_++ = ','; }

 private:
  static constexpr std::size_t kMaxRowBytes = 2'048;
  static constexpr std::size_t kCellRoom = exporting::kNumberRoom + 2;
  [[nodiscard]] std::size_t room() const { return static_cast<std::size_t>(row_end_ - end_); }

  exporting::TextBuffer* out_ = nullptr;
  exporting::InstantText instants_;
  char* end_ = nullptr;
  char* row_end_ = nullptr;
};

}  // namespace pursuit::sample
