#include "api/cursor.h"

#include <bit>
#include <charconv>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

namespace pursuit::api {
namespace {

/// Reads as many hexadecimal digits as `Int` has and steps over them.
template <class Int>
std::optional<Int> take_hex(std::string_view& text) {
  constexpr std::size_t kDigits = 2 * sizeof(Int);
  if (text.size() < kDigits) return std::nullopt;
  Int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + kDigits, value, 16);
  if (error != std::errc{} || stop != text.data() + kDigits) return std::nullopt;
  text.remove_prefix(kDigits);
  return value;
}

}  // namespace

std::string write_cursor(const engine::Engine& engine, const engine::QueueCursor& cursor) {
  return fmt::format("{:016x}{:016x}{}", std::bit_cast<std::uint64_t>(cursor.key),
                     static_cast<std::uint64_t>(cursor.entered_ms), engine.leads().id(cursor.lead));
}

base::Result<engine::QueueCursor> read_cursor(const engine::Engine& engine, std::string_view text) {
  const auto key = take_hex<std::uint64_t>(text);
  const auto entered = key ? take_hex<std::uint64_t>(text) : std::nullopt;
  const base::LeadId lead = entered ? engine.leads().find(text) : base::kNoLead;
  if (lead == base::kNoLead)
    return base::fail(base::ErrorCode::kInvalidInput, "not a cursor of this list", "cursor");
  return engine::QueueCursor{.key = std::bit_cast<double>(*key),
                             .entered_ms = static_cast<base::Millis>(*entered),
                             .lead = lead};
}

}  // namespace pursuit::api
