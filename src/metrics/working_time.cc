#include "metrics/working_time.h"

#include <algorithm>
#include <ranges>
#include <span>
#include <utility>

#include "model/zone.h"

namespace pursuit::metrics {
namespace {

using base::Millis;

constexpr Millis kMillisPerMinute = 60'000;
constexpr Millis kNever = INT64_MAX / 2;  // after every instant, and differences do not overflow

/// Monday is 0.
std::size_t weekday_of(std::int64_t day) {
  return static_cast<std::size_t>(((day + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
}

/// The blocks of a local date (semantics.md, "Time").
std::span<const model::Block> blocks_of(const model::Calendar& calendar, std::int64_t day) {
  if (std::ranges::binary_search(calendar.holidays, day)) return {};
  for (const model::CalendarPeriod& period : std::views::reverse(calendar.periods)) {
    if (period.from_day <= day && day <= period.to_day) return period.weekly[weekday_of(day)];
  }
  return calendar.weekly[weekday_of(day)];
}

}  // namespace

base::Result<WorkingTime> WorkingTime::build(const model::Calendar& calendar, Millis from_ms,
                                             Millis to_ms) {
  PURSUIT_ASSERT(from_ms <= to_ms);
  const auto zone = model::Zone::load(calendar.zone);
  if (!zone) return std::unexpected(zone.error());
  const std::int64_t first_day = base::day_of(zone->to_local(from_ms));
  const std::int64_t last_day = base::day_of(zone->to_local(to_ms));

  WorkingTime out;
  Millis open_ms = 0;
  std::int64_t open_days = 0;
  for (std::int64_t day = first_day; day <= last_day; ++day) {
    const Millis midnight_ms = day * base::kMillisPerDay;
    Millis today_ms = 0;
    for (const model::Block& block : blocks_of(calendar, day)) {
      const Millis begin = zone->to_instant(midnight_ms + block.from_minute * kMillisPerMinute);
      const Millis end = zone->to_instant(midnight_ms + block.to_minute * kMillisPerMinute);
      if (begin >= end) continue;  // the zone skips all of it
      out.append(begin, end);
      today_ms += end - begin;
    }
    open_ms += today_ms;
    open_days += static_cast<std::int64_t>(today_ms > 0);
  }
  if (open_days > 0) {
    out.mean_open_day_ms_ = static_cast<double>(open_ms) / static_cast<double>(open_days);
  }
  // A last local midnight that the zone skips or repeats must not cut the range short.
  out.index_days(std::min(from_ms, zone->to_instant(first_day * base::kMillisPerDay)),
                 std::max(to_ms, zone->to_instant((last_day + 1) * base::kMillisPerDay)));
  return out;
}

void WorkingTime::append(Millis from_ms, Millis to_ms) {
  if (!open_.empty() && open_.back().to_ms == from_ms) {
    open_.back().to_ms = to_ms;
    return;
  }
  const Millis before_ms =
      open_.empty() ? 0 : open_.back().before_ms + open_.back().to_ms - open_.back().from_ms;
  PURSUIT_ASSERT(open_.empty() || open_.back().to_ms < from_ms);
  open_.push_back({.from_ms = from_ms, .to_ms = to_ms, .before_ms = before_ms});
}

void WorkingTime::index_days(Millis from_ms, Millis to_ms) {
  append(kNever, kNever + 1);
  first_day_ = base::day_of(from_ms);
  const std::int64_t end_day = base::day_of(to_ms) + 1;
  std::size_t next = 0;  // the first stretch that ends after 00:00
  for (std::int64_t day = first_day_; day < end_day; ++day) {
    while (open_[next].to_ms <= day * base::kMillisPerDay) ++next;
    days_.push_back(day_from(next, day));
  }
}

WorkingTime::Day WorkingTime::day_from(std::size_t first_open, std::int64_t day) const {
  const Millis begin_ms = day * base::kMillisPerDay;
  const Millis end_ms = begin_ms + base::kMillisPerDay;
  Day out{};
  out.before_ms =
      open_[first_open].before_ms + std::max<Millis>(0, begin_ms - open_[first_open].from_ms);
  for (std::size_t i = first_open; open_[i].from_ms < end_ms; ++i) {
    const std::size_t slot = i - first_open;
    if (slot == kInline) {
      return {.before_ms = -1 - static_cast<Millis>(first_open), .from_ms = {}, .to_ms = {}};
    }
    out.from_ms[slot] = static_cast<std::int32_t>(std::max(open_[i].from_ms, begin_ms) - begin_ms);
    out.to_ms[slot] = static_cast<std::int32_t>(std::min(open_[i].to_ms, end_ms) - begin_ms);
  }
  return out;
}

Millis WorkingTime::scan(const Day& day, Millis at_ms) const {
  const Open* open = &open_[static_cast<std::size_t>(-1 - day.before_ms)];
  while (open->to_ms <= at_ms) ++open;  // the closed one at the end stops it
  return open->before_ms + std::max<Millis>(0, at_ms - open->from_ms);
}

Millis WorkingTime::add(Millis from_ms, Millis open_ms) const {
  PURSUIT_ASSERT(open_ms > 0);
  const Millis wanted_ms = open_until(from_ms) + open_ms;
  // The first stretch with as much before it is one too far: in it, `wanted_ms` is already over.
  const auto beyond = std::ranges::lower_bound(open_, wanted_ms, {}, &Open::before_ms);
  if (beyond == open_.end()) return base::kNoInstant;
  const Open& open = *std::prev(beyond);  // the first stretch has 0 before it
  return open.from_ms + (wanted_ms - open.before_ms);
}

}  // namespace pursuit::metrics
