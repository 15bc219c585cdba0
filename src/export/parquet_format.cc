#include "export/parquet_format.h"

#include "export/thrift_compact.h"

namespace pursuit::exporting {
namespace {

enum Physical : std::int32_t { kBool = 0, kInt32 = 1, kInt64 = 2, kReal = 5, kBytes = 6 };
enum Converted : std::int32_t { kUtf8 = 0, kDay = 6, kMicros = 10 };

Physical physical_type(ParquetType type) {
  switch (type) {
    case ParquetType::kText:
      return kBytes;
    case ParquetType::kDouble:
      return kReal;
    case ParquetType::kBoolean:
      return kBool;
    case ParquetType::kDate:
      return kInt32;
    case ParquetType::kInteger:
    case ParquetType::kInstant:
      break;
  }
  return kInt64;
}

// What a value means beyond its physical type, in the old form and in the new.
void write_meaning(ThriftWriter& out, ParquetType type) {
  constexpr int kConvertedType = 6;
  constexpr int kLogicalType = 10;
  const auto logical = [&](int kind, const auto& fields) {
    out.structure(kLogicalType, [&] { out.structure(kind, fields); });
  };
  const auto nothing = [] {};
  if (type == ParquetType::kText) {
    out.i32(kConvertedType, kUtf8);
    logical(1, nothing);
  } else if (type == ParquetType::kDate) {
    out.i32(kConvertedType, kDay);
    logical(6, nothing);
  } else if (type == ParquetType::kInstant) {
    out.i32(kConvertedType, kMicros);
    logical(8, [&] {
      out.boolean(1, true);  // is UTC
      out.structure(2, [&] { out.structure(2, nothing); });
    });
  }
}

void write_schema(ThriftWriter& out, std::span<const ParquetColumn> columns) {
  constexpr std::int32_t kOptional = 1;
  out.list_of_structures(2, columns.size() + 1);
  out.element([&] {
    out.binary(4, "schema");
    out.i32(5, static_cast<std::int32_t>(columns.size()));
  });
  for (const ParquetColumn& column : columns) {
    out.element([&] {
      out.i32(1, physical_type(column.type));
      out.i32(3, kOptional);
      out.binary(4, column.name);
      write_meaning(out, column.type);
    });
  }
}

void write_range(ThriftWriter& out, const ParquetChunk& chunk) {
  out.structure(12, [&] {
    out.i64(3, static_cast<std::int64_t>(chunk.absent));
    if (!chunk.has_range) return;
    out.binary(5, chunk.greatest);
    out.binary(6, chunk.least);
  });
}

void write_chunk(ThriftWriter& out, const ParquetColumn& column, const ParquetChunk& chunk,
                 std::uint64_t begin) {
  const bool has_dictionary = chunk.dictionary_bytes > 0;
  out.element([&] {
    out.i64(2, 0);  // deprecated, must be there
    out.structure(3, [&] {
      out.i32(1, physical_type(column.type));
      out.list_of_i32(2, has_dictionary ? 3 : 2);
      out.i32_element(static_cast<std::int32_t>(ParquetEncoding::kPlain));
      out.i32_element(static_cast<std::int32_t>(ParquetEncoding::kRle));
      if (has_dictionary) out.i32_element(static_cast<std::int32_t>(ParquetEncoding::kDictionary));
      out.list_of_binary(3, 1);
      out.binary_element(column.name);
      out.i32(4, static_cast<std::int32_t>(chunk.codec));
      out.i64(5, static_cast<std::int64_t>(chunk.values));
      out.i64(6, static_cast<std::int64_t>(chunk.uncompressed_bytes));
      out.i64(7, static_cast<std::int64_t>(chunk.bytes));
      out.i64(9, static_cast<std::int64_t>(begin + chunk.dictionary_bytes));
      if (has_dictionary) out.i64(11, static_cast<std::int64_t>(begin));
      write_range(out, chunk);
    });
  });
}

}  // namespace

void write_page_header(const ParquetPage& page, std::string& out) {
  constexpr std::int32_t kDataPage = 0;
  constexpr std::int32_t kDictionaryPage = 2;
  out.clear();
  ThriftWriter writer(out);
  writer.element([&] {
    writer.i32(1, page.is_dictionary ? kDictionaryPage : kDataPage);
    writer.i32(2, static_cast<std::int32_t>(page.uncompressed_bytes));
    writer.i32(3, static_cast<std::int32_t>(page.bytes));
    writer.structure(page.is_dictionary ? 7 : 5, [&] {
      writer.i32(1, static_cast<std::int32_t>(page.values));
      writer.i32(2, static_cast<std::int32_t>(page.encoding));
      if (page.is_dictionary) return;
      writer.i32(3, static_cast<std::int32_t>(ParquetEncoding::kRle));
      writer.i32(4, static_cast<std::int32_t>(ParquetEncoding::kRle));
    });
  });
}

std::string parquet_footer(std::span<const ParquetColumn> columns,
                           std::span<const ParquetRowGroup> groups) {
  std::uint64_t rows = 0;
  std::size_t shown = 0;  // groups without rows take place in the file, and nobody looks there
  for (const ParquetRowGroup& group : groups) {
    rows += group.rows;
    if (group.rows > 0) ++shown;
  }
  std::string footer;
  ThriftWriter out(footer);
  std::uint64_t at = kParquetMagic.size();
  out.element([&] {
    out.i32(1, 1);
    write_schema(out, columns);
    out.i64(3, static_cast<std::int64_t>(rows));
    out.list_of_structures(4, shown);
    for (const ParquetRowGroup& group : groups) {
      if (group.rows == 0) {
        for (const ParquetChunk& chunk : group.chunks) at += chunk.bytes;
        continue;
      }
      out.element([&] {
        std::uint64_t bytes = 0;
        out.list_of_structures(1, columns.size());
        for (std::size_t c = 0; c < columns.size(); ++c) {
          write_chunk(out, columns[c], group.chunks[c], at);
          at += group.chunks[c].bytes;
          bytes += group.chunks[c].uncompressed_bytes;
        }
        out.i64(2, static_cast<std::int64_t>(bytes));
        out.i64(3, static_cast<std::int64_t>(group.rows));
      });
    }
    out.binary(6, "pursuit");
    // Least and greatest values are in the order of the types.
    out.list_of_structures(7, columns.size());
    for (std::size_t c = 0; c < columns.size(); ++c) out.element([&] { out.structure(1, [] {}); });
  });
  const auto size = static_cast<std::uint32_t>(footer.size());
  for (unsigned byte = 0; byte < 4; ++byte)
    footer += static_cast<char>((size >> (8 * byte)) & 0xFF);
  footer += kParquetMagic;
  return footer;
}

}  // namespace pursuit::exporting
