#include "model/signal_log.h"

#include <algorithm>
#include <tuple>

namespace pursuit::model {

void SignalLog::add(base::LeadId lead, std::uint8_t component, base::Millis at_ms, double value) {
  std::vector<Entry>& entries = by_lead_[lead.v];
  const auto place =
      std::ranges::lower_bound(entries, std::tuple(component, at_ms), {},
                               [](const Entry& e) { return std::tuple(e.component, e.at_ms); });
  if (place != entries.end() && place->component == component && place->at_ms == at_ms) {
    place->value = std::max(place->value, value);
    return;
  }
  entries.insert(place, Entry{.at_ms = at_ms, .value = value, .component = component});
}

double SignalLog::value(base::LeadId lead, std::uint8_t component, base::Millis as_of_ms) const {
  const auto found = by_lead_.find(lead.v);
  if (found == by_lead_.end()) return 0;
  const std::vector<Entry>& entries = found->second;
  const auto after =
      std::ranges::upper_bound(entries, std::tuple(component, as_of_ms), {},
                               [](const Entry& e) { return std::tuple(e.component, e.at_ms); });
  if (after == entries.begin() || std::prev(after)->component != component) return 0;
  return std::prev(after)->value;
}

void SignalLog::snooze(base::LeadId lead, base::Millis at_ms, base::Millis until_ms) {
  std::vector<Snooze>& all = snoozes_[lead.v];
  const auto place = std::ranges::lower_bound(all, at_ms, {}, &Snooze::at_ms);
  if (place != all.end() && place->at_ms == at_ms) {
    place->until_ms = std::max(place->until_ms, until_ms);
    return;
  }
  all.insert(place, Snooze{.at_ms = at_ms, .until_ms = until_ms});
}

base::Millis SignalLog::snoozed_until(base::LeadId lead, base::Millis as_of_ms) const {
  if (snoozes_.empty()) return base::kNoInstant;
  const auto found = snoozes_.find(lead.v);
  if (found == snoozes_.end()) return base::kNoInstant;
  const auto after = std::ranges::upper_bound(found->second, as_of_ms, {}, &Snooze::at_ms);
  if (after == found->second.begin()) return base::kNoInstant;
  const base::Millis until_ms = std::prev(after)->until_ms;
  return until_ms > as_of_ms ? until_ms : base::kNoInstant;
}

void SignalLog::forget(base::LeadId lead) {
  by_lead_.erase(lead.v);
  snoozes_.erase(lead.v);
}

std::size_t SignalLog::memory_bytes() const {
  constexpr std::size_t kNodeBytes = 16;  // what a hash table adds to an element: next and hash
  std::size_t bytes = by_lead_.bucket_count() * sizeof(void*);
  for (const auto& [lead, entries] : by_lead_) {
    bytes += sizeof(std::pair<const std::uint32_t, std::vector<Entry>>) + kNodeBytes +
             entries.capacity() * sizeof(Entry);
  }
  for (const auto& [lead, all] : snoozes_) {
    bytes += sizeof(std::pair<const std::uint32_t, std::vector<Snooze>>) + kNodeBytes +
             all.capacity() * sizeof(Snooze);
  }
  return bytes;
}

}  // namespace pursuit::model
