#include "service/replays.h"

#include <algorithm>
#include <utility>

namespace pursuit::service {

base::Result<std::shared_ptr<const engine::Engine>> Replays::at(base::Millis as_of_ms) {
  std::promise<Made> promise;
  std::shared_future<Made> made;
  bool mine = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(entries_, as_of_ms, &Entry::as_of_ms);
    if (found != entries_.end()) {
      entries_.splice(entries_.begin(), entries_, found);
      made = found->made;
    } else {
      mine = true;
      made = promise.get_future().share();
      entries_.push_front({.as_of_ms = as_of_ms, .made = made});
      if (entries_.size() > capacity_) entries_.pop_back();
    }
  }
  if (mine) {
    promise.set_value(make(as_of_ms));
    if (!made.get()) {
      const std::lock_guard lock(mutex_);
      std::erase_if(entries_, [&](const Entry& e) { return e.as_of_ms == as_of_ms; });
    }
  }
  return made.get();
}

Replays::Made Replays::make(base::Millis as_of_ms) const {
  std::unique_ptr<engine::Engine> copy;
  {
    const LiveEngine::View view = live_.read();
    if (as_of_ms > view->as_of_ms()) {
      return base::fail(base::ErrorCode::kUsage,
                        "is later than the present: " + base::format_instant(view->as_of_ms()),
                        "as_of");
    }
    copy = view->clone();
  }
  if (auto refreshed = copy->refresh(as_of_ms); !refreshed)
    return std::unexpected(refreshed.error());
  return std::shared_ptr<const engine::Engine>(std::move(copy));
}

void Replays::note(const Update& update) {
  if (update.earliest_ms == base::kNoInstant) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const Entry& e) {
    return update.leads_moved || e.as_of_ms >= update.earliest_ms;
  });
}

std::size_t Replays::kept() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void Replays::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
}

}  // namespace pursuit::service
