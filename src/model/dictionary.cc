#include "model/dictionary.h"

#include "base/assert.h"

namespace pursuit::model {

Dictionary::Dictionary(const Dictionary& other) { *this = other; }

Dictionary& Dictionary::operator=(const Dictionary& other) {
  if (this == &other) return *this;
  texts_ = other.texts_;
  slots_.assign(other.slots_.size(), Slot{});
  for (std::uint32_t code = 0; code < size(); ++code) place(code);
  return *this;
}

std::uint32_t Dictionary::add(std::string_view text) {
  PURSUIT_ASSERT(text.size() < UINT32_MAX && texts_.size() < UINT32_MAX);
  texts_.emplace_back(text);
  const std::uint32_t code = size() - 1;
  if (2 * texts_.size() > slots_.size()) {
    slots_.assign(slots_.empty() ? 16 : 2 * slots_.size(), Slot{});
    for (std::uint32_t c = 0; c < code; ++c) place(c);
  }
  place(code);
  return code;
}

void Dictionary::place(std::uint32_t code) {
  const std::string& text = texts_[code];
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = base::hash_bytes(text) & mask;
  while (slots_[at].data != nullptr) at = (at + 1) & mask;
  slots_[at] = {text.data(), static_cast<std::uint32_t>(text.size()), code};
}

std::size_t Dictionary::memory_bytes() const {
  std::size_t bytes = slots_.capacity() * sizeof(Slot);
  for (const std::string& text : texts_) {
    bytes += sizeof(std::string);
    if (text.capacity() > 15) bytes += text.capacity() + 1;  // not within the string itself
  }
  return bytes;
}

}  // namespace pursuit::model
