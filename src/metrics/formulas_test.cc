#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "metrics/channel.h"
#include "metrics/load.h"
#include "metrics/percentile.h"
#include "metrics/poisson.h"
#include "metrics/score.h"
#include "metrics/sla.h"

namespace pursuit::metrics {
namespace {

TEST(Percentile, IsTheLinearInterpolationOfTheDefinition) {
  const std::vector<std::int64_t> sorted = {0, 10, 20, 30};
  EXPECT_DOUBLE_EQ(percentile_of_sorted_ms(sorted, 0.9), 27);
  EXPECT_DOUBLE_EQ(percentile_of_sorted_ms(sorted, 1.0), 30);
  EXPECT_DOUBLE_EQ(percentile_of_sorted_ms(std::vector<std::int64_t>{5}, 0.9), 5);
}

TEST(Load, RelaxationHasTheValuesOfTheDefinition) {
  const model::LoadPolicy policy;
  EXPECT_NEAR(relaxation(10, 5, policy), 0.0005, 5e-5);
  EXPECT_NEAR(relaxation(10, 6, policy), 0.0095, 5e-5);
  EXPECT_NEAR(relaxation(10, 8, policy), 0.1905, 5e-5);
}

TEST(Load, TooFewOpenLeadsRelaxNothing) {
  const model::LoadPolicy policy;
  EXPECT_EQ(relaxation(4, 4, policy), 0.0);
  EXPECT_GT(relaxation(5, 5, policy), 0.19);
  EXPECT_EQ(relaxation(0, 0, policy), 0.0);
}

RC_GTEST_PROP(Load, RelaxationGrowsWithTheLoadAndStaysBelowItsCap, ()) {
  const auto open = *rc::gen::inRange(5u, 2000u);
  const auto in_load_stages = *rc::gen::inRange(0u, open);
  const model::LoadPolicy policy;
  RC_ASSERT(relaxation(open, in_load_stages, policy) <=
            relaxation(open, in_load_stages + 1, policy));
  RC_ASSERT(relaxation(open, in_load_stages, policy) <= policy.cap);
}

TEST(Score, RecencyIsOneWhenFreshAndAboutHalfAtTheThreshold) {
  EXPECT_DOUBLE_EQ(recency(0, 6, 1, recency_scale(6, 1)), 1);
  EXPECT_NEAR(recency(1, 6, 1, recency_scale(6, 1)), 0.5, 0.002);
  EXPECT_LT(recency(2, 6, 1, recency_scale(6, 1)), 0.01);
  EXPECT_EQ(recency(std::numeric_limits<double>::infinity(), 6, 1, recency_scale(6, 1)), 0);
}

TEST(Score, WindowOfNothingIsOverAtOnce) {
  EXPECT_EQ(rho(0, 0), 0);
  EXPECT_EQ(rho(1, 0), std::numeric_limits<double>::infinity());
  EXPECT_EQ(recency(rho(1, 0), 6, 1, recency_scale(6, 1)), 0);
}

RC_GTEST_PROP(Score, ContributionsAddUpToAScoreBetweenZeroAndAHundred, ()) {
  const auto part = rc::gen::map(rc::gen::inRange(0, 1001), [](int v) { return v / 1000.0; });
  Components components{};
  model::Weights weights{};
  for (double& c : components) c = *part;
  for (double& w : weights) w = *part;
  weights[0] += 0.001;  // a policy's weights have a positive sum
  const Components parts = contributions(components, weights);
  double sum = 0;
  for (const double c : parts) sum += c;
  RC_ASSERT(score_of(parts) == sum);
  RC_ASSERT(sum >= 0);
  RC_ASSERT(sum <= 100 + 1e-9);
}

TEST(Score, TierCutOffsAreInclusive) {
  const model::TierPolicy cutoffs;
  EXPECT_EQ(tier_of(70, cutoffs), model::Tier::kHot);
  EXPECT_EQ(tier_of(std::nextafter(70, 0), cutoffs), model::Tier::kWarm);
  EXPECT_EQ(tier_of(40, cutoffs), model::Tier::kWarm);
  EXPECT_EQ(tier_of(39.999, cutoffs), model::Tier::kCold);
}

TEST(Sla, CategoryBoundsBelongToTheMilderSide) {
  EXPECT_EQ(category_of(0, 24, 0.5), Category::kOnTime);
  EXPECT_EQ(category_of(0.001, 24, 0.5), Category::kDelayed);
  EXPECT_EQ(category_of(12, 24, 0.5), Category::kDelayed);
  EXPECT_EQ(category_of(12.001, 24, 0.5), Category::kCritical);
}

TEST(Channel, SmoothingPullsTowardsTheRateOfAll) {
  EXPECT_DOUBLE_EQ(smoothed_rate(0, 0, 0.3, 20), 0.3);
  EXPECT_DOUBLE_EQ(smoothed_rate(10, 20, 0.3, 20), 0.4);
  EXPECT_DOUBLE_EQ(smoothed_rate(10, 20, 0.3, 0), 0.5);
}

TEST(Poisson, QuantilesMatchTables) {
  EXPECT_EQ(poisson_quantile(0, 0.999), 0u);
  EXPECT_EQ(poisson_quantile(1, 0.999), 5u);   // P(X <= 5) = 0.99941
  EXPECT_EQ(poisson_quantile(5, 0.999), 13u);  // P(X <= 13) = 0.99930
  EXPECT_EQ(poisson_quantile(10, 0.5), 10u);
}

TEST(Poisson, LargeMeansGoOnWhereTheSumEnds) {
  const auto summed = static_cast<double>(poisson_quantile(600, 0.999));
  const auto approximated = static_cast<double>(poisson_quantile(600.001, 0.999));
  EXPECT_NEAR(summed, approximated, 2);
  EXPECT_NEAR(static_cast<double>(poisson_quantile(1e6, 0.999)), 1e6 + 3.0902 * 1e3, 3);
}

RC_GTEST_PROP(Poisson, MoreIsExpectedOfALargerMean, ()) {
  const double mean = *rc::gen::inRange(0, 5000) / 8.0;
  RC_ASSERT(poisson_quantile(mean, 0.999) <= poisson_quantile(mean + 1, 0.999));
}

}  // namespace
}  // namespace pursuit::metrics
