// export/text_buffer.h: growing text in memory that is used again and again, block after block, so
// that its pages are paid for once. Belongs to one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "base/huge_array.h"

namespace pursuit::exporting {

class TextBuffer {
 public:
  /// A place to write at most `bytes` at; say how far it went with end_at().
  [[nodiscard]] char* room(std::size_t bytes) {
    if (used_ + bytes > chars_.size()) [[unlikely]]
      chars_.resize(std::max(used_ + bytes, chars_.size() * 2));
    return chars_.data() + used_;
  }
  void end_at(const char* end) { used_ = static_cast<std::size_t>(end - chars_.data()); }

  void append(std::string_view text) {
    char* const out = room(text.size());
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    used_ += text.size();
  }
  /// Replaces the last character; there must be one.
  void replace_last(char c) { chars_[used_ - 1] = c; }
  /// Replaces the bytes at `at`, which must be there, by those of `value`.
  template <class T>
  void overwrite(std::size_t at, T value) {
    std::memcpy(chars_.data() + at, &value, sizeof value);
  }
  void clear() { used_ = 0; }

  [[nodiscard]] std::size_t size() const { return used_; }
  [[nodiscard]] std::string_view text() const { return {chars_.data(), used_}; }

 private:
  base::HugeArray<char> chars_;
  std::size_t used_ = 0;
};

}  // namespace pursuit::exporting
