// store/words.h: what a lead is found by: its words, all spelt one way. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/records.h"

namespace pursuit::store {

/// The words of a text: runs of letters and digits, without case, accents and vowel marks, variants
/// of an Arabic letter as one, all digits as 0-9. In order, with repeats.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

/// All words of a lead's id, name, e-mail and phone (its digits, whole and without what may be the
/// country's), sorted, each once.
[[nodiscard]] std::vector<std::string> words_of(const LeadRecord& lead);

/// What somebody searches for: its words, and the number it may be ("+971 50 123", "(050) 123")
/// without spaces and leading zeros; empty when it is none, or is the only word as it stands.
struct SearchWords {
  std::vector<std::string> words;
  std::string number;
};
[[nodiscard]] SearchWords search_words(std::string_view text);

/// The digits of a phone number as it is dialled within its country, to search for: at most nine.
[[nodiscard]] std::string national_number(std::string_view phone);

/// Whether two spellings are one phone number: the same digits, or one is the other without its
/// country. Fewer than seven digits are no number.
[[nodiscard]] bool same_phone(std::string_view one, std::string_view other);

}  // namespace pursuit::store
