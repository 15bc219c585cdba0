// export/parquet_format.h: how a Parquet file says what is in it: schema, page headers, footer
// (https://parquet.apache.org/docs/file-format). Pure functions, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
  bool is_key = false;  // no value comes again but next to itself
};

inline constexpr std::string_view kParquetMagic = "PAR1";

enum class ParquetCodec : std::uint8_t { kNone = 0, kSnappy = 1 };
enum class ParquetEncoding : std::uint8_t { kPlain = 0, kRle = 3, kDictionary = 8 };

/// A column of a row group.
struct ParquetChunk {
  std::uint64_t values = 0;  // absent ones included
  std::uint64_t absent = 0;
  std::uint64_t dictionary_bytes = 0;    // of the dictionary's page, which comes first; 0: none
  std::uint64_t bytes = 0;               // in the file, page headers included
  std::uint64_t uncompressed_bytes = 0;  // the same before compression
  ParquetCodec codec = ParquetCodec::kNone;
  bool has_range = false;
  std::string least;     // in plain encoding
  std::string greatest;  // in plain encoding
};

struct ParquetRowGroup {
  std::uint64_t rows = 0;
  std::vector<ParquetChunk> chunks;  // by column, as they stand in the file
};

struct ParquetPage {
  bool is_dictionary = false;
  std::uint32_t values = 0;
  ParquetEncoding encoding = ParquetEncoding::kPlain;
  std::uint32_t uncompressed_bytes = 0;
  std::uint32_t bytes = 0;
};

/// What stands before a page; replaces `out`.
void write_page_header(const ParquetPage& page, std::string& out);

/// What stands after the last row group, up to the end of the file. The groups follow the magic at
/// the file's beginning without gaps.
[[nodiscard]] std::string parquet_footer(std::span<const ParquetColumn> columns,
                                         std::span<const ParquetRowGroup> groups);

}  // namespace pursuit::exporting
