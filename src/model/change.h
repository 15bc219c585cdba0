// model/change.h: what ingest hands to the engine, one change at a time. Views into memory of the
// caller; plain data.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "model/dimension.h"
#include "model/event.h"

namespace pursuit::model {

enum class ChangeKind : std::uint8_t {
  kLead,      // a new lead, or new dimensions of a known one
  kEvent,     // a stage event, or an outcome: `code` is the stage
  kActivity,  // a signal, touch or note without a value
  kSignal,    // activity that also sets an optional component of the score to `value`
};

struct Change {
  ChangeKind kind = ChangeKind::kEvent;
  StageCode code = 0;          // kEvent: 0 … lost
  std::uint8_t component = 0;  // kSignal: a model::Component from kEngagement on
  std::string_view lead_id;
  base::Millis at_ms = 0;                                     // kLead: created_at
  double value = 0;                                           // kSignal: in [0, 1]
  std::array<std::string_view, kDimensions> dimensions = {};  // kLead, by Dimension
};

}  // namespace pursuit::model
