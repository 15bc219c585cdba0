#include "model/policy.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "model/policy_toml.h"

namespace pursuit::model {
namespace {

Policy parsed(std::string_view text) {
  auto policy = parse_policy(text, "policy.toml");
  EXPECT_TRUE(policy.has_value()) << policy.error().text();
  return policy.value_or(Policy{});
}

std::size_t at(Dimension d) { return index_of(d); }

TEST(Policy, EmptyFileGivesTheDefaults) { EXPECT_EQ(parsed(""), Policy{}); }

TEST(Policy, StagesHaveCodesInOrderThenWonThenLost) {
  const Policy p;
  EXPECT_EQ(p.funnel.code_of("Created"), 0);
  EXPECT_EQ(p.funnel.code_of("Deciding"), 3);
  EXPECT_EQ(p.funnel.code_of("Converted"), p.funnel.won_code());
  EXPECT_EQ(p.funnel.code_of("Lost"), p.funnel.lost_code());
  EXPECT_EQ(p.funnel.code_of("created"), std::nullopt);
  EXPECT_EQ(p.funnel.name_of(p.funnel.lost_code()), "Lost");
  EXPECT_FALSE(p.is_load_stage(1));
  EXPECT_TRUE(p.is_load_stage(2));
  EXPECT_FALSE(p.is_load_stage(p.funnel.won_code()));
}

TEST(Policy, SlaRuleCountsTheDimensionsItNamesTierIncluded) {
  const Policy p = parsed(R"(
[[sla.rule]]
stage = "Deciding"
region = "EGY"
tier = "Hot"
hours = 9
[[sla.rule]]
stage = "*"
channel = ""
hours = 160
valid_from = "2026-01-01T00:00:00Z"
valid_to = 2026-02-01T02:00:00+02:00
)");
  ASSERT_EQ(p.sla.rules.size(), 2u);
  EXPECT_EQ(p.sla.rules[0].stage, 3);
  EXPECT_EQ(p.sla.rules[0].tier, Tier::kHot);
  EXPECT_EQ(p.sla.rules[0].match[at(Dimension::kRegion)], "EGY");
  EXPECT_EQ(p.sla.rules[0].specificity(), 2);
  EXPECT_EQ(p.sla.rules[0].valid_from_ms, INT64_MIN);
  EXPECT_EQ(p.sla.rules[1].stage, kOverallStage);
  EXPECT_EQ(p.sla.rules[1].match[at(Dimension::kChannel)], "");
  EXPECT_EQ(p.sla.rules[1].specificity(), 1);
  EXPECT_EQ(base::format_instant(p.sla.rules[1].valid_from_ms), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(base::format_instant(p.sla.rules[1].valid_to_ms), "2026-02-01T00:00:00.000Z");
}

TEST(Policy, InstantWithoutOffsetIsUtc) {
  const Policy p = parsed(
      "[[sla.rule]]\nstage='Created'\nhours=1\nvalid_from=2026-01-01\n"
      "valid_to=2026-01-02T03:04:05.006");
  EXPECT_EQ(base::format_instant(p.sla.rules[0].valid_from_ms), "2026-01-01T00:00:00.000Z");
  EXPECT_EQ(base::format_instant(p.sla.rules[0].valid_to_ms), "2026-01-02T03:04:05.006Z");
}

TEST(Policy, WeightsOfAnOverrideReplaceTheWholeTableThoseOfTheScoreOnlyWhatTheyName) {
  const Policy p = parsed(R"(
score.weights = { engagement = 0.5 }
[[override]]
product = "Truck"
weights = { recency = 1.0 }
)");
  EXPECT_EQ(p.score.weights, (Weights{0.30, 0.15, 0.25, 0.30, 0.5, 0, 0}));
  EXPECT_EQ(*p.overrides[0].weights, (Weights{0, 0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(p.overrides[0].specificity(), 1);
  EXPECT_FALSE(p.overrides[0].tier.has_value());
}

TEST(Policy, CalendarKeepsBlocksPeriodsAndSortedHolidays) {
  const Policy p = parsed(R"(
[time]
duration = "working"
[[calendar]]
region = "UAE"
zone = "Asia/Dubai"
holidays = ["2026-12-02", 2026-03-20, "2026-12-02"]
weekly = { mon = ["09:00-13:00", "13:00-24:00"], sun = [] }
[[calendar.period]]
from = 2026-02-18
to = "2026-02-18"
weekly = {}
)");
  ASSERT_EQ(p.calendars.size(), 1u);
  const Calendar& c = p.calendars[0];
  EXPECT_EQ(p.duration, DurationKind::kWorking);
  EXPECT_EQ(c.holidays,
            (std::vector{*base::parse_date("2026-03-20"), *base::parse_date("2026-12-02")}));
  EXPECT_EQ(c.weekly[0], (std::vector<Block>{{540, 780}, {780, 1440}}));
  EXPECT_TRUE(c.weekly[6].empty());
  ASSERT_EQ(c.periods.size(), 1u);
  EXPECT_EQ(c.periods[0].from_day, c.periods[0].to_day);
}

TEST(Policy, TriggersAreRead) {
  const Policy p = parsed(R"(
[trigger.stage_breach]
limit = "sla"
stages = ["Deciding"]
tiers = ["Hot", "Warm"]
regions = ["KSA"]
dealer_groups = ["G1"]
[trigger.load_imbalance]
enabled = false
load_factor = 0.9
stagnant_share = 0.5
[trigger.delay_surge]
quantile = 0.99
history_days = 14
min_visits = 3
[trigger.expiry]
enabled = true
)");
  EXPECT_EQ(p.trigger.stage_breach.limit, BreachLimit::kEffectiveSla);
  EXPECT_EQ(p.trigger.stage_breach.filter.stages, std::vector<StageCode>{3});
  EXPECT_EQ(p.trigger.stage_breach.filter.tiers, (std::vector{Tier::kHot, Tier::kWarm}));
  EXPECT_FALSE(p.trigger.load_imbalance.enabled);
  EXPECT_EQ(p.trigger.load_imbalance.load_factor, 0.9);
  EXPECT_EQ(p.trigger.delay_surge.history_days, 14);
}

TEST(Policy, StageWeightsFollowTheOrderOfTheFunnel) {
  const Policy p = parsed(
      "[score]\nstage_weights = { Deciding = 1, Created = 0.1, Contacted = 0.2, Experiencing = 0.7 "
      "}");
  EXPECT_EQ(p.score.stage_weights, (std::vector{0.1, 0.2, 0.7, 1.0}));
}

TEST(Policy, HashNamesThePolicyAndNotItsSpelling) {
  const std::string plain = policy_hash(Policy{});
  EXPECT_EQ(plain.size(), 64u);
  EXPECT_EQ(policy_hash(parsed("[tier]\nwarm = 40.0\nhot = 7e1 # as ever\n")), plain);
  EXPECT_EQ(policy_hash(parsed("[sla]\ngrace = 0.5\n")), plain);
  EXPECT_NE(policy_hash(parsed("[tier]\nhot = 71\n")), plain);
  EXPECT_EQ(policy_hash(parsed("[sla]\ngrace = -0.0\n")), policy_hash(parsed("[sla]\ngrace = 0")));
}

TEST(Policy, CommentedExampleShowsTheDefaults) {
  auto shown = read_policy_file(std::string(PURSUIT_SOURCE_DIR) + "/examples/policy.toml");
  ASSERT_TRUE(shown.has_value()) << shown.error().text();
  shown->sla.rules.clear();  // lists have no defaults, those there are examples
  shown->calendars.clear();
  shown->overrides.clear();
  shown->score.stage_weights.clear();
  EXPECT_EQ(*shown, Policy{});
}

TEST(Policy, ExampleFilesParse) {
  const std::filesystem::path examples = std::filesystem::path(PURSUIT_SOURCE_DIR) / "examples";
  for (const char* name : {"olist/policy.toml", "bpic2012/policy.toml"}) {
    const auto policy = read_policy_file((examples / name).string());
    EXPECT_TRUE(policy.has_value()) << policy.error().text();
  }
}

TEST(Policy, FileThatIsNotThereIsAnError) {
  const auto policy = read_policy_file("/nonexistent/policy.toml");
  ASSERT_FALSE(policy.has_value());
  EXPECT_EQ(policy.error().code, base::ErrorCode::kNotFound);
  EXPECT_EQ(policy.error().where, "/nonexistent/policy.toml");
  EXPECT_FALSE(read_policy_file("/").has_value());
}

}  // namespace
}  // namespace pursuit::model
