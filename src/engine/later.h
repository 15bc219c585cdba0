// engine/later.h: Later: leads with an event that is not visible yet, by its instant. One writer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace pursuit::engine {

class Later {
 public:
  struct Entry {
    base::Millis at_ms;
    base::LeadId lead;
  };
  void clear() { heap_.clear(); }
  void add(base::Millis at_ms, base::LeadId lead) {
    heap_.push_back({at_ms, lead});
    std::push_heap(heap_.begin(), heap_.end(), latest_first);
  }
  /// Adds many at once.
  void add(const std::vector<Entry>& entries) {
    heap_.insert(heap_.end(), entries.begin(), entries.end());
    std::make_heap(heap_.begin(), heap_.end(), latest_first);
  }
  /// Takes out the leads with an event at or before `as_of_ms`, each once.
  [[nodiscard]] std::vector<base::LeadId> take(base::Millis as_of_ms) {
    std::vector<base::LeadId> due;
    while (!heap_.empty() && heap_.front().at_ms <= as_of_ms) {
      due.push_back(heap_.front().lead);
      std::pop_heap(heap_.begin(), heap_.end(), latest_first);
      heap_.pop_back();
    }
    std::sort(due.begin(), due.end());
    due.erase(std::unique(due.begin(), due.end()), due.end());
    return due;
  }
  [[nodiscard]] std::size_t memory_bytes() const { return heap_.capacity() * sizeof(Entry); }

 private:
  static bool latest_first(const Entry& a, const Entry& b) { return a.at_ms > b.at_ms; }
  std::vector<Entry> heap_;
};

}  // namespace pursuit::engine
