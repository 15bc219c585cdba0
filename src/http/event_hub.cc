#include "http/event_hub.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace pursuit::http {
namespace {

// Events looked at under one hold of the lock; the filter runs outside it.
constexpr std::size_t kBatch = 64;

std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
  return line;
}

// A line break within the data would end the field: each line is a field of its own.
void append_data(std::string_view data, std::string& frame) {
  for (std::size_t begin = 0;;) {
    const std::size_t end = data.find_first_of("\r\n", begin);
    frame += "data: ";
    frame += data.substr(begin, end == std::string_view::npos ? end : end - begin);
    frame += '\n';
    if (end == std::string_view::npos) return;
    begin = end + (data.substr(end, 2) == "\r\n" ? 2 : 1);
  }
}

}  // namespace

EventHub::EventHub(Options options) : options_(std::move(options)) {}

std::string EventHub::id_of(std::uint64_t number) const {
  return fmt::format("{}-{}", options_.epoch, number);
}

std::optional<std::uint64_t> EventHub::number_of(std::string_view id) const {
  const std::size_t dash = id.rfind('-');
  if (dash == std::string_view::npos || id.substr(0, dash) != options_.epoch) return std::nullopt;
  const char* const end = id.data() + id.size();
  std::uint64_t number = 0;
  const auto read = std::from_chars(id.data() + dash + 1, end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

std::uint64_t EventHub::publish(std::string_view name, std::string_view data,
                                std::vector<NameValue> labels) {
  auto event = std::make_shared<Event>();
  event->name = one_line(name);
  event->labels = std::move(labels);
  std::string rest = fmt::format("event: {}\n", event->name);
  append_data(data, rest);
  rest += '\n';

  const std::lock_guard lock(mutex_);
  if (closed_) return 0;
  event->number = next_number_++;
  event->frame = fmt::format("id: {}\n{}", id_of(event->number), rest);
  ring_bytes_ += event->frame.size();
  ring_.push_back(std::move(event));
  while (ring_.size() > options_.max_events ||
         (ring_bytes_ > options_.max_bytes && ring_.size() > 1)) {
    ring_bytes_ -= ring_.front()->frame.size();
    ring_.pop_front();
  }
  wake_all();
  return next_number_ - 1;
}

void EventHub::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  wake_all();
}

void EventHub::wake_all() {
  for (Cursor* cursor : std::exchange(waiting_, {})) cursor->wake_();
}

std::size_t EventHub::kept_events() const {
  const std::lock_guard lock(mutex_);
  return ring_.size();
}

std::size_t EventHub::kept_bytes() const {
  const std::lock_guard lock(mutex_);
  return ring_bytes_;
}

EventHub::Cursor::Cursor(std::shared_ptr<EventHub> hub, EventFilter filter,
                         std::function<void()> wake)
    : hub_(std::move(hub)), filter_(std::move(filter)), wake_(std::move(wake)) {}

EventHub::Cursor::~Cursor() {
  const std::lock_guard lock(hub_->mutex_);
  hub_->waiting_.erase(this);
}

bool EventHub::Cursor::resume(std::string_view id) {
  const auto number = id.empty() ? std::nullopt : hub_->number_of(id);
  const std::lock_guard lock(hub_->mutex_);
  const std::uint64_t end = hub_->next_number_;
  next_ = end;
  if (id.empty()) return true;
  if (!number || *number >= end || *number + 1 < end - hub_->ring_.size()) return false;
  next_ = *number + 1;
  return true;
}

EventHub::Taken EventHub::Cursor::take(std::size_t max_bytes,
                                       std::vector<std::shared_ptr<const Event>>& events) {
  events.clear();
  std::vector<std::shared_ptr<const Event>> batch;
  std::size_t bytes = 0;
  while (events.empty()) {
    batch.clear();
    {
      const std::lock_guard lock(hub_->mutex_);
      const std::uint64_t end = hub_->next_number_;
      const std::uint64_t begin = end - hub_->ring_.size();
      if (next_ < begin) return Taken::kBehind;
      if (next_ == end) {
        if (hub_->closed_) return Taken::kClosed;
        hub_->waiting_.insert(this);
        return Taken::kNone;
      }
      const std::uint64_t stop = std::min<std::uint64_t>(end, next_ + kBatch);
      for (std::uint64_t n = next_; n < stop; ++n) batch.push_back(hub_->ring_[n - begin]);
    }
    for (auto& event : batch) {
      if (bytes >= max_bytes) break;
      next_ = event->number + 1;
      if (filter_ && !filter_(*event)) continue;
      bytes += event->frame.size();
      events.push_back(std::move(event));
    }
  }
  return Taken::kEvents;
}

std::string EventHub::Cursor::position() const {
  const std::lock_guard lock(hub_->mutex_);
  return hub_->id_of(next_ - 1);
}

}  // namespace pursuit::http
