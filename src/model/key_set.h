// model/key_set.h: distinct 64-bit keys, numbered in order of first sight. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace pursuit::model {

class KeySet {
 public:
  /// Number of `key`, given out now if it is new.
  std::uint32_t number_of(std::uint64_t key) {
    if (2 * keys_.size() >= slots_.size()) grow();
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = base::hash_word(key) & mask;
    for (; slots_[at] != 0; at = (at + 1) & mask) {
      if (keys_[slots_[at] - 1] == key) return slots_[at] - 1;
    }
    keys_.push_back(key);
    slots_[at] = static_cast<std::uint32_t>(keys_.size());
    return slots_[at] - 1;
  }
  /// The keys, by number.
  [[nodiscard]] const std::vector<std::uint64_t>& keys() const { return keys_; }

 private:
  void grow() {
    slots_.assign(slots_.empty() ? 1'024 : 2 * slots_.size(), 0);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      std::size_t at = base::hash_word(keys_[i]) & mask;
      while (slots_[at] != 0) at = (at + 1) & mask;
      slots_[at] = static_cast<std::uint32_t>(i + 1);
    }
  }
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint32_t> slots_;  // number + 1; 0 is free
};

}  // namespace pursuit::model
