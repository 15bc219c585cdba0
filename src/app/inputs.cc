#include "app/inputs.h"

namespace pursuit::app {

base::Result<base::Millis> parse_as_of(const std::string& text, base::Millis now_ms) {
  if (text == "now") return now_ms;
  if (const auto parsed = base::parse_instant(text)) return parsed->at_ms;
  return base::fail(
      base::ErrorCode::kUsage,
      "'" + text + "' is not an instant: give 2026-06-01T00:00:00Z, 2026-06-01 or now", "--as-of");
}

}  // namespace pursuit::app
