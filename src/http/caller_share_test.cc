#include "http/caller_share.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace pursuit::http {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(CallerShares, OneCallerTakesItsShareAndAnotherStillHasTheirs) {
  CallerShares shares({.in_flight = 2});
  auto first = shares.begin("amal", 0);
  auto second = shares.begin("amal", 0);
  ASSERT_TRUE(first && second);
  const auto third = shares.begin("amal", 0);
  ASSERT_FALSE(third.has_value());
  EXPECT_EQ(third.error().over, CallerShares::Over::kInFlight);
  EXPECT_GE(third.error().retry_after_s, 1);
  EXPECT_TRUE(shares.begin("badr", 0).has_value());
  first->end();
  EXPECT_TRUE(shares.begin("amal", 0).has_value());
  second->end();
  second->end();  // once is enough
  EXPECT_EQ(shares.callers(), 0u);
}

TEST(CallerShares, APlaceThatMovesIsCountedOnce) {
  CallerShares shares({.in_flight = 1});
  CallerShares::Place kept;
  {
    auto place = shares.begin("amal", 0);
    ASSERT_TRUE(place.has_value());
    kept = std::move(*place);
  }
  EXPECT_FALSE(shares.begin("amal", 0).has_value());
  kept = CallerShares::Place();
  EXPECT_TRUE(shares.begin("amal", 0).has_value());
}

TEST(CallerShares, TheRateHoldsOverTimeAndABurstIsBounded) {
  CallerShares shares({.per_second = 10, .burst_seconds = 2});
  int allowed = 0;
  for (int i = 0; i < 100; ++i) allowed += shares.begin("amal", 0).has_value() ? 1 : 0;
  EXPECT_EQ(allowed, 20);
  const auto refused = shares.begin("amal", 0);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().over, CallerShares::Over::kRate);
  EXPECT_EQ(refused.error().retry_after_s, 1);
  EXPECT_TRUE(shares.begin("badr", 0).has_value());
  allowed = 0;
  for (std::int64_t ms = 0; ms < 10'000; ++ms)
    allowed += shares.begin("amal", ms * kSecond / 1'000).has_value() ? 1 : 0;
  EXPECT_NEAR(allowed, 100, 1);
  // After a pause the burst is there again, and no more than that.
  allowed = 0;
  for (int i = 0; i < 100; ++i) allowed += shares.begin("amal", 60 * kSecond).has_value() ? 1 : 0;
  EXPECT_EQ(allowed, 20);
}

TEST(CallerShares, WhoHasGoneIsForgotten) {
  CallerShares shares({.in_flight = 5, .per_second = 10});
  for (int i = 0; i < 30'000; ++i)
    ASSERT_TRUE(shares.begin("caller " + std::to_string(i), i * kSecond).has_value());
  EXPECT_LE(shares.callers(), 10'001u);
}

TEST(CallerShares, ACrowdThatIsTooLargeToTellApartSharesOneShare) {
  CallerShares shares({.per_second = 1, .burst_seconds = 2});
  for (std::size_t i = 0; i < CallerShares::kMostCallers; ++i)
    ASSERT_TRUE(shares.begin("caller " + std::to_string(i), 0).has_value());
  int allowed = 0;
  for (int i = 0; i < 1'000; ++i)
    allowed += shares.begin("late " + std::to_string(i), 0).has_value() ? 1 : 0;
  EXPECT_EQ(allowed, 2);
  EXPECT_LE(shares.callers(), CallerShares::kMostCallers + 1);
  EXPECT_TRUE(shares.begin("caller 7", 0).has_value());  // who is known keeps their own
  // Once the crowd has gone there is room again.
  EXPECT_TRUE(shares.begin("late 7", 10 * kSecond).has_value());
  EXPECT_TRUE(shares.begin("late 8", 10 * kSecond).has_value());
  EXPECT_LE(shares.callers(), 2u);
}

TEST(CallerShares, WithoutLimitsNobodyIsRemembered) {
  CallerShares shares({});
  const auto place = shares.begin("amal", 0);
  EXPECT_TRUE(place.has_value());
  EXPECT_EQ(shares.callers(), 0u);
}

}  // namespace
}  // namespace pursuit::http
