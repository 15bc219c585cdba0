// base/time.h: instants and durations as integer milliseconds, and their text forms. Pure
// functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pursuit::base {

/// Milliseconds since 1970-01-01T00:00:00Z (an instant) or a number of milliseconds (a duration).
using Millis = std::int64_t;

inline constexpr Millis kMillisPerSecond = 1'000;
inline constexpr Millis kMillisPerHour = 3'600'000;
inline constexpr Millis kMillisPerDay = 86'400'000;

/// Instants outside [1900-01-01, 2300-01-01) are refused at the door, so that durations stay below
/// 2^44 ms.
inline constexpr Millis kMinInstantMs = -2'208'988'800'000;
inline constexpr Millis kMaxInstantMs = 10'413'792'000'000;

/// "Absent" for an instant; never a valid one.
inline constexpr Millis kNoInstant = INT64_MIN;

/// Hours of a duration (semantics.md, "Time"): ms / 3 600 000.
[[nodiscard]] constexpr double to_hours(Millis duration_ms) {
  return static_cast<double>(duration_ms) / 3'600'000.0;
}

/// The day number (days since 1970-01-01, UTC) that holds `at_ms`; floors for instants before 1970.
[[nodiscard]] constexpr std::int64_t day_of(Millis at_ms) {
  const std::int64_t d = at_ms / kMillisPerDay;
  return d - static_cast<std::int64_t>(at_ms % kMillisPerDay < 0);
}

/// Civil date of a day number (proleptic Gregorian).
struct CivilDate {
  int year;
  unsigned month;
  unsigned day;
};
[[nodiscard]] CivilDate civil_of_day(std::int64_t day);

/// Day number of a civil date; nothing if the date does not exist.
[[nodiscard]] std::optional<std::int64_t> day_of_civil(int year, unsigned month, unsigned day);

/// An instant as read from text. `zoned` is false when the text named no zone: then `at_ms` holds
/// the local wall-clock time as if it were UTC and the caller moves it (semantics.md, "Time": a
/// naive instant is read in its source's zone).
struct ParsedInstant {
  Millis at_ms;
  bool zoned;
};

/// Reads ISO 8601 / RFC 3339: `YYYY-MM-DD`, optionally `T` or one blank and
/// `HH:MM[:SS[.fraction]]`, optionally `Z`, `+HH:MM`, `+HHMM` or `+HH`. Fractions beyond
/// milliseconds are truncated. Nothing for other text, dates that do not exist, or instants outside
/// [kMinInstantMs, kMaxInstantMs).
[[nodiscard]] std::optional<ParsedInstant> parse_instant(std::string_view text);

/// `YYYY-MM-DD` alone, as a day number.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view text);

/// Writes `2026-06-01T00:00:00.000Z` (24 characters) to `out` and returns the end. Years outside
/// 0000-9999 do not occur (see kMinInstantMs).
char* write_instant(Millis at_ms, char* out);
[[nodiscard]] std::string format_instant(Millis at_ms);
/// `YYYY-MM-DD` of a day number.
[[nodiscard]] std::string format_date(std::int64_t day);

}  // namespace pursuit::base
