// ingest/csv_scan.h: finds the delimiters and line ends of a stretch of CSV that has no quotes, 64
// bytes at a time. Pure, any thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __AVX2__
#include <immintrin.h>
#endif

namespace pursuit::ingest {

/// What a scan found; offsets count from where it began.
struct CsvMarks {
  static constexpr std::size_t kWindowBytes = 32u << 10;  // stays in the nearest cache

  std::uint32_t count = 0;    // of at: every delimiter and LF, in order
  std::uint32_t rows = 0;     // of row_end: for every LF its position in `at`
  bool beyond_ascii = false;  // some byte is not ASCII
  // Eight at a time are written, so there is room for some more.
  std::array<std::uint16_t, kWindowBytes + 64> at;
  std::array<std::uint16_t, kWindowBytes + 64> row_end;
};

namespace csv_scan_detail {

struct Masks {
  std::uint64_t field_end;  // delimiter or LF
  std::uint64_t row_end;    // LF
  std::uint64_t odd;        // quote or NUL
  std::uint64_t high;       // not ASCII
};

#ifdef __AVX2__
inline std::uint64_t bits(__m256i low, __m256i high) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
         (static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32);
}

inline Masks masks_of(const char* p, char delimiter) {
  const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
  const auto equal = [&](char c) {
    const __m256i all = _mm256_set1_epi8(c);
    return bits(_mm256_cmpeq_epi8(a, all), _mm256_cmpeq_epi8(b, all));
  };
  const std::uint64_t row_end = equal('\n');
  return {equal(delimiter) | row_end, row_end, equal('"') | equal('\0'), bits(a, b)};
}
#else
inline Masks masks_of(const char* p, char delimiter) {
  Masks out{};
  for (unsigned i = 0; i < 64; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    const char c = p[i];
    if (c == delimiter || c == '\n') out.field_end |= bit;
    if (c == '\n') out.row_end |= bit;
    if (c == '"' || c == '\0') out.odd |= bit;
    if ((static_cast<unsigned char>(c) & 0x80) != 0) out.high |= bit;
  }
  return out;
}
#endif

inline void append_marks(std::uint64_t field_ends, std::size_t offset, CsvMarks& out) {
  const auto n = static_cast<std::uint32_t>(std::popcount(field_ends));
  std::uint16_t* to = out.at.data() + out.count;
  // A fixed number first: a loop that ends by chance costs more than a few marks too many.
  for (int i = 0; i < 8; ++i) {
    to[i] =
        static_cast<std::uint16_t>(offset + static_cast<unsigned>(std::countr_zero(field_ends)));
    field_ends &= field_ends - 1;
  }
  for (std::uint32_t i = 8; i < n; ++i) {
    to[i] =
        static_cast<std::uint16_t>(offset + static_cast<unsigned>(std::countr_zero(field_ends)));
    field_ends &= field_ends - 1;
  }
  out.count += n;
}

}  // namespace csv_scan_detail

/// Scans from `begin` up to `end`, at most kWindowBytes, and not beyond the first 64 bytes that
/// hold a quote or a NUL.
inline void scan_csv(const char* begin, const char* end, char delimiter, CsvMarks& out) {
  using namespace csv_scan_detail;
  out.count = 0;
  out.rows = 0;
  std::uint64_t high = 0;
  const auto left = static_cast<std::size_t>(end - begin);
  const std::size_t size = left < CsvMarks::kWindowBytes ? left : CsvMarks::kWindowBytes;
  for (std::size_t offset = 0; offset < size; offset += 64) {
    Masks masks;
    if (size - offset >= 64) {
      masks = masks_of(begin + offset, delimiter);
    } else {
      std::array<char, 64> padded;
      padded.fill('x' == delimiter ? 'y' : 'x');
      std::memcpy(padded.data(), begin + offset, size - offset);
      masks = masks_of(padded.data(), delimiter);
    }
    if (masks.odd != 0) break;
    high |= masks.high;
    for (std::uint64_t ends = masks.row_end; ends != 0; ends &= ends - 1) {
      const std::uint64_t before = (ends & (~ends + 1)) - 1;
      out.row_end[out.rows++] = static_cast<std::uint16_t>(
          out.count + static_cast<std::uint32_t>(std::popcount(masks.field_end & before)));
    }
    append_marks(masks.field_end, offset, out);
  }
  out.beyond_ascii = high != 0;
}

}  // namespace pursuit::ingest
