// export/row_stream.h: rows of any table, block after block, for whichever format they are sent in.
// The functions of a stream may run on any thread; a RowSink belongs to one.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "base/error.h"
#include "export/cells.h"
#include "export/parquet_format.h"

namespace pursuit::exporting {

/// Takes rows one after the other.
class RowSink {
 public:
  RowSink() = default;
  RowSink(const RowSink&) = delete;
  RowSink& operator=(const RowSink&) = delete;
  virtual ~RowSink() = default;

  /// The cells of a new row, to be set in the order of the columns. Texts need not stay.
  virtual Cells& begin_row() = 0;
  virtual void end_row() = 0;
};

/// A table that is made while it is written, so that it need not be in memory whole.
struct RowStream {
  std::vector<ParquetColumn> columns;
  std::size_t items = 0;            // each gives any number of rows
  bool is_row_each = false;         // each gives just one
  std::size_t block_items = 1'000;  // asked for at once, at most
  /// Writes the rows of items [begin, end) in order. An error ends the table.
  std::function<base::Result<void>(std::size_t begin, std::size_t end, RowSink& out)> write;
};

/// The same table made at once and kept in memory, an item per row: for what is about to change.
[[nodiscard]] base::Result<RowStream> recorded(const RowStream& rows);

/// How many rows there are; where items give any number, it makes and drops them.
[[nodiscard]] base::Result<std::size_t> count_rows(const RowStream& rows);

}  // namespace pursuit::exporting
