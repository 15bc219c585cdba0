// model/lead_index.h: lead ids to leads, one cache line a look-up for ids of up to eight bytes, and
// of nine or ten where they are capitals, digits and punctuation, as most systems number their
// leads. Many threads may insert at once, or many may look up; never both. Internal to LeadTable.
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

  /// An id made ready for look-up. `word` stands for this id alone where `whole`; else it is 56
  /// bits of its hash. The lowest byte tells which: 0 a hash, 1 … 17 ten or nine characters of six
  /// bits each, from kFirstPlain on the first of up to eight bytes as they are.
  struct Key {
    std::uint64_t word;
    std::uint64_t hash;
    bool whole;
  };
  [[nodiscard]] static Key key_of(std::string_view id) {
    const std::size_t n = id.size();
    // A NUL at the end would make the word mean more than one id.
    if (n - 1 < 8 && static_cast<unsigned char>(id.front()) >= kFirstPlain && id.back() != '\0') {
      const std::uint64_t word = base::word_of(id);
      return {word, base::hash_word(word), true};
    }
    if (n == 9 || n == 10) {
      const std::uint64_t word = packed(id);
      if (word != 0) return {word, base::hash_word(word), true};
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

  static constexpr unsigned char kFirstPlain = 0x20;

  /// Nine or ten characters of U+0020 … U+005F as a word; 0 where another is among them.
  [[nodiscard]] static std::uint64_t packed(std::string_view id) {
    // By 0x20 up, those characters are 0x40 … 0x7F, and no byte below 0x80 carries into the next.
    constexpr std::uint64_t kUp = 0x2020'2020'2020'2020;
    constexpr std::uint64_t kTopTwo = 0xC0C0'C0C0'C0C0'C0C0;
    constexpr std::uint64_t kTop = 0x8080'8080'8080'8080;
    constexpr std::uint64_t kWanted = 0x4040'4040'4040'4040;
    const std::uint64_t head = base::load_8(id.data());
    const std::uint64_t tail = base::load_8(id.data() + id.size() - 8);
    if (((head | tail) & kTop) != 0) return 0;
    std::uint64_t bits = head + kUp;
    if (((bits ^ kWanted) & kTopTwo) != 0 || (((tail + kUp) ^ kWanted) & kTopTwo) != 0) return 0;
    bits &= ~kTopTwo;  // eight times six bits, moved together in three steps
    bits = (bits & 0x003F'003F'003F'003F) | (bits & 0x3F00'3F00'3F00'3F00) >> 2;
    bits = (bits & 0x0000'0FFF'0000'0FFF) | (bits & 0x0FFF'0000'0FFF'0000) >> 4;
    bits = (bits & 0x0000'0000'00FF'FFFF) | (bits & 0x00FF'FFFF'0000'0000) >> 8;
    constexpr std::uint64_t kLow56 = (std::uint64_t{1} << 56) - 1;
    bits |= ((tail >> 56) - kFirstPlain) << 48;
    if (id.size() == 9) return bits << 8 | 17;
    // The ninth character is the one before the last; its six bits make room for four more.
    bits = (bits & 0x0000'FFFF'FFFF'FFFF) | ((tail >> 48 & 0xFF) - kFirstPlain) << 48 |
           ((tail >> 56) - kFirstPlain) << 54;
    return (bits & kLow56) << 8 | (1 + (bits >> 56));
  }

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
