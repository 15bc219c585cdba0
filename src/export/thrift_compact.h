// export/thrift_compact.h: structures in Thrift's compact protocol, the form of Parquet's metadata.
// Writes only. Belongs to one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pursuit::exporting {

/// Fields must be written in the order of their numbers.
class ThriftWriter {
 public:
  explicit ThriftWriter(std::string& out) : out_(out) {}

  void boolean(int field, bool value) { begin_field(field, value ? kTrue : kFalse); }
  void i32(int field, std::int32_t value) {
    begin_field(field, kI32);
    varint(zigzag(value));
  }
  void i64(int field, std::int64_t value) {
    begin_field(field, kI64);
    varint(zigzag(value));
  }
  void binary(int field, std::string_view value) {
    begin_field(field, kBinary);
    bytes(value);
  }
  /// A structure as a field: `fields()` writes its own.
  template <class Fields>
  void structure(int field, Fields&& fields) {
    begin_field(field, kStruct);
    element(fields);
  }
  /// A structure by itself, or as an element of a list.
  template <class Fields>
  void element(Fields&& fields) {
    const int before = last_;
    last_ = 0;
    fields();
    out_ += '\0';
    last_ = before;
  }
  /// The elements are then written by element(), i32_element() or binary_element().
  void list_of_structures(int field, std::size_t size) { list(field, size, kStruct); }
  void list_of_i32(int field, std::size_t size) { list(field, size, kI32); }
  void list_of_binary(int field, std::size_t size) { list(field, size, kBinary); }
  void i32_element(std::int32_t value) { varint(zigzag(value)); }
  void binary_element(std::string_view value) { bytes(value); }

 private:
  enum Type : std::uint8_t {
    kTrue = 1,
    kFalse = 2,
    kI32 = 5,
    kI64 = 6,
    kBinary = 8,
    kList = 9,
    kStruct = 12
  };

  static std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  void bytes(std::string_view value) {
    varint(value.size());
    out_ += value;
  }
  // No structure here has gaps of more than 15 between its fields.
  void begin_field(int field, Type type) {
    out_ += static_cast<char>((field - last_) << 4 | type);
    last_ = field;
  }
  void list(int field, std::size_t size, Type type) {
    begin_field(field, kList);
    if (size < 15) {
      out_ += static_cast<char>(size << 4 | type);
    } else {
      out_ += static_cast<char>(0xF0 | type);
      varint(size);
    }
  }

  std::string& out_;
  int last_ = 0;  // field of the structure at hand
};

}  // namespace pursuit::exporting
