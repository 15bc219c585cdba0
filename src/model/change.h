// model/change.h: what ingest hands to the engine, one change at a time. Views into memory of the
// caller; plain data.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "model/dimension.h"
#include "model/event.h"
#include "model/lead_history.h"

namespace pursuit::model {

enum class ChangeKind : std::uint8_t {
  kLead,      // a new lead, or new dimensions of a known one
  kEvent,     // a stage event, or an outcome: `code` is the stage
  kActivity,  // a signal, touch or note without a value
  kSignal,    // activity that also sets an optional component of the score to `value`
  kSnooze,    // from `at_ms` on the lead waits until `until_ms`; no activity
  kReplace,   // everything of a known lead anew: dimensions and `history`
};

struct Change {
  ChangeKind kind = ChangeKind::kEvent;
  StageCode code = 0;          // kEvent: 0 … lost
  std::uint8_t component = 0;  // kSignal: a model::Component from kEngagement on
  std::string_view lead_id;
  base::Millis at_ms = 0;                                     // kLead: created_at
  base::Millis until_ms = 0;                                  // kSnooze
  double value = 0;                                           // kSignal: in [0, 1]
  std::array<std::string_view, kDimensions> dimensions = {};  // kLead, kReplace, by Dimension
  const LeadHistory* history = nullptr;                       // kReplace
};

}  // namespace pursuit::model
