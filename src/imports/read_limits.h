// imports/read_limits.h: what reading one file of an import may unpack to. Plain data, any thread.
#pragma once

#include <cstdint>

namespace pursuit::imports {

/// Over one of them the file is refused with kLimit, at the latest when that much was unpacked.
struct ReadLimits {
  std::uint64_t unpacked_bytes = 2ull << 30;  // of a whole file; text is in memory as a whole
  std::uint64_t part_bytes = 1ull << 30;      // of one row group of a Parquet file
};

}  // namespace pursuit::imports
