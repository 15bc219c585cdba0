#include "base/bytes.h"
#include "export/parquet_column.h"

namespace pursuit::exporting {
namespace {

constexpr std::size_t kEarly = 16'384;  // texts by which it shows that hardly any comes again
constexpr std::size_t kMaxBytes = 16u << 20;

std::size_t slot_of(std::uint64_t key, std::size_t slots_log2) {
  return (key * 0x9E37'79B9'7F4A'7C15) >> (64 - slots_log2);
}

}  // namespace

bool WordDictionary::build(std::span<const std::uint64_t> words) {
  ++round_;
  values.clear();
  codes.resize(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::size_t at = slot_of(words[i], kSlotsLog2);
    while (slots_[at].round == round_ && slots_[at].word != words[i]) at = (at + 1) % kSlots;
    Slot& slot = slots_[at];
    if (slot.round != round_) {
      if (values.size() == kSlots / 2) return false;
      slot = {words[i], static_cast<std::uint32_t>(values.size()), round_};
      values.push_back(words[i]);
    }
    codes[i] = slot.code;
  }
  return values.size() * 2 <= words.size();
}

bool TextDictionary::build(std::span<const std::string_view> texts) {
  ++round_;
  values.clear();
  bytes_ = 0;
  codes.resize(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string_view text = texts[i];
    const auto size = static_cast<std::uint32_t>(text.size());
    std::size_t at = slot_of(
        reinterpret_cast<std::uintptr_t>(text.data()) ^ static_cast<std::uint64_t>(size) << 56,
        kSlotsLog2);
    // A place may be forgotten for another: its content will be found again.
    Place& place = places_[at];
    if (place.round != round_ || place.data != text.data() || place.size != size) {
      place = {text.data(), size, code_of_content(text), round_};
      if (values.size() == kSlots / 2 || bytes_ > kMaxBytes) return false;
    }
    codes[i] = place.code;
    if (i + 1 == kEarly && values.size() > kEarly / 4 * 3) return false;
  }
  return values.size() * 2 <= texts.size();
}

bool TextDictionary::build_of_neighbours(std::span<const std::string_view> texts) {
  values.clear();
  bytes_ = 0;
  codes.resize(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string_view text = texts[i];
    const auto is_last = [&] {
      const std::string_view last = values.back();
      return (last.data() == text.data() && last.size() == text.size()) || last == text;
    };
    if (i == 0 || !is_last()) {
      values.push_back(text);
      bytes_ += text.size();
      if (bytes_ > kMaxBytes) return false;
    }
    codes[i] = static_cast<std::uint32_t>(values.size() - 1);
    if (i + 1 == kEarly && values.size() > kEarly / 4 * 3) return false;
  }
  return values.size() * 2 <= texts.size();
}

std::uint32_t TextDictionary::code_of_content(std::string_view text) {
  std::size_t at = slot_of(base::hash_bytes(text), kSlotsLog2);
  while (contents_[at].round == round_) {
    if (base::same_bytes(values[contents_[at].code], text)) return contents_[at].code;
    at = (at + 1) % kSlots;
  }
  contents_[at] = {static_cast<std::uint32_t>(values.size()), round_};
  values.push_back(text);
  bytes_ += text.size();
  return contents_[at].code;
}

}  // namespace pursuit::exporting
