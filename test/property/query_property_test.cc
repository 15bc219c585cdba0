// Queues, lists and counts under any filter, against what the figures of single leads say.
// RapidCheck prints the seed of every run; RC_PARAMS="seed=…" repeats one.
#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "property/change_plan.h"
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
  const auto threads = static_cast<unsigned>(*any_int(1, 4));
  const ChangePlan plan = *any_change_plan();
  auto engine = load_engine(plan.base, {threads, Loading::kBulk});
  RC_ASSERT(engine->refresh(plan.base.as_of_ms).has_value());
  // As a service goes on: changes, time, or both in turn.
  const int steps = *any_int(0, 4);
  for (int step = 0; step < steps; ++step) {
    const std::size_t count = plan.changes.size();
    const auto begin = count * static_cast<std::size_t>(step) / 4;
    apply_in_batches(*engine, plan, begin, count * static_cast<std::size_t>(step + 1) / 4, 1);
    if (*any_int(0, 2) == 0) continue;
    RC_ASSERT(engine->advance(engine->as_of_ms() + *any_int(0, 9) * base::kMillisPerDay));
  }
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

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

RC_GTEST_PROP(QueryProperty, TheFunnelOfEverythingIsThatOfTheRefresh, ()) {
  const auto engine = any_engine();
  // Its tables are of a refresh, and changes may have come since.
  RC_ASSERT(engine->refresh(engine->as_of_ms()).has_value());
  const std::vector<engine::FunnelRow> rows = engine->funnel({});
  const std::vector<engine::FunnelRow>& wanted = engine->tables().funnel;
  RC_ASSERT(rows.size() == wanted.size());
  for (std::size_t s = 0; s < rows.size(); ++s) {
    RC_ASSERT(rows[s].stage == wanted[s].stage);
    RC_ASSERT(rows[s].reached == wanted[s].reached);
    RC_ASSERT(rows[s].advanced == wanted[s].advanced);
    RC_ASSERT(rows[s].regressed == wanted[s].regressed);
    RC_ASSERT(rows[s].lost == wanted[s].lost);
    RC_ASSERT(rows[s].open == wanted[s].open);
    RC_ASSERT(rows[s].expired == wanted[s].expired);
    RC_ASSERT(same(rows[s].compliance, wanted[s].compliance));
    RC_ASSERT(same(rows[s].median_ms, wanted[s].median_ms));
  }
}

RC_GTEST_PROP(QueryProperty, WhoReachedAStageAreAsManyAsTheFunnelCounts, ()) {
  const auto engine = any_engine();
  engine::LeadFilter filter = any_filter(*engine);
  for (const engine::FunnelRow& row : engine->funnel(filter)) {
    filter.reached = row.stage;
    RC_ASSERT(engine->facets(filter).leads == row.reached);
    RC_ASSERT(engine->list(filter, {.limit = engine->leads().size()}).size() == row.reached);
    RC_ASSERT(engine->count_open(filter) == engine->facets(filter).states[0]);
  }
}

RC_GTEST_PROP(QueryProperty, TheFunnelsOfRegionsAddUpToTheWhole, ()) {
  const auto engine = any_engine();
  const std::vector<engine::FunnelRow> whole = engine->funnel({});
  engine::LeadFilter nothing;
  nothing.scope.emplace();
  std::vector<engine::FunnelRow> sum = engine->funnel(nothing);
  for (const engine::FunnelRow& row : sum) RC_ASSERT(row.reached + row.open + row.advanced == 0u);
  for (std::uint32_t code = 0; code < engine->leads().dictionary(model::Dimension::kRegion).size();
       ++code) {
    engine::LeadFilter part;
    part.scope.emplace().regions = {code};
    const std::vector<engine::FunnelRow> rows = engine->funnel(part);
    for (std::size_t s = 0; s < rows.size(); ++s) {
      sum[s].reached += rows[s].reached;
      sum[s].advanced += rows[s].advanced;
      sum[s].lost += rows[s].lost;
      sum[s].open += rows[s].open;
      sum[s].expired += rows[s].expired;
    }
  }
  for (std::size_t s = 0; s < whole.size(); ++s) {
    RC_ASSERT(sum[s].reached == whole[s].reached);
    RC_ASSERT(sum[s].advanced == whole[s].advanced);
    RC_ASSERT(sum[s].lost == whole[s].lost);
    RC_ASSERT(sum[s].open == whole[s].open);
    RC_ASSERT(sum[s].expired == whole[s].expired);
  }
}

}  // namespace
}  // namespace pursuit::property
