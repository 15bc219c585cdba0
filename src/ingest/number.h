// ingest/number.h: decimal numbers in files. Pure function, any thread.
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <system_error>

namespace pursuit::ingest {

/// The finite number that `text` is as a whole, `.` being the decimal point; nothing for others.
[[nodiscard]] inline std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace pursuit::ingest
