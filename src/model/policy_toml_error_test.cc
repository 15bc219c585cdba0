// What is wrong in a policy is named by file, line and key.
#include <algorithm>
#include <ranges>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/policy_toml.h"

namespace pursuit::model {
namespace {

struct Case {
  const char* name;
  const char* text;
  const char* where;
  const char* message;  // a part of it
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

class PolicyError : public testing::TestWithParam<Case> {};

TEST_P(PolicyError, NamesFileLineAndKey) {
  const auto policy = parse_policy(GetParam().text, "p.toml");
  ASSERT_FALSE(policy.has_value());
  EXPECT_EQ(policy.error().code, base::ErrorCode::kInvalidPolicy);
  EXPECT_EQ(policy.error().where, GetParam().where) << policy.error().text();
  EXPECT_NE(policy.error().message.find(GetParam().message), std::string::npos)
      << policy.error().text();
}

constexpr const char* kRule = "[[sla.rule]]\nstage='Created'\nhours=1\n";
const std::string kRuleTier = std::string(kRule) + "tier = 'hot'";
const std::string kRuleDates =
    std::string(kRule) + "valid_from='2026-01-02'\nvalid_to='2026-01-02'";
const std::string kRuleInstant = std::string(kRule) + "valid_from='2026-13-02'";
const std::string kRuleOwner = std::string(kRule) + "owner='x'";
constexpr const char* kCalendar =
    "[[calendar]]\nregion='A'\nzone='UTC'\nweekly={mon=['09:00-10:00']}\n";
const std::string kCalendarTwice = std::string(kCalendar) + kCalendar;
const std::string kPeriodBackwards =
    std::string(kCalendar) + "[[calendar.period]]\nfrom='2026-02-02'\nto='2026-02-01'\nweekly={}";
const std::string kPeriodBare = std::string(kCalendar) + "[[calendar.period]]\nfrom='2026-02-02'\n";
const std::string kHoliday = std::string(kCalendar) + "holidays=[\n'2026-02-28',\n'2026-02-29']";

const Case kCases[] = {
    {"Syntax", "[tier]\nhot = \n", "p.toml:2", ""},
    {"UnknownSection", "[expir]\n", "p.toml:1", "unknown key 'expir' (did you mean 'expiry'?)"},
    {"UnknownKey", "\n[expiry]\npercentil = 0.9\n", "p.toml:3",
     "unknown key 'expiry.percentil' (did you mean 'percentile'?)"},
    {"FarKey", "[tier]\nzzzzzz = 1\n", "p.toml:2", "(one of: hot, warm)"},
    {"WrongType", "[expiry]\npercentile = '0.9'", "p.toml:2",
     "'expiry.percentile' must be a number, not a string"},
    {"FloatForInteger", "[expiry]\nmin_samples = 30.5", "p.toml:2",
     "'expiry.min_samples' must be an integer"},
    {"SectionNoTable", "tier = 3", "p.toml:1", "'tier' must be a table, not an integer"},
    {"PercentileOne", "[expiry]\npercentile = 1", "p.toml:2", "must lie in (0, 1), not 1"},
    {"NotFinite", "[load]\nk = inf", "p.toml:2", "'load.k'"},
    {"NotANumber", "[load]\nk = nan", "p.toml:2", "'load.k'"},
    {"NegativeDays", "[expiry]\ndormant_days = -1", "p.toml:2", "'expiry.dormant_days'"},
    {"HugeDays", "[expiry]\ndormant_days = 9223372036854775807", "p.toml:2", "dormant_days"},
    {"Estimator", "[expiry]\nestimator = 'kaplan-meier'", "p.toml:2",
     "did you mean 'kaplan_meier'?"},
    {"Duration", "[time]\nduration = 'wall'", "p.toml:2", "one of: elapsed, working"},
    {"HotBelowWarm", "[tier]\nhot = 30", "p.toml:2", "'tier.hot' must not be below warm"},
    {"NoStages", "[funnel]\nstages = []\nload = []", "p.toml:2", "must name 1 to 64 stages"},
    {"EmptyStage", "[funnel]\nstages = ['A',\n'']\nload = []", "p.toml:3", "no stage name"},
    {"StageTwice", "[funnel]\nstages = ['A', 'A']\nload = []", "p.toml:2", "'A' twice"},
    {"WonIsOpen", "[funnel]\nwon = 'Created'", "p.toml:2", "'funnel.won'"},
    {"LostIsWon", "[funnel]\nlost = 'Converted'", "p.toml:2", "'funnel.lost'"},
    {"LoadUnknown", "[funnel]\nload = ['Decidin']", "p.toml:2", "did you mean 'Deciding'?"},
    {"LoadNotGiven", "[funnel]\nstages = ['A']", "p.toml:1", "'funnel.load' must be given"},
    {"SlaStage", "[[sla.rule]]\nstage = 'Creatd'\nhours = 1", "p.toml:2",
     "did you mean 'Created'?"},
    {"SlaTerminal", "[[sla.rule]]\nstage = 'Lost'\nhours = 1", "p.toml:2", "open stage or \"*\""},
    {"SlaNoStage", "\n[[sla.rule]]\nhours = 1", "p.toml:2", "'sla.rule.stage' is missing"},
    {"SlaNoHours", "[[sla.rule]]\nstage = '*'", "p.toml:1", "'sla.rule.hours' is missing"},
    {"SlaZeroHours", "[[sla.rule]]\nstage = '*'\nhours = 0", "p.toml:3", "(0, 1000000]"},
    {"SlaTier", kRuleTier.c_str(), "p.toml:4", "did you mean 'Hot'?"},
    {"SlaDates", kRuleDates.c_str(), "p.toml:5", "must be after valid_from"},
    {"SlaInstant", kRuleInstant.c_str(), "p.toml:4", "is no instant: '2026-13-02'"},
    {"SlaOwner", kRuleOwner.c_str(), "p.toml:4", "unknown key 'sla.rule.owner'"},
    {"SlaRuleNoTables", "[sla]\nrule = 4", "p.toml:2", "must be an array of tables"},
    {"SlaRuleNumbers", "[sla]\nrule = [4]", "p.toml:2", "must be an array of tables"},
    {"WeightsZero", "[score]\nweights = {conversion=0, volume=0, recency=0, stage=0}", "p.toml:2",
     "'score.weights' must have a positive sum"},
    {"WeightNegative", "[score]\nweights = {stage=-1}", "p.toml:2", "'score.weights.stage'"},
    {"WeightUnknown", "[score]\nweights = {stages=1}", "p.toml:2", "did you mean 'stage'?"},
    {"StageWeightMissing", "[score]\nstage_weights = {Created=1}", "p.toml:2",
     "'score.stage_weights.Contacted' is missing"},
    {"StageWeightRange",
     "[score]\nstage_weights = {Created=2, Contacted=1, Experiencing=1, Deciding=1}", "p.toml:2",
     "'score.stage_weights.Created'"},
    {"CalendarZone", "[[calendar]]\nregion='*'\nzone='Asia/Dubay'\nweekly={}", "p.toml:3",
     "'Asia/Dubay' is not known"},
    {"CalendarBare", "[[calendar]]\nregion='*'\nzone='UTC'", "p.toml:1", "'calendar.weekly'"},
    {"CalendarTwice", kCalendarTwice.c_str(), "p.toml:6", "has a calendar already"},
    {"Weekday", "[[calendar]]\nregion='*'\nzone='UTC'\nweekly={monday=[]}", "p.toml:4",
     "unknown key 'calendar.weekly.monday'"},
    {"BlockText", "[[calendar]]\nregion='*'\nzone='UTC'\nweekly={mon=['9:00-10:00']}", "p.toml:4",
     "'9:00-10:00'"},
    {"BlockHour", "[[calendar]]\nregion='*'\nzone='UTC'\nweekly={mon=['09:00-24:01']}", "p.toml:4",
     "'09:00-24:01'"},
    {"BlockEmpty", "[[calendar]]\nregion='*'\nzone='UTC'\nweekly={mon=['09:00-09:00']}", "p.toml:4",
     "'09:00-09:00'"},
    {"BlockOverMidnight", "[[calendar]]\nregion='*'\nzone='UTC'\nweekly={mon=['22:00-02:00']}",
     "p.toml:4", "within a day"},
    {"BlocksOverlap",
     "[[calendar]]\nregion='*'\nzone='UTC'\nweekly={mon=['09:00-12:00', '11:59-13:00']}",
     "p.toml:4", "before the end"},
    {"PeriodBackwards", kPeriodBackwards.c_str(), "p.toml:7", "must not be before from"},
    {"PeriodBare", kPeriodBare.c_str(), "p.toml:5", "'calendar.period.to' is missing"},
    {"Holiday", kHoliday.c_str(), "p.toml:7", "'2026-02-29', no date"},
    {"OverrideDealer", "[[override]]\ndealer='D'\ntier={hot=1,warm=0}", "p.toml:2",
     "region, dealer_group and product"},
    {"OverrideIdle", "[[override]]\nregion='A'", "p.toml:1", "weights"},
    {"OverrideHalfTier", "[[override]]\nregion='A'\ntier={hot=75}", "p.toml:3",
     "'override.tier.warm' is missing"},
    {"OverrideWeights", "[[override]]\nweights={}", "p.toml:2", "positive sum"},
    {"TriggerUnknown", "[trigger.stage_breech]", "p.toml:1", "did you mean 'stage_breach'?"},
    {"TriggerLimit", "[trigger.stage_breach]\nlimit='p95'", "p.toml:2", "did you mean 'p90'?"},
    {"TriggerStage", "[trigger.expiry]\nstages=['Created',\n'Lost']", "p.toml:3",
     "must not have 'Lost'"},
    {"TriggerTier", "[trigger.expiry]\ntiers=['Tepid']", "p.toml:2", "Hot, Warm, Cold"},
    {"TriggerFlag", "[trigger.expiry]\nenabled=1", "p.toml:2", "must be true or false"},
};

INSTANTIATE_TEST_SUITE_P(All, PolicyError, testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(PolicyLimits, LongTextAndManyRulesAreRefused) {
  const std::string longer(5u << 20, '#');
  EXPECT_EQ(parse_policy(longer, "p").error().code, base::ErrorCode::kLimit);
  std::string rules;
  for (int i = 0; i < 10'001; ++i) rules += kRule;
  EXPECT_NE(parse_policy(rules, "p").error().message.find("too many"), std::string::npos);
  std::string stages = "[funnel]\nload=[]\nstages=[";
  for (int i = 0; i < 65; ++i) stages += "'s" + std::to_string(i) + "',";
  EXPECT_FALSE(parse_policy(stages + "]", "p").has_value());
}

TEST(PolicyLimits, DeepNestingIsAnErrorNotACrash) {
  EXPECT_FALSE(parse_policy("a=" + std::string(100'000, '['), "p").has_value());
}

}  // namespace
}  // namespace pursuit::model
