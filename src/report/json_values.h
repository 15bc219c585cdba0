// report/json_values.h: figures as JSON values: what is absent is null.  Pure
// functions, any thread.
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "model/policy.h"

namespace pursuit::report {

using Json = nlohmann::ordered_json;  // keys in the order in which they are set

[[nodiscard]] inline Json number_json(double value) {
  return std::isnan(value) ? Json(nullptr) : Json(value);
}
[[nodiscard]] inline Json hours_json(double ms) {
  return std::isnan(ms) ? Json(nullptr) : Json(ms / static_cast<double>(base::kMillisPerHour));
}
[[nodiscard]] inline Json instant_json(base::Millis at_ms) {
  return at_ms == base::kNoInstant ? Json(nullptr) : Json(base::format_instant(at_ms));
}
[[nodiscard]] inline std::string_view tier_name(model::Tier tier) {
  return model::kTierNames[static_cast<std::size_t>(tier)];
}
/// Indented, with a final end of line. Text need not be UTF-8; it is no reason to fail.
[[nodiscard]] inline std::string json_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pursuit::report
