// sample/parquet_sink.h: the rows of sample/rows.h as cells of a Parquet batch. One per batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "export/parquet.h"
#include "sample/rows.h"

namespace pursuit::sample {

[[nodiscard]] inline exporting::ParquetType parquet_type(CellType type) {
  switch (type) {
    case CellType::kText:
      return exporting::ParquetType::kText;
    case CellType::kNumber:
      return exporting::ParquetType::kDouble;
    case CellType::kInstant:
      return exporting::ParquetType::kInstant;
  }
  return exporting::ParquetType::kText;
}

class ParquetSink {
 public:
  explicit ParquetSink(exporting::ParquetBatch& batch) : batch_(batch) {}

  void begin_row(std::size_t row) {
    row_ = row;
    column_ = 0;
  }
  void text(std::string_view value) { batch_.set_copied_text(column_++, row_, value); }
  void number(double value) { batch_.set_double(column_++, row_, value); }
  void instant_s(std::uint32_t at_s) {
    batch_.set_instant(column_++, row_, std::int64_t{at_s} * base::kMillisPerSecond);
  }
  void empty() { batch_.set_null(column_++, row_); }

 private:
  exporting::ParquetBatch& batch_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
};

}  // namespace pursuit::sample
