#include "model/zone.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <utility>

#include <date/tz.h>

#include "base/assert.h"

namespace pursuit::model {
namespace {

using base::Millis;

// No zone is further from UTC than this, so instants up to here are all that a local time that is
// let in can mean.
constexpr Millis kReachMs = 2 * base::kMillisPerDay;

date::sys_seconds to_sys(Millis at_ms) {
  return date::sys_seconds(std::chrono::seconds(at_ms / base::kMillisPerSecond));
}

Millis to_ms(std::chrono::seconds s) { return s.count() * base::kMillisPerSecond; }

}  // namespace

base::Result<Zone> Zone::load(std::string_view iana_name) {
  Zone zone;
  zone.name_ = iana_name;
  if (iana_name == "UTC") {  // even where no tz database is installed
    zone.offsets_.push_back({.from_ms = INT64_MIN, .offset_ms = 0});
  } else {
    try {
      const date::time_zone* tz = date::locate_zone(std::string(iana_name));
      date::sys_seconds at = to_sys(base::kMinInstantMs - kReachMs);
      const date::sys_seconds end = to_sys(base::kMaxInstantMs + kReachMs);
      while (at < end) {
        const date::sys_info info = tz->get_info(at);
        const Millis from_ms =
            zone.offsets_.empty() ? INT64_MIN : to_ms(info.begin.time_since_epoch());
        const Millis offset_ms = to_ms(info.offset);
        if (zone.offsets_.empty() || zone.offsets_.back().offset_ms != offset_ms) {
          zone.offsets_.push_back({.from_ms = from_ms, .offset_ms = offset_ms});
        }
        if (info.end <= at) break;  // the last rule holds for ever
        at = info.end;
      }
    } catch (const std::exception&) {
      return base::fail(base::ErrorCode::kInvalidInput,
                        "time zone '" + zone.name_ + "' is not known to this system");
    }
  }
  zone.lay_out_spans();
  return zone;
}

void Zone::lay_out_spans() {
  PURSUIT_ASSERT(!offsets_.empty());
  Millis covered_ms = INT64_MIN;  // local times before this have a span
  for (std::size_t i = 0; i < offsets_.size(); ++i) {
    const auto [from_ms, offset_ms] = offsets_[i];
    const bool last = i + 1 == offsets_.size();
    if (i > 0 && from_ms + offset_ms > covered_ms) {  // clocks went forward
      spans_.push_back({covered_ms, offset_ms, from_ms});
      covered_ms = from_ms + offset_ms;
    }
    // Where clocks went back, local times that came before keep their first meaning.
    const Millis end_ms = last ? INT64_MAX : offsets_[i + 1].from_ms + offset_ms;
    if (end_ms <= covered_ms) continue;
    spans_.push_back({covered_ms, offset_ms, base::kNoInstant});
    covered_ms = end_ms;
  }
}

Millis Zone::to_local(Millis at_ms) const {
  const auto after = std::ranges::upper_bound(offsets_, at_ms, {}, &Offset::from_ms);
  return at_ms + std::prev(after)->offset_ms;
}

std::size_t Zone::span_index(Millis local_ms) const {
  const auto after = std::ranges::upper_bound(spans_, local_ms, {}, &Span::local_from_ms);
  return static_cast<std::size_t>(after - spans_.begin()) - 1;
}

}  // namespace pursuit::model
