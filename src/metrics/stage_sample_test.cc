#include "metrics/stage_sample.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "metrics/percentile.h"

namespace pursuit::metrics {
namespace {

using Sample = std::vector<std::uint64_t>;

Sample sample_of(const std::vector<std::pair<std::int64_t, bool>>& visits) {
  Sample sample;
  for (const auto& [duration_ms, censored] : visits) {
    sample.push_back(sample_key(duration_ms, censored));
  }
  std::sort(sample.begin(), sample.end());
  return sample;
}

/// The estimator as a textbook writes it: per distinct event time, events over those still at risk.
std::optional<std::int64_t> textbook_percentile(
    const std::vector<std::pair<std::int64_t, bool>>& visits, double p) {
  std::map<std::int64_t, double> events;
  for (const auto& [duration_ms, censored] : visits) {
    if (!censored) ++events[duration_ms];
  }
  double survival = 1;
  for (const auto& [duration_ms, count] : events) {
    const auto at_risk = static_cast<double>(std::count_if(
        visits.begin(), visits.end(), [at = duration_ms](const auto& v) { return v.first >= at; }));
    survival *= 1 - count / at_risk;
    if (survival <= 1 - p + 1e-12) return duration_ms;
  }
  return std::nullopt;
}

TEST(StageSample, PercentileInterpolatesBetweenCompletedVisitsOnly) {
  const Sample sample = sample_of({{10, false}, {15, true}, {20, false}, {99, true}, {40, false}});
  ASSERT_EQ(completed_count(sample), 3u);
  EXPECT_DOUBLE_EQ(completed_percentile_ms(sample, 3, 0.5), 20);
  EXPECT_DOUBLE_EQ(completed_percentile_ms(sample, 3, 0.9), 36);
  EXPECT_DOUBLE_EQ(completed_percentile_ms(sample, 3, 0.0), 10);
  EXPECT_DOUBLE_EQ(completed_percentile_ms(sample, 3, 1.0), 40);
}

TEST(StageSample, OneCompletedVisitIsEveryPercentile) {
  const Sample sample = sample_of({{7, false}, {9, true}});
  EXPECT_DOUBLE_EQ(completed_percentile_ms(sample, 1, 0.9), 7);
}

TEST(StageSample, CurveThatNeverGetsThereHasNoPercentile) {
  const Sample sample = sample_of({{5, false}, {6, true}, {7, true}, {8, true}});
  EXPECT_EQ(kaplan_meier_percentile_ms(sample, 0.9), std::nullopt);
  EXPECT_EQ(kaplan_meier_percentile_ms(sample_of({{5, true}}), 0.9), std::nullopt);
}

TEST(StageSample, WithoutCensoringTheCurveIsTheShareThatIsLeft) {
  Sample sample;
  for (int i = 1; i <= 10; ++i) sample.push_back(sample_key(i * 100, false));
  EXPECT_EQ(kaplan_meier_percentile_ms(sample, 0.9), 900);
  EXPECT_EQ(kaplan_meier_percentile_ms(sample, 0.5), 500);
}

TEST(StageSample, AtATieEventsComeBeforeTheCensored) {
  // Both are at risk when the event happens: survival ½, and then nobody is left.
  EXPECT_EQ(kaplan_meier_percentile_ms(sample_of({{4, true}, {4, false}}), 0.5), 4);
  EXPECT_EQ(kaplan_meier_percentile_ms(sample_of({{4, true}, {4, false}}), 0.9), std::nullopt);
}

RC_GTEST_PROP(StageSample, KaplanMeierIsTheTextbookEstimator, ()) {
  const auto visits = *rc::gen::container<std::vector<std::pair<std::int64_t, bool>>>(rc::gen::pair(
      rc::gen::inRange<std::int64_t>(0, *rc::gen::element(30, 3'000)), rc::gen::arbitrary<bool>()));
  const double p = *rc::gen::element(0.1, 0.5, 0.8, 0.9);
  RC_ASSERT(kaplan_meier_percentile_ms(sample_of(visits), p) == textbook_percentile(visits, p));
}

/// As many visits as blocks and stretches are made of, and more.
std::vector<std::pair<std::int64_t, bool>> many_visits() {
  const std::size_t size = *rc::gen::element<std::size_t>(63, 64, 65, 128, 200, 700);
  const std::int64_t longest = *rc::gen::element<std::int64_t>(40, 1'000'000);
  const std::uint64_t censored_of_16 = *rc::gen::inRange<std::uint64_t>(0, 16);
  std::uint64_t state = *rc::gen::arbitrary<std::uint64_t>();
  std::vector<std::pair<std::int64_t, bool>> visits(size);
  for (auto& [duration_ms, censored] : visits) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    duration_ms = static_cast<std::int64_t>(state >> 33) % longest;
    censored = ((state >> 20) & 15) < censored_of_16;
  }
  return visits;
}

RC_GTEST_PROP(StageSample, KaplanMeierOfManyIsTheTextbookEstimator, ()) {
  const auto visits = many_visits();
  const double p = *rc::gen::element(0.1, 0.5, 0.8, 0.9);
  RC_ASSERT(kaplan_meier_percentile_ms(sample_of(visits), p) == textbook_percentile(visits, p));
}

RC_GTEST_PROP(StageSample, PercentileOfManyIsThatOfTheCompletedOnes, ()) {
  const auto visits = many_visits();
  const double p = *rc::gen::element(0.0, 0.1, 0.5, 0.9, 0.99, 1.0);
  std::vector<std::int64_t> completed;
  for (const auto& [duration_ms, censored] : visits) {
    if (!censored) completed.push_back(duration_ms);
  }
  const Sample sample = sample_of(visits);
  RC_ASSERT(completed_count(sample) == completed.size());
  RC_PRE(!completed.empty());
  RC_ASSERT(completed_percentile_ms(sample, completed_count(sample), p) ==
            percentile_ms(completed, p));
}

RC_GTEST_PROP(StageSample, SortOrdersByTheLowBitsAndLosesNothing, ()) {
  const std::size_t size = *rc::gen::element<std::size_t>(0, 1, 7, 2047, 2048, 5000);
  const unsigned bits = *rc::gen::element(1u, 11u, 20u, 33u, 44u, 63u);
  const unsigned span_bits = *rc::gen::inRange(1u, bits + 1);  // few distinct values, or many
  std::uint64_t state = *rc::gen::arbitrary<std::uint64_t>();
  Sample sample(size);
  for (std::uint64_t& key : sample) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const std::uint64_t low = (state >> 1) & ((std::uint64_t{1} << span_bits) - 1);
    key = (bits < 63 ? (state >> 40) << bits : 0) | low;
  }
  const std::size_t cut = size / 3;
  const std::array parts = {std::span<const std::uint64_t>(sample).first(cut),
                            std::span<const std::uint64_t>(sample).subspan(cut)};
  Sample one(size);
  Sample other(size);
  int read = 0;
  const SortSpace space = sort_sample(parts, {one, other}, bits, [&] { ++read; });
  RC_ASSERT(read == 1);
  Sample sorted(space.one.begin(), space.one.end());
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  RC_ASSERT(std::is_sorted(sorted.begin(), sorted.end(),
                           [mask](auto a, auto b) { return (a & mask) < (b & mask); }));
  std::sort(sample.begin(), sample.end());
  std::sort(sorted.begin(), sorted.end());
  RC_ASSERT(sorted == sample);
}

}  // namespace
}  // namespace pursuit::metrics
