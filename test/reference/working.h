// test/reference/working.h: working time by walking the local dates of a span, block by block. Pure
// functions, any thread.
#pragma once

#include <string>

#include "base/time.h"
#include "model/policy.h"

namespace pursuit::reference {

/// The calendar of a region (semantics.md, "Time"): its own, else that of "*", else none.
[[nodiscard]] const model::Calendar* calendar_of(const model::Policy& policy,
                                                 const std::string& region);

/// Duration of [from, to) for a lead of `region`: elapsed, or open time where the policy says so.
[[nodiscard]] base::Millis duration_ms(const model::Policy& policy, const std::string& region,
                                       base::Millis from_ms, base::Millis to_ms);

/// The first millisecond t in (from, until] at which duration(from, t) > `passed_ms`; kNoInstant
/// when there is none.
[[nodiscard]] base::Millis instant_passed(const model::Policy& policy, const std::string& region,
                                          base::Millis from_ms, double passed_ms,
                                          base::Millis until_ms);

}  // namespace pursuit::reference
