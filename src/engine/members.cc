#include "engine/members.h"

#include <algorithm>
#include <numeric>

namespace pursuit::engine {

void Members::rebuild(const model::LeadTable& leads, const Profiles& profiles) {
  const auto& pairs = profiles.pairs();
  begin_.assign(pairs.size() + 1, 0);
  order_.resize(leads.size());
  // Leads of one profile are neighbours after a bulk load: each run of them is looked up once.
  const auto each_run = [&](auto&& fn) {
    for (std::uint32_t first = 0; first < leads.size();) {
      const base::ProfileId profile = leads.profile({first});
      std::uint32_t end = first + 1;
      while (end < leads.size() && leads.profile({end}) == profile) ++end;
      fn(profiles.facts(profile).pair, first, end);
      first = end;
    }
  };
  each_run([&](base::PairId pair, std::uint32_t first, std::uint32_t end) {
    begin_[pair.v + 1] += end - first;
  });
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  each_run([&](base::PairId pair, std::uint32_t first, std::uint32_t end) {
    std::iota(order_.data() + next[pair.v], order_.data() + next[pair.v] + (end - first), first);
    next[pair.v] += end - first;
  });
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
