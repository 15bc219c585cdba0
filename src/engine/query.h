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

/// What an open lead is: at least one of the first three, of which expired and dormant may hold at
/// once and active is neither; and overdue, whatever else it is, while its visit is over the SLA.
enum class LeadStatus : std::uint8_t { kActive, kExpired, kDormant, kOverdue };

/// A part of the network: leads of any of these regions, dealer groups and dealers, or of all with
/// `anywhere`; and of these, those of the owners. Codes are of the lead table's dictionaries.
struct LeadScope {
  bool anywhere = false;
  std::vector<std::uint32_t> regions, dealer_groups, dealers;
  AnyOf<std::uint32_t> owners;
};

/// What to do with leads that wait (kSnooze of model/change.h). Hidden are those that wait, but for
/// a hot one that is expired: it is shown whoever put it off.
enum class Snoozed : std::uint8_t { kShow, kHide, kOnly };

/// Leads that every part holds for. Codes are of the lead table's dictionaries.
struct LeadFilter {
  std::array<AnyOf<std::uint32_t>, model::kDimensions> codes;  // by model::Dimension
  AnyOf<LeadState> states;
  AnyOf<model::StageCode> stages;  // where a lead stands; a closed one in its terminal stage
  AnyOf<model::Tier> tiers;        // of open leads: named, a closed lead does not pass
  AnyOf<LeadStatus> statuses;      // likewise
  std::optional<LeadScope> scope;  // nothing: the whole network
  Snoozed snoozed = Snoozed::kShow;
  // Who was in this stage or a later one, or was ever won; of the won stage: was ever won. As the
  // funnel counts those that reached it.
  std::optional<model::StageCode> reached;
  std::optional<base::Millis> closed_after_ms;   // closed later than this
  std::optional<base::Millis> created_after_ms;  // has a created_at, later than this

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
