// `[[calendar]]` of policy.toml.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/limits.h"
#include "model/policy_toml_parts.h"
#include "model/zone.h"

namespace pursuit::model {
namespace {

constexpr std::uint16_t kDayMinutes = 1440;

/// `HH:MM`, 24:00 included; nothing for other text.
std::optional<std::uint16_t> parse_clock(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto two_digits = [&text](std::size_t i) -> std::optional<int> {
    if (text[i] < '0' || text[i] > '9' || text[i + 1] < '0' || text[i + 1] > '9') {
      return std::nullopt;
    }
    return (text[i] - '0') * 10 + (text[i + 1] - '0');
  };
  const auto hours = two_digits(0);
  const auto minutes = two_digits(3);
  if (!hours || !minutes || *minutes > 59) return std::nullopt;
  const int total = *hours * 60 + *minutes;
  if (total > kDayMinutes) return std::nullopt;
  return static_cast<std::uint16_t>(total);
}

std::optional<Block> parse_block(std::string_view text) {
  if (text.size() != 11 || text[5] != '-') return std::nullopt;
  const auto from = parse_clock(text.substr(0, 5));
  const auto to = parse_clock(text.substr(6));
  if (!from || !to || *from >= *to) return std::nullopt;
  return Block{*from, *to};
}

void read_day(TomlSection& week, std::string_view day, std::vector<Block>& out) {
  std::vector<TomlText> blocks;
  if (!week.read(day, blocks)) return;
  for (const TomlText& text : blocks) {
    const auto block = parse_block(text.text);
    if (!block) {
      week.fail(day, text.line,
                fmt::format("has '{}', no block \"HH:MM-HH:MM\" within a day", text.text));
      return;
    }
    if (!out.empty() && block->from_minute < out.back().to_minute) {
      week.fail(day, text.line,
                fmt::format("has '{}' before the end of the block before it", text.text));
      return;
    }
    out.push_back(*block);
  }
}

void read_week(TomlSection& parent, WeeklyHours& out) {
  parent.require("weekly");
  auto week = parent.table("weekly");
  if (!week) return;
  for (std::size_t i = 0; i < out.size(); ++i) read_day(*week, kWeekdayNames[i], out[i]);
  week->finish();
}

void read_holidays(TomlSection& section, std::vector<std::int64_t>& out) {
  std::vector<TomlText> dates;
  section.read_dates("holidays", dates);
  for (const TomlText& text : dates) {
    const auto day = base::parse_date(text.text);
    if (!day) {
      section.fail("holidays", text.line, fmt::format("has '{}', no date", text.text));
      return;
    }
    out.push_back(*day);
  }
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
}

CalendarPeriod read_period(TomlSection& section) {
  CalendarPeriod out{};
  section.require("from");
  section.require("to");
  section.read_date("from", out.from_day);
  section.read_date("to", out.to_day);
  if (out.from_day > out.to_day) section.fail("to", "must not be before from");
  read_week(section, out.weekly);
  section.finish();
  return out;
}

Calendar read_calendar(TomlSection& section) {
  Calendar out;
  section.require("region");
  section.read("region", out.region);
  section.require("zone");
  if (section.read("zone", out.zone)) {
    const auto zone = Zone::load(out.zone);
    if (!zone) section.fail("zone", "is not right: " + zone.error().message);
  }
  read_holidays(section, out.holidays);
  read_week(section, out.weekly);
  for (TomlSection& period : section.tables("period")) {
    if (out.periods.size() == base::kMaxCalendarPeriods) {
      period.fail("from",
                  fmt::format("is one period too many: {} at most", base::kMaxCalendarPeriods));
      break;
    }
    out.periods.push_back(read_period(period));
  }
  section.finish();
  return out;
}

}  // namespace

void read_calendars(TomlSection& root, std::vector<Calendar>& out) {
  for (TomlSection& section : root.tables("calendar")) {
    if (out.size() == base::kMaxCalendars) {
      section.fail("region",
                   fmt::format("is one calendar too many: {} at most", base::kMaxCalendars));
      return;
    }
    Calendar calendar = read_calendar(section);
    if (std::ranges::find(out, calendar.region, &Calendar::region) != out.end()) {
      section.fail("region", fmt::format("'{}' has a calendar already", calendar.region));
    }
    out.push_back(std::move(calendar));
  }
}

}  // namespace pursuit::model
