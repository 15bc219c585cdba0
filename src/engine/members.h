// engine/members.h: Members: the leads of each dealer × nameplate and the pairs of each dealer. One
// writer; reads from any thread while nobody writes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/huge_array.h"
#include "base/ids.h"
#include "engine/profiles.h"
#include "model/lead_table.h"

namespace pursuit::engine {

class Members {
 public:
  Members() = default;
  [[nodiscard]] Members copy() const { return *this; }
  Members(Members&&) = default;
  Members& operator=(Members&&) = default;
  ~Members() = default;

  /// Lists all leads afresh: by pair, and within a pair by number, which after a bulk load is the
  /// order in memory.
  void rebuild(const model::LeadTable& leads, const Profiles& profiles);
  /// Whether rebuild would change anything.
  [[nodiscard]] bool is_current() const { return current_ && !someone_left_; }

  /// Lists a new lead under `pair`.
  void add(base::LeadId lead, base::PairId pair, const Profiles& profiles);
  /// Lists a lead that came from another pair; where it was it is skipped from now on.
  void move(base::LeadId lead, base::PairId pair, const Profiles& profiles);

  /// Calls `fn(lead)` for each lead of the pair.
  template <class Fn>
  void for_each(base::PairId pair, const model::LeadTable& leads, const Profiles& profiles,
                Fn&& fn) const {
    const auto belongs = [&](std::uint32_t lead) {
      return !someone_left_ || profiles.facts(leads.profile({lead})).pair == pair;
    };
    for (const std::uint32_t lead : listed(pair)) {
      if (belongs(lead)) fn(base::LeadId{lead});
    }
    if (pair.v < added_.size()) {
      for (const std::uint32_t lead : added_[pair.v]) {
        if (belongs(lead)) fn(base::LeadId{lead});
      }
    }
  }

  [[nodiscard]] std::span<const std::uint32_t> pairs_of(std::uint32_t dealer) const {
    return dealer < pairs_of_dealer_.size()
               ? std::span<const std::uint32_t>(pairs_of_dealer_[dealer])
               : std::span<const std::uint32_t>();
  }
  /// How many leads are listed under a pair, those that have left included.
  [[nodiscard]] std::size_t listed_count(base::PairId pair) const {
    return listed(pair).size() + (pair.v < added_.size() ? added_[pair.v].size() : 0);
  }
  /// All leads by pair; complete only while is_current().
  [[nodiscard]] std::span<const std::uint32_t> order() const { return order_.span(); }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  Members(const Members&) = default;  // large: copy() says so
  [[nodiscard]] std::span<const std::uint32_t> listed(base::PairId pair) const {
    if (pair.v + 1 >= begin_.size()) return {};
    return order_.span().subspan(begin_[pair.v], begin_[pair.v + 1] - begin_[pair.v]);
  }

  base::HugeArray<std::uint32_t> order_;
  std::vector<std::uint32_t> begin_;               // by pair, into order_
  std::vector<std::vector<std::uint32_t>> added_;  // by pair, since the rebuild
  std::vector<std::vector<std::uint32_t>> pairs_of_dealer_;
  std::size_t pairs_seen_ = 0;
  bool current_ = true;        // order_ holds every lead
  bool someone_left_ = false;  // some listed lead belongs elsewhere now
};

}  // namespace pursuit::engine
