// engine/book.h: Book: what happened to every lead, as one arena of events, and where each lead
// stands, as a column. One writer; reads from any thread while nobody writes.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/huge_array.h"
#include "base/ids.h"
#include "base/parallel.h"
#include "base/prefetch.h"
#include "engine/figures.h"
#include "model/event.h"
#include "model/event_scatter.h"

namespace pursuit::engine {

/// Where a lead stands at T; 32 bytes, what queues and results read. `rank` is as of the last
/// refresh.
struct Standing {
  base::Millis entered_ms = base::kNoInstant;
  base::Millis last_activity_ms = base::kNoInstant;
  double score = kAbsent;  // open leads only
  std::uint32_t rank = 0;
  model::StageCode stage = 0;
  LeadState state : 2 = LeadState::kUnseen;
  model::Tier tier : 2 = model::Tier::kCold;
  bool expired : 1 = false;
  bool dormant : 1 = false;
  bool stale : 1 = false;   // changed since the last refresh: cached visit judgements do not hold
  bool listed : 1 = false;  // among the open leads of its pair
  bool snoozed : 1 = false;
};
static_assert(sizeof(Standing) == 32);

class Book {
 public:
  /// A book for a funnel with so many open stages.
  explicit Book(std::size_t open_stages) : open_stages_(open_stages) {}

  [[nodiscard]] Book copy() const { return *this; }
  Book(Book&&) = default;
  Book& operator=(Book&&) = default;
  ~Book() = default;

  /// Fills an empty book with `lead_count` leads and their events: sorted, exact duplicates once.
  void load(std::uint32_t lead_count, model::EventScatter& events, base::ThreadPool& pool);

  /// Adds a lead without events, at the end.
  base::LeadId add_lead();
  enum class Inserted : std::uint8_t { kNot, kLast, kBetween, kNoRoom };
  class Inserting;
  /// Puts an event where it belongs: after all others of the lead, between them, or not, when it
  /// was there already. There is always room.
  Inserted insert(base::LeadId lead, model::Event event);
  /// Takes the lead's created_at away and puts another in its place; false when it is the same.
  bool replace_created(base::LeadId lead, base::Millis created_ms);

  /// Puts other events in the place of a lead's own.
  void replace_events(base::LeadId lead, std::vector<model::Event> events);

  /// As if no lead had been looked at.
  void forget_standings() { std::ranges::fill(standing_.span(), Standing{}); }

  [[nodiscard]] std::uint32_t lead_count() const {
    return static_cast<std::uint32_t>(spans_.size());
  }
  [[nodiscard]] std::uint64_t event_count() const { return event_count_; }
  [[nodiscard]] std::span<const model::Event> events(base::LeadId lead) const {
    const Span s = spans_[lead.v];
    return {arena_.data() + s.begin, s.count};
  }
  /// Instant of a lead's first event later than `as_of_ms`; nothing when there is none.
  [[nodiscard]] std::optional<base::Millis> next_after(base::LeadId lead,
                                                       base::Millis as_of_ms) const {
    const auto own = events(lead);
    if (own.empty() || own.back().at_ms() <= as_of_ms) return std::nullopt;
    return std::ranges::upper_bound(own, as_of_ms, {}, &model::Event::at_ms)->at_ms();
  }
  /// Position of a lead's first event in the arena; per-event columns are parallel to it.
  [[nodiscard]] std::uint32_t first_slot(base::LeadId lead) const { return spans_[lead.v].begin; }
  [[nodiscard]] std::size_t slots() const { return arena_.size(); }

  [[nodiscard]] Standing& standing(base::LeadId lead) { return standing_[lead.v]; }
  [[nodiscard]] const Standing& standing(base::LeadId lead) const { return standing_[lead.v]; }

  void prefetch_span(base::LeadId lead) const { base::prefetch(&spans_[lead.v]); }
  void prefetch_standing(base::LeadId lead) const { base::prefetch(&standing_[lead.v]); }
  /// To be called once prefetch_span had time to work.
  void prefetch_events(base::LeadId lead) const {
    const Span s = spans_[lead.v];
    base::prefetch(arena_.data() + s.begin);
    base::prefetch(arena_.data() + s.begin + s.count);  // where the next one goes
  }
  /// The same where only the last events matter.
  void prefetch_last_events(base::LeadId lead) const {
    const model::Event* const end = arena_.data() + spans_[lead.v].begin + spans_[lead.v].count;
    base::prefetch(end - 1);
    base::prefetch(end);
  }

  /// Instant of the earliest event; base::kMaxInstantMs when there is none.
  [[nodiscard]] base::Millis earliest_ms() const { return earliest_ms_; }

  /// Closes the holes that moved leads left, if they are worth it, in the order of `order`.
  void compact(std::span<const std::uint32_t> order);

  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  Book(const Book&) = default;  // large: copy() says so
  struct Span {
    std::uint32_t begin = 0;
    std::uint32_t count : 30 = 0;
    std::uint32_t spare : 2 = 0;  // free slots behind, below tight_end_ only
  };
  /// Free slots for a lead with these events, when they are packed: those not closed are sure to
  /// get more.
  [[nodiscard]] std::uint32_t spare_for(std::span<const model::Event> events) const;
  [[nodiscard]] std::uint32_t capacity(Span s) const;
  /// Slots that a lead takes when it is moved to the end.
  [[nodiscard]] static std::uint32_t room_for_more(Span s);
  void load_partition(std::uint32_t p, model::EventScatter& events,
                      std::atomic<std::uint64_t>& arena_end);

  std::size_t open_stages_;
  base::HugeArray<model::Event> arena_;
  base::HugeArray<Span> spans_;
  base::HugeArray<Standing> standing_;
  std::uint32_t tight_end_ = 0;  // spans that begin below this were packed
  std::uint64_t event_count_ = 0;
  std::uint64_t holes_ = 0;
  base::Millis earliest_ms_ = base::kMaxInstantMs;
};

/// Events going into a book from several threads at once, each into leads of its own. While there
/// is one, the book is touched by it alone.
class Book::Inserting {
 public:
  /// What a thread has changed besides its leads' own rows.
  struct Part {
    std::uint64_t events = 0;
    std::uint64_t holes = 0;
    base::Millis earliest_ms = base::kMaxInstantMs;
  };

  /// With so many slots for leads that have no room of their own left.
  Inserting(Book& book, std::uint64_t slots);
  Inserting(const Inserting&) = delete;
  Inserting& operator=(const Inserting&) = delete;
  ~Inserting();

  /// Book::insert(), but for an event that there is no room for.
  Inserted insert(base::LeadId lead, model::Event event, Part& part);
  /// When the threads are done, for each of their parts.
  void add(const Part& part);

 private:
  [[nodiscard]] bool move_to_end(base::LeadId lead, Part& part);

  Book& book_;
  std::uint64_t room_end_;
  std::atomic<std::uint64_t> end_;
};

}  // namespace pursuit::engine
