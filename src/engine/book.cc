#include "engine/book.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/assert.h"
#include "base/limits.h"

namespace pursuit::engine {

namespace {

using model::Event;

constexpr std::uint32_t kCountMask = (1u << 30) - 1;  // a lead has at most that many events
constexpr std::uint32_t kSpareMask = 3;
constexpr std::uint32_t kSmallestRoom = 4;  // events, of a lead that was moved

/// Sorts a lead's few events and drops exact duplicates; returns how many are left.
std::uint32_t sort_unique(Event* first, std::uint32_t count) {
  constexpr std::uint32_t kInsertionBelow = 24;
  if (count > kInsertionBelow) {
    std::sort(first, first + count);
  } else {
    for (std::uint32_t i = 1; i < count; ++i) {
      const Event value = first[i];
      std::uint32_t j = i;
      for (; j > 0 && value < first[j - 1]; --j) first[j] = first[j - 1];
      first[j] = value;
    }
  }
  return static_cast<std::uint32_t>(std::unique(first, first + count) - first);
}

}  // namespace

std::uint32_t Book::spare_for(std::span<const Event> events) const {
  constexpr std::uint32_t kSpare = 2;
  if (events.empty()) return 0;
  const model::StageCode last = events.back().code();
  const bool is_closed = last >= open_stages_ && last < model::kCreatedCode;
  return is_closed ? 0 : kSpare;
}

void Book::load(std::uint32_t lead_count, model::EventScatter& events, base::ThreadPool& pool) {
  PURSUIT_ASSERT(spans_.empty());
  spans_.resize(lead_count);
  standing_.resize(lead_count);
  // Room for the most that can come; memory is touched, and so taken, only as far as it is used.
  const std::uint64_t most = events.event_count() + 2 * std::uint64_t{lead_count};
  PURSUIT_ASSERT(most <= base::kMaxEvents);
  arena_.resize(most);
  std::atomic<std::uint64_t> arena_end = 0;
  pool.parallel_for(events.partition_count(), [&](std::size_t p, unsigned) {
    load_partition(static_cast<std::uint32_t>(p), events, arena_end);
  });
  arena_.resize(arena_end);
  tight_end_ = static_cast<std::uint32_t>(arena_end);
  for (const Span& s : spans_.span()) {
    event_count_ += s.count;
    if (s.count > 0) earliest_ms_ = std::min(earliest_ms_, arena_[s.begin].at_ms());
  }
}

void Book::load_partition(std::uint32_t p, model::EventScatter& events,
                          std::atomic<std::uint64_t>& arena_end) {
  const std::uint32_t first_lead = p << model::EventScatter::kLeadsPerPartitionLog2;
  const std::uint32_t last_lead =
      std::min(lead_count(), first_lead + (1u << model::EventScatter::kLeadsPerPartitionLog2));
  const auto blocks = events.partition(p);
  std::vector<std::uint32_t> next(last_lead - first_lead + 1, 0);
  for (const auto& block : blocks) {
    for (const model::LeadEvent& e : block) ++next[e.lead - first_lead + 1];
  }
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<Event> grouped(next.back());
  for (const auto& block : blocks) {
    for (const model::LeadEvent& e : block) grouped[next[e.lead - first_lead]++] = Event{e.packed};
  }
  events.release(p);

  // Now next[i] is the end of lead i's events.
  std::uint64_t taken = 0;
  std::uint32_t begin = 0;
  for (std::uint32_t i = 0; i < last_lead - first_lead; ++i) {
    Event* first = grouped.data() + begin;
    Span& s = spans_[first_lead + i];
    s.count = sort_unique(first, next[i] - begin) & kCountMask;
    s.spare = spare_for({first, s.count}) & kSpareMask;
    taken += s.count + s.spare;
    standing_[first_lead + i] = Standing{};
    begin = next[i];
  }
  auto to = static_cast<std::uint32_t>(arena_end.fetch_add(taken));
  begin = 0;
  for (std::uint32_t i = 0; i < last_lead - first_lead; ++i) {
    Span& s = spans_[first_lead + i];
    std::copy_n(grouped.data() + begin, s.count, arena_.data() + to);
    s.begin = to;
    to += s.count + s.spare;
    begin = next[i];
  }
}

base::LeadId Book::add_lead() {
  PURSUIT_ASSERT(spans_.size() < base::kMaxLeads);
  const auto lead = static_cast<std::uint32_t>(spans_.size());
  spans_.push_back({.begin = tight_end_, .count = 0, .spare = 0});
  standing_.push_back(Standing{});
  return {lead};
}

std::uint32_t Book::capacity(Span s) const {
  if (s.begin < tight_end_ || s.count == 0) return s.count + s.spare;
  // A span that was moved to the end has room up to the next power of two.
  return std::max(kSmallestRoom, std::bit_ceil(std::uint32_t{s.count}));
}

std::uint32_t Book::room_for_more(Span s) {
  return std::max(kSmallestRoom, std::bit_ceil(s.count + std::uint32_t{1}));
}

Book::Inserting::Inserting(Book& book, std::uint64_t slots)
    : book_(book),
      room_end_(std::min<std::uint64_t>(book.arena_.size() + slots, base::kMaxEvents)),
      end_(book.arena_.size()) {
  book.arena_.reserve(room_end_);
}

Book::Inserting::~Inserting() { book_.arena_.resize(end_); }

bool Book::Inserting::move_to_end(base::LeadId lead, Part& part) {
  Span& s = book_.spans_[lead.v];
  const std::uint32_t room = room_for_more(s);
  std::uint64_t begin = end_.load(std::memory_order_relaxed);
  do {
    if (begin + room > room_end_) return false;
  } while (!end_.compare_exchange_weak(begin, begin + room, std::memory_order_relaxed));
  std::copy_n(book_.arena_.data() + s.begin, s.count, book_.arena_.data() + begin);
  part.holes += book_.capacity(s);
  s.begin = static_cast<std::uint32_t>(begin);
  s.spare = 0;
  return true;
}

Book::Inserted Book::Inserting::insert(base::LeadId lead, Event event, Part& part) {
  Span& s = book_.spans_[lead.v];
  const Event* first = book_.arena_.data() + s.begin;
  std::uint32_t at = s.count;  // from the back: most events are the newest of their lead
  while (at > 0 && event < first[at - 1]) --at;
  if (at > 0 && first[at - 1] == event) return Inserted::kNot;
  if (s.count == book_.capacity(s) && !move_to_end(lead, part)) return Inserted::kNoRoom;
  const Inserted where = at == s.count ? Inserted::kLast : Inserted::kBetween;
  Event* events = book_.arena_.data() + s.begin;
  std::copy_backward(events + at, events + s.count, events + s.count + 1);
  events[at] = event;
  ++s.count;
  if (s.spare > 0) --s.spare;
  ++part.events;
  part.earliest_ms = std::min(part.earliest_ms, event.at_ms());
  return where;
}

void Book::Inserting::add(const Part& part) {
  book_.event_count_ += part.events;
  book_.holes_ += part.holes;
  book_.earliest_ms_ = std::min(book_.earliest_ms_, part.earliest_ms);
}

Book::Inserted Book::insert(base::LeadId lead, Event event) {
  Inserting alone(*this, room_for_more(spans_[lead.v]));
  Inserting::Part part;
  const Inserted where = alone.insert(lead, event, part);
  PURSUIT_ASSERT(where != Inserted::kNoRoom);
  alone.add(part);
  return where;
}

bool Book::replace_created(base::LeadId lead, base::Millis created_ms) {
  const Event wanted = Event::make(created_ms, model::kCreatedCode);
  Span& s = spans_[lead.v];
  Event* events = arena_.data() + s.begin;
  for (std::uint32_t i = 0; i < s.count; ++i) {
    if (events[i].code() != model::kCreatedCode) continue;
    if (events[i] == wanted) return false;
    // Rotated into place: the span keeps its length, and so its room.
    events[i] = wanted;
    std::sort(events, events + s.count);
    earliest_ms_ = std::min(earliest_ms_, created_ms);
    return true;
  }
  return insert(lead, wanted) != Inserted::kNot;
}

void Book::replace_events(base::LeadId lead, std::vector<Event> events) {
  std::ranges::sort(events);
  const auto again = std::ranges::unique(events);
  events.erase(again.begin(), again.end());
  Span& s = spans_[lead.v];
  event_count_ -= s.count;
  holes_ += capacity(s);
  // An empty span at the end has no room: the first event takes a new one.
  s = {.begin = static_cast<std::uint32_t>(arena_.size()), .count = 0, .spare = 0};
  for (const Event event : events) insert(lead, event);
}

void Book::compact(std::span<const std::uint32_t> order) {
  if (holes_ * 4 <= arena_.size()) return;
  base::HugeArray<Event> packed(event_count_ + 2 * std::uint64_t{lead_count()});
  std::uint32_t begin = 0;
  for (const std::uint32_t lead : order) {
    Span& s = spans_[lead];
    std::copy_n(arena_.data() + s.begin, s.count, packed.data() + begin);
    s.begin = begin;
    s.spare = spare_for({packed.data() + begin, s.count}) & kSpareMask;
    begin += s.count + s.spare;
  }
  packed.resize(begin);
  arena_ = std::move(packed);
  tight_end_ = begin;
  holes_ = 0;
}

std::size_t Book::memory_bytes() const {
  return arena_.memory_bytes() + spans_.memory_bytes() + standing_.memory_bytes();
}

}  // namespace pursuit::engine
