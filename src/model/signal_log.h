// model/signal_log.h: values of the optional score components (engagement, assessment, propensity)
// and snoozes over time. Sparse: most leads have none. One writer; reads from any thread while
// nobody writes.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace pursuit::model {

class SignalLog {
 public:
  /// `component` is a model::Component from kEngagement on; `value` in [0, 1]. The same (lead,
  /// component, instant) twice keeps the larger value, so that the order of arrival means nothing.
  void add(base::LeadId lead, std::uint8_t component, base::Millis at_ms, double value);
  /// The value last set at or before `as_of_ms`; 0 when none was.
  [[nodiscard]] double value(base::LeadId lead, std::uint8_t component,
                             base::Millis as_of_ms) const;
  /// From `at_ms` on the lead waits until `until_ms`. The last one counts; of two at the same
  /// instant the longer.
  void snooze(base::LeadId lead, base::Millis at_ms, base::Millis until_ms);
  /// Until when a lead waits that waits at `as_of_ms`; base::kNoInstant if it does not.
  [[nodiscard]] base::Millis snoozed_until(base::LeadId lead, base::Millis as_of_ms) const;
  /// As if nothing had been said of the lead.
  void forget(base::LeadId lead);
  [[nodiscard]] bool empty() const { return by_lead_.empty(); }
  [[nodiscard]] bool no_snoozes() const { return snoozes_.empty(); }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Entry {
    base::Millis at_ms;
    double value;
    std::uint8_t component;
  };
  // each sorted by component, then instant
  std::unordered_map<std::uint32_t, std::vector<Entry>> by_lead_;
  struct Snooze {
    base::Millis at_ms;
    base::Millis until_ms;
  };
  std::unordered_map<std::uint32_t, std::vector<Snooze>> snoozes_;  // each sorted by instant
};

}  // namespace pursuit::model
