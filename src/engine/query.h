// engine/query.h: which leads a reader asks for, and in what order. Plain data, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "engine/figures.h"
#include "model/dimension.h"
#include "model/event.h"
#include "model/policy.h"

namespace pursuit::engine {

/// What is wanted of something: any of a list. Nothing: all of it; an empty list: none of it.
template <class T>
using AnyOf = std::optional<std::vector<T>>;

/// What an open lead is: at least one of these. Expired and dormant may hold at once; active is
/// neither.
enum class LeadStatus : std::uint8_t { kActive, kExpired, kDormant };

/// Leads that every part holds for. Codes are of the lead table's dictionaries.
struct LeadFilter {
  std::array<AnyOf<std::uint32_t>, model::kDimensions> codes;  // by model::Dimension
  AnyOf<LeadState> states;
  AnyOf<model::StageCode> stages;  // where a lead stands; a closed one in its terminal stage
  AnyOf<model::Tier> tiers;        // of open leads: named, a closed lead does not pass
  AnyOf<LeadStatus> statuses;      // likewise

  /// Wants one value of a dimension.
  LeadFilter& only(model::Dimension d, std::uint32_t code) {
    codes[model::index_of(d)] = std::vector{code};
    return *this;
  }
};

/// What a queue is sorted by.
enum class QueueKey : std::uint8_t {
  kScore,
  kTimeLeft,      // threshold − time in stage, ms; below 0 once expired, endless without threshold
  kTimeInStage,   // ms, working time where the policy says so
  kEntered,       // instant of entry into the stage
  kLastActivity,  // instant
};

/// By the key, then oldest entry into the stage, then lead id: by default the order of a queue of
/// semantics.md ("Score and tier").
struct QueueOrder {
  QueueKey key = QueueKey::kScore;
  bool descending = true;
};

/// A place in a queue: where a lead stood when it was shown. Still means the same place when the
/// lead has moved on.
struct QueueCursor {
  double key = 0;  // of the queue's order; infinite for endless time
  base::Millis entered_ms = 0;
  base::LeadId lead;
};

/// Open leads, sorted.
struct QueueQuery {
  LeadFilter filter;
  QueueOrder order;
  std::optional<QueueCursor> after;  // only what comes later in the order
  std::size_t limit = 100;
};

}  // namespace pursuit::engine
