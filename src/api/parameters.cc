#include "api/parameters.h"

#include <charconv>
#include <system_error>

#include "report/lead_lists.h"

namespace pursuit::api {

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',') {
      parts.emplace_back();
    } else {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      parts.back().push_back(text[i]);
    }
  }
  return parts;
}

base::Result<base::Millis> instant_of(std::string_view text, std::string_view name) {
  const auto instant = base::parse_instant(text);
  if (!instant) {
    return base::fail(base::ErrorCode::kInvalidInput,
                      "not an instant between 1900 and 2300, as 2026-06-01T08:30:00Z",
                      std::string(name));
  }
  return instant->at_ms;
}

std::optional<std::int64_t> path_number(const http::Request& request, std::string_view parameter) {
  const std::string& text = request.parameter(parameter);
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number <= 0) return std::nullopt;
  return number;
}

base::Result<std::size_t> count_of(const http::Request& request, std::string_view name,
                                   std::size_t otherwise, std::size_t least, std::size_t most) {
  const auto text = request.query_value(name);
  if (!text) return otherwise;
  std::size_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc{} || stop != end || value < least || value > most) {
    return base::fail(
        base::ErrorCode::kInvalidInput,
        "not a whole number from " + std::to_string(least) + " to " + std::to_string(most),
        std::string(name));
  }
  return value;
}

base::Result<base::Millis> duration_of(const http::Request& request, std::string_view name,
                                       std::string_view otherwise) {
  const std::string text(request.query_value(name).value_or(otherwise));
  const auto duration = report::parse_duration(text);
  if (!duration) {
    return base::fail(base::ErrorCode::kInvalidInput, duration.error().message, std::string(name));
  }
  return *duration;
}

}  // namespace pursuit::api
