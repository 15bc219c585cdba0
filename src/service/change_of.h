// service/change_of.h: what a stored row means to the engine. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/change.h"
#include "model/entry.h"
#include "model/policy.h"
#include "store/records.h"

namespace pursuit::service {

/// The component of the score that a kind of signal sets, if any.
[[nodiscard]] std::optional<std::uint8_t> component_of(std::string_view signal_kind);

/// The change that an entry makes to the engine; nothing for a cost. The views are into `row` and
/// `state`. `state` is the lead as it is after a lead row, else null. A stage that the policy does
/// not name counts as activity, as it does when the store is loaded.
[[nodiscard]] std::optional<model::Change> change_of(const model::Row& row,
                                                     const store::LeadState* state,
                                                     const model::FunnelPolicy& funnel);

}  // namespace pursuit::service
