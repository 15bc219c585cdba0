// The parts of toml_section.h that need no TOML: near misses of names, and values as text.
#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include <fmt/format.h>

#include "model/toml_section.h"

namespace pursuit::model {
namespace {

constexpr std::size_t kNameBytes = 64;  // longer ones are nobody's slip of the pen

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char c : a) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + static_cast<std::size_t>(c != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view text, std::span<const std::string_view> names) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, text.size() / 3) + 1;
  if (text.empty() || text.size() > kNameBytes) return best;
  for (const std::string_view name : names) {
    if (name.size() > kNameBytes) continue;
    const bool cut_short =
        text.size() >= 3 && name.size() >= 3 && (name.starts_with(text) || text.starts_with(name));
    const std::size_t distance = cut_short ? 1 : edit_distance(text, name);
    if (distance < std::min(best_distance, std::max(text.size(), name.size()))) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggestion(std::string_view text, std::span<const std::string_view> names) {
  const std::string_view near = nearest_name(text, names);
  if (!near.empty()) return fmt::format(" (did you mean '{}'?)", near);
  std::string list;
  for (const std::string_view name : names) {
    list += list.empty() ? "" : ", ";
    list += name;
  }
  return list.empty() ? list : fmt::format(" (one of: {})", list);
}

std::string toml_number(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value + 0.0);
  return {text.data(), end.ptr};
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string toml_strings(std::span<const std::string> texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ", ";
    out += toml_string(text);
  }
  return out + ']';
}

}  // namespace pursuit::model
