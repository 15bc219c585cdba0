// export/parquet.h: tables as Parquet files (zstd), made by all threads with the rows in order. One
// call at a time per file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace pursuit::exporting {

enum class ParquetType : std::uint8_t {
  kText,  // UTF-8
  kDouble,
  kInteger,  // 64 bits, signed
  kBoolean,
  kInstant,  // a timestamp that says of itself that it is UTC; microseconds
  kDate,
};

struct ParquetColumn {
  std::string name;
  ParquetType type;
};

/// Rows to fill in. Belongs to the thread that the callback runs in, until the callback returns.
class ParquetBatch {
 public:
  /// One per column: its values, and what the writer knows it by.
  struct Vector {
    void* values;
    void* handle;
  };
  explicit ParquetBatch(std::span<const Vector> vectors) : vectors_(vectors) {}

  /// `text` must stay where it is until the thread's next batch or the end of the table: it is not
  /// copied.
  void set_text(std::size_t column, std::size_t row, std::string_view text) {
    char* cell = static_cast<char*>(vectors_[column].values) + row * kCellBytes;
    const std::size_t n = text.size();
    if (n <= kInlined) {
      set_short(cell, text);
      return;
    }
    const auto size = static_cast<std::uint32_t>(n);
    const char* data = text.data();
    std::memcpy(cell, &size, 4);
    std::memcpy(cell + 4, data, 4);
    std::memcpy(cell + 8, static_cast<const void*>(&data), 8);
  }
  /// The same for text that does not stay.
  void set_copied_text(std::size_t column, std::size_t row, std::string_view text) {
    if (text.size() <= kInlined) {
      set_text(column, row, text);
    } else {
      copy_long_text(column, row, text);
    }
  }
  void set_double(std::size_t column, std::size_t row, double value) { put(column, row, value); }
  void set_integer(std::size_t column, std::size_t row, std::int64_t value) {
    put(column, row, value);
  }
  void set_boolean(std::size_t column, std::size_t row, bool value) { put(column, row, value); }
  void set_instant(std::size_t column, std::size_t row, base::Millis at_ms) {
    put(column, row, std::int64_t{at_ms * 1'000});
  }
  void set_date(std::size_t column, std::size_t row, std::int32_t day) { put(column, row, day); }
  /// Absent, whatever the type.
  void set_null(std::size_t column, std::size_t row);

 private:
  // A string's cell as duckdb_string_t has it: the length, then up to 12 bytes, else 4 and a
  // pointer.
  static constexpr std::size_t kCellBytes = 16;
  static constexpr std::size_t kInlined = 12;

  static void set_short(char* cell, std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    const bool beyond_word = text.size() > 8;
    const std::uint64_t head = base::word_of(beyond_word ? text.substr(0, 8) : text);
    const std::uint64_t tail = beyond_word ? base::word_of(text.substr(8)) : 0;
    const auto tail_word = static_cast<std::uint32_t>(tail);
    std::memcpy(cell, &size, 4);
    std::memcpy(cell + 4, &head, 8);
    std::memcpy(cell + 12, &tail_word, 4);
  }
  template <class T>
  void put(std::size_t column, std::size_t row, T value) {
    static_cast<T*>(vectors_[column].values)[row] = value;
  }
  void copy_long_text(std::size_t column, std::size_t row, std::string_view text);

  std::span<const Vector> vectors_;
};

/// Sets every cell of the rows [begin, begin + count) once, at rows 0 … count - 1 of the batch.
/// Called from `threads` threads at once, in no particular order of rows; must not throw.
using ParquetFill = std::function<void(std::uint64_t begin, std::size_t count, ParquetBatch&)>;

struct ParquetTable {
  std::vector<ParquetColumn> columns;  // at least one, names that differ in more than case
  std::uint64_t rows = 0;
  ParquetFill fill;
};

/// Writes `table` to `path` by way of `path`.tmp; gives the number of bytes.
[[nodiscard]] base::Result<std::uint64_t> write_parquet(const std::string& path,
                                                        const ParquetTable& table,
                                                        unsigned threads);

}  // namespace pursuit::exporting
