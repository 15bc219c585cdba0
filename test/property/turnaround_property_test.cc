// Turnaround against sums over the reference model's visits. RapidCheck prints the seed of every
// run; RC_PARAMS="seed=…" repeats one.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "property/change_plan.h"
#include "property/compare_tables.h"
#include "property/random_filter.h"
#include "property/random_network.h"

namespace pursuit::property {
namespace {

using base::LeadId;
using base::Millis;
using engine::Engine;

/// Stage, seven texts, Monday: empty where cells are not by it.
using Key = std::vector<std::string>;

struct Cell {
  std::vector<double> closed_ms;
  std::map<std::string, std::uint64_t> closed;  // by category
  std::map<std::string, std::uint64_t> open;
  std::uint64_t expired = 0;
  std::set<std::string> leads;
};

template <class T>
bool wants(const engine::AnyOf<T>& list, T value) {
  return !list || std::find(list->begin(), list->end(), value) != list->end();
}

template <class T, std::size_t kSize>
T named(const std::array<std::string_view, kSize>& names, const std::string& name) {
  return static_cast<T>(std::find(names.begin(), names.end(), name) - names.begin());
}

bool is_wanted(const engine::TatQuery& query, const model::Policy& policy,
               const reference::VisitRow& v) {
  if (v.left_ms && (*v.left_ms < query.from_ms || *v.left_ms >= query.to_ms)) return false;
  return wants(query.stages, policy.funnel.code_of(v.stage).value()) &&
         wants(query.kinds, named<engine::VisitKind>(engine::kVisitKindNames, v.kind)) &&
         wants(query.categories, named<engine::Category>(engine::kCategoryNames, v.category));
}

std::string monday_of(Millis at_ms) {
  std::int64_t day = base::day_of(at_ms);
  constexpr std::int64_t kAMonday = 4;  // 1970-01-05
  while ((day - kAMonday) % 7 != 0) --day;
  return base::format_date(day);
}

std::map<Key, Cell> expected_cells(const Engine& engine, const engine::TatQuery& query,
                                   const reference::Output& out) {
  std::map<Key, Cell> cells;
  for (const auto& [id, visits] : out.visits) {
    const LeadId lead = engine.leads().find(id);
    if (!passes(engine, query.filter, lead)) continue;
    const reference::LeadRow& row = out.leads.at(id);
    for (const reference::VisitRow& v : visits) {
      if (!is_wanted(query, engine.policy(), v)) continue;
      Key key = {query.by.stage ? v.stage : ""};
      for (std::size_t d = 0; d < model::kDimensions; ++d)
        key.push_back(query.by.dimension[d] ? "=" + row.dims[d] : "");
      key.push_back(query.by.week && v.left_ms ? monday_of(*v.left_ms) : "");
      Cell& cell = cells[key];
      cell.leads.insert(id);
      ++(v.left_ms ? cell.closed : cell.open)[v.category];
      if (v.left_ms) cell.closed_ms.push_back(std::round(v.hours * 3'600'000.0));
      cell.expired += !v.left_ms && row.status == "expired";
    }
  }
  return cells;
}

double percentile(std::vector<double> sample, double p) {
  if (sample.empty()) return engine::kAbsent;
  std::sort(sample.begin(), sample.end());
  const double h = p * static_cast<double>(sample.size() - 1);
  const auto low = static_cast<std::size_t>(std::floor(h));
  const std::size_t high = std::min(low + 1, sample.size() - 1);
  return sample[low] + (h - std::floor(h)) * (sample[high] - sample[low]);
}

double mean(const std::vector<double>& sample) {
  if (sample.empty()) return engine::kAbsent;
  double sum = 0;
  for (const double value : sample) sum += value;
  return sum / static_cast<double>(sample.size());
}

bool near(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b));
}

std::uint64_t of(const std::map<std::string, std::uint64_t>& counts, const char* category) {
  const auto it = counts.find(category);
  return it == counts.end() ? 0 : it->second;
}

void check_cell(const engine::TatCell& actual, const Cell& expected) {
  RC_ASSERT(actual.n == expected.closed_ms.size());
  RC_ASSERT(near(actual.median_ms, percentile(expected.closed_ms, 0.5)));
  RC_ASSERT(near(actual.p90_ms, percentile(expected.closed_ms, 0.9)));
  RC_ASSERT(near(actual.mean_ms, mean(expected.closed_ms)));
  const auto over = [&](const auto& counts) {
    return of(counts, "delayed") + of(counts, "critical");
  };
  RC_ASSERT(actual.on_time == of(expected.closed, "on_time"));
  RC_ASSERT(actual.delayed == of(expected.closed, "delayed") + of(expected.open, "delayed"));
  RC_ASSERT(actual.critical == of(expected.closed, "critical") + of(expected.open, "critical"));
  RC_ASSERT(actual.judged ==
            of(expected.closed, "on_time") + over(expected.closed) + over(expected.open));
  std::uint64_t open = 0;
  for (const auto& [category, count] : expected.open) open += count;
  RC_ASSERT(actual.open == open);
  RC_ASSERT(actual.expired == expected.expired);
}

engine::TatQuery any_query(const Engine& engine) {
  engine::TatQuery query;
  if (*any_int(0, 2) == 0) query.filter = any_filter(engine);
  if (*any_int(0, 3) == 0) query.stages = std::vector<model::StageCode>{0, 2};
  if (*any_int(0, 3) == 0) query.kinds = std::vector{engine::VisitKind::kAdvance};
  if (*any_int(0, 3) == 0) query.categories = std::vector{engine::Category::kCritical};
  if (*any_int(0, 2) == 0) query.from_ms = *any_as_of() - *any_int(0, 12) * base::kMillisPerDay;
  if (*any_int(0, 2) == 0) query.to_ms = *any_as_of();
  query.by.stage = *any_int(0, 2) == 0;
  query.by.week = *any_int(0, 2) == 0;
  for (bool& by : query.by.dimension) by = *any_int(0, 4) == 0;
  return query;
}

Key key_of(const Engine& engine, const engine::TatCell& cell) {
  Key key = {cell.stage == engine::kNoStage ? "" : engine.policy().funnel.name_of(cell.stage)};
  for (std::size_t d = 0; d < model::kDimensions; ++d) {
    const auto& texts = engine.leads().dictionary(static_cast<model::Dimension>(d));
    key.push_back(cell.codes[d] == engine::kNoCode ? "" : "=" + texts.text(cell.codes[d]));
  }
  key.push_back(cell.week == engine::kNoWeek ? "" : base::format_date(cell.week));
  return key;
}

std::set<std::string> leads_behind(const Engine& engine, const engine::TatQuery& query,
                                   const engine::TatCell& cell) {
  std::set<std::string> ids;
  engine::LeadPage page;
  page.limit = static_cast<std::size_t>(*any_int(1, 4));
  for (;;) {
    const std::vector<LeadId> leads = engine.leads_behind(query, cell, page);
    for (const LeadId lead : leads) RC_ASSERT(ids.emplace(engine.leads().id(lead)).second);
    if (leads.size() < page.limit) return ids;
    page.after = leads.back();
  }
}

void check(const Engine& engine, const engine::TatQuery& query, const reference::Output& out) {
  const std::map<Key, Cell> expected = expected_cells(engine, query, out);
  const std::vector<engine::TatCell> actual = engine.turnaround(query);
  RC_ASSERT(actual.size() == expected.size());
  for (const engine::TatCell& cell : actual) {
    const auto it = expected.find(key_of(engine, cell));
    RC_ASSERT(it != expected.end());
    check_cell(cell, it->second);
    RC_ASSERT(cell.leads == it->second.leads.size());
    RC_ASSERT(leads_behind(engine, query, cell) == it->second.leads);
  }
}

RC_GTEST_PROP(TurnaroundProperty, CellsAndTheirLeadsAreThoseOfTheReferenceModel, ()) {
  const reference::Input input = *any_network();
  const reference::Output out = reference::analyze(input);
  RC_PRE(!hangs_on_rounding(out, input.policy));
  const auto engine = load_engine(input, {static_cast<unsigned>(*any_int(1, 4)), Loading::kBulk});
  RC_ASSERT(engine->refresh(input.as_of_ms).has_value());
  check(*engine, any_query(*engine), out);
}

RC_GTEST_PROP(TurnaroundProperty, BetweenRefreshesToo, ()) {
  const ChangePlan plan = *any_change_plan();
  const reference::Output out = reference::analyze_against(plan.whole, plan.base);
  RC_PRE(!hangs_on_rounding(out, plan.whole.policy));
  const auto engine = load_engine(plan.base, {2, Loading::kBulk});
  RC_ASSERT(engine->refresh(plan.base.as_of_ms).has_value());
  apply_in_batches(*engine, plan, 0, plan.changes.size(), plan.seed);
  check(*engine, any_query(*engine), out);
}

}  // namespace
}  // namespace pursuit::property
