// ingest/parquet_part.h: the chunks of one part of a Parquet file, turned into batches for a sink.
// Internal to the room; one thread per part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/duckdb.h"
#include "ingest/csv_header.h"
#include "ingest/record.h"
#include "ingest/zone_shift.h"

namespace pursuit::ingest {

enum class ParquetColumnKind : std::uint8_t { kText, kInstant, kLocalTime };

/// A column of the query, by its place there.
struct ParquetColumn {
  std::uint32_t slot;
  ParquetColumnKind kind;
};

class ParquetPart {
 public:
  /// Everything that is referred to must outlive this.
  ParquetPart(const FileLayout& layout, const CsvPlan& plan, std::span<const ParquetColumn> columns,
              const ZoneShift& zone, RecordSink& sink, PartRejects& rejects);

  /// False once the part is over `max_bytes`, in texts and rows: what a dictionary repeats shows
  /// only here.
  [[nodiscard]] bool take(const base::DuckChunk& chunk, std::uint64_t max_bytes);

  [[nodiscard]] std::uint64_t rows() const { return line_; }
  [[nodiscard]] std::uint64_t unpacked_bytes() const { return unpacked_bytes_; }

 private:
  struct Bad {
    bool is = false;
    RejectReason reason = RejectReason::kNul;
    std::uint32_t slot = 0;
  };

  void take_texts(const base::DuckChunk& chunk, std::size_t column, std::size_t begin,
                  std::size_t rows);
  void take_instants(const base::DuckChunk& chunk, std::size_t column, std::size_t begin,
                     std::size_t rows);
  void mark(std::size_t row, RejectReason reason, std::uint32_t slot);
  /// Rejects the rows that are marked and closes the gaps.
  void refuse_bad_rows(std::size_t rows);

  const FileLayout& layout_;
  std::span<const ParquetColumn> columns_;
  ZoneShift zone_;
  RecordSink& sink_;
  PartRejects& rejects_;
  RecordBatch batch_;
  std::size_t bad_rows_ = 0;
  std::vector<Bad> bad_;    // by row of the batch, where bad_rows_ > 0
  std::uint64_t line_ = 0;  // of the batch's first row, within the part
  std::uint64_t unpacked_bytes_ = 0;
};

}  // namespace pursuit::ingest
