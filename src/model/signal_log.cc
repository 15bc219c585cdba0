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

std::size_t SignalLog::memory_bytes() const {
  constexpr std::size_t kNodeBytes = 16;  // what a hash table adds to an element: next and hash
  std::size_t bytes = by_lead_.bucket_count() * sizeof(void*);
  for (const auto& [lead, entries] : by_lead_) {
    bytes += sizeof(std::pair<const std::uint32_t, std::vector<Entry>>) + kNodeBytes +
             entries.capacity() * sizeof(Entry);
  }
  return bytes;
}

}  // namespace pursuit::model
