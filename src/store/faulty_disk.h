// store/faulty_disk.h: a SQLite file system whose writes fail on command; all else is the real one.
// Tests only: it becomes the default of the process. Any thread.
#pragma once

#include <cstdint>

namespace pursuit::store {

enum class DiskFault : std::uint8_t { kFull, kWrite, kSync };

class FaultyDisk {
 public:
  /// Makes it the file system of what is opened from now on.
  static void install();
  /// From the `after`th write (kSync: sync) on, counted from 0, each fails until repair().
  static void break_down(DiskFault fault, int after);
  /// Returns whether anything failed since break_down().
  static bool repair();
};

}  // namespace pursuit::store
