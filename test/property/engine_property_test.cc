// The engine against the reference model and against itself, on random networks. RapidCheck prints
// the seed of every run; RC_PARAMS="seed=…" repeats one.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "property/compare_tables.h"
#include "property/random_network.h"
#include "reference/working.h"

namespace pursuit::property {
namespace {

using base::LeadId;
using base::Millis;
using engine::Engine;
using reference::Input;

rc::Gen<EngineSetup> any_setup() {
  return rc::gen::map(
      rc::gen::tuple(any_int(1, 4), any_int(0, 2)), [](const std::tuple<int, int>& t) {
        return EngineSetup{static_cast<unsigned>(std::get<0>(t)),
                           std::get<1>(t) == 0 ? Loading::kBulk : Loading::kOneByOne};
      });
}

std::unique_ptr<Engine> refreshed(const Input& input, EngineSetup setup) {
  auto engine = load_engine(input, setup);
  RC_ASSERT(engine->refresh(input.as_of_ms).has_value());
  return engine;
}

std::vector<LeadId> open_leads(const Engine& engine) {
  std::vector<LeadId> leads;
  for (std::uint32_t i = 0; i < engine.leads().size(); ++i)
    if (engine.figures(LeadId{i}).state == engine::LeadState::kOpen) leads.push_back({i});
  return leads;
}

RC_GTEST_PROP(EngineProperty, EveryTableMatchesTheReferenceModel, ()) {
  const Input input = *any_network();
  const reference::Output expected = reference::analyze(input);
  RC_PRE(!hangs_on_rounding(expected, input.policy));
  const auto engine = refreshed(input, *any_setup());
  RC_ASSERT(differences_from_reference(all_tables(*engine), expected) == "");
}

RC_GTEST_PROP(EngineProperty, AnyOrderOfRefreshesGivesTheSame, ()) {
  const Input input = *any_network();
  const auto engine = load_engine(input, *any_setup());
  for (int i = *any_int(1, 4); i > 0; --i)
    RC_ASSERT(engine->refresh(*any_as_of() - *any_int(0, 30) * base::kMillisPerDay).has_value());
  RC_ASSERT(engine->refresh(input.as_of_ms).has_value());
  RC_ASSERT(differences_in_bits(all_tables(*engine), all_tables(*refreshed(input, {}))) == "");
}

RC_GTEST_PROP(EngineProperty, OrderOfRowsLoadingAndThreadsMeanNothing, ()) {
  const Input input = *any_network();
  Input other = input;
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  other.leads = shuffled(other.leads, seed);
  other.events = shuffled(other.events, seed + 1);
  other.signals = shuffled(other.signals, seed + 2);
  const Tables expected = all_tables(*refreshed(input, {1, Loading::kBulk}));
  for (const unsigned threads : {1u, 2u, 3u})
    for (const Loading loading : {Loading::kBulk, Loading::kOneByOne})
      RC_ASSERT(differences_in_bits(all_tables(*refreshed(other, {threads, loading})), expected) ==
                "");
}

RC_GTEST_PROP(EngineProperty, VisitsAndClosedTimeAddUpToTheLifeOfALead, ()) {
  const Input input = *any_network();
  const reference::Output expected = reference::analyze(input);
  const auto engine = refreshed(input, *any_setup());
  std::vector<engine::VisitFigures> visits;
  for (const auto& [id, closed_ms] : expected.closed_ms) {
    engine->visits(engine->leads().find(id), visits);
    Millis total = closed_ms;
    for (const engine::VisitFigures& v : visits)
      total += (v.left_ms == base::kNoInstant ? input.as_of_ms : v.left_ms) - v.entered_ms;
    RC_ASSERT(total == input.as_of_ms - expected.first_event_ms.at(id));
  }
}

RC_GTEST_PROP(EngineProperty, ContributionsAddUpToTheScoreInTheirOrder, ()) {
  const auto engine = refreshed(*any_network(), *any_setup());
  for (const LeadId lead : open_leads(*engine)) {
    const engine::LeadFigures f = engine->figures(lead);
    double sum = 0;
    for (const double c : f.contribution) sum += c;
    RC_ASSERT(sum == f.score);
  }
}

/// Score descending, oldest entry, lead id.
bool goes_before(const Engine& engine, LeadId a, LeadId b) {
  const engine::LeadFigures fa = engine.figures(a);
  const engine::LeadFigures fb = engine.figures(b);
  if (fa.score != fb.score) return fa.score > fb.score;
  if (fa.entered_ms != fb.entered_ms) return fa.entered_ms < fb.entered_ms;
  return engine.leads().id(a) < engine.leads().id(b);
}

std::vector<LeadId> sorted_queue_of_dealer(const Engine& engine, std::uint32_t dealer) {
  const model::LeadTable& leads = engine.leads();
  std::vector<LeadId> queue;
  for (const LeadId lead : open_leads(engine)) {
    const model::ProfileCodes& codes = leads.profile_codes(leads.profile(lead));
    if (codes[model::index_of(model::Dimension::kDealer)] == dealer) queue.push_back(lead);
  }
  std::sort(queue.begin(), queue.end(),
            [&](LeadId a, LeadId b) { return goes_before(engine, a, b); });
  return queue;
}

RC_GTEST_PROP(EngineProperty, ARankIsThePlaceInTheQueueOfTheDealer, ()) {
  const auto engine = refreshed(*any_network(), *any_setup());
  const auto dealers = engine->leads().dictionary(model::Dimension::kDealer).size();
  for (std::uint32_t dealer = 0; dealer < dealers; ++dealer) {
    std::uint32_t rank = 0;
    for (const LeadId lead : sorted_queue_of_dealer(*engine, dealer))
      RC_ASSERT(engine->figures(lead).rank == ++rank);
  }
}

/// A turn of an open lead, in an order to sort by: when, whose, what.
using Turn = std::tuple<Millis, std::string, bool>;

/// What the figures say will turn within a time, found by brute force.
std::vector<Turn> turns_of(const Engine& engine, LeadId lead, Millis within_ms) {
  const engine::LeadFigures f = engine.figures(lead);
  const model::Policy& policy = engine.policy();
  const Millis until_ms = engine.as_of_ms() + within_ms;
  const std::string id(engine.leads().id(lead));
  std::vector<Turn> turns;
  if (!f.expired && !std::isnan(f.threshold_ms)) {
    const Millis at_ms =
        reference::instant_passed(policy, engine.leads().text(lead, model::Dimension::kRegion),
                                  f.entered_ms, f.threshold_ms, until_ms);
    if (at_ms != base::kNoInstant) turns.emplace_back(at_ms, id, false);
  }
  const Millis dormant_ms = f.last_activity_ms + policy.expiry.dormant_days * base::kMillisPerDay;
  if (!f.dormant && dormant_ms <= until_ms) turns.emplace_back(dormant_ms, id, true);
  return turns;
}

RC_GTEST_PROP(EngineProperty, WhatExpiresIsWhatTheFiguresSayWillTurn, ()) {
  const auto engine = refreshed(*any_network(), *any_setup());
  const Millis within_ms =
      *rc::gen::element<Millis>(1, base::kMillisPerHour, base::kMillisPerDay,
                                10 * base::kMillisPerDay, 40 * base::kMillisPerDay);
  std::vector<Turn> expected;
  for (const LeadId lead : open_leads(*engine))
    for (Turn& turn : turns_of(*engine, lead, within_ms)) expected.push_back(std::move(turn));
  std::sort(expected.begin(), expected.end());
  std::vector<Turn> actual;
  for (const engine::Expiring& e : engine->expiring(within_ms))
    actual.emplace_back(e.at_ms, std::string(engine->leads().id(e.lead)), e.dormant);
  RC_ASSERT(actual == expected);
}

}  // namespace
}  // namespace pursuit::property
