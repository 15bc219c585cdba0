// report/explain.h: everything there is to say about one lead: its visits, what they were held
// against, what its score is made of, when its status changes, and what would make it Hot. Pure
// functions; the engine must not change meanwhile.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "engine/engine.h"
#include "ingest/attributes.h"

namespace pursuit::report {

/// One rung of the segment ladder for the lead's stage (semantics.md, "P90 thresholds").
struct RungStatus {
  std::uint8_t rung;
  std::string segment;  // its values, "UAE / Terra / referral"; "all" for the last
  std::uint32_t n = 0;
  double p90_ms = engine::kAbsent;
  double km_p90_ms = engine::kAbsent;
  bool used = false;
};

/// Something that could happen to the lead now, and what it would score then.
struct Lever {
  std::optional<model::StageCode> stage;  // entering it; nothing: activity in its present stage
  engine::WhatIf after;
};

/// A lead that stands near another in the queue of their dealer.
struct Neighbour {
  base::LeadId lead;
  std::uint32_t rank;
  double score;
};

struct Explanation {
  base::LeadId lead;
  std::vector<std::pair<std::string, std::string>> attributes;  // beyond the dimensions
  engine::LeadFigures figures{};
  std::vector<engine::VisitFigures> visits;
  // The rest of open leads only.
  std::vector<RungStatus> rungs;  // finest first
  engine::ScoreScale scale{};
  engine::StatusTimes times{};
  std::optional<engine::LoadRow> load;  // of its dealer × nameplate
  std::vector<Neighbour> neighbours;    // the lead itself among them
  std::uint64_t queue_length = 0;       // open leads of its dealer
  std::vector<Lever> levers;            // activity, then each later stage
};

inline constexpr std::size_t kNeighboursEachSide = 2;

/// Explains a lead that is visible at the as-of instant.
[[nodiscard]] Explanation explain(const engine::Engine& engine, base::LeadId lead,
                                  const ingest::Attributes& attributes);

/// The explanation as JSON, keys in a fixed order, indented, with a final end of line.
[[nodiscard]] std::string explanation_json(const engine::Engine& engine,
                                           const Explanation& explanation);

/// Ids near to one that is not known, best first, at most three: the same but for letter case, or
/// beginning alike.
[[nodiscard]] std::vector<std::string> similar_ids(const engine::Engine& engine,
                                                   const std::string& id);

}  // namespace pursuit::report
