// sample/csv_sink.h: the rows of sample/rows.h as CSV text in one buffer. One per thread.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/time.h"

namespace pursuit::sample {

class CsvSink {
 public:
  /// Room for one more row; every row ends with end_row().
  void begin_row() {
    if (buffer_.size() - used_ < kMaxRowBytes)
      buffer_.resize(2 * buffer_.size() + 64 * kMaxRowBytes);
    row_end_ = buffer_.data() + used_ + kMaxRowBytes;
    end_ = buffer_.data() + used_;
  }
  void end_row() {
    end_[-1] = '\n';  // in place of the last comma
    used_ = static_cast<std::size_t>(end_ - buffer_.data());
  }

  void text(std::string_view value) {
    PURSUIT_ASSERT(2 * value.size() + 3 <= static_cast<std::size_t>(row_end_ - end_));
    if (needs_quotes(value)) {
      quoted(value);
    } else {
      std::memcpy(end_, value.data(), value.size());
      end_ += value.size();
    }
    *end_++ = ',';
  }
  void number(std::int32_t value) {
    end_ = std::to_chars(end_, row_end_ - 1, value).ptr;
    *end_++ = ',';
  }
  void number(double value) {
    end_ = std::to_chars(end_, row_end_ - 1, value).ptr;
    *end_++ = ',';
  }
  /// `2026-06-01T00:00:00Z`.
  void instant_s(std::uint32_t at_s) {
    constexpr std::size_t kWithoutFraction = 19;
    PURSUIT_ASSERT(row_end_ - end_ > 25);
    base::write_instant(std::int64_t{at_s} * base::kMillisPerSecond, end_);
    end_ += kWithoutFraction;
    *end_++ = 'Z';
    *end_++ = ',';
  }
  void empty() { *end_++ = ','; }

  [[nodiscard]] std::string_view bytes() const { return {buffer_.data(), used_}; }
  void clear() { used_ = 0; }

 private:
  static constexpr std::size_t kMaxRowBytes = 2'048;

  static bool needs_quotes(std::string_view value) {
    bool special = false;
    for (const char c : value) special |= (c == ',') | (c == '"') | (c == '\n') | (c == '\r');
    return special;
  }
  void quoted(std::string_view value) {
    *end_++ = '"';
    for (const char c : value) {
      if (c == '"') *end_++ = '"';
      *end_++ = c;
    }
    *end_++ = '"';
  }

  std::vector<char> buffer_;
  std::size_t used_ = 0;
  char* end_ = nullptr;
  char* row_end_ = nullptr;
};

}  // namespace pursuit::sample
