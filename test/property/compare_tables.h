// test/property/compare_tables.h: what differs between two sets of result tables, in words. Pure
// functions, any thread.
#pragma once

#include <string>

#include "property/engine_tables.h"

namespace pursuit::property {

/// An engine's tables against the reference model's: counts and names exactly, numbers to 1e-12,
/// rows in the same order. Ranks are left out: they hang on the last bit of a score.
[[nodiscard]] std::string differences_from_reference(const Tables& actual,
                                                     const reference::Output& expected);

/// Two engines' tables, every bit and the order of rows.
[[nodiscard]] std::string differences_in_bits(const Tables& actual, const Tables& expected);

/// Whether a score is so close to a cut-off that rounding decides its tier.
[[nodiscard]] bool hangs_on_rounding(const reference::Output& out, const model::Policy& policy);

}  // namespace pursuit::property
