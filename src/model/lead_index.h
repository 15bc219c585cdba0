// model/lead_index.h: lead ids to leads, one cache line a look-up for ids of up to eight bytes.
// Many threads may insert at once, or many may look up; never both. Internal to LeadTable.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/huge_vector.h"
#include "base/parallel.h"
#include "base/prefetch.h"

namespace pursuit::model {

class LeadIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  /// An id made ready for look-up. `word` is the id itself where `whole`, else 56 bits of its hash
  /// above a zero byte, which no whole word has.
  struct Key {
    std::uint64_t word;
    std::uint64_t hash;
    bool whole;
  };
  [[nodiscard]] static Key key_of(std::string_view id) {
    const std::size_t n = id.size();
    // A NUL at either end would make the word mean more than one id.
    if (n - 1 < 8 && id.front() != '\0' && id.back() != '\0') [[likely]] {
      const std::uint64_t word = base::word_of(id);
      return {word, base::hash_word(word), true};
    }
    const std::uint64_t hash = base::hash_bytes(id);
    const std::uint64_t word = hash << 8;
    return {word == 0 ? 0x100 : word, hash, false};
  }

  /// Empties the index and makes room for `leads`.
  void reset(std::size_t leads, base::ThreadPool& pool);
  /// Whether `leads` are as many as it should hold.
  [[nodiscard]] bool is_full(std::size_t leads) const { return leads >= room_; }

  void prefetch(const Key& key) const { base::prefetch(&buckets_[bucket_of(key)]); }

  /// The first lead whose word is the same, kNone if there is none. It is the one looked for if the
  /// key is whole; else its id must be compared, and if it differs, find() asked.
  [[nodiscard]] std::uint32_t candidate(const Key& key) const {
    return find(key, [](std::uint32_t) { return true; });
  }

  /// The lead of that key, kNone if there is none. `same_id(lead)` compares ids and is asked only
  /// where the key is not whole.
  template <class SameId>
  [[nodiscard]] std::uint32_t find(const Key& key, SameId&& same_id) const {
    if (buckets_.empty()) return kNone;
    for (std::size_t at = bucket_of(key);; at = next(at)) {
      const Bucket& bucket = buckets_[at];
      for (std::size_t i = 0; i < kSlots; ++i) {
        if (bucket.words[i] == key.word && (key.whole || same_id(bucket.leads[i]))) {
          return bucket.leads[i];
        }
      }
      if (bucket.words[kSlots - 1] == 0) return kNone;
    }
  }

  /// Puts a lead in, unless one with the same id is there: then that one is returned, else kNone.
  /// Safe with other inserts.
  template <class SameId>
  std::uint32_t insert(const Key& key, std::uint32_t lead, SameId&& same_id) {
    for (std::size_t at = bucket_of(key);; at = next(at)) {
      Bucket& bucket = buckets_[at];
      const Lock lock(bucket.lock);
      for (std::size_t i = 0; i < kSlots; ++i) {
        if (bucket.words[i] == 0) {
          bucket.words[i] = key.word;
          bucket.leads[i] = lead;
          return kNone;
        }
        if (bucket.words[i] == key.word && (key.whole || same_id(bucket.leads[i]))) {
          return bucket.leads[i];
        }
      }
    }
  }

  [[nodiscard]] std::size_t memory_bytes() const { return buckets_.capacity() * sizeof(Bucket); }

 private:
  static constexpr std::size_t kSlots = 5;

  // Slots fill from the front and never empty; only when the last is taken does a search go on.
  struct alignas(64) Bucket {
    std::array<std::uint64_t, kSlots> words;  // 0: free
    std::array<std::uint32_t, kSlots> leads;
    std::uint32_t lock;
  };
  static_assert(sizeof(Bucket) == 64);

  // A bucket is held for a few nanoseconds and there are a million of them: spinning is right.
  class Lock {
   public:
    explicit Lock(std::uint32_t& word) : word_(word) {
      while (word_.exchange(1, std::memory_order_acquire) != 0) {
      }
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() { word_.store(0, std::memory_order_release); }

   private:
    std::atomic_ref<std::uint32_t> word_;
  };

  [[nodiscard]] std::size_t bucket_of(const Key& key) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>((static_cast<Wide>(key.hash) * buckets_.size()) >> 64);
  }
  [[nodiscard]] std::size_t next(std::size_t at) const {
    return at + 1 == buckets_.size() ? 0 : at + 1;
  }

  base::HugeVector<Bucket> buckets_;
  std::size_t room_ = 0;
};

}  // namespace pursuit::model
