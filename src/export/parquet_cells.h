// export/parquet_cells.h: the cells of a row as values of a ParquetBatch. Belongs to one thread.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "export/cells.h"
#include "export/parquet.h"

namespace pursuit::exporting {

/// The cells of a batch's rows, each row from its first column on.
class ParquetCells final : public Cells {
 public:
  /// `copies_texts`: texts need not stay where they are.
  explicit ParquetCells(ParquetBatch& batch, bool copies_texts = false)
      : batch_(batch), copies_texts_(copies_texts) {}

  void begin_row(std::size_t row) {
    row_ = row;
    column_ = 0;
  }
  ParquetCells& text(std::string_view value) override {
    if (copies_texts_) {
      batch_.set_copied_text(column_++, row_, value);
    } else {
      batch_.set_text(column_++, row_, value);
    }
    return *this;
  }
  ParquetCells& count(std::uint64_t value) override {
    batch_.set_integer(column_++, row_, static_cast<std::int64_t>(value));
    return *this;
  }
  ParquetCells& number(double value) override {
    if (std::isnan(value)) return absent();
    batch_.set_double(column_++, row_, value);
    return *this;
  }
  ParquetCells& flag(bool value) override {
    batch_.set_boolean(column_++, row_, value);
    return *this;
  }
  ParquetCells& instant(base::Millis at_ms) override {
    if (at_ms == base::kNoInstant) return absent();
    batch_.set_instant(column_++, row_, at_ms);
    return *this;
  }
  ParquetCells& date(std::int64_t day) override {
    batch_.set_date(column_++, row_, static_cast<std::int32_t>(day));
    return *this;
  }
  ParquetCells& absent() override {
    batch_.set_null(column_++, row_);
    return *this;
  }

 private:
  ParquetBatch& batch_;
  const bool copies_texts_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
};

}  // namespace pursuit::exporting
