#include "engine/book.h"

#include <algorithm>
#include <bit>
#include <mutex>

#include "base/assert.h"
#include "base/limits.h"

namespace pursuit::engine {

namespace {

using model::Event;

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

void Book::load(std::uint32_t lead_count, model::EventScatter& events, base::ThreadPool& pool) {
  PURSUIT_ASSERT(spans_.empty());
  spans_.resize(lead_count);
  standing_.resize(lead_count);
  const std::uint32_t partitions = events.partition_count();
  std::vector<std::uint64_t> base(std::size_t{partitions} + 1, 0);
  for (std::uint32_t p = 0; p < partitions; ++p) {
    std::uint64_t count = 0;
    for (const auto& block : events.partition(p)) count += block.size();
    base[p + 1] = base[p] + count;
  }
  PURSUIT_ASSERT(base[partitions] <= base::kMaxEvents);
  arena_.resize(base[partitions]);

  std::mutex totals;
  pool.parallel_for(partitions, [&](std::size_t task, unsigned) {
    const auto p = static_cast<std::uint32_t>(task);
    const std::uint32_t first_lead = p << model::EventScatter::kLeadsPerPartitionLog2;
    const std::uint32_t last_lead =
        std::min(lead_count, first_lead + (1u << model::EventScatter::kLeadsPerPartitionLog2));
    const auto blocks = events.partition(p);
    std::vector<std::uint32_t> next(last_lead - first_lead, 0);
    for (const auto& block : blocks) {
      for (const model::LeadEvent& e : block) ++next[e.lead - first_lead];
    }
    auto begin = static_cast<std::uint32_t>(base[p]);
    for (std::uint32_t lead = first_lead; lead < last_lead; ++lead) {
      std::uint32_t& slot = next[lead - first_lead];
      spans_[lead] = {begin, slot};
      slot = begin;
      begin += spans_[lead].count;
    }
    for (const auto& block : blocks) {
      for (const model::LeadEvent& e : block) {
        arena_[next[e.lead - first_lead]++] = Event{e.packed};
      }
    }
    std::uint64_t kept = 0;
    base::Millis earliest_ms = base::kMaxInstantMs;
    for (std::uint32_t lead = first_lead; lead < last_lead; ++lead) {
      Span& s = spans_[lead];
      s.count = sort_unique(arena_.data() + s.begin, s.count);
      kept += s.count;
      if (s.count > 0) earliest_ms = std::min(earliest_ms, arena_[s.begin].at_ms());
      standing_[lead] = Standing{};
    }
    events.release(p);
    const std::lock_guard lock(totals);
    event_count_ += kept;
    earliest_ms_ = std::min(earliest_ms_, earliest_ms);
  });
  tight_end_ = static_cast<std::uint32_t>(arena_.size());
  holes_ = arena_.size() - event_count_;
}

base::LeadId Book::add_lead() {
  PURSUIT_ASSERT(spans_.size() < base::kMaxLeads);
  const auto lead = static_cast<std::uint32_t>(spans_.size());
  spans_.push_back({tight_end_, 0});
  standing_.push_back(Standing{});
  return {lead};
}

std::uint32_t Book::capacity(Span s) const {
  // A span that was moved to the end has room up to the next power of two.
  if (s.begin < tight_end_ || s.count == 0) return s.count;
  return std::max(kSmallestRoom, std::bit_ceil(s.count));
}

void Book::move_to_end(base::LeadId lead) {
  const Span s = spans_[lead.v];
  const std::size_t begin = arena_.size();
  const std::uint32_t room = std::max(kSmallestRoom, std::bit_ceil(s.count + 1));
  PURSUIT_ASSERT(begin + room <= base::kMaxEvents);
  arena_.resize(begin + room);
  std::copy_n(arena_.data() + s.begin, s.count, arena_.data() + begin);
  holes_ += capacity(s);
  spans_[lead.v].begin = static_cast<std::uint32_t>(begin);
}

bool Book::insert(base::LeadId lead, Event event) {
  Span s = spans_[lead.v];
  const Event* first = arena_.data() + s.begin;
  std::uint32_t at = s.count;  // from the back: most events are the newest of their lead
  while (at > 0 && event < first[at - 1]) --at;
  if (at > 0 && first[at - 1] == event) return false;
  if (s.count == capacity(s)) {
    move_to_end(lead);
    s = spans_[lead.v];
  }
  Event* events = arena_.data() + s.begin;
  std::copy_backward(events + at, events + s.count, events + s.count + 1);
  events[at] = event;
  ++spans_[lead.v].count;
  ++event_count_;
  earliest_ms_ = std::min(earliest_ms_, event.at_ms());
  return true;
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
  return insert(lead, wanted);
}

void Book::compact(std::span<const std::uint32_t> order) {
  if (holes_ * 4 <= arena_.size()) return;
  base::HugeArray<Event> packed(event_count_);
  std::uint32_t begin = 0;
  for (const std::uint32_t lead : order) {
    Span& s = spans_[lead];
    std::copy_n(arena_.data() + s.begin, s.count, packed.data() + begin);
    s.begin = begin;
    begin += s.count;
  }
  arena_ = std::move(packed);
  tight_end_ = begin;
  holes_ = 0;
}

std::size_t Book::memory_bytes() const {
  return arena_.memory_bytes() + spans_.memory_bytes() + standing_.memory_bytes();
}

}  // namespace pursuit::engine
