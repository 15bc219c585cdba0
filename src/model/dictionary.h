// model/dictionary.h: strings to small dense codes, in order of first sight. One writer; reads from
// any thread while nobody writes.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pursuit::model {

class Dictionary {
 public:
  /// Code of `text`, given out now if it is new.
  std::uint32_t intern(std::string_view text);
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view text) const;
  [[nodiscard]] const std::string& text(std::uint32_t code) const { return texts_[code]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(texts_.size()); }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  std::deque<std::string> texts_;  // a deque: the views in codes_ must stay put
  std::unordered_map<std::string_view, std::uint32_t> codes_;
};

}  // namespace pursuit::model
