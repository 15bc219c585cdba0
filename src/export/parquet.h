// export/parquet.h: tables as Parquet files (snappy), made by all threads with the rows in order.
// One call at a time per DiskWriter; a ParquetBatch belongs to one thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/time.h"
#include "export/block_writer.h"
#include "export/disk_writer.h"
#include "export/parquet_column.h"
#include "export/parquet_format.h"

namespace pursuit::exporting {

/// The rows of one row group, to be filled in, in any order; its memory is used again.
class ParquetBatch {
 public:
  explicit ParquetBatch(std::vector<ParquetColumn> columns);

  /// Forgets all rows and makes room for that many.
  void clear(std::size_t rows);
  /// Makes room for rows 0 … rows - 1 and keeps what is set.
  void make_room(std::size_t rows) {
    if (rows > room_) [[unlikely]]
      grow(rows);
  }

  /// `text` must stay where it is until clear(): it is not copied.
  void set_text(std::size_t column, std::size_t row, std::string_view text) {
    cells_[column].texts[row] = text;
    cells_[column].present[row] = 1;
  }
  /// The same for text that does not stay.
  void set_copied_text(std::size_t column, std::size_t row, std::string_view text);
  void set_double(std::size_t column, std::size_t row, double value) {
    put(column, row, std::bit_cast<std::uint64_t>(value));
  }
  void set_integer(std::size_t column, std::size_t row, std::int64_t value) {
    put(column, row, static_cast<std::uint64_t>(value));
  }
  void set_boolean(std::size_t column, std::size_t row, bool value) {
    put(column, row, value ? 1 : 0);
  }
  void set_instant(std::size_t column, std::size_t row, base::Millis at_ms) {
    put(column, row, static_cast<std::uint64_t>(at_ms * 1'000));
  }
  void set_date(std::size_t column, std::size_t row, std::int32_t day) {
    put(column, row, static_cast<std::uint64_t>(day));
  }
  /// Absent, whatever the type.
  void set_null(std::size_t column, std::size_t row) { cells_[column].present[row] = 0; }

  /// Appends the first `rows` rows, all of whose cells are set, as a row group.
  [[nodiscard]] ParquetRowGroup encode(std::size_t rows, TextBuffer& out);

  [[nodiscard]] std::span<const ParquetColumn> columns() const { return columns_; }

 private:
  void put(std::size_t column, std::size_t row, std::uint64_t word) {
    cells_[column].words[row] = word;
    cells_[column].present[row] = 1;
  }
  void grow(std::size_t rows);

  std::vector<ParquetColumn> columns_;
  std::vector<ColumnCells> cells_;
  std::size_t room_ = 0;
  ColumnEncoder encoder_;
  std::vector<std::unique_ptr<std::string>> copies_;  // blocks of texts that were copied
  std::size_t copy_blocks_ = 0;                       // of these in use
};

/// Sets every cell of the rows [begin, begin + count) once, at rows 0 … count - 1 of the batch.
/// Called from all workers at once, in no particular order of rows; must not throw.
using ParquetFill = std::function<void(std::uint64_t begin, std::size_t count, ParquetBatch&)>;

struct ParquetTable {
  std::vector<ParquetColumn> columns;  // at least one, names that differ in more than case
  std::uint64_t rows = 0;
  ParquetFill fill;
};

/// Writes `table` to `path` by way of `path`.tmp; gives the number of bytes. `progress` may be
/// empty.
[[nodiscard]] base::Result<std::uint64_t> write_parquet(const std::string& path,
                                                        const ParquetTable& table,
                                                        base::ThreadPool& pool, DiskWriter& writer,
                                                        const BlockProgress& progress = {});

}  // namespace pursuit::exporting
