#include "export/lead_order.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace pursuit::exporting {
namespace {

using Leads = model::LeadTable;

constexpr std::size_t kPositions = 48;  // of an id that one key looks at, at most
constexpr std::size_t kSymbols = 257;   // "the id has ended" and the 256 bytes, in this order
constexpr unsigned kKeyBits = 44;       // of which the upper 12 choose a bucket at the top
constexpr unsigned kBucketBits = 12;
constexpr std::size_t kGrain = 1 << 16;

std::size_t symbol_at(std::string_view id, std::size_t position) {
  return position < id.size() ? std::size_t{static_cast<unsigned char>(id[position])} + 1 : 0;
}

// Which symbols occur at each position from `from` on.
class SymbolSets {
 public:
  explicit SymbolSets(std::size_t from) : from_(from) {}

  void add(std::string_view id) {
    const std::size_t end = std::min(id.size(), from_ + kPositions);
    for (std::size_t p = from_; p < end; ++p)
      seen_[p - from_][std::size_t{static_cast<unsigned char>(id[p])} + 1] = true;
    if (id.size() < from_ + kPositions) seen_[std::max(id.size(), from_) - from_][0] = true;
  }
  void add(const SymbolSets& other) {
    for (std::size_t p = 0; p < kPositions; ++p) {
      for (std::size_t s = 0; s < kSymbols; ++s) seen_[p][s] |= other.seen_[p][s];
    }
  }
  [[nodiscard]] std::size_t from() const { return from_; }
  [[nodiscard]] const std::array<bool, kSymbols>& at(std::size_t p) const { return seen_[p]; }

 private:
  std::size_t from_;
  std::array<std::array<bool, kSymbols>, kPositions> seen_{};
};

// Turns ids into small integers of the same order: each position is a digit in the base of the
// symbols that occur there, so what all ids share costs no bits. Ids with equal keys differ, if at
// all, from end() on.
class KeyPlan {
 public:
  explicit KeyPlan(const SymbolSets& sets) {
    bool ended = false;  // an id that ended earlier has ended here too
    std::size_t p = 0;
    std::vector<std::size_t> sizes;
    for (; p < kPositions; ++p) {
      std::array<bool, kSymbols> seen = sets.at(p);
      seen[0] |= ended;
      ended = seen[0];
      const auto size = static_cast<std::size_t>(std::ranges::count(seen, true));
      if (size == 0) break;
      if (size > 1) {
        if (values_ > (std::uint64_t{1} << kKeyBits) / size) break;
        values_ *= size;
        add_digit(sets.from() + p, seen);
        sizes.push_back(size);
      }
      if (size == 1 && ended) break;  // all ids have ended
    }
    end_ = sets.from() + p;
    std::uint64_t weight = 1;
    for (std::size_t d = digits_.size(); d-- > 0; weight *= sizes[d]) {
      for (std::uint64_t& part : digits_[d].parts) part *= weight;
    }
  }

  [[nodiscard]] std::uint64_t key(std::string_view id) const {
    std::uint64_t key = 0;
    for (const Digit& digit : digits_) key += digit.parts[symbol_at(id, digit.position)];
    return key;
  }
  [[nodiscard]] unsigned bits() const { return static_cast<unsigned>(std::bit_width(values_ - 1)); }
  [[nodiscard]] std::size_t end() const { return end_; }

 private:
  struct Digit {
    std::size_t position;
    std::array<std::uint64_t, kSymbols> parts;
  };

  void add_digit(std::size_t position, const std::array<bool, kSymbols>& seen) {
    Digit digit{position, {}};
    std::uint64_t rank = 0;
    for (std::size_t s = 0; s < kSymbols; ++s) {
      digit.parts[s] = rank;
      rank += static_cast<std::uint64_t>(seen[s]);
    }
    digits_.push_back(digit);
  }

  std::vector<Digit> digits_;
  std::uint64_t values_ = 1;
  std::size_t end_ = 0;
};

// Sorts by bits 32 … 32 + bits - 1, a byte at a time; equal ones keep their order.
void radix_sort(std::span<std::uint64_t> records, std::vector<std::uint64_t>& spare,
                unsigned bits) {
  spare.resize(records.size());
  std::span<std::uint64_t> from = records;
  std::span<std::uint64_t> to = spare;
  for (unsigned shift = 32; shift < 32 + bits; shift += 8) {
    std::array<std::uint32_t, 256> begin{};
    for (const std::uint64_t record : from) ++begin[(record >> shift) & 0xFF];
    std::uint32_t sum = 0;
    for (std::uint32_t& b : begin) sum += std::exchange(b, sum);
    for (const std::uint64_t record : from) to[begin[(record >> shift) & 0xFF]++] = record;
    std::swap(from, to);
  }
  if (from.data() != records.data()) std::ranges::copy(from, records.begin());
}

// Sorts leads whose ids agree before position `from`.
void sort_from(const Leads& leads, std::span<std::uint32_t> order, std::size_t from) {
  constexpr std::size_t kFew = 24;
  if (order.size() <= kFew) {
    std::ranges::sort(order, {}, [&](std::uint32_t lead) { return leads.id({lead}); });
    return;
  }
  const auto sets = std::make_unique<SymbolSets>(from);
  for (const std::uint32_t lead : order) sets->add(leads.id({lead}));
  const KeyPlan plan(*sets);
  std::vector<std::pair<std::uint64_t, std::uint32_t>> records;
  records.reserve(order.size());
  for (const std::uint32_t lead : order) records.emplace_back(plan.key(leads.id({lead})), lead);
  std::ranges::sort(records);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = records[i].second;
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i + 1;
    while (j < order.size() && records[j].first == records[i].first) ++j;
    // All in one run and nothing left to look at would mean two leads of one id: there are none.
    if (j - i > 1) sort_from(leads, order.subspan(i, j - i), plan.end());
    i = j;
  }
}

// Orders the records of a bucket (key in the upper half, lead in the lower) into `order`.
void sort_bucket(const Leads& leads, const KeyPlan& plan, std::span<std::uint64_t> records,
                 std::vector<std::uint64_t>& spare, unsigned bits, std::uint32_t* order) {
  radix_sort(records, spare, bits);
  for (std::size_t i = 0; i < records.size(); ++i)
    order[i] = static_cast<std::uint32_t>(records[i]);
  for (std::size_t i = 0; i < records.size();) {
    std::size_t j = i + 1;
    while (j < records.size() && records[j] >> 32 == records[i] >> 32) ++j;
    if (j - i > 1) sort_from(leads, {order + i, j - i}, plan.end());
    i = j;
  }
}

KeyPlan plan_for_all(const Leads& leads, base::ThreadPool& pool) {
  std::vector<std::unique_ptr<SymbolSets>> sets;
  for (unsigned w = 0; w < pool.size(); ++w) sets.push_back(std::make_unique<SymbolSets>(0));
  pool.parallel_ranges(leads.size(), kGrain, [&](std::size_t begin, std::size_t end, unsigned w) {
    for (std::size_t i = begin; i < end; ++i)
      sets[w]->add(leads.id({static_cast<std::uint32_t>(i)}));
  });
  for (std::size_t w = 1; w < sets.size(); ++w) sets[0]->add(*sets[w]);
  return KeyPlan(*sets[0]);
}

}  // namespace

base::HugeArray<std::uint32_t> leads_by_id(const model::LeadTable& leads, base::ThreadPool& pool) {
  const std::size_t count = leads.size();
  const KeyPlan plan = plan_for_all(leads, pool);
  const unsigned low_bits = plan.bits() > kBucketBits ? plan.bits() - kBucketBits : 0;
  const std::uint64_t low_mask = (std::uint64_t{1} << low_bits) - 1;
  constexpr std::size_t kBuckets = std::size_t{1} << kBucketBits;

  // How many records each range puts into each bucket, then where each of its records goes.
  using Counts = std::array<std::uint32_t, kBuckets>;
  std::vector<Counts> places((count + kGrain - 1) / kGrain);
  base::HugeArray<std::uint64_t> keys(count);
  pool.parallel_ranges(count, kGrain, [&](std::size_t begin, std::size_t end, unsigned) {
    Counts& counts = places[begin / kGrain];
    for (std::size_t i = begin; i < end; ++i) {
      keys[i] = plan.key(leads.id({static_cast<std::uint32_t>(i)}));
      ++counts[keys[i] >> low_bits];
    }
  });
  std::array<std::uint32_t, kBuckets + 1> bucket_begin{};
  std::uint32_t sum = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    bucket_begin[bucket] = sum;
    for (Counts& counts : places) sum += std::exchange(counts[bucket], sum);
  }
  bucket_begin[kBuckets] = sum;
  base::HugeArray<std::uint64_t> records(count);
  pool.parallel_ranges(count, kGrain, [&](std::size_t begin, std::size_t end, unsigned) {
    Counts& place = places[begin / kGrain];
    for (std::size_t i = begin; i < end; ++i)
      records[place[keys[i] >> low_bits]++] = (keys[i] & low_mask) << 32 | i;
  });
  keys.release();

  base::HugeArray<std::uint32_t> order(count);
  std::vector<std::vector<std::uint64_t>> spare(pool.size());
  pool.parallel_ranges(kBuckets, 8, [&](std::size_t begin, std::size_t end, unsigned w) {
    for (std::size_t b = begin; b < end; ++b) {
      const std::size_t size = bucket_begin[b + 1] - bucket_begin[b];
      sort_bucket(leads, plan, records.span().subspan(bucket_begin[b], size), spare[w], low_bits,
                  order.data() + bucket_begin[b]);
    }
  });
  return order;
}

}  // namespace pursuit::exporting
