// model/calendar.h: the working hours of a region as a policy states them. Plain data;
// metrics/working_time.h computes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace pursuit::model {

/// One block of open time in local time, half open: [from_minute, to_minute), minutes since local
/// midnight, to <= 1440.
struct Block {
  std::uint16_t from_minute;
  std::uint16_t to_minute;
  friend bool operator==(const Block&, const Block&) = default;
};

/// Blocks by weekday, Monday first, each day's sorted and not overlapping; an empty day is closed.
using WeeklyHours = std::array<std::vector<Block>, 7>;

/// Hours that hold on the local dates from_day … to_day, both ends inclusive (day numbers of
/// base/time.h).
struct CalendarPeriod {
  std::int64_t from_day;
  std::int64_t to_day;
  WeeklyHours weekly;
  friend bool operator==(const CalendarPeriod&, const CalendarPeriod&) = default;
};

/// semantics.md, "Time": the last period that covers a date gives its hours, else `weekly`; a
/// holiday is closed all day.
struct Calendar {
  std::string region;                  // "*": every region that has none of its own
  std::string zone;                    // IANA name
  std::vector<std::int64_t> holidays;  // day numbers, sorted, distinct
  WeeklyHours weekly;
  std::vector<CalendarPeriod> periods;  // file order
  friend bool operator==(const Calendar&, const Calendar&) = default;
};

}  // namespace pursuit::model
