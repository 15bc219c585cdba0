#include "ingest/zone_shift.h"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace pursuit::ingest {
namespace {

TEST(ZoneShift, NaiveTimesMoveAndZonedOnesStay) {
  ZoneShift shift = *ZoneShift::load("America/Sao_Paulo");
  const auto naive = *base::parse_instant("2018-06-01 12:00:00");
  const auto zoned = *base::parse_instant("2018-06-01T12:00:00Z");
  EXPECT_EQ(base::format_instant(shift.to_instant(naive)), "2018-06-01T15:00:00.000Z");
  EXPECT_EQ(shift.to_instant(zoned), zoned.at_ms);
  // Summer time until February 2018: 2 hours behind, and back to the span of before.
  const auto summer = *base::parse_instant("2018-01-01");
  EXPECT_EQ(base::format_instant(shift.to_instant(summer)), "2018-01-01T02:00:00.000Z");
  EXPECT_EQ(base::format_instant(shift.to_instant(naive)), "2018-06-01T15:00:00.000Z");
}

TEST(ZoneShift, UnknownZoneIsAnError) { EXPECT_FALSE(ZoneShift::load("Nowhere").has_value()); }

TEST(ZoneShiftProperty, RemembersNothingThatMatters) {
  for (const char* name : {"Africa/Cairo", "America/Sao_Paulo", "UTC"}) {
    const model::Zone zone = *model::Zone::load(name);
    ZoneShift shift = *ZoneShift::load(name);
    EXPECT_TRUE(rc::check([&] {
      const auto local = *rc::gen::inRange(base::kMinInstantMs, base::kMaxInstantMs);
      RC_ASSERT(shift.to_instant(local) == zone.to_instant(local));
    }));
  }
}

}  // namespace
}  // namespace pursuit::ingest
