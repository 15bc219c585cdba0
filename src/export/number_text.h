// export/number_text.h: numbers and instants as text, many millions of them. Functions: any thread;
// an InstantText belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace pursuit::exporting {

/// Room that write_double and write_uint want at `out`; they may write beyond the end that they
/// return, but not beyond this.
inline constexpr std::size_t kNumberRoom = 48;

/// Writes the shortest decimal that reads back as `value` (of several, the nearest), '.' as the
/// point, and returns its end. Plain notation from 2^-8 to 2^52, else as std::to_chars. `value`
/// must be finite.
char* write_double(double value, char* out);

/// Writes `value` in decimal and returns its end.
char* write_uint(std::uint64_t value, char* out);

/// Writes instants as base::write_instant does; the texts of days seen before are kept.
class InstantText {
 public:
  /// Room that write() wants at `out`.
  static constexpr std::size_t kRoom = 32;
  static constexpr std::size_t kLength = 24;

  InstantText();

  /// Writes `2026-06-01T00:00:00.000Z` and returns its end.
  char* write(base::Millis at_ms, char* out);

 private:
  struct Day {
    std::int32_t day;
    std::array<char, 12> text;  // "2026-06-01T" and one to spare
  };
  void learn(Day& slot, std::int64_t day);

  std::vector<Day> days_;  // direct mapped: eleven years before two days share a slot
};

}  // namespace pursuit::exporting
