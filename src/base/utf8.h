// base/utf8.h: text that came from outside and may not be UTF-8. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pursuit::base {

/// U+FFFD, what stands for bytes that are no character.
inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

/// The first character of a text that is not empty.
[[nodiscard]] Character first_character(std::string_view text);

/// The text as UTF-8 of at most `most_bytes`, cut between characters; each byte that is of none
/// becomes a replacement.
[[nodiscard]] std::string utf8_text(std::string_view text, std::size_t most_bytes);

[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace pursuit::base
