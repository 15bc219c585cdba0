// engine/apply_shared.h: the part of a batch of changes that all threads can apply at once. Used by
// apply.cc only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/state.h"
#include "model/change.h"

namespace pursuit::engine {

/// The event of a change that is one, activity included.
[[nodiscard]] inline model::Event event_of(const model::Change& change) {
  const bool is_stage = change.kind == model::ChangeKind::kEvent;
  return model::Event::make(change.at_ms, is_stage ? change.code : model::kActivityCode);
}

/// Asks for what an event of a lead will touch, in two steps: the second needs what the first
/// brings.
inline void fetch_row(const Engine::State& s, base::LeadId lead) {
  s.book.prefetch_span(lead);
  s.book.prefetch_standing(lead);
  s.leads.prefetch_profile(lead);
}
inline void fetch_behind_row(const Engine::State& s, base::LeadId lead) {
  s.book.prefetch_last_events(lead);
  s.profiles.prefetch(s.leads.profile(lead));
}

struct SharedReport {
  std::uint64_t applied = 0;
  std::uint64_t repeated = 0;
  /// Positions of the changes that are still to be applied, one after the other in this order.
  std::vector<std::uint32_t> in_order;
};

/// Applies those changes that touch nothing but a lead that is known, its pair and its dealer:
/// events and activities up to the as-of instant. A lead with any other change in the batch is left
/// for later with all of its changes, so that those of one lead stay in their order; between leads
/// order means nothing.
[[nodiscard]] SharedReport apply_shared(Engine::State& state,
                                        std::span<const model::Change> changes);

}  // namespace pursuit::engine
