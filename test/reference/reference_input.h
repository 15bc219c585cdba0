// test/reference/reference_input.h: a golden set as the reference model reads it. Pure functions,
// any thread.
#pragma once

#include "base/error.h"
#include "golden/golden_sets.h"
#include "reference/reference_model.h"

namespace pursuit::reference {

[[nodiscard]] base::Result<Input> read_input(const golden::GoldenSet& set);

}  // namespace pursuit::reference
