// model/dictionary.h: strings to small dense codes, in order of first sight. One writer; reads from
// any thread while nobody writes.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace pursuit::model {

class Dictionary {
 public:
  Dictionary() = default;
  Dictionary(const Dictionary& other);
  Dictionary& operator=(const Dictionary& other);
  Dictionary(Dictionary&&) = default;
  Dictionary& operator=(Dictionary&&) = default;
  ~Dictionary() = default;

  /// Code of `text`, given out now if it is new.
  std::uint32_t intern(std::string_view text) {
    if (const Slot* slot = lookup(text)) return slot->code;
    return add(text);
  }
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view text) const {
    if (const Slot* slot = lookup(text)) return slot->code;
    return std::nullopt;
  }
  [[nodiscard]] const std::string& text(std::uint32_t code) const { return texts_[code]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(texts_.size()); }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  // A view of the text and its code: a look-up touches the slot and the characters, nothing else.
  struct Slot {
    const char* data = nullptr;  // null: free
    std::uint32_t size = 0;
    std::uint32_t code = 0;
  };

  [[nodiscard]] const Slot* lookup(std::string_view text) const {
    if (slots_.empty()) return nullptr;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = base::hash_bytes(text) & mask; slots_[at].data != nullptr;
         at = (at + 1) & mask) {
      const Slot& slot = slots_[at];
      if (slot.size == text.size() && base::same_bytes(slot.data, text.data(), text.size())) {
        return &slot;
      }
    }
    return nullptr;
  }
  std::uint32_t add(std::string_view text);
  void place(std::uint32_t code);

  std::deque<std::string> texts_;  // a deque: what the slots point to must stay put
  std::vector<Slot> slots_;        // open addressing, a power of two, at most half full
};

}  // namespace pursuit::model
