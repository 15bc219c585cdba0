// test/property/change_plan.h: a network cut in two: what an engine is loaded with, and changes
// that bring it to the whole network. RapidCheck generator and plain data.
#pragma once

#include <iosfwd>
#include <vector>

#include <rapidcheck.h>

#include "engine/engine.h"
#include "reference/reference_model.h"

namespace pursuit::property {

/// A change with its own texts, since model::Change only views them.
struct OwnedChange {
  model::ChangeKind kind = model::ChangeKind::kEvent;
  std::string lead_id;
  model::StageCode code = 0;
  std::uint8_t component = 0;
  base::Millis at_ms = 0;
  double value = 0;
  std::array<std::string, model::kDimensions> dims;

  /// Valid as long as this object stays where it is.
  [[nodiscard]] model::Change view() const;
};

struct ChangePlan {
  reference::Input base;             // some leads, some with other dimensions, some of the events
  reference::Input whole;            // base with every change applied
  std::vector<OwnedChange> changes;  // a lead's own change comes before those that need it
  std::uint64_t seed = 0;            // of what is left to chance when the plan is carried out
};

[[nodiscard]] rc::Gen<ChangePlan> any_change_plan();

/// Applies changes [begin, end) of the plan in batches of random sizes; all must be accepted.
void apply_in_batches(engine::Engine& engine, const ChangePlan& plan, std::size_t begin,
                      std::size_t end, std::uint64_t seed);

/// The same changes in another order that keeps a lead's own change before those that need it.
[[nodiscard]] std::vector<OwnedChange> reordered(const std::vector<OwnedChange>& changes,
                                                 std::uint64_t seed);

// NOLINTNEXTLINE(readability-identifier-naming): the name RapidCheck looks for
void showValue(const ChangePlan& plan, std::ostream& out);

}  // namespace pursuit::property
