// ingest/gzip.h: inflates gzip data that are wholly in memory. Pure function, any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/huge_vector.h"

namespace pursuit::ingest {

struct GzipLimits {
  std::uint64_t max_bytes;      // of the result
  std::uint64_t max_inflation;  // result over input, held against what is more than a megabyte
};

[[nodiscard]] constexpr bool is_gzip(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

/// All members, one after the other; zero bytes may follow the last (padding). Damaged, cut off or
/// followed by anything else is kInvalidInput, over a limit kLimit; the error has no place yet.
[[nodiscard]] base::Result<base::PageVector<char>> inflate_gzip(std::string_view bytes,
                                                                const GzipLimits& limits);

}  // namespace pursuit::ingest
