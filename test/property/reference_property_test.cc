// What must hold of any result, checked on the reference model alone: a model that breaks these
// would vouch for an engine that does.
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "property/random_network.h"
#include "reference/reference_csv.h"

namespace pursuit::property {
namespace {

using reference::Input;
using reference::Output;

RC_GTEST_PROP(ReferenceProperty, VisitsAndClosedTimeAddUpToTheLifeOfALead, ()) {
  const Input input = *any_network();
  const Output out = reference::analyze(input);
  for (const auto& [id, visits] : out.visits) {
    base::Millis total = out.closed_ms.at(id);
    for (const reference::VisitRow& v : visits)
      total += v.left_ms.value_or(input.as_of_ms) - v.entered_ms;
    RC_ASSERT(total == input.as_of_ms - out.first_event_ms.at(id));
  }
}

RC_GTEST_PROP(ReferenceProperty, ContributionsAddUpToTheScore, ()) {
  const Output out = reference::analyze(*any_network());
  for (const auto& [id, lead] : out.leads) {
    if (!lead.score) continue;
    double sum = 0;
    for (const double c : lead.contribution) sum += c;
    RC_ASSERT(std::abs(sum - *lead.score) < 1e-9);
    RC_ASSERT(*lead.score >= 0 && *lead.score <= 100 + 1e-9);
  }
}

RC_GTEST_PROP(ReferenceProperty, TheOrderOfRowsMeansNothing, ()) {
  const Input input = *any_network();
  Input other = input;
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  other.leads = shuffled(other.leads, seed);
  other.events = shuffled(other.events, seed + 1);
  other.signals = shuffled(other.signals, seed + 2);
  const auto a = reference::to_tables(reference::analyze(input));
  const auto b = reference::to_tables(reference::analyze(other));
  for (const auto& [file, table] : a) RC_ASSERT(table.rows == b.at(file).rows);
}

/// The generator is worth what it reaches: over many networks every case must come up.
TEST(RandomNetwork, ReachesEveryKindOfResult) {
  std::map<std::string, int> seen;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Input input = any_network()(rc::Random(seed), 60).value();
    const Output out = reference::analyze(input);
    for (const auto& [id, lead] : out.leads) {
      ++seen["state " + lead.state];
      ++seen["status " + lead.status];
      ++seen["tier " + lead.tier];
      ++seen["category " + lead.category];
      ++seen["overall " + lead.overall_category];
      ++seen["rung " + (lead.threshold_rung ? std::to_string(*lead.threshold_rung) : "none")];
      seen["dormant"] += lead.dormant;
      seen["re-opened"] += out.closed_ms.at(id) > 0 && lead.state == "open";
      seen["without a visit"] += out.visits.at(id).empty();
    }
    for (const auto& [id, visits] : out.visits) {
      for (const auto& v : visits) {
        ++seen["kind " + v.kind];
        ++seen["visit " + v.category];
        seen["exactly on its SLA"] += v.deviation_hours == 0.0;
      }
    }
    for (const auto& row : out.alerts) ++seen["alert " + row.rule];
    for (const auto& row : out.load) {
      ++seen["band " + row.band];
      seen["relaxed"] += row.relaxation > 0.001;
    }
    for (const auto& row : out.thresholds) seen["no km"] += !row.km_p90_hours;
    seen["unseen"] += static_cast<int>(input.leads.size() - out.leads.size());
  }
  for (const char* what : {"state open",
                           "state won",
                           "state lost",
                           "status active",
                           "status expired",
                           "tier Hot",
                           "tier Warm",
                           "tier Cold",
                           "category none",
                           "category on_time",
                           "category delayed",
                           "category critical",
                           "overall none",
                           "overall on_time",
                           "overall delayed",
                           "overall critical",
                           "rung 0",
                           "rung 1",
                           "rung 2",
                           "rung 3",
                           "rung none",
                           "dormant",
                           "re-opened",
                           "without a visit",
                           "kind advance",
                           "kind regress",
                           "kind lost",
                           "kind open",
                           "visit on_time",
                           "visit delayed",
                           "visit critical",
                           "exactly on its SLA",
                           "alert stage_breach",
                           "alert expiry",
                           "alert load_imbalance",
                           "alert delay_surge",
                           "band low",
                           "band moderate",
                           "band elevated",
                           "band critical",
                           "relaxed",
                           "no km",
                           "unseen"})
    EXPECT_GE(seen[what], 20) << what;
}

}  // namespace
}  // namespace pursuit::property
