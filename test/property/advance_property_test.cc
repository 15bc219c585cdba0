// Time that goes on between refreshes, and copies: each the same, bit for bit, as an engine loaded
// afresh. RapidCheck prints the seed of every run; RC_PARAMS="seed=…" repeats one.
#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "property/change_plan.h"
#include "property/compare_tables.h"
#include "property/random_network.h"

namespace pursuit::property {
namespace {

using base::Millis;
using engine::Engine;

std::unique_ptr<Engine> refreshed(const reference::Input& input, unsigned threads) {
  auto engine = load_engine(input, {threads, Loading::kBulk});
  RC_ASSERT(engine->refresh(input.as_of_ms).has_value());
  return engine;
}

/// Leads and visits, and the alerts that do not hang on tables of the last refresh.
Tables present_tables(const Engine& engine) {
  Tables tables = lead_tables(engine);
  golden::CsvTable alerts = all_tables(engine).at("alerts.csv");
  std::erase_if(alerts.rows, [](const auto& row) { return row[0] == "delay_surge"; });
  tables["alerts.csv"] = std::move(alerts);
  return tables;
}

/// Load of every pair and the queue of all leads, in words.
std::string load_and_queue(const Engine& engine) {
  const model::LeadTable& leads = engine.leads();
  const model::Dictionary& dealers = leads.dictionary(model::Dimension::kDealer);
  const model::Dictionary& nameplates = leads.dictionary(model::Dimension::kNameplate);
  std::vector<std::string> loads;
  for (std::uint32_t d = 0; d < dealers.size(); ++d) {
    for (std::uint32_t n = 0; n < nameplates.size(); ++n) {
      const auto load = engine.load(d, n);
      if (!load) continue;
      loads.push_back(dealers.text(d) + "|" + nameplates.text(n) + " " +
                      std::to_string(load->in_load_stages) + "/" + std::to_string(load->open));
    }
  }
  std::sort(loads.begin(), loads.end());
  std::string text;
  for (const std::string& load : loads) text += load + "\n";
  engine::QueueQuery all;
  all.limit = leads.size();
  for (const base::LeadId lead : engine.queue(all)) text += std::string(leads.id(lead)) + " ";
  return text;
}

Millis any_step() {
  return *any_int(0, 3) == 0 ? Millis{*any_int(0, 2)}
                             : *any_int(0, 30) * 6 * base::kMillisPerHour + *any_int(0, 2);
}

RC_GTEST_PROP(AdvanceProperty, ChangesAndTimeEndWhereAFullLoadAgainstTheSameBaselineDoes, ()) {
  const ChangePlan plan = *any_change_plan();
  reference::Input begin = plan.base;
  begin.as_of_ms -= *any_int(0, 20) * base::kMillisPerDay;
  const auto threads = static_cast<unsigned>(*any_int(1, 4));
  const auto engine = refreshed(begin, threads);
  std::size_t done = 0;
  for (int steps = *any_int(1, 4); steps > 0; --steps) {
    const std::size_t until = steps == 1 ? plan.changes.size()
                                         : done + static_cast<std::size_t>(*any_int(0, 40)) %
                                                      (plan.changes.size() - done + 1);
    const bool first = *any_int(0, 2) == 0;
    if (first) RC_ASSERT(engine->advance(engine->as_of_ms() + any_step()).has_value());
    apply_in_batches(*engine, plan, done, until, plan.seed + until);
    if (!first) RC_ASSERT(engine->advance(engine->as_of_ms() + any_step()).has_value());
    done = until;
  }
  const auto full = load_engine(plan.whole, {});
  RC_ASSERT(full->adopt_baseline(*engine).has_value());
  RC_ASSERT(differences_in_bits(present_tables(*engine), present_tables(*full)) == "");
  RC_ASSERT(load_and_queue(*engine) == load_and_queue(*full));
  RC_ASSERT(engine->refresh(plan.whole.as_of_ms).has_value());
  RC_ASSERT(differences_in_bits(all_tables(*engine), all_tables(*refreshed(plan.whole, 1))) == "");
}

RC_GTEST_PROP(AdvanceProperty, ACopyIsTheSameAndGoesItsOwnWay, ()) {
  const ChangePlan plan = *any_change_plan();
  const auto engine = refreshed(plan.base, 2);
  const std::size_t half = plan.changes.size() / 2;
  apply_in_batches(*engine, plan, 0, half, plan.seed);
  const Tables before = all_tables(*engine);
  const auto copy = engine->clone();
  RC_ASSERT(differences_in_bits(all_tables(*copy), before) == "");
  const Millis later_ms = engine->as_of_ms() + any_step();
  apply_in_batches(*copy, plan, half, plan.changes.size(), plan.seed);
  RC_ASSERT(copy->advance(later_ms).has_value());
  RC_ASSERT(differences_in_bits(all_tables(*engine), before) == "");
  apply_in_batches(*engine, plan, half, plan.changes.size(), plan.seed + 1);
  RC_ASSERT(engine->advance(later_ms).has_value());
  RC_ASSERT(differences_in_bits(present_tables(*engine), present_tables(*copy)) == "");
  RC_ASSERT(copy->refresh(plan.whole.as_of_ms).has_value());
  RC_ASSERT(differences_in_bits(all_tables(*copy), all_tables(*refreshed(plan.whole, 1))) == "");
}

RC_GTEST_PROP(AdvanceProperty, ACopyUnderAnotherPolicyIsAnEngineOfThatPolicy, ()) {
  reference::Input input = *any_network();
  const auto engine = refreshed(input, 1);
  model::Policy other = *any_policy();
  other.funnel = input.policy.funnel;
  RC_PRE(other.score.stage_weights.empty() ||
         other.score.stage_weights.size() == other.funnel.open_stages());
  const auto fits = [&](model::StageCode stage) {
    return stage < other.funnel.open_stages() || stage == model::kOverallStage;
  };
  std::erase_if(other.sla.rules, [&](const model::SlaRule& rule) { return !fits(rule.stage); });
  const auto copy = engine->clone(other);
  RC_ASSERT(copy.has_value());
  RC_ASSERT((*copy)->refresh(input.as_of_ms).has_value());
  input.policy = other;
  RC_ASSERT(differences_in_bits(all_tables(**copy), all_tables(*refreshed(input, 1))) == "");
}

TEST(Advance, IsRefusedBackwardsAndWithoutABaseline) {
  Engine engine({}, {.threads = 1});
  EXPECT_EQ(engine.advance(0).error().code, base::ErrorCode::kUsage);
  ASSERT_TRUE(engine.refresh(1'000));
  EXPECT_EQ(engine.advance(999).error().code, base::ErrorCode::kUsage);
  EXPECT_EQ(engine.as_of_ms(), 1'000);
  EXPECT_TRUE(engine.advance(1'000));
}

TEST(Clone, IsRefusedForAPolicyOfOtherStages) {
  const Engine engine({}, {.threads = 1});
  model::Policy other;
  other.funnel.stages.pop_back();
  const auto copy = engine.clone(other);
  ASSERT_FALSE(copy);
  EXPECT_EQ(copy.error().code, base::ErrorCode::kInvalidPolicy);
}

}  // namespace
}  // namespace pursuit::property
