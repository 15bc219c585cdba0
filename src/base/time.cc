#include "base/time.h"

#include <array>
#include <bit>
#include <cstring>

namespace pursuit::base {
namespace {

static_assert(std::endian::native == std::endian::little, "the packed digit tests read words");

constexpr int kFirstYear = 1900;
constexpr int kYearEnd = 2300;

constexpr bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

// Days before the first of a month, by leap year and month 1 … 12; the 13th entry ends December.
constexpr std::array<std::array<std::uint16_t, 14>, 2> kDaysBeforeMonth = {
    {{0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
     {0, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366}}};

// Number of days from 0000-03-01 to the civil date, shifted to 1970; leap days fall at the end of a
// year that starts in March, so that a month's first day is a linear function of the month.
constexpr std::int64_t days_from_civil(int year, unsigned month, unsigned day) {
  const std::int64_t y = year - (month <= 2 ? 1 : 0);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t shifted_month = (month + 9) % 12;
  const std::int64_t day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct YearStart {
  std::int32_t day;
  std::uint32_t leap;
};

constexpr auto kYearStarts = [] {
  std::array<YearStart, kYearEnd - kFirstYear> out{};
  for (int y = kFirstYear; y < kYearEnd; ++y) {
    out[static_cast<std::size_t>(y - kFirstYear)] = {
        static_cast<std::int32_t>(days_from_civil(y, 1, 1)), is_leap(y) ? 1u : 0u};
  }
  return out;
}();

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') <= 9; }

// Takes `count` digits off the front of `text`; false, with `value` unspecified, if they are not.
bool take_digits(std::string_view& text, std::size_t count, unsigned& value) {
  if (text.size() < count) return false;
  value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[i])) return false;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// Day number of a date whose year a valid instant can have.
std::optional<std::int64_t> day_in_limits(unsigned year, unsigned month, unsigned day) {
  const unsigned index = year - static_cast<unsigned>(kFirstYear);
  if (index >= kYearStarts.size() || month - 1 >= 12) return std::nullopt;
  const YearStart start = kYearStarts[index];
  const auto& before = kDaysBeforeMonth[start.leap];
  if (day - 1 >= static_cast<unsigned>(before[month + 1] - before[month])) return std::nullopt;
  return start.day + before[month] + static_cast<std::int64_t>(day) - 1;
}

// Adds 10 × each byte to the byte after it: the value of a pair of digits stands at its first.
constexpr std::uint64_t pair_values(std::uint64_t digits) { return digits * 10 + (digits >> 8); }

unsigned byte_at(std::uint64_t word, unsigned index) {
  return static_cast<unsigned>(word >> (8 * index)) & 0xFF;
}

// Non-zero if a byte of `x` is above 9 (where `limit` has 0x76) or above 0 (where it has 0x7F).
// A carry between bytes comes only from a byte that is out of range itself.
constexpr std::uint64_t out_of_range(std::uint64_t x, std::uint64_t limit) {
  return ((x + limit) | x) & 0x8080'8080'8080'8080;
}

// `YYYY-MM-DD?HH:MM:SS` (? is `T` or a blank) at `p`, eight characters at a time: nearly all
// instants that are read look like this. Milliseconds, or kNoInstant if it is not of that form.
Millis parse_to_seconds(const char* p) {
  std::uint64_t date;
  std::uint64_t clock;
  std::uint32_t tail;
  std::memcpy(&date, p, 8);
  std::memcpy(&clock, p + 8, 8);
  std::memcpy(&tail, p + 15, 4);                                            // M:SS
  date ^= 0x2D30'302D'3030'3030;                                            // "0000-00-"
  clock ^= p[10] == ' ' ? 0x3030'3A30'3020'3030u : 0x3030'3A30'3054'3030u;  // "00T00:00"
  const std::uint64_t second_digits = (static_cast<std::uint64_t>(tail) ^ 0x3030'3A30) >> 8;
  if ((out_of_range(date, 0x7F76'767F'7676'7676) | out_of_range(clock, 0x7676'7F76'767F'7676) |
       out_of_range(second_digits, 0x0076'767F)) != 0) {
    return kNoInstant;
  }
  date = pair_values(date);
  clock = pair_values(clock);
  const unsigned hour = byte_at(clock, 3);
  const unsigned minute = byte_at(clock, 6);
  const unsigned second = byte_at(pair_values(second_digits), 1);
  const auto day =
      day_in_limits(byte_at(date, 0) * 100 + byte_at(date, 2), byte_at(date, 5), byte_at(clock, 0));
  if (!day || hour > 23 || minute > 59 || second > 59) return kNoInstant;
  return *day * kMillisPerDay +
         static_cast<Millis>((hour * 60 + minute) * 60 + second) * kMillisPerSecond;
}

bool take_clock(std::string_view& text, Millis& clock_ms) {
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  unsigned milli = 0;
  if (!take_digits(text, 2, hour) || !take(text, ':') || !take_digits(text, 2, minute)) {
    return false;
  }
  if (take(text, ':')) {
    if (!take_digits(text, 2, second)) return false;
    if (take(text, '.')) {
      if (text.empty() || !is_digit(text.front())) return false;
      for (unsigned scale = 100; !text.empty() && is_digit(text.front()); scale /= 10) {
        milli += scale * static_cast<unsigned>(text.front() - '0');
        text.remove_prefix(1);
      }
    }
  }
  clock_ms = static_cast<Millis>((hour * 60 + minute) * 60 + second) * kMillisPerSecond + milli;
  return hour <= 23 && minute <= 59 && second <= 59;
}

// The offset east of UTC that the text names; nothing when there is none, false if it is not one.
bool take_zone(std::string_view& text, std::optional<Millis>& offset_ms) {
  if (text.empty()) return true;
  if (take(text, 'Z')) {
    offset_ms = 0;
    return true;
  }
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return false;
  text.remove_prefix(1);
  unsigned hours = 0;
  unsigned minutes = 0;
  if (!take_digits(text, 2, hours)) return false;
  if (!text.empty()) {
    take(text, ':');
    if (!take_digits(text, 2, minutes)) return false;
  }
  const Millis offset = static_cast<Millis>(hours * 60 + minutes) * 60 * kMillisPerSecond;
  offset_ms = west ? -offset : offset;
  return hours <= 23 && minutes <= 59;
}

std::optional<ParsedInstant> parse_general(std::string_view text) {
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (!take_digits(text, 4, year) || !take(text, '-') || !take_digits(text, 2, month) ||
      !take(text, '-') || !take_digits(text, 2, day) || month - 1 >= 12) {
    return std::nullopt;
  }
  const auto day_number = day_of_civil(static_cast<int>(year), month, day);
  if (!day_number) return std::nullopt;
  ParsedInstant out{*day_number * kMillisPerDay, false};
  if (!text.empty()) {
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
    Millis clock_ms = 0;
    std::optional<Millis> offset_ms;
    if (!take_clock(text, clock_ms) || !take_zone(text, offset_ms) || !text.empty()) {
      return std::nullopt;
    }
    out.at_ms += clock_ms - offset_ms.value_or(0);
    out.zoned = offset_ms.has_value();
  }
  if (out.at_ms < kMinInstantMs || out.at_ms >= kMaxInstantMs) return std::nullopt;
  return out;
}

char* put_two(unsigned value, char* out) {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
  return out + 2;
}

char* put_date(std::int64_t day, char* out) {
  const CivilDate date = civil_of_day(day);
  const auto year = static_cast<unsigned>(date.year);
  out = put_two(year / 100 % 100, out);
  out = put_two(year % 100, out);
  *out++ = '-';
  out = put_two(date.month, out);
  *out++ = '-';
  return put_two(date.day, out);
}

}  // namespace

CivilDate civil_of_day(std::int64_t day) {
  const std::int64_t shifted = day + 719'468;  // days since 0000-03-01
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(shifted - era * 146'097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted_month = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const auto year = static_cast<int>(year_of_era + era * 400) + (month <= 2 ? 1 : 0);
  return {year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

std::optional<std::int64_t> day_of_civil(int year, unsigned month, unsigned day) {
  if (month < 1 || month > 12 || day < 1) return std::nullopt;
  const auto& before = kDaysBeforeMonth[is_leap(year) ? 1 : 0];
  if (day > static_cast<unsigned>(before[month + 1] - before[month])) return std::nullopt;
  return days_from_civil(year, month, day);
}

std::optional<ParsedInstant> parse_instant(std::string_view text) {
  const std::size_t size = text.size();
  const char* p = text.data();
  if (size == 20 && p[19] == 'Z') {
    const Millis at_ms = parse_to_seconds(p);
    if (at_ms != kNoInstant) [[likely]]
      return ParsedInstant{at_ms, true};
  } else if (size == 24 && p[19] == '.' && p[23] == 'Z') {
    const Millis at_ms = parse_to_seconds(p);
    if (at_ms != kNoInstant && is_digit(p[20]) && is_digit(p[21]) && is_digit(p[22])) [[likely]] {
      return ParsedInstant{at_ms + (p[20] - '0') * 100 + (p[21] - '0') * 10 + (p[22] - '0'), true};
    }
  } else if (size == 19) {
    const Millis at_ms = parse_to_seconds(p);
    if (at_ms != kNoInstant) return ParsedInstant{at_ms, false};
  }
  return parse_general(text);
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  if (text.size() != 10) return std::nullopt;
  const auto parsed = parse_instant(text);
  if (!parsed) return std::nullopt;
  return day_of(parsed->at_ms);
}

char* write_instant(Millis at_ms, char* out) {
  const std::int64_t day = day_of(at_ms);
  const auto clock_ms = static_cast<unsigned>(at_ms - day * kMillisPerDay);
  const unsigned seconds = clock_ms / 1'000;
  const unsigned milli = clock_ms % 1'000;
  out = put_date(day, out);
  *out++ = 'T';
  out = put_two(seconds / 3'600, out);
  *out++ = ':';
  out = put_two(seconds / 60 % 60, out);
  *out++ = ':';
  out = put_two(seconds % 60, out);
  *out++ = '.';
  *out++ = static_cast<char>('0' + milli / 100);
  out = put_two(milli % 100, out);
  *out++ = 'Z';
  return out;
}

std::string format_instant(Millis at_ms) {
  std::string out(24, '\0');
  write_instant(at_ms, out.data());
  return out;
}

std::string format_date(std::int64_t day) {
  std::string out(10, '\0');
  put_date(day, out.data());
  return out;
}

}  // namespace pursuit::base
