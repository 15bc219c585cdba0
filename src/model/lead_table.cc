#include "model/lead_table.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/limits.h"
#include "base/prefetch.h"

namespace pursuit::model {

LeadTable::LeadTable() : id_end_(1, 0u) {}

const std::string& LeadTable::text(base::LeadId lead, Dimension d) const {
  const std::size_t i = index_of(d);
  const std::uint32_t code =
      d == Dimension::kOwner ? owner_[lead.v] : profiles_[profile_[lead.v]][i];
  return dictionaries_[i].text(code);
}

base::LeadId LeadTable::find(std::string_view id) const {
  return {index_.find(LeadIndex::key_of(id),
                      [&](std::uint32_t lead) { return base::same_bytes(this->id({lead}), id); })};
}

void LeadTable::find_batch(std::span<const std::string_view> ids,
                           std::span<base::LeadId> out) const {
  PURSUIT_ASSERT(out.size() >= ids.size());
  if (size() == 0) {
    std::ranges::fill(out.first(ids.size()), base::kNoLead);
    return;
  }
  constexpr std::size_t kAhead = 64;
  std::array<LeadIndex::Key, kAhead> keys;
  for (std::size_t begin = 0; begin < ids.size(); begin += kAhead) {
    const std::size_t n = std::min(kAhead, ids.size() - begin);
    bool whole = true;
    for (std::size_t i = 0; i < n; ++i) {
      keys[i] = LeadIndex::key_of(ids[begin + i]);
      whole &= keys[i].whole;
      index_.prefetch(keys[i]);
    }
    for (std::size_t i = 0; i < n; ++i) {
      out[begin + i] = {index_.candidate(keys[i])};
      if (!keys[i].whole && out[begin + i] != base::kNoLead) prefetch_id(out[begin + i]);
    }
    if (whole) continue;
    for (std::size_t i = 0; i < n; ++i) {
      const base::LeadId lead = out[begin + i];
      if (!keys[i].whole && lead != base::kNoLead) base::prefetch(id(lead).data());
    }
    for (std::size_t i = 0; i < n; ++i) {
      const base::LeadId lead = out[begin + i];
      if (keys[i].whole || lead == base::kNoLead) continue;
      if (!base::same_bytes(id(lead), ids[begin + i])) out[begin + i] = find(ids[begin + i]);
    }
  }
}

base::ProfileId LeadTable::intern_profile(const ProfileCodes& codes) {
  const auto [place, is_new] = profile_of_.try_emplace(codes, profile_count());
  if (is_new) profiles_.push_back(codes);
  return {place->second};
}

base::LeadId LeadTable::add(std::string_view id, base::ProfileId profile, std::uint32_t owner) {
  PURSUIT_ASSERT(size() < base::kMaxLeads);
  PURSUIT_ASSERT(id_chars_.size() + id.size() <= UINT32_MAX);
  if (index_.is_full(size())) {
    base::ThreadPool alone(1);
    rebuild_index(std::max<std::size_t>(64, std::size_t{2} * size()), alone);
  }
  const base::LeadId lead{size()};
  id_chars_.insert(id_chars_.end(), id.begin(), id.end());
  id_end_.push_back(static_cast<std::uint32_t>(id_chars_.size()));
  profile_.push_back(profile.v);
  owner_.push_back(owner);
  const std::uint32_t other =
      index_.insert(LeadIndex::key_of(id), lead.v,
                    [&](std::uint32_t there) { return base::same_bytes(this->id({there}), id); });
  PURSUIT_ASSERT(other == LeadIndex::kNone);
  return lead;
}

void LeadTable::rebuild_index(std::size_t room, base::ThreadPool& pool) {
  index_.reset(room, pool);
  constexpr std::size_t kGrain = 1 << 16;
  pool.parallel_ranges(size(), kGrain, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto lead = static_cast<std::uint32_t>(i);
      const std::string_view own = id({lead});
      index_.insert(LeadIndex::key_of(own), lead,
                    [&](std::uint32_t there) { return base::same_bytes(id({there}), own); });
    }
  });
}

std::size_t LeadTable::memory_bytes() const {
  constexpr std::size_t kNodeBytes = 16;  // what a hash table adds to an element: next and hash
  std::size_t bytes = id_chars_.capacity() + index_.memory_bytes() +
                      (id_end_.capacity() + profile_.capacity() + owner_.capacity()) * 4 +
                      profiles_.capacity() * sizeof(ProfileCodes) +
                      profile_of_.bucket_count() * sizeof(void*) +
                      profile_of_.size() * (sizeof(ProfileCodes) + 4 + kNodeBytes);
  for (const Dictionary& dictionary : dictionaries_) bytes += dictionary.memory_bytes();
  return bytes;
}

}  // namespace pursuit::model
