#include "report/answers.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "model/dimension.h"

namespace pursuit::report {
namespace {

using engine::Engine;
using engine::Glance;
using engine::LeadState;
using model::Dimension;

std::uint32_t code_of(const Engine& engine, base::LeadId lead, Dimension d) {
  const model::LeadTable& leads = engine.leads();
  return leads.profile_codes(leads.profile(lead))[model::index_of(d)];
}

/// Calls `fn(lead, glance)` for every open lead.
template <class Fn>
void each_open(const Engine& engine, Fn&& fn) {
  const std::uint32_t leads = engine.leads().size();
  for (std::uint32_t i = 0; i < leads; ++i) {
    const Glance glance = engine.glance({i});
    if (glance.state == LeadState::kOpen) fn(base::LeadId{i}, glance);
  }
}

std::vector<MarketQueue> queues_of(const Engine& engine, std::size_t& markets) {
  const model::Dictionary& regions = engine.leads().dictionary(Dimension::kRegion);
  std::vector<std::uint64_t> open(regions.size());
  each_open(engine, [&](base::LeadId lead, const Glance&) {
    ++open[code_of(engine, lead, Dimension::kRegion)];
  });
  std::vector<MarketQueue> queues;
  for (std::uint32_t code = 0; code < open.size(); ++code) {
    if (open[code] > 0) queues.push_back({.region = code, .open = open[code], .leads = {}});
  }
  std::sort(queues.begin(), queues.end(), [&](const MarketQueue& a, const MarketQueue& b) {
    if (a.open != b.open) return a.open > b.open;
    return regions.text(a.region) < regions.text(b.region);
  });
  markets = queues.size();
  if (queues.size() > kMaxMarkets) queues.resize(kMaxMarkets);
  std::sort(queues.begin(), queues.end(), [&](const MarketQueue& a, const MarketQueue& b) {
    return regions.text(a.region) < regions.text(b.region);
  });
  const std::size_t limit = queues.size() > 1 ? kLeadsPerMarket : kLeadsOfOneMarket;
  for (MarketQueue& queue : queues) {
    engine::QueueQuery query;
    query.filter.only(Dimension::kRegion, queue.region);
    query.limit = limit;
    queue.leads = engine.queue(query);
  }
  return queues;
}

double expired_share(const StageStatus& stage) {
  return stage.open == 0 ? 0.0
                         : static_cast<double>(stage.expired) / static_cast<double>(stage.open);
}

std::optional<model::StageCode> stuck_stage(const Engine& engine,
                                            const std::vector<StageStatus>& stages) {
  const std::vector<engine::FunnelRow>& funnel = engine.tables().funnel;
  const auto has_compliance = [&](std::size_t s) {
    return s < funnel.size() && !std::isnan(funnel[s].compliance);
  };
  std::optional<model::StageCode> worst;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    if (!has_compliance(s)) continue;
    if (!worst || funnel[s].compliance < funnel[*worst].compliance)
      worst = static_cast<model::StageCode>(s);
  }
  if (worst) return worst;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    if (stages[s].expired == 0) continue;
    if (!worst || expired_share(stages[s]) > expired_share(stages[*worst]))
      worst = static_cast<model::StageCode>(s);
  }
  return worst;
}

std::vector<DealerStatus> worst_dealers(const Engine& engine, model::StageCode stage) {
  const model::Dictionary& names = engine.leads().dictionary(Dimension::kDealer);
  std::vector<DealerStatus> dealers;
  for (std::uint32_t code = 0; code < names.size(); ++code)
    dealers.push_back({.dealer = code, .open = 0, .expired = 0});
  each_open(engine, [&](base::LeadId lead, const Glance& glance) {
    if (glance.stage != stage) return;
    DealerStatus& dealer = dealers[code_of(engine, lead, Dimension::kDealer)];
    ++dealer.open;
    dealer.expired += glance.expired ? 1 : 0;
  });
  std::erase_if(dealers,
                [](const DealerStatus& d) { return d.open < kMinDealerOpen || d.expired == 0; });
  std::sort(dealers.begin(), dealers.end(), [&](const DealerStatus& a, const DealerStatus& b) {
    // a.expired / a.open > b.expired / b.open, in whole numbers.
    const std::uint64_t left = a.expired * b.open;
    const std::uint64_t right = b.expired * a.open;
    if (left != right) return left > right;
    if (a.expired != b.expired) return a.expired > b.expired;
    return names.text(a.dealer) < names.text(b.dealer);
  });
  if (dealers.size() > kMaxStuckDealers) dealers.resize(kMaxStuckDealers);
  return dealers;
}

bool is_late(const engine::LeadFigures& figures) {
  return figures.category == engine::Category::kDelayed ||
         figures.category == engine::Category::kCritical;
}

/// Hot leads that are over already, best score first.
std::vector<HotAtRisk> breached_hot(const Engine& engine) {
  std::vector<HotAtRisk> found;
  each_open(engine, [&](base::LeadId lead, const Glance& glance) {
    if (glance.tier != model::Tier::kHot) return;
    const bool late = is_late(engine.figures(lead));
    if (!glance.expired && !late) return;
    found.push_back({.lead = lead,
                     .expired = glance.expired,
                     .late = late,
                     .changes_ms = base::kNoInstant,
                     .turns_dormant = false});
  });
  std::sort(found.begin(), found.end(), [&](const HotAtRisk& a, const HotAtRisk& b) {
    const double x = engine.glance(a.lead).score;
    const double y = engine.glance(b.lead).score;
    if (x != y) return x > y;
    return engine.leads().id(a.lead) < engine.leads().id(b.lead);
  });
  return found;
}

void find_hot_at_risk(const Engine& engine, Answers& out) {
  const std::vector<HotAtRisk> breached = breached_hot(engine);
  out.hot_breached = breached.size();
  std::unordered_set<std::uint32_t> over;
  for (const HotAtRisk& risk : breached) over.insert(risk.lead.v);

  std::unordered_set<std::uint32_t> seen;  // a lead may turn both expired and dormant
  for (const engine::Expiring& next : engine.expiring(kSoonMs)) {
    if (!seen.insert(next.lead.v).second) continue;
    if (engine.glance(next.lead).tier != model::Tier::kHot || over.contains(next.lead.v)) continue;
    out.hot_at_risk.push_back({.lead = next.lead,
                               .expired = false,
                               .late = false,
                               .changes_ms = next.at_ms,
                               .turns_dormant = next.dormant});
  }
  out.changing = seen.size();
  out.hot_changing = out.hot_at_risk.size();
  out.hot_at_risk.insert(out.hot_at_risk.end(), breached.begin(), breached.end());
  if (out.hot_at_risk.size() > kMaxHotAtRisk) out.hot_at_risk.resize(kMaxHotAtRisk);
}

}  // namespace

Answers count_leads(const Engine& engine) {
  Answers out;
  out.stages.resize(engine.policy().funnel.open_stages());
  const std::uint32_t leads = engine.leads().size();
  for (std::uint32_t i = 0; i < leads; ++i) {
    const Glance glance = engine.glance({i});
    if (glance.state == LeadState::kUnseen) continue;
    ++out.states[static_cast<std::size_t>(glance.state)];
    if (glance.state != LeadState::kOpen) continue;
    ++out.tiers[static_cast<std::size_t>(glance.tier)];
    StageStatus& stage = out.stages[glance.stage];
    ++stage.open;
    stage.expired += glance.expired ? 1 : 0;
    stage.dormant += glance.dormant ? 1 : 0;
    stage.expired_or_dormant += glance.expired || glance.dormant ? 1 : 0;
  }
  return out;
}

Answers answer(const Engine& engine) {
  Answers out = count_leads(engine);
  out.queues = queues_of(engine, out.markets);
  out.stuck = stuck_stage(engine, out.stages);
  if (out.stuck) out.stuck_dealers = worst_dealers(engine, *out.stuck);
  find_hot_at_risk(engine, out);
  return out;
}

}  // namespace pursuit::report
