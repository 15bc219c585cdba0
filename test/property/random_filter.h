// test/property/random_filter.h: random filters for an engine's leads, and whether a lead passes
// one, told from its figures. RapidCheck; pure functions, any thread.
#pragma once

#include "engine/engine.h"

namespace pursuit::property {

/// A filter that often leaves some leads and drops some; to be called while a case is generated.
[[nodiscard]] engine::LeadFilter any_filter(const engine::Engine& engine);

/// Whether a visible lead passes, by the plain meaning of engine/query.h.
[[nodiscard]] bool passes(const engine::Engine& engine, const engine::LeadFilter& filter,
                          base::LeadId lead);

/// Code of one of the seven dimensions of a lead.
[[nodiscard]] std::uint32_t code_of(const engine::Engine& engine, base::LeadId lead,
                                    model::Dimension d);

}  // namespace pursuit::property
