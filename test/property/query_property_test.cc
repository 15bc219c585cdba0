// Queues, lists and counts under any filter, against what the figures of single leads say.
// RapidCheck prints the seed of every run; RC_PARAMS="seed=…" repeats one.
#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "property/engine_tables.h"
#include "property/random_filter.h"
#include "property/random_network.h"

namespace pursuit::property {
namespace {

using base::LeadId;
using engine::Engine;
using engine::LeadFigures;
using engine::LeadState;
using engine::QueueKey;

std::vector<LeadId> leads_that_pass(const Engine& engine, const engine::LeadFilter& filter) {
  std::vector<LeadId> leads;
  for (std::uint32_t i = 0; i < engine.leads().size(); ++i)
    if (passes(engine, filter, {i})) leads.push_back({i});
  return leads;
}

double key_of(const LeadFigures& f, QueueKey key) {
  switch (key) {
    case QueueKey::kScore:
      return f.score;
    case QueueKey::kTimeLeft:
      return std::isnan(f.threshold_ms) ? std::numeric_limits<double>::infinity()
                                        : f.threshold_ms - static_cast<double>(f.duration_ms);
    case QueueKey::kTimeInStage:
      return static_cast<double>(f.duration_ms);
    case QueueKey::kEntered:
      return static_cast<double>(f.entered_ms);
    case QueueKey::kLastActivity:
      return static_cast<double>(f.last_activity_ms);
  }
  return 0;
}

std::vector<LeadId> sorted_queue(const Engine& engine, const engine::QueueQuery& query) {
  std::vector<LeadId> queue = leads_that_pass(engine, query.filter);
  std::erase_if(queue, [&](LeadId lead) { return engine.figures(lead).state != LeadState::kOpen; });
  const auto place = [&](LeadId lead) {
    const LeadFigures f = engine.figures(lead);
    const double key = key_of(f, query.order.key);
    return std::tuple(query.order.descending ? -key : key, f.entered_ms, engine.leads().id(lead));
  };
  std::sort(queue.begin(), queue.end(), [&](LeadId a, LeadId b) { return place(a) < place(b); });
  return queue;
}

std::unique_ptr<Engine> any_engine() {
  const reference::Input input = *any_network();
  auto engine = load_engine(input, {static_cast<unsigned>(*any_int(1, 4)), Loading::kBulk});
  RC_ASSERT(engine->refresh(input.as_of_ms).has_value());
  return engine;
}

RC_GTEST_PROP(QueryProperty, AQueueIsTheHeadOfAllItsOpenLeadsSorted, ()) {
  const auto engine = any_engine();
  engine::QueueQuery query;
  query.filter = any_filter(*engine);
  query.order = {static_cast<QueueKey>(*any_int(0, 5)), *any_int(0, 2) == 0};
  query.limit = *rc::gen::element<std::size_t>(0, 1, 3, 100);
  std::vector<LeadId> expected = sorted_queue(*engine, query);
  RC_ASSERT(engine->count_open(query.filter) == expected.size());
  if (expected.size() > query.limit) expected.resize(query.limit);
  RC_ASSERT(engine->queue(query) == expected);
}

RC_GTEST_PROP(QueryProperty, PagesOfAQueueAreTheQueue, ()) {
  const auto engine = any_engine();
  engine::QueueQuery query;
  if (*any_int(0, 2) == 0) query.filter = any_filter(*engine);
  query.order = {static_cast<QueueKey>(*any_int(0, 5)), *any_int(0, 2) == 0};
  query.limit = static_cast<std::size_t>(*any_int(1, 5));
  std::vector<LeadId> paged;
  for (;;) {
    const std::vector<LeadId> page = engine->queue(query);
    paged.insert(paged.end(), page.begin(), page.end());
    if (page.size() < query.limit) break;
    query.after = engine->cursor(page.back(), query.order);
  }
  RC_ASSERT(paged == sorted_queue(*engine, query));
}

RC_GTEST_PROP(QueryProperty, FacetsAndListsAreOfTheLeadsThatPass, ()) {
  const auto engine = any_engine();
  const engine::LeadFilter filter = any_filter(*engine);
  const std::vector<LeadId> leads = leads_that_pass(*engine, filter);
  const engine::Facets facets = engine->facets(filter);
  engine::Facets expected;
  expected.leads = leads.size();
  expected.stages.resize(engine->policy().funnel.open_stages() + 2);
  for (std::size_t d = 0; d < model::kDimensions; ++d)
    expected.dimensions[d].resize(
        engine->leads().dictionary(static_cast<model::Dimension>(d)).size());
  for (const LeadId lead : leads) {
    const LeadFigures f = engine->figures(lead);
    ++expected.states[static_cast<std::size_t>(f.state)];
    ++expected.stages[f.stage];
    for (std::size_t d = 0; d < model::kDimensions; ++d)
      ++expected.dimensions[d][code_of(*engine, lead, static_cast<model::Dimension>(d))];
    if (f.state != LeadState::kOpen) continue;
    ++expected.tiers[static_cast<std::size_t>(f.tier)];
    expected.statuses[0] += !f.expired && !f.dormant;
    expected.statuses[1] += f.expired;
    expected.statuses[2] += f.dormant;
  }
  RC_ASSERT(facets.leads == expected.leads);
  RC_ASSERT(facets.states == expected.states);
  RC_ASSERT(facets.tiers == expected.tiers);
  RC_ASSERT(facets.statuses == expected.statuses);
  RC_ASSERT(facets.stages == expected.stages);
  RC_ASSERT(facets.dimensions == expected.dimensions);

  engine::LeadPage page;
  page.limit = static_cast<std::size_t>(*any_int(1, 5));
  std::vector<LeadId> listed;
  for (;;) {
    const std::vector<LeadId> more = engine->list(filter, page);
    listed.insert(listed.end(), more.begin(), more.end());
    if (more.size() < page.limit) break;
    page.after = more.back();
  }
  RC_ASSERT(listed == leads);
}

}  // namespace
}  // namespace pursuit::property
