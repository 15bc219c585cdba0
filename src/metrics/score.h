// metrics/score.h: the score of an open lead, its contributions and its tier (semantics.md, "Score
// and tier"). Pure functions, any thread.
#pragma once

#include <array>
#include <cmath>

#include "model/policy.h"

namespace pursuit::metrics {

using Components = std::array<double, model::kComponents>;  // each in [0, 1], by model::Component

/// Recency decay at ρ = time since the last activity / threshold: (1 + e^(−k m)) / (1 + e^(k (ρ −
/// m))): 1 when fresh, about ½ at the threshold, then towards 0. `rho` >= 0, may be infinite.
/// `scale` is recency_scale(k, m).
[[nodiscard]] inline double recency(double rho, double k, double m, double scale) {
  return scale / (1.0 + std::exp(k * (rho - m)));
}
/// What makes recency 1 at ρ = 0: 1 + e^(−k m).
[[nodiscard]] inline double recency_scale(double k, double m) { return 1.0 + std::exp(-k * m); }

/// ρ of a lead; a window of 0 is over at the first moment.
[[nodiscard]] inline double rho(double idle_ms, double window_ms) {
  if (idle_ms <= 0) return 0.0;
  return idle_ms / window_ms;
}

/// 100 w c / Σ w per component.
[[nodiscard]] inline Components contributions(const Components& components,
                                              const model::Weights& weights) {
  double total = 0;
  for (const double w : weights) total += w;
  Components out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (weights[i] > 0) out[i] = 100.0 * weights[i] * components[i] / total;
  }
  return out;
}

/// The score is the sum of its contributions, added in the order of model::Component.
[[nodiscard]] inline double score_of(const Components& contributions) {
  double score = 0;
  for (const double c : contributions) score += c;
  return score;
}

/// Tier of an unrounded score.
[[nodiscard]] inline model::Tier tier_of(double score, const model::TierPolicy& cutoffs) {
  if (score >= cutoffs.hot) return model::Tier::kHot;
  return score >= cutoffs.warm ? model::Tier::kWarm : model::Tier::kCold;
}

}  // namespace pursuit::metrics
