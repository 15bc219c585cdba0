// engine/aggregate.h: what a reader asks of many leads at once, and the answers: turnaround by
// stage, dimension and week, and how many leads have what. Plain data, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "engine/figures.h"
#include "engine/query.h"
#include "engine/walk.h"
#include "model/dimension.h"
#include "model/event.h"

namespace pursuit::engine {

/// "No week": of an open visit, or where cells are not by week.
inline constexpr std::int32_t kNoWeek = INT32_MIN;

/// What a cell has one value of.
struct TatGrouping {
  bool stage = false;
  bool week = false;                                 // in which a visit was left
  std::array<bool, model::kDimensions> dimension{};  // by model::Dimension

  TatGrouping& with(model::Dimension d) {
    dimension[model::index_of(d)] = true;
    return *this;
  }
};

/// Visits of the leads of a filter: the closed ones left in [from, to), and the open ones.
struct TatQuery {
  LeadFilter filter;               // of leads as they stand at T
  AnyOf<model::StageCode> stages;  // of the visits
  AnyOf<VisitKind> kinds;          // kAdvance alone: the sample of thresholds
  AnyOf<Category> categories;      // against the SLA
  base::Millis from_ms = base::kMinInstantMs;
  base::Millis to_ms = base::kMaxInstantMs;
  TatGrouping by;
};

/// One cell of the answer.
struct TatCell {
  model::StageCode stage = kNoStage;                    // kNoStage when cells are not by stage
  std::int32_t week = kNoWeek;                          // day number of its Monday (UTC)
  std::array<std::uint32_t, model::kDimensions> codes;  // kNoCode when cells are not by it
  std::uint64_t n = 0;                                  // closed visits
  double median_ms = kAbsent;  // of them, as semantics.md has percentiles ("P90 thresholds")
  double p90_ms = kAbsent;
  double mean_ms = kAbsent;
  std::uint64_t on_time = 0;   // closed visits
  std::uint64_t delayed = 0;   // visits, open ones included, as is
  std::uint64_t critical = 0;  // this
  std::uint64_t judged = 0;    // visits with an SLA that are closed, or open and over it
  std::uint64_t open = 0;      // open visits
  std::uint64_t leads = 0;     // with a visit counted here
  std::uint64_t expired = 0;   // of them, those over their threshold
  /// Share on time of those judged; kAbsent where none was.
  [[nodiscard]] double compliance() const {
    return judged == 0 ? kAbsent : static_cast<double>(on_time) / static_cast<double>(judged);
  }
};

/// How many leads of a filter have what.
struct Facets {
  std::uint64_t leads = 0;
  std::array<std::uint64_t, 3> states{};    // by LeadState: open, won, lost
  std::array<std::uint64_t, 3> tiers{};     // open leads, by model::Tier
  std::array<std::uint64_t, 3> statuses{};  // open leads, by LeadStatus; may overlap
  std::vector<std::uint64_t> stages;        // by stage code, won and lost included
  std::array<std::vector<std::uint64_t>, model::kDimensions> dimensions;  // by code
};

/// A page of a list of leads in the order of the book, which holds as long as the engine lives.
struct LeadPage {
  base::LeadId after = base::kNoLead;  // kNoLead: from the first
  std::size_t limit = 100;
};

}  // namespace pursuit::engine
