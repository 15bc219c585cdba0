#include "reference/working.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include <date/tz.h>

namespace pursuit::reference {
namespace {

using base::Millis;
using std::chrono::milliseconds;
using SysMillis = date::sys_time<milliseconds>;

struct Span {
  Millis from_ms;
  Millis to_ms;
};

/// A skipped local time is the instant of the change, a repeated one its first occurrence.
Millis instant_of(const date::time_zone& zone, date::local_days day, int minute) {
  const date::local_time<milliseconds> local = day + std::chrono::minutes{minute};
  return zone.to_sys(local, date::choose::earliest).time_since_epoch().count();
}

const model::WeeklyHours& hours_on(const model::Calendar& calendar, std::int64_t day) {
  const model::WeeklyHours* found = &calendar.weekly;
  for (const model::CalendarPeriod& period : calendar.periods)
    if (period.from_day <= day && day <= period.to_day) found = &period.weekly;
  return *found;
}

/// Open spans of one local date, as instants.
std::vector<Span> open_spans(const model::Calendar& calendar, std::int64_t day) {
  const date::time_zone& zone = *date::locate_zone(calendar.zone);
  const auto& holidays = calendar.holidays;
  if (std::find(holidays.begin(), holidays.end(), day) != holidays.end()) return {};
  const date::local_days local_day{date::days{day}};
  const unsigned monday_first = date::weekday{local_day}.iso_encoding() - 1;
  std::vector<Span> spans;
  for (const model::Block& block : hours_on(calendar, day)[monday_first])
    spans.push_back({instant_of(zone, local_day, block.from_minute),
                     instant_of(zone, local_day, block.to_minute)});
  return spans;
}

}  // namespace

const model::Calendar* calendar_of(const model::Policy& policy, const std::string& region) {
  for (const model::Calendar& calendar : policy.calendars)
    if (calendar.region == region) return &calendar;
  for (const model::Calendar& calendar : policy.calendars)
    if (calendar.region == "*") return &calendar;
  return nullptr;
}

base::Millis duration_ms(const model::Policy& policy, const std::string& region, Millis from_ms,
                         Millis to_ms) {
  if (to_ms <= from_ms) return 0;
  const model::Calendar* calendar = calendar_of(policy, region);
  if (policy.duration == model::DurationKind::kElapsed || calendar == nullptr)
    return to_ms - from_ms;
  Millis open = 0;
  // No zone is more than a day away from UTC, so one date on each side covers the span.
  for (std::int64_t day = base::day_of(from_ms) - 1; day <= base::day_of(to_ms) + 1; ++day)
    for (const Span& span : open_spans(*calendar, day))
      open += std::max<Millis>(0, std::min(span.to_ms, to_ms) - std::max(span.from_ms, from_ms));
  return open;
}

base::Millis instant_passed(const model::Policy& policy, const std::string& region, Millis from_ms,
                            double passed_ms, Millis until_ms) {
  // Durations are whole milliseconds: the first one beyond `passed_ms`.
  const Millis needed = static_cast<Millis>(std::floor(passed_ms)) + 1;
  if (duration_ms(policy, region, from_ms, until_ms) < needed) return base::kNoInstant;
  const model::Calendar* calendar = calendar_of(policy, region);
  if (policy.duration == model::DurationKind::kElapsed || calendar == nullptr)
    return from_ms + needed;
  Millis open = 0;
  for (std::int64_t day = base::day_of(from_ms) - 1;; ++day) {
    for (const Span& span : open_spans(*calendar, day)) {
      const Millis begin = std::max(span.from_ms, from_ms);
      const Millis length = std::max<Millis>(0, span.to_ms - begin);
      if (open + length >= needed) return begin + (needed - open);
      open += length;
    }
  }
}

}  // namespace pursuit::reference
