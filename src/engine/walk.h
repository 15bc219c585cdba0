// engine/walk.h: a lead's events into visits, the one place that knows what an event does to a lead
// (semantics.md, "Funnel"). Pure functions, any thread.
#pragma once

#include <cstdint>
#include <span>

#include "base/time.h"
#include "engine/figures.h"
#include "model/event.h"

namespace pursuit::engine {

inline constexpr model::StageCode kNoStage = 0xFD;  // before the first stage event

/// Where a lead stands when its visible events have been walked.
struct WalkEnd {
  model::StageCode stage = kNoStage;           // open, won or lost
  std::uint32_t entered_index = 0;             // position of the event that entered it
  base::Millis entered_ms = base::kNoInstant;  // into `stage`: the closing instant if closed
  base::Millis first_ms = base::kNoInstant;    // first stage event
  base::Millis last_activity_ms = base::kNoInstant;
  base::Millis created_ms = base::kNoInstant;  // created_at, where it is visible
  std::uint32_t visible = 0;                   // events up to the instant
  std::uint8_t furthest = 0;                   // 1 + the latest open stage visited; 0: none
  bool ever_won = false;
};

/// Kind of a visit to open stage `from` that ended by an event of stage `to`.
[[nodiscard]] constexpr VisitKind kind_of(model::StageCode from, model::StageCode to,
                                          model::StageCode lost_code) {
  if (to == lost_code) return VisitKind::kLost;
  return to > from ? VisitKind::kAdvance : VisitKind::kRegress;
}

/// What one more event, not earlier than those before, does to a lead that stands at `end`: calls
/// `closed(stage, entered_ms, left_ms, kind, index)` if it ends a visit; `index` is the position of
/// the event that opened it.
template <class Closed>
void step(WalkEnd& end, model::Event event, std::uint32_t position, model::StageCode open_stages,
          Closed&& closed) {
  const base::Millis at_ms = event.at_ms();
  model::StageCode code = event.code();
  if (code >= model::kCreatedCode) {
    if (code == model::kActivityCode) {
      end.last_activity_ms = at_ms;
      return;
    }
    end.created_ms = at_ms;
    // created_at is an event of the first stage unless a stage event was earlier or as early; at
    // one instant stage events sort first. Else it is nothing, not even activity.
    if (end.stage != kNoStage) return;
    code = 0;
  }
  end.last_activity_ms = at_ms;
  if (code == end.stage) return;  // a repeat is activity only
  if (end.stage == kNoStage) {
    end.first_ms = at_ms;
  } else if (end.stage < open_stages) {
    const auto lost = static_cast<model::StageCode>(open_stages + 1);
    closed(end.stage, end.entered_ms, at_ms, kind_of(end.stage, code, lost), end.entered_index);
  }
  end.stage = code;
  end.entered_index = position;
  end.entered_ms = at_ms;
  if (code < open_stages) {
    if (code >= end.furthest) end.furthest = static_cast<std::uint8_t>(code + 1);
  } else if (code == open_stages) {
    end.ever_won = true;
  }
}

/// Walks `events` (sorted, distinct) as far as they are visible at `as_of_ms`, step by step. The
/// open visit, if any, is the caller's: WalkEnd.
template <class Closed>
WalkEnd walk(std::span<const model::Event> events, base::Millis as_of_ms,
             model::StageCode open_stages, Closed&& closed) {
  WalkEnd end;
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    if (events[i].at_ms() > as_of_ms) break;
    end.visible = i + 1;
    step(end, events[i], i, open_stages, closed);
  }
  return end;
}

}  // namespace pursuit::engine
