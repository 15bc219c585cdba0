#include "base/time.h"

#include <array>
#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace pursuit::base {
namespace {

std::optional<Millis> zoned_ms(std::string_view text) {
  const auto parsed = parse_instant(text);
  if (!parsed || !parsed->zoned) return std::nullopt;
  return parsed->at_ms;
}

std::optional<Millis> naive_ms(std::string_view text) {
  const auto parsed = parse_instant(text);
  if (!parsed || parsed->zoned) return std::nullopt;
  return parsed->at_ms;
}

TEST(Time, CivilDatesAgreeWithTheStandardLibrary) {
  for (std::int64_t day = -30'000; day < 130'000; ++day) {
    const std::chrono::year_month_day expected{std::chrono::sys_days{std::chrono::days{day}}};
    const CivilDate date = civil_of_day(day);
    ASSERT_EQ(date.year, static_cast<int>(expected.year()));
    ASSERT_EQ(date.month, static_cast<unsigned>(expected.month()));
    ASSERT_EQ(date.day, static_cast<unsigned>(expected.day()));
    ASSERT_EQ(day_of_civil(date.year, date.month, date.day), day);
  }
}

TEST(Time, DatesThatDoNotExistAreNone) {
  EXPECT_FALSE(day_of_civil(2023, 2, 29));
  EXPECT_TRUE(day_of_civil(2024, 2, 29));
  EXPECT_FALSE(day_of_civil(2100, 2, 29));
  EXPECT_TRUE(day_of_civil(2000, 2, 29));
  EXPECT_FALSE(day_of_civil(2026, 13, 1));
  EXPECT_FALSE(day_of_civil(2026, 0, 1));
  EXPECT_FALSE(day_of_civil(2026, 4, 31));
  EXPECT_FALSE(day_of_civil(2026, 4, 0));
}

TEST(Time, WhatIsWrittenReadsBackTheSame) {
  std::uint64_t state = 7;
  for (int i = 0; i < 200'000; ++i) {
    state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    const auto span = static_cast<std::uint64_t>(kMaxInstantMs - kMinInstantMs);
    const Millis at_ms = kMinInstantMs + static_cast<Millis>((state >> 8) % span);
    const std::string text = format_instant(at_ms);
    ASSERT_EQ(text.size(), 24u);
    ASSERT_EQ(zoned_ms(text), at_ms) << text;
    ASSERT_EQ(format_date(day_of(at_ms)), text.substr(0, 10));
    ASSERT_EQ(parse_date(text.substr(0, 10)), day_of(at_ms));
  }
}

TEST(Time, EveryFormOfTextIsRead) {
  const Millis noon = 1'780'315'200'000;  // 2026-06-01T12:00:00Z
  EXPECT_EQ(zoned_ms("2026-06-01T12:00:00Z"), noon);
  EXPECT_EQ(zoned_ms("2026-06-01 12:00:00Z"), noon);
  EXPECT_EQ(zoned_ms("2026-06-01T12:00Z"), noon);
  EXPECT_EQ(zoned_ms("2026-06-01T12:00:00.000Z"), noon);
  EXPECT_EQ(zoned_ms("2026-06-01T12:00:00.5Z"), noon + 500);
  EXPECT_EQ(zoned_ms("2026-06-01T12:00:00.1239Z"), noon + 123);
  EXPECT_EQ(zoned_ms("2026-06-01 12:00:00.123456Z"), noon + 123);
  EXPECT_EQ(zoned_ms("2026-06-01T16:00:00+04:00"), noon);
  EXPECT_EQ(zoned_ms("2026-06-01T16:00:00.007+0400"), noon + 7);
  EXPECT_EQ(zoned_ms("2026-06-01T16:00+04"), noon);
  EXPECT_EQ(zoned_ms("2026-06-01T06:30:00-05:30"), noon);
  EXPECT_EQ(naive_ms("2026-06-01T12:00:00"), noon);
  EXPECT_EQ(naive_ms("2026-06-01 12:00"), noon);
  EXPECT_EQ(naive_ms("2026-06-01 12:00:00.25"), noon + 250);
  EXPECT_EQ(naive_ms("2026-06-01"), noon - 12 * kMillisPerHour);
}

TEST(Time, OtherTextIsNone) {
  for (const char* text : {"",
                           "2026",
                           "2026-06",
                           "2026-6-1",
                           "2026-06-01T",
                           "2026-06-01Z",
                           "2026-06-01T1:00:00Z",
                           "2026-06-01T24:00:00Z",
                           "2026-06-01T12:60:00Z",
                           "2026-06-01T12:00:60Z",
                           "2026-02-29T12:00:00Z",
                           "2026-06-31T12:00:00Z",
                           "2026-00-01T12:00:00Z",
                           "2026-13-01T12:00:00Z",
                           "2026-06-00T12:00:00Z",
                           "2026/06/01T12:00:00Z",
                           "2026-06-01X12:00:00Z",
                           "2026-06-01T12:00:00z",
                           "2026-06-01T12-00-00Z",
                           "2026-06-01T12:00:00.Z",
                           "2026-06-01T12:00:00.12x",
                           "2026-06-01T12:00:00.1x3Z",
                           "2026-06-01T12:00:00+4",
                           "2026-06-01T12:00:00+24:00",
                           "2026-06-01T12:00:00+04:60",
                           "2026-06-01T12:00:00+04:0",
                           "2026-06-01T12:00:00Zx",
                           " 2026-06-01T12:00:00Z",
                           "2026-06-01T12:00:0:Z",
                           "2026-06-01T12:00:/0Z",
                           "20260601T120000Z",
                           "\xB2\xB0\xB2\xB6-06-01T12:00:00Z",
                           "2026-06-01T12:00:00Z ",
                           "-026-06-01T12:00:00Z"}) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

TEST(Time, InstantsOutsideTheLimitsAreRefused) {
  EXPECT_EQ(zoned_ms("1900-01-01T00:00:00Z"), kMinInstantMs);
  EXPECT_FALSE(parse_instant("1899-12-31T23:59:59.999Z"));
  EXPECT_FALSE(parse_instant("1900-01-01T00:00:00+01:00"));
  EXPECT_EQ(zoned_ms("1899-12-31T23:30:00-01:00"), kMinInstantMs + kMillisPerHour / 2);
  EXPECT_EQ(zoned_ms("2299-12-31T23:59:59.999Z"), kMaxInstantMs - 1);
  EXPECT_FALSE(parse_instant("2300-01-01T00:00:00Z"));
  EXPECT_FALSE(parse_instant("0001-01-01T00:00:00Z"));
  EXPECT_FALSE(parse_instant("9999-12-31T00:00:00Z"));
}

// The word-at-a-time path and the general one must agree on any damage to a good text.
TEST(Time, OneDamagedCharacterNeverReadsAsSomethingElse) {
  const std::string good = "2024-02-29T23:59:59.999Z";
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int c = 0; c < 256; ++c) {
      std::string text = good;
      text[at] = static_cast<char>(c);
      const auto parsed = parse_instant(text);
      if (!parsed || !parsed->zoned) continue;
      std::string back = format_instant(parsed->at_ms);
      if (text[10] == ' ') back[10] = ' ';
      ASSERT_EQ(back, text);
    }
  }
}

TEST(Time, DaysFloorBefore1970) {
  EXPECT_EQ(day_of(-1), -1);
  EXPECT_EQ(day_of(0), 0);
  EXPECT_EQ(day_of(-kMillisPerDay), -1);
  EXPECT_EQ(format_instant(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Time, ADateAloneIsADay) {
  EXPECT_EQ(parse_date("1970-01-02"), 1);
  EXPECT_FALSE(parse_date("1970-01-02T00:00:00Z"));
  EXPECT_FALSE(parse_date("1970-1-2"));
}

}  // namespace
}  // namespace pursuit::base
