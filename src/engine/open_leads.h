// engine/open_leads.h: OpenLeads: the open leads of each dealer × nameplate, so that nothing that
// concerns open leads looks at closed ones. One writer (different pairs from different threads);
// reads from any thread while nobody writes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/ids.h"
#include "engine/book.h"

namespace pursuit::engine {

class OpenLeads {
 public:
  /// A place in the queue by score: the higher score first, of equal ones who waits longer.
  struct Head {
    double score = -std::numeric_limits<double>::infinity();
    base::Millis entered_ms = std::numeric_limits<base::Millis>::max();
    [[nodiscard]] bool before(const Head& other) const {
      return score != other.score ? score > other.score : entered_ms < other.entered_ms;
    }
    [[nodiscard]] bool is_none() const { return score == -std::numeric_limits<double>::infinity(); }
  };

  void grow(std::size_t pairs) {
    if (pairs <= of_pair_.size()) return;
    of_pair_.resize(pairs);
    head_.resize(pairs);
  }
  /// Forgets a pair's leads. Their standings are the caller's to mark.
  void clear(base::PairId pair) {
    of_pair_[pair.v].clear();
    head_[pair.v] = {};
  }
  /// Lists an open lead unless it is listed already.
  void add(base::LeadId lead, base::PairId pair, Standing& standing) {
    if (standing.listed) return;
    standing.listed = true;
    of_pair_[pair.v].push_back(lead.v);
  }
  /// Takes a lead that goes to another pair out. One that closes may stay: for_each skips it.
  void remove(base::LeadId lead, base::PairId pair, Standing& standing) {
    if (!standing.listed) return;
    standing.listed = false;
    auto& list = of_pair_[pair.v];
    const auto at = std::find(list.begin(), list.end(), lead.v);
    *at = list.back();
    list.pop_back();
  }
  /// Calls `fn(lead)` for each open lead of the pair, in no particular order.
  template <class Fn>
  void for_each(base::PairId pair, const Book& book, Fn&& fn) const {
    constexpr std::size_t kAhead = 24;
    const auto& list = of_pair_[pair.v];
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i + kAhead < list.size()) book.prefetch_standing({list[i + kAhead]});
      const std::uint32_t lead = list[i];
      if (book.standing({lead}).state == LeadState::kOpen) fn(base::LeadId{lead});
    }
  }
  /// No open lead of the pair comes before it: whoever sets a score raises it, and a pass over the
  /// whole pair sets it. It may be before the first lead, of one that has closed. Many leads have
  /// equal scores, so that the score alone would say little.
  [[nodiscard]] const Head& head(base::PairId pair) const { return head_[pair.v]; }
  void raise_head(base::PairId pair, const Standing& standing) { raise(head_[pair.v], standing); }
  static void raise(Head& head, const Standing& standing) {
    const Head other{.score = standing.score, .entered_ms = standing.entered_ms};
    if (other.before(head)) head = other;
  }
  void set_head(base::PairId pair, const Head& head) { head_[pair.v] = head; }
  [[nodiscard]] std::uint32_t pairs() const { return static_cast<std::uint32_t>(of_pair_.size()); }
  [[nodiscard]] std::size_t memory_bytes() const {
    std::size_t bytes = of_pair_.size() * (sizeof(std::vector<std::uint32_t>) + sizeof(Head));
    for (const auto& list : of_pair_) bytes += list.capacity() * sizeof(std::uint32_t);
    return bytes;
  }

 private:
  std::vector<std::vector<std::uint32_t>> of_pair_;
  std::vector<Head> head_;  // by pair
};

}  // namespace pursuit::engine
