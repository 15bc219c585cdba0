#include "model/zone.h"

#include <gtest/gtest.h>

namespace pursuit::model {
namespace {

base::Millis ms(std::string_view text) { return base::parse_instant(text)->at_ms; }

Zone zone(std::string_view name) {
  auto loaded = Zone::load(name);
  EXPECT_TRUE(loaded.has_value()) << loaded.error().text();
  return *loaded;
}

std::string instant(const Zone& z, std::string_view local) {
  return base::format_instant(z.to_instant(ms(local)));
}

TEST(Zone, UnknownNameIsAnErrorThatNamesIt) {
  const auto loaded = Zone::load("Asia/Dubay");
  ASSERT_FALSE(loaded.has_value());
  EXPECT_NE(loaded.error().message.find("'Asia/Dubay'"), std::string::npos);
  EXPECT_FALSE(Zone::load("").has_value());
  EXPECT_FALSE(Zone::load("../../etc/passwd").has_value());
}

TEST(Zone, FixedOffsetShiftsEveryLocalTime) {
  const Zone dubai = zone("Asia/Dubai");
  EXPECT_EQ(instant(dubai, "2026-06-01T00:00:00"), "2026-05-31T20:00:00.000Z");
  EXPECT_EQ(dubai.to_local(ms("2026-05-31T20:00:00Z")), ms("2026-06-01T00:00:00"));
}

TEST(Zone, UtcIsTheIdentity) {
  const Zone utc = zone("UTC");
  EXPECT_EQ(utc.to_instant(base::kMinInstantMs), base::kMinInstantMs);
  EXPECT_EQ(utc.to_local(base::kMaxInstantMs), base::kMaxInstantMs);
}

TEST(Zone, CairosSkippedMidnightIsTheInstantOfTheChange) {
  const Zone cairo = zone("Africa/Cairo");
  // 2026-04-24 is the last Friday of April: 00:00 … 00:59 do not occur.
  EXPECT_EQ(instant(cairo, "2026-04-23T23:59:59"), "2026-04-23T21:59:59.000Z");
  EXPECT_EQ(instant(cairo, "2026-04-24T00:00:00"), "2026-04-23T22:00:00.000Z");
  EXPECT_EQ(instant(cairo, "2026-04-24T00:30:00"), "2026-04-23T22:00:00.000Z");
  EXPECT_EQ(instant(cairo, "2026-04-24T01:00:00"), "2026-04-23T22:00:00.000Z");
  EXPECT_EQ(instant(cairo, "2026-04-24T01:00:01"), "2026-04-23T22:00:01.000Z");
}

TEST(Zone, LocalTimeThatOccursTwiceIsItsFirstOccurrence) {
  const Zone beirut = zone("Asia/Beirut");
  // On 2025-10-26 at 00:00 clocks go back to 23:00 of the 25th.
  EXPECT_EQ(instant(beirut, "2025-10-25T23:30:00"), "2025-10-25T20:30:00.000Z");
  EXPECT_EQ(instant(beirut, "2025-10-26T00:00:00"), "2025-10-25T22:00:00.000Z");
  const Zone berlin = zone("Europe/Berlin");
  EXPECT_EQ(instant(berlin, "2025-10-26T02:30:00"), "2025-10-26T00:30:00.000Z");
  EXPECT_EQ(instant(berlin, "2025-10-26T03:00:00"), "2025-10-26T02:00:00.000Z");
}

TEST(Zone, LocalTimesNeverRunBackwards) {
  for (const char* name : {"Africa/Cairo", "Asia/Beirut", "Asia/Riyadh", "America/Sao_Paulo",
                           "Pacific/Apia", "Europe/Lisbon"}) {
    const Zone z = zone(name);
    base::Millis before = INT64_MIN;
    for (base::Millis local = ms("1900-01-01"); local < ms("2040-01-01"); local += 1'800'000) {
      const base::Millis at = z.to_instant(local);
      ASSERT_GE(at, before) << name << ' ' << base::format_instant(local);
      // Reading the instant back gives the local time, unless it was skipped.
      ASSERT_GE(z.to_local(at), local) << name << ' ' << base::format_instant(local);
      before = at;
    }
  }
}

}  // namespace
}  // namespace pursuit::model
