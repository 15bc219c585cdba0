#include "sample/season.h"

#include <gtest/gtest.h>

#include "base/time.h"

namespace pursuit::sample {
namespace {

std::int64_t day(int year, unsigned month, unsigned of_month) {
  return *base::day_of_civil(year, month, of_month);
}

TEST(Season, RamadanIsWithinTwoDaysOfTheAnnouncedOne) {
  for (const std::int64_t announced : {day(2019, 5, 6), day(2021, 4, 13), day(2023, 3, 23),
                                       day(2024, 3, 11), day(2025, 3, 1), day(2026, 2, 18)})
    EXPECT_NEAR(static_cast<double>(ramadan_start_before(announced + 20)),
                static_cast<double>(announced), 2);
}

TEST(Season, FewerLeadsComeInRamadanAndOnFridaysAndMoreAtTheEndOfTheYear) {
  EXPECT_LT(day_weight(day(2026, 2, 24)), day_weight(day(2026, 4, 7)));    // Tuesdays
  EXPECT_LT(day_weight(day(2026, 5, 8)), day_weight(day(2026, 5, 7)));     // Friday, Thursday
  EXPECT_GT(day_weight(day(2025, 12, 30)), day_weight(day(2025, 11, 4)));  // Tuesdays
}

TEST(Season, DaysGrowWithTheQuantileAndStayInTheSpan) {
  const std::int64_t first = day(2025, 1, 1);
  const std::int64_t last = day(2025, 12, 31);
  const Season season(first, last);
  std::int64_t before = first;
  for (int i = 0; i < 1'000; ++i) {
    const std::int64_t at = season.day_at(i / 1'000.0);
    EXPECT_GE(at, before);
    before = at;
  }
  EXPECT_EQ(season.day_at(0), first);
  EXPECT_EQ(season.day_at(0.999999999), last);
}

}  // namespace
}  // namespace pursuit::sample
