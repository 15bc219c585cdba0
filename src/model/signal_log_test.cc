#include "model/signal_log.h"

#include <gtest/gtest.h>

#include "model/policy.h"

namespace pursuit::model {
namespace {

constexpr auto kEngagement = static_cast<std::uint8_t>(Component::kEngagement);
constexpr auto kAssessment = static_cast<std::uint8_t>(Component::kAssessment);

TEST(SignalLog, TheLatestValueAtOrBeforeTheInstantCounts) {
  SignalLog log;
  log.add({7}, kEngagement, 200, 0.4);
  log.add({7}, kEngagement, 100, 0.9);
  log.add({7}, kAssessment, 150, 0.1);
  EXPECT_EQ(log.value({7}, kEngagement, 99), 0);
  EXPECT_EQ(log.value({7}, kEngagement, 100), 0.9);
  EXPECT_EQ(log.value({7}, kEngagement, 199), 0.9);
  EXPECT_EQ(log.value({7}, kEngagement, 200), 0.4);
  EXPECT_EQ(log.value({7}, kAssessment, 149), 0);
  EXPECT_EQ(log.value({7}, kAssessment, 1'000), 0.1);
  EXPECT_EQ(log.value({8}, kEngagement, 1'000), 0);
}

TEST(SignalLog, TheSameInstantKeepsTheLargerValueInAnyOrder) {
  for (const bool larger_first : {true, false}) {
    SignalLog log;
    log.add({1}, kEngagement, 100, larger_first ? 0.8 : 0.2);
    log.add({1}, kEngagement, 100, larger_first ? 0.2 : 0.8);
    EXPECT_EQ(log.value({1}, kEngagement, 100), 0.8);
  }
}

TEST(SignalLog, KnowsWhetherItHoldsAnything) {
  SignalLog log;
  EXPECT_TRUE(log.empty());
  log.add({1}, kEngagement, 100, 0);
  EXPECT_FALSE(log.empty());
  EXPECT_GT(log.memory_bytes(), 0u);
}

}  // namespace
}  // namespace pursuit::model
