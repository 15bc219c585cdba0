// Applying changes one by one gives the same, bit for bit, as a book loaded with all of them.
// RapidCheck prints the seed of every run; RC_PARAMS="seed=…" repeats one.
#include <algorithm>
#include <span>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "property/change_plan.h"
#include "property/compare_tables.h"
#include "property/random_network.h"

namespace pursuit::property {
namespace {

using engine::Engine;

std::unique_ptr<Engine> refreshed(const reference::Input& input, EngineSetup setup = {}) {
  auto engine = load_engine(input, setup);
  RC_ASSERT(engine->refresh(input.as_of_ms).has_value());
  return engine;
}

/// The base, for changes to come: with threads that share them out, or with one.
std::unique_ptr<Engine> refreshed_base(const ChangePlan& plan) {
  return refreshed(plan.base, {.threads = 1 + static_cast<unsigned>(plan.seed % 3)});
}

RC_GTEST_PROP(IncrementalProperty, ChangesAndRefreshesInAnyOrderEndWhereAFullLoadDoes, ()) {
  const ChangePlan plan = *any_change_plan();
  const auto engine = refreshed_base(plan);
  std::size_t done = 0;
  for (int i = *any_int(0, 4); i > 0; --i) {
    const std::size_t until =
        done + static_cast<std::size_t>(*any_int(0, 40)) % (plan.changes.size() - done + 1);
    apply_in_batches(*engine, plan, done, until, plan.seed + until);
    done = until;
    RC_ASSERT(engine->refresh(*any_as_of() - *any_int(0, 20) * base::kMillisPerDay).has_value());
  }
  apply_in_batches(*engine, plan, done, plan.changes.size(), plan.seed);
  RC_ASSERT(engine->refresh(plan.whole.as_of_ms).has_value());
  RC_ASSERT(differences_in_bits(all_tables(*engine), all_tables(*refreshed(plan.whole))) == "");
}

/// Leads and visits of a full load, held against the baseline of the engine that was changed.
Tables full_against_baseline_of(const Engine& changed, const reference::Input& whole) {
  const auto full = load_engine(whole, {});
  RC_ASSERT(full->adopt_baseline(changed).has_value());
  return lead_tables(*full);
}

model::LeadHistory history_in(const reference::Input& input, const std::string& lead_id) {
  model::LeadHistory history;
  for (const reference::InputLead& lead : input.leads) {
    if (lead.id == lead_id)
      history.events.push_back(model::Event::make(lead.created_ms, model::kCreatedCode));
  }
  for (const reference::InputEvent& e : input.events) {
    if (e.lead_id == lead_id) history.events.push_back(model::Event::make(e.at_ms, e.code));
  }
  for (const reference::InputSignal& s : input.signals) {
    if (s.lead_id != lead_id) continue;
    history.events.push_back(model::Event::make(s.at_ms, model::kActivityCode));
    history.values.push_back(
        {.component = static_cast<std::uint8_t>(s.component), .at_ms = s.at_ms, .value = s.value});
  }
  return history;
}

/// Makes every lead of the whole network again what it was in the base; those that were not there
/// have nothing left.
void take_back(Engine& engine, const ChangePlan& plan) {
  for (const reference::InputLead& lead : plan.whole.leads) {
    const auto before = std::ranges::find(plan.base.leads, lead.id, &reference::InputLead::id);
    const model::LeadHistory history = history_in(plan.base, lead.id);
    model::Change change{
        .kind = model::ChangeKind::kReplace, .lead_id = lead.id, .history = &history};
    const auto& dims = before == plan.base.leads.end() ? lead.dims : before->dims;
    for (std::size_t d = 0; d < dims.size(); ++d) change.dimensions[d] = dims[d];
    RC_ASSERT(engine.apply(std::span(&change, 1)).applied == 1);
  }
}

RC_GTEST_PROP(IncrementalProperty, WhatIsTakenBackLeavesNoTrace, ()) {
  const ChangePlan plan = *any_change_plan();
  const auto engine = refreshed_base(plan);
  const auto untouched = refreshed(plan.base);
  apply_in_batches(*engine, plan, 0, plan.changes.size(), plan.seed);
  if (*any_int(0, 1) == 1) RC_ASSERT(engine->refresh(plan.whole.as_of_ms).has_value());
  take_back(*engine, plan);
  RC_ASSERT(engine->event_count() == untouched->event_count());
  RC_ASSERT(differences_in_bits(lead_tables(*engine),
                                full_against_baseline_of(*engine, plan.base)) == "");
  RC_ASSERT(engine->refresh(plan.base.as_of_ms).has_value());
  RC_ASSERT(differences_in_bits(all_tables(*engine), all_tables(*untouched)) == "");
  // And it may all come again.
  apply_in_batches(*engine, plan, 0, plan.changes.size(), plan.seed);
  RC_ASSERT(engine->refresh(plan.whole.as_of_ms).has_value());
  RC_ASSERT(differences_in_bits(all_tables(*engine), all_tables(*refreshed(plan.whole))) == "");
}

RC_GTEST_PROP(IncrementalProperty, BetweenRefreshesLeadsEqualAFullLoadAgainstTheSameBaseline, ()) {
  const ChangePlan plan = *any_change_plan();
  const auto engine = refreshed_base(plan);
  apply_in_batches(*engine, plan, 0, plan.changes.size(), plan.seed);
  RC_ASSERT(differences_in_bits(lead_tables(*engine),
                                full_against_baseline_of(*engine, plan.whole)) == "");
}

RC_GTEST_PROP(IncrementalProperty, BetweenRefreshesLeadsEqualTheReferenceAgainstTheOldBaseline,
              ()) {
  const ChangePlan plan = *any_change_plan();
  const reference::Output expected = reference::analyze_against(plan.whole, plan.base);
  RC_PRE(!hangs_on_rounding(expected, plan.whole.policy));
  const auto engine = refreshed_base(plan);
  apply_in_batches(*engine, plan, 0, plan.changes.size(), plan.seed);
  RC_ASSERT(differences_from_reference(lead_tables(*engine), expected) == "");
}

RC_GTEST_PROP(IncrementalProperty, TheOrderOfArrivalMeansNothing, ()) {
  ChangePlan plan = *any_change_plan();
  const auto one = refreshed_base(plan);
  apply_in_batches(*one, plan, 0, plan.changes.size(), plan.seed);
  const auto other = refreshed_base(plan);
  plan.changes = reordered(plan.changes, plan.seed + 1);
  apply_in_batches(*other, plan, 0, plan.changes.size(), plan.seed + 2);
  RC_ASSERT(differences_in_bits(lead_tables(*other), lead_tables(*one)) == "");
}

RC_GTEST_PROP(IncrementalProperty, ApplyingEverythingTwiceChangesNothing, ()) {
  const ChangePlan plan = *any_change_plan();
  const auto engine = refreshed_base(plan);
  apply_in_batches(*engine, plan, 0, plan.changes.size(), plan.seed);
  const Tables once = lead_tables(*engine);
  const std::uint64_t events = engine->event_count();
  apply_in_batches(*engine, plan, 0, plan.changes.size(), plan.seed + 1);
  RC_ASSERT(engine->event_count() == events);
  RC_ASSERT(differences_in_bits(lead_tables(*engine), once) == "");
}

RC_GTEST_PROP(IncrementalProperty, ChangesOfUnknownLeadsAreReportedAndDoNothing, ()) {
  const reference::Input input = *any_network();
  const auto engine = refreshed(input);
  const Tables before = all_tables(*engine);
  std::vector<model::Change> changes;
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < input.events.size() && i < 10; ++i) {
    const reference::InputEvent& e = input.events[i];
    const bool unknown = i % 2 == 0;
    if (unknown) positions.push_back(i);
    model::Change c;
    c.kind =
        e.code == model::kActivityCode ? model::ChangeKind::kActivity : model::ChangeKind::kEvent;
    c.code = e.code;
    c.lead_id = unknown ? std::string_view("nobody") : std::string_view(e.lead_id);
    c.at_ms = e.at_ms;
    changes.push_back(c);
  }
  const engine::ApplyReport report = engine->apply(changes);
  RC_ASSERT(report.unknown_lead == positions);
  RC_ASSERT(report.applied == 0u);
  RC_ASSERT(report.repeated == changes.size() - positions.size());
  RC_ASSERT(differences_in_bits(all_tables(*engine), before) == "");
}

/// Load of every pair that the reference knows, asked of the engine.
std::string differences_of_load(const Engine& engine, const reference::Output& expected) {
  std::string text;
  for (const reference::LoadRow& row : expected.load) {
    const auto& leads = engine.leads();
    const auto load =
        engine.load(leads.dictionary(model::Dimension::kDealer).find(row.dealer).value(),
                    leads.dictionary(model::Dimension::kNameplate).find(row.nameplate).value());
    if (!load || load->open != row.open || load->in_load_stages != row.in_load_stages)
      text += row.dealer + "|" + row.nameplate + " differs\n";
  }
  return text;
}

RC_GTEST_PROP(IncrementalProperty, LoadFollowsEveryChange, ()) {
  const ChangePlan plan = *any_change_plan();
  const auto engine = refreshed_base(plan);
  apply_in_batches(*engine, plan, 0, plan.changes.size(), plan.seed);
  RC_ASSERT(differences_of_load(*engine, reference::analyze(plan.whole)) == "");
}

/// An event at 00:00 UTC is in the load of that midnight, by which visits left that day are judged.
TEST(Incremental, AnEventAtMidnightMovesWhatWasLeftThatDay) {
  constexpr base::Millis kMidnight = 1'777'852'800'000;  // 2026-05-04T00:00:00Z
  reference::Input whole;
  whole.as_of_ms = kMidnight + 12 * base::kMillisPerHour;
  whole.policy.load.min_open = 1;
  whole.policy.sla.rules.push_back({.stage = 0, .hours = 24, .match = {}, .tier = {}});
  const base::Millis long_ago = kMidnight - 3 * base::kMillisPerDay;
  for (const char* id : {"A", "B"})
    whole.leads.push_back({id, long_ago, {"R", "G", "D", "c", "p", "n", "o"}});
  whole.events.push_back({"A", 1, kMidnight + 3 * base::kMillisPerHour});
  const reference::Input base = whole;
  whole.events.push_back({"B", 2, kMidnight});

  const auto engine = refreshed(base);
  model::Change late;
  late.lead_id = "B";
  late.code = 2;
  late.at_ms = kMidnight;
  ASSERT_EQ(engine->apply({&late, 1}).applied, 1u);
  EXPECT_EQ(differences_in_bits(lead_tables(*engine), full_against_baseline_of(*engine, whole)),
            "");
}

}  // namespace
}  // namespace pursuit::property
