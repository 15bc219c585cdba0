// Events of a batch on all threads. Two events get into each other's way only where their leads are
// of one dealer: it has the load and the list of open leads that both move.
#include "engine/apply_shared.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace pursuit::engine {

namespace {

using base::LeadId;
using model::Change;
using model::ChangeKind;

constexpr std::size_t kFetched = 64;  // looked up together, as their memory comes together
// How far ahead of the event at hand the memory of others is asked for, in two steps.
constexpr std::size_t kRowsAhead = 24;
constexpr std::size_t kBehindRowsAhead = 12;
constexpr std::size_t kLooksPerTask = 128;
constexpr std::size_t kShares = std::size_t{1} << Profiles::kSharesLog2;
constexpr std::uint8_t kInOrder = 0xFF;    // instead of a share
constexpr std::size_t kRoomPerEvent = 16;  // slots, for leads that have no room of their own left

/// What a change says, short.
struct Entry {
  model::Event event;
  LeadId lead;
  std::uint8_t share;
};
/// An entry in its share.
struct Dealt {
  model::Event event;
  LeadId lead;
  std::uint32_t position;  // of its change
};

class SharedEvents {
 public:
  SharedEvents(Engine::State& state, std::span<const Change> changes)
      : state_(state), changes_(changes), entries_(changes.size()) {}

  SharedReport apply() {
    look_up();
    keep_leads_in_order();
    deal();
    SharedReport report = apply_shares();
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].share == kInOrder) report.in_order.push_back(i);
    }
    return report;
  }

 private:
  /// Finds every lead, and the share that each change can be done in.
  void look_up() {
    state_.pool.parallel_ranges(
        changes_.size(), kLooksPerTask, [&](std::size_t begin, std::size_t end, unsigned) {
          for (std::size_t i = begin; i < end; i += kFetched) {
            const std::size_t count = std::min(kFetched, end - i);
            look_up_some(changes_.subspan(i, count), std::span(entries_).subspan(i, count));
          }
        });
  }

  void look_up_some(std::span<const Change> changes, std::span<Entry> entries) const {
    std::array<std::string_view, kFetched> ids;
    std::array<LeadId, kFetched> leads;
    const std::size_t count = changes.size();
    for (std::size_t i = 0; i < count; ++i) ids[i] = changes[i].lead_id;
    state_.leads.find_batch(std::span(ids).first(count), std::span(leads).first(count));
    for (std::size_t i = 0; i < count; ++i) {
      if (leads[i] != base::kNoLead) state_.leads.prefetch_profile(leads[i]);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const bool is_shared = leads[i] != base::kNoLead && touches_no_other(changes[i]);
      entries[i] = {
          .event = event_of(changes[i]),
          .lead = leads[i],
          .share = is_shared ? state_.profiles.share(state_.leads.profile(leads[i])) : kInOrder};
    }
  }

  [[nodiscard]] bool touches_no_other(const Change& change) const {
    return (change.kind == ChangeKind::kEvent || change.kind == ChangeKind::kActivity) &&
           state_.may_share(change.at_ms);
  }

  /// Of a lead that has a change to be done in order, all are.
  void keep_leads_in_order() {
    std::vector<std::uint32_t> leads;
    for (const Entry& entry : entries_) {
      if (entry.share == kInOrder && entry.lead != base::kNoLead) leads.push_back(entry.lead.v);
    }
    if (leads.empty()) return;
    std::ranges::sort(leads);
    for (Entry& entry : entries_) {
      if (std::ranges::binary_search(leads, entry.lead.v)) entry.share = kInOrder;
    }
  }

  /// One share after the other, each in the order of the batch.
  void deal() {
    for (const Entry& entry : entries_) {
      if (entry.share != kInOrder) ++end_[entry.share + 1u];
    }
    std::partial_sum(end_.begin(), end_.end(), end_.begin());
    dealt_.resize(end_.back());
    std::array<std::uint32_t, kShares + 1> next = end_;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
      const Entry& e = entries_[i];
      if (e.share != kInOrder) dealt_[next[e.share]++] = {e.event, e.lead, i};
    }
  }

  SharedReport apply_shares() {
    Book::Inserting inserting(state_.book, kRoomPerEvent * dealt_.size());
    std::array<Share, kShares> shares;
    state_.pool.parallel_for(kShares, [&](std::size_t i, unsigned) {
      apply_share(std::span(dealt_).subspan(end_[i], end_[i + 1] - end_[i]), inserting, shares[i]);
    });
    SharedReport report;
    for (const Share& share : shares) {
      inserting.add(share.inserted);
      report.applied += share.inserted.events;
      report.repeated += share.repeated;
    }
    return report;
  }

  struct Share {
    Book::Inserting::Part inserted;
    std::uint64_t repeated = 0;
  };

  void apply_share(std::span<const Dealt> events, Book::Inserting& inserting, Share& share) {
    const std::size_t n = events.size();
    for (std::size_t i = 0; i < std::min(kRowsAhead, n); ++i) fetch_row(state_, events[i].lead);
    for (std::size_t i = 0; i < std::min(kBehindRowsAhead, n); ++i) {
      fetch_behind_row(state_, events[i].lead);
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (i + kRowsAhead < n) fetch_row(state_, events[i + kRowsAhead].lead);
      if (i + kBehindRowsAhead < n) fetch_behind_row(state_, events[i + kBehindRowsAhead].lead);
      apply_one(events[i], inserting, share);
    }
  }

  void apply_one(const Dealt& e, Book::Inserting& inserting, Share& share) {
    const Book::Inserted where = inserting.insert(e.lead, e.event, share.inserted);
    if (where == Book::Inserted::kNoRoom) {
      // Nor is there for what the lead has to come: room only gets less.
      entries_[e.position].share = kInOrder;
    } else if (where == Book::Inserted::kNot) {
      ++share.repeated;
    } else {
      state_.take_event(e.lead, e.event, where);
    }
  }

  Engine::State& state_;
  std::span<const Change> changes_;
  std::vector<Entry> entries_;                    // by change
  std::vector<Dealt> dealt_;                      // by share
  std::array<std::uint32_t, kShares + 1> end_{};  // of each share in dealt_, after 0
};

}  // namespace

SharedReport apply_shared(Engine::State& state, std::span<const Change> changes) {
  return SharedEvents(state, changes).apply();
}

}  // namespace pursuit::engine
