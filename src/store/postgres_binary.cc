#include "store/postgres_binary.h"

#include <bit>
#include <concepts>
#include <cstring>

#include "store/failure.h"

namespace pursuit::store::binary {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSignature = "PGCOPY\n\377\r\n\0"sv;
constexpr std::string_view kHeader = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"sv;

// The numbers of the types in pg_type.
std::uint32_t oid_of(Type type) {
  switch (type) {
    case Type::kInt:
      return 20;
    case Type::kReal:
      return 701;
    case Type::kText:
      break;
  }
  return 25;
}

/// Network order; this program runs where it is not the machine's own.
template <std::unsigned_integral T>
void put(std::string& out, T value) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<unsigned char>(value >> shift));
  }
}

void put_cell(std::string& out, const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
    put(out, std::uint32_t{8});
    put(out, static_cast<std::uint64_t>(*whole));
  } else if (const auto* real = std::get_if<double>(&cell)) {
    put(out, std::uint32_t{8});
    put(out, std::bit_cast<std::uint64_t>(*real));
  } else if (const auto* text = std::get_if<std::string_view>(&cell)) {
    put(out, static_cast<std::uint32_t>(text->size()));
    out += *text;
  } else {
    put(out, UINT32_MAX);  // −1: NULL
  }
}

template <std::unsigned_integral T>
T get(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return std::byteswap(value);
}

/// Takes bytes from the front.
std::string_view take(std::string_view& from, std::size_t count) {
  if (from.size() < count) throw DatabaseError(Fault::kOther, "COPY sent part of a row");
  const std::string_view part = from.substr(0, count);
  from.remove_prefix(count);
  return part;
}

template <std::unsigned_integral T>
T take(std::string_view& from) {
  return get<T>(take(from, sizeof(T)).data());
}

/// Of numbers, in the width that the column has.
void check_width(std::string_view bytes, std::size_t width) {
  if (bytes.size() != width) throw DatabaseError(Fault::kOther, "a number of another width came");
}

}  // namespace

void write_array(std::string& out, const Cells& rows, std::size_t column, Type type) {
  bool has_null = false;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    has_null |= std::holds_alternative<std::monostate>(rows.row(i)[column]);
  }
  put(out, std::uint32_t{1});  // dimensions
  put(out, std::uint32_t{has_null});
  put(out, oid_of(type));
  put(out, static_cast<std::uint32_t>(rows.rows()));
  put(out, std::uint32_t{1});  // first index
  for (std::size_t i = 0; i < rows.rows(); ++i) put_cell(out, rows.row(i)[column]);
}

std::string_view copy_header() { return kHeader; }
std::string_view copy_trailer() { return "\377\377"sv; }

void write_row(std::string& out, std::span<const Cell> row) {
  put(out, static_cast<std::uint16_t>(row.size()));
  for (const Cell& cell : row) put_cell(out, cell);
}

Cell read_value(std::string_view bytes, Type type) {
  switch (type) {
    case Type::kInt:
      if (bytes.size() == 4) {
        return std::int64_t{static_cast<std::int32_t>(get<std::uint32_t>(bytes.data()))};
      }
      check_width(bytes, 8);
      return static_cast<std::int64_t>(get<std::uint64_t>(bytes.data()));
    case Type::kReal:
      check_width(bytes, 8);
      return std::bit_cast<double>(get<std::uint64_t>(bytes.data()));
    case Type::kText:
      break;
  }
  return bytes;
}

void CopyReader::read(std::string_view message, Cells& rows) {
  if (!begun_) {
    if (!message.starts_with(kSignature)) throw DatabaseError(Fault::kOther, "COPY sent no header");
    take(message, kSignature.size() + 4);
    take(message, take<std::uint32_t>(message));  // an extension of the header: none is known
    begun_ = true;
  }
  while (!message.empty()) {
    const auto fields = take<std::uint16_t>(message);
    if (fields == 0xffff) return;
    if (fields != types_.size()) throw DatabaseError(Fault::kOther, "COPY sent other columns");
    for (const Type type : types_) {
      const auto size = take<std::uint32_t>(message);
      if (size == UINT32_MAX) {
        rows.push({});
      } else {
        rows.push(read_value(take(message, size), type));
      }
    }
  }
}

}  // namespace pursuit::store::binary
