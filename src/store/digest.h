// store/digest.h: what tells whether a row that comes again is the same. Pure functions, any
// thread.
#pragma once

#include <cstdint>

#include "model/entry.h"

namespace pursuit::store {

/// The first 64 bits of the SHA-256 of all fields, each with its length. Only ever held against the
/// digest under the same key, so 64 bits are plenty; SHA, so that nobody can aim at one.
[[nodiscard]] std::int64_t digest_of(const model::Row& row);

}  // namespace pursuit::store
