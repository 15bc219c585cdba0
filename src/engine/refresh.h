// engine/refresh.h: the passes of a refresh, each over all leads on all threads. Used by engine.cc
// only.
#pragma once

#include "base/error.h"
#include "base/time.h"
#include "engine/state.h"

namespace pursuit::engine {

/// First pass: durations of the look-back into samples, counts per channel; then thresholds and
/// channel strength.
[[nodiscard]] base::Result<void> refresh_baseline(Engine::State& state);

/// Second pass, dealer by dealer: loads, relaxation, SLA judgements, standings, ranks and the
/// counts of the funnel.
void refresh_leads(Engine::State& state);

}  // namespace pursuit::engine
