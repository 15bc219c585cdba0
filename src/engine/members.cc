#include "engine/members.h"

#include <algorithm>

namespace pursuit::engine {

void Members::rebuild(const model::LeadTable& leads, const Profiles& profiles) {
  const auto& pairs = profiles.pairs();
  begin_.assign(pairs.size() + 1, 0);
  for (std::uint32_t lead = 0; lead < leads.size(); ++lead) {
    ++begin_[profiles.facts(leads.profile({lead})).pair.v + 1];
  }
  for (std::size_t p = 0; p < pairs.size(); ++p) begin_[p + 1] += begin_[p];
  order_.resize(leads.size());
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  for (std::uint32_t lead = 0; lead < leads.size(); ++lead) {
    order_[next[profiles.facts(leads.profile({lead})).pair.v]++] = lead;
  }
  added_.clear();
  pairs_of_dealer_.clear();
  for (std::uint32_t p = 0; p < pairs.size(); ++p) {
    if (pairs[p].dealer >= pairs_of_dealer_.size()) pairs_of_dealer_.resize(pairs[p].dealer + 1);
    pairs_of_dealer_[pairs[p].dealer].push_back(p);
  }
  pairs_seen_ = pairs.size();
  current_ = true;
  someone_left_ = false;
}

void Members::add(base::LeadId lead, base::PairId pair, const Profiles& profiles) {
  const auto& pairs = profiles.pairs();
  for (; pairs_seen_ < pairs.size(); ++pairs_seen_) {
    const Pair& p = pairs[pairs_seen_];
    if (p.dealer >= pairs_of_dealer_.size()) pairs_of_dealer_.resize(p.dealer + 1);
    pairs_of_dealer_[p.dealer].push_back(static_cast<std::uint32_t>(pairs_seen_));
  }
  current_ = false;
  if (pair.v >= added_.size()) added_.resize(pair.v + 1);
  added_[pair.v].push_back(lead.v);
}

void Members::move(base::LeadId lead, base::PairId pair, const Profiles& profiles) {
  someone_left_ = true;
  const auto listed_before = listed(pair);
  if (std::binary_search(listed_before.begin(), listed_before.end(), lead.v)) return;
  if (pair.v < added_.size()) {
    const auto& added = added_[pair.v];
    if (std::find(added.rbegin(), added.rend(), lead.v) != added.rend()) return;
  }
  add(lead, pair, profiles);
}

std::size_t Members::memory_bytes() const {
  std::size_t bytes = order_.memory_bytes() + begin_.size() * sizeof(std::uint32_t);
  for (const auto& list : added_) bytes += list.size() * sizeof(std::uint32_t);
  return bytes;
}

}  // namespace pursuit::engine
