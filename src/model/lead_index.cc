#include "model/lead_index.h"

#include <cstring>

namespace pursuit::model {

void LeadIndex::reset(std::size_t leads, base::ThreadPool& pool) {
  // Seven tenths full: fewer than one search in five goes on to a second bucket, and a lead costs
  // 18 bytes.
  const std::size_t buckets = leads * 10 / (kSlots * 7) + 2;
  base::HugeVector<Bucket>().swap(buckets_);
  buckets_.resize(buckets);
  constexpr std::size_t kGrain = base::kHugePageBytes / sizeof(Bucket);
  pool.parallel_ranges(buckets, kGrain, [&](std::size_t begin, std::size_t end, unsigned) {
    std::memset(static_cast<void*>(&buckets_[begin]), 0, (end - begin) * sizeof(Bucket));
  });
  room_ = buckets * kSlots * 8 / 10;
}

}  // namespace pursuit::model
