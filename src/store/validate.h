// store/validate.h: what cannot be kept. Pure functions, any thread.
#pragma once

#include <string>

#include "model/entry.h"

namespace pursuit::store {

/// Why an entry cannot be kept; empty when it can. Texts must be UTF-8 without NUL (PostgreSQL
/// takes no other) and within base/limits.h, instants within base/time.h, numbers finite.
[[nodiscard]] std::string why_invalid(const model::Entry& entry);

}  // namespace pursuit::store
