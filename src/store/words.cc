#include "store/words.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <utility>

#include <utf8proc.h>

namespace pursuit::store {

namespace {

constexpr std::size_t kMaxWordBytes = 64;
constexpr std::size_t kMaxWords = 64;       // of one lead
constexpr std::size_t kNationalDigits = 9;  // of a phone number without the country's
constexpr std::size_t kMinPhoneDigits = 4;
constexpr std::size_t kWholePhoneDigits = 7;  // fewer are a part of a number

/// Letters that people write for one another; what a carrier of hamza becomes, NFKD has done.
utf8proc_int32_t plain_letter(utf8proc_int32_t c) {
  switch (c) {
    case 0x0622:  // alef with madda
    case 0x0623:  // alef with hamza above
    case 0x0625:  // alef with hamza below
    case 0x0671:  // alef wasla
      return 0x0627;
    case 0x0649:  // alef maksura
    case 0x06CC:  // Farsi yeh
      return 0x064A;
    case 0x0629:  // teh marbuta
      return 0x0647;
    case 0x06A9:  // keheh
      return 0x0643;
    default:
      break;
  }
  if (c >= 0x0660 && c <= 0x0669) return '0' + (c - 0x0660);  // Arabic-Indic digits
  if (c >= 0x06F0 && c <= 0x06F9) return '0' + (c - 0x06F0);  // and their Persian forms
  return c;
}

bool is_word_letter(utf8proc_int32_t c) {
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return c != 0x0640;  // the Arabic stretcher is a letter by category, and means nothing
    default:
      return false;
  }
}

/// The text decomposed, without case and marks; empty if it is not UTF-8.
std::vector<utf8proc_int32_t> plain_letters(std::string_view text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  constexpr auto kOptions =
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                     UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
  // No text grows more than eighteenfold in compatibility decomposition (UAX 15).
  std::vector<utf8proc_int32_t> letters(text.size() * 18 + 1);
  const utf8proc_ssize_t count = utf8proc_decompose(
      bytes, size, letters.data(), static_cast<utf8proc_ssize_t>(letters.size()), kOptions);
  letters.resize(count < 0 ? 0 : std::min(static_cast<std::size_t>(count), letters.size()));
  return letters;
}

bool is_plain_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void add_word(std::vector<std::string>& words, std::string& word) {
  if (!word.empty()) words.push_back(word);
  word.clear();
}

std::string digits_of(std::string_view text) {
  std::string digits;
  for (const std::string& word : words_of(text)) {
    for (const char c : word) {
      if (c >= '0' && c <= '9') digits += c;
    }
  }
  return digits;
}

/// The zeros before a national number, or a country's, are not dialled from elsewhere.
std::string without_zeros(const std::string& digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  if (is_plain_ascii(text)) {  // most ids, addresses and names
    for (const char c : text) {
      const bool upper = c >= 'A' && c <= 'Z';
      if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        if (word.size() < kMaxWordBytes) word += upper ? static_cast<char>(c - 'A' + 'a') : c;
      } else {
        add_word(words, word);
      }
    }
  } else {
    for (utf8proc_int32_t c : plain_letters(text)) {
      c = plain_letter(c);
      if (is_word_letter(c)) {
        std::array<utf8proc_uint8_t, 4> bytes{};
        const auto size = static_cast<std::size_t>(utf8proc_encode_char(c, bytes.data()));
        if (word.size() + size <= kMaxWordBytes) {
          word.append(reinterpret_cast<const char*>(bytes.data()), size);
        }
      } else if (c != 0x0640) {
        add_word(words, word);
      }
    }
  }
  add_word(words, word);
  return words;
}

std::vector<std::string> words_of(const LeadRecord& lead) {
  std::vector<std::string> words;
  for (const std::string* text : {&lead.lead_id, &lead.name, &lead.email}) {
    for (std::string& word : words_of(std::string_view(*text))) words.push_back(std::move(word));
  }
  if (const std::string digits = without_zeros(digits_of(lead.phone)); !digits.empty()) {
    words.push_back(digits.substr(0, kMaxWordBytes));
    if (digits.size() > kNationalDigits) {
      words.push_back(digits.substr(digits.size() - kNationalDigits));
    }
  }
  std::ranges::sort(words);
  words.erase(std::ranges::unique(words).begin(), words.end());
  if (words.size() > kMaxWords) words.resize(kMaxWords);
  return words;
}

std::string national_number(std::string_view phone) {
  const std::string digits = without_zeros(digits_of(phone));
  return digits.substr(digits.size() - std::min(digits.size(), kNationalDigits));
}

bool same_phone(std::string_view one, std::string_view other) {
  std::string shorter = without_zeros(digits_of(one));
  std::string longer = without_zeros(digits_of(other));
  if (shorter.size() > longer.size()) std::swap(shorter, longer);
  if (shorter.size() < kWholePhoneDigits) return false;
  return shorter == longer || (shorter.size() <= kNationalDigits && longer.ends_with(shorter));
}

SearchWords search_words(std::string_view text) {
  SearchWords found{.words = words_of(text), .number = {}};
  for (const std::string& word : found.words) {
    if (!std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; })) {
      found.number.clear();
      return found;
    }
    found.number += word;
  }
  found.number = without_zeros(found.number);
  const bool same = found.words.size() == 1 && found.words.front() == found.number;
  if (same || found.number.size() < kMinPhoneDigits) found.number.clear();
  return found;
}

}  // namespace pursuit::store
