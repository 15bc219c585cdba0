#include "ingest/parquet_part.h"

#include <algorithm>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"

namespace pursuit::ingest {
namespace {

using ColumnKind = ParquetColumnKind;

/// What a row counts for beside its texts: absent values are not for nothing.
constexpr std::uint64_t kRowBytes = 16;

/// Whether an inlined string has a NUL among its characters; beyond them it is padded with them.
bool has_nul_inlined(const duckdb_string_t& value) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  const char* chars = value.value.inlined.inlined;
  const std::uint32_t n = value.value.inlined.length;
  std::uint64_t low = base::load_8(chars);
  std::uint64_t high = base::load_4(chars + 8);
  if (n < 8) low |= ~std::uint64_t{0} << (8 * n);
  high |= n <= 8 ? ~std::uint64_t{0} : ~std::uint64_t{0} << (8 * (n - 8));
  return (((low - kOnes) & ~low) | ((high - kOnes) & ~high)) & (kOnes << 7);
}

bool has_nul(const duckdb_string_t& value, std::string_view text) {
  return text.data() == value.value.inlined.inlined ? has_nul_inlined(value)
                                                    : text.find('\0') != std::string_view::npos;
}

base::Millis millis_of_micros(std::int64_t micros) {
  return micros / 1'000 - (micros % 1'000 < 0 ? 1 : 0);
}

bool in_range(base::Millis at_ms) {
  return at_ms >= base::kMinInstantMs && at_ms < base::kMaxInstantMs;
}

}  // namespace

ParquetPart::ParquetPart(const FileLayout& layout, const CsvPlan& plan,
                         std::span<const ParquetColumn> columns, const ZoneShift& zone,
                         RecordSink& sink, PartRejects& rejects)
    : layout_(layout),
      columns_(columns),
      zone_(zone),
      sink_(sink),
      rejects_(rejects),
      batch_(layout) {
  for (const auto& [slot, text] : plan.constants) batch_.texts_to_fill(slot).fill(text);
}

bool ParquetPart::take(const base::DuckChunk& chunk, std::uint64_t max_bytes) {
  for (std::size_t begin = 0; begin < chunk.rows(); begin += RecordBatch::kRows) {
    const std::size_t rows = std::min(RecordBatch::kRows, chunk.rows() - begin);
    bad_rows_ = 0;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (columns_[c].kind == ColumnKind::kText) {
        take_texts(chunk, c, begin, rows);
      } else {
        take_instants(chunk, c, begin, rows);
      }
    }
    for (std::size_t row = 0; row < rows; ++row) batch_.lines_to_fill()[row] = line_ + row;
    batch_.set_rows(rows);
    if (bad_rows_ > 0) [[unlikely]]
      refuse_bad_rows(rows);
    unpacked_bytes_ += rows * kRowBytes;
    if (unpacked_bytes_ > max_bytes) return false;
    if (batch_.rows() > 0) sink_.take(batch_, rejects_);
    line_ += rows;
  }
  return true;
}

void ParquetPart::take_texts(const base::DuckChunk& chunk, std::size_t column, std::size_t begin,
                             std::size_t rows) {
  const auto* values = chunk.values<duckdb_string_t>(column) + begin;
  const std::uint64_t* validity = chunk.validity(column);
  auto& texts = batch_.texts_to_fill(columns_[column].slot);
  for (std::size_t row = 0; row < rows; ++row) {
    if (!base::is_valid(validity, begin + row)) {
      texts[row] = {};
      continue;
    }
    const std::string_view text = base::view_of(values[row]);
    texts[row] = text;
    unpacked_bytes_ += text.size();
    if (has_nul(values[row], text)) [[unlikely]] {
      mark(row, RejectReason::kNul, columns_[column].slot);
    } else if (text.size() > base::kMaxFieldBytes) [[unlikely]] {
      mark(row, RejectReason::kFieldTooLong, columns_[column].slot);
      texts[row] = text.substr(0, kMaxRejectTextBytes);
    }
  }
}

void ParquetPart::take_instants(const base::DuckChunk& chunk, std::size_t column, std::size_t begin,
                                std::size_t rows) {
  const auto* micros = chunk.values<std::int64_t>(column) + begin;
  const std::uint64_t* validity = chunk.validity(column);
  const bool local = columns_[column].kind == ColumnKind::kLocalTime;
  auto& instants = batch_.instants_to_fill(columns_[column].slot);
  for (std::size_t row = 0; row < rows; ++row) {
    instants[row] = base::kNoInstant;
    if (!base::is_valid(validity, begin + row)) continue;
    base::Millis at_ms = millis_of_micros(micros[row]);
    if (in_range(at_ms) && local) at_ms = zone_.to_instant(at_ms);
    if (in_range(at_ms)) {
      instants[row] = at_ms;
    } else {
      mark(row, RejectReason::kBadInstant, columns_[column].slot);
    }
  }
}

void ParquetPart::mark(std::size_t row, RejectReason reason, std::uint32_t slot) {
  if (bad_rows_++ == 0) bad_.assign(RecordBatch::kRows, {});
  if (!bad_[row].is) bad_[row] = {true, reason, slot};
}

void ParquetPart::refuse_bad_rows(std::size_t rows) {
  std::size_t kept = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    if (bad_[row].is) {
      const Field field =
          bad_[row].slot < layout_.fields.size() ? layout_.fields[bad_[row].slot] : kWholeRecord;
      rejects_.add(line_ + row, field, bad_[row].reason, batch_.raw(row));
      continue;
    }
    for (const ParquetColumn& column : columns_) {
      if (column.kind == ColumnKind::kText) {
        auto& texts = batch_.texts_to_fill(column.slot);
        texts[kept] = texts[row];
      } else {
        auto& instants = batch_.instants_to_fill(column.slot);
        instants[kept] = instants[row];
      }
    }
    batch_.lines_to_fill()[kept++] = line_ + row;
  }
  batch_.set_rows(kept);
}

}  // namespace pursuit::ingest
