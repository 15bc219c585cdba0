// engine/open_leads.h: OpenLeads: the open leads of each dealer × nameplate, so that nothing that
// concerns open leads looks at closed ones. One writer (different pairs from different threads);
// reads from any thread while nobody writes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "engine/book.h"

namespace pursuit::engine {

class OpenLeads {
 public:
  void grow(std::size_t pairs) {
    if (pairs > of_pair_.size()) of_pair_.resize(pairs);
  }
  /// Forgets a pair's leads. Their standings are the caller's to mark.
  void clear(base::PairId pair) { of_pair_[pair.v].clear(); }
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
    constexpr std::size_t kAhead = 12;
    const auto& list = of_pair_[pair.v];
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i + kAhead < list.size()) book.prefetch_standing({list[i + kAhead]});
      const std::uint32_t lead = list[i];
      if (book.standing({lead}).state == LeadState::kOpen) fn(base::LeadId{lead});
    }
  }
  [[nodiscard]] std::uint32_t pairs() const { return static_cast<std::uint32_t>(of_pair_.size()); }
  [[nodiscard]] std::size_t memory_bytes() const {
    std::size_t bytes = of_pair_.size() * sizeof(of_pair_[0]);
    for (const auto& list : of_pair_) bytes += list.capacity() * sizeof(std::uint32_t);
    return bytes;
  }

 private:
  std::vector<std::vector<std::uint32_t>> of_pair_;
};

}  // namespace pursuit::engine
