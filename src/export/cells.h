// export/cells.h: a row of a result table, cell by cell, whatever the file's format. Plain
// interfaces; an object belongs to one thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace pursuit::exporting {

/// Takes the cells of a row in the order of the columns.
class Cells {
 public:
  Cells() = default;
  Cells(const Cells&) = delete;
  Cells& operator=(const Cells&) = delete;
  virtual ~Cells() = default;

  /// `value` must stay where it is until the file is written.
  virtual Cells& text(std::string_view value) = 0;
  virtual Cells& count(std::uint64_t value) = 0;
  /// Absent where `value` is NaN.
  virtual Cells& number(double value) = 0;
  virtual Cells& flag(bool value) = 0;
  /// Absent where `at_ms` is base::kNoInstant.
  virtual Cells& instant(base::Millis at_ms) = 0;
  /// A day number.
  virtual Cells& date(std::int64_t day) = 0;
  virtual Cells& absent() = 0;
};

}  // namespace pursuit::exporting
