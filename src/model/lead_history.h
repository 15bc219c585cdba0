// model/lead_history.h: everything that happened to one lead, for putting it in the place of what
// was known before. Plain data, any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "model/event.h"

namespace pursuit::model {

struct LeadHistory {
  struct Value {
    std::uint8_t component = 0;  // a model::Component from kEngagement on
    base::Millis at_ms = 0;
    double value = 0;
  };
  struct Snooze {
    base::Millis at_ms = 0;
    base::Millis until_ms = 0;
  };

  /// In any order; created_at is one of them. None at all: as if the lead had never been.
  std::vector<Event> events;
  std::vector<Value> values;
  std::vector<Snooze> snoozes;
};

}  // namespace pursuit::model
