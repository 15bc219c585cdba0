// store/postgres_binary.h: PostgreSQL's binary forms of values: arrays as parameters, rows of COPY.
// Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/cells.h"

namespace pursuit::store::binary {

/// Appends one column of `rows` as an array parameter.
void write_array(std::string& out, const Cells& rows, std::size_t column, Type type);

/// What COPY … (FORMAT binary) begins and ends with.
[[nodiscard]] std::string_view copy_header();
[[nodiscard]] std::string_view copy_trailer();
/// Appends one row of it.
void write_row(std::string& out, std::span<const Cell> row);

/// A value from its bytes; `bytes` stays where a text looks.
[[nodiscard]] Cell read_value(std::string_view bytes, Type type);

/// Reads COPY's messages, each of which holds whole rows. Throws DatabaseError on other bytes.
class CopyReader {
 public:
  explicit CopyReader(std::span<const Type> types) : types_(types) {}
  /// Adds the rows of `message`, which must stay where it is as long as they are used.
  void read(std::string_view message, Cells& rows);

 private:
  std::span<const Type> types_;
  bool begun_ = false;
};

}  // namespace pursuit::store::binary
