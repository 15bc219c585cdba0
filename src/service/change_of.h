// service/change_of.h: what a stored row means to the engine. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/change.h"
#include "model/entry.h"
#include "model/lead_history.h"
#include "model/policy.h"
#include "store/records.h"

namespace pursuit::service {

/// The component of the score that a kind of signal sets, if any.
[[nodiscard]] std::optional<std::uint8_t> component_of(std::string_view signal_kind);

/// All that a store knows of one lead.
struct LeadStory {
  store::LeadState state;
  std::vector<store::TimelineItem> items;
};

/// What the engine is to know of it.
[[nodiscard]] model::LeadHistory history_of(const LeadStory& story,
                                            const model::FunnelPolicy& funnel);

/// The change that puts a lead's story in the place of what the engine knew: after something was
/// taken back. The views are into all three.
[[nodiscard]] model::Change replacement_of(std::string_view lead_id, const LeadStory& story,
                                           const model::LeadHistory& history);

/// The change that an entry makes to the engine; nothing for a cost, and for an undo, which is a
/// replacement. The views are into `row` and `state`. `state` is the lead as it is after a lead row
/// or an assignment, else null. A stage that the policy does
/// not name counts as activity, as it does when the store is loaded.
[[nodiscard]] std::optional<model::Change> change_of(const model::Row& row,
                                                     const store::LeadState* state,
                                                     const model::FunnelPolicy& funnel);

}  // namespace pursuit::service
