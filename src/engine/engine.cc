#include "engine/engine.h"

#include <algorithm>
#include <utility>

#include "engine/judge.h"
#include "engine/refresh.h"
#include "engine/state.h"
#include "metrics/load.h"

namespace pursuit::engine {

Engine::State::State(model::Policy policy_in, EngineOptions options)
    : policy(std::move(policy_in)),
      pool(options.threads == 0 ? base::hardware_threads() : options.threads),
      share_from(options.share_from),
      book(policy.funnel.open_stages()),
      profiles(policy),
      evaluator(policy, profiles, baseline, signals) {
  baseline.thresholds.resize(policy.funnel.open_stages());
  baseline.median_ms.assign(policy.funnel.open_stages(), kAbsent);
}

WalkEnd Engine::State::walk_to_end(base::LeadId lead) const {
  return walk_lead(lead,
                   [](model::StageCode, base::Millis, base::Millis, VisitKind, std::uint32_t) {});
}

bool Engine::State::ranks_before(base::LeadId a, base::LeadId b) const {
  const Standing& x = book.standing(a);
  const Standing& y = book.standing(b);
  if (x.score != y.score) return x.score > y.score;
  if (x.entered_ms != y.entered_ms) return x.entered_ms < y.entered_ms;
  return leads.id(a) < leads.id(b);
}

std::uint32_t Engine::State::rank_of(base::LeadId lead) const {
  const std::uint32_t dealer = facts(lead).dealer;
  if (dealer_moved[dealer] == 0) return book.standing(lead).rank;
  std::uint32_t rank = 1;
  for (const std::uint32_t pair : members.pairs_of(dealer)) {
    open.for_each({pair}, book, [&](base::LeadId other) { rank += ranks_before(other, lead); });
  }
  return rank;
}

void Engine::State::grow_to_profiles() {
  profiles.update(leads);
  load_now.resize(profiles.pairs().size());
  past_moved.resize(profiles.pairs().size(), 0);
  open.grow(profiles.pairs().size());
  dealer_moved.resize(leads.dictionary(model::Dimension::kDealer).size(), 0);
}

Engine::Engine(model::Policy policy, EngineOptions options)
    : state_(std::make_unique<State>(std::move(policy), options)) {}

Engine::~Engine() = default;

void Engine::load(model::LeadTable leads, model::EventScatter events, model::SignalLog signals) {
  State& s = *state_;
  s.leads = std::move(leads);
  s.signals = std::move(signals);
  s.book.load(s.leads.size(), events, s.pool);
  s.grow_to_profiles();
  s.members.rebuild(s.leads, s.profiles);
}

namespace {

Counts sum_of(const Engine::State& state, const std::vector<Counts>& parts) {
  Counts total(state);
  for (const Counts& part : parts) total.add(part);
  return total;
}

}  // namespace

base::Result<void> Engine::refresh(base::Millis as_of_ms) {
  State& s = *state_;
  if (s.profiles.pairs().size() > DailyLoads::kMaxPairs) {
    return base::fail(base::ErrorCode::kLimit, "too many combinations of dealer and nameplate");
  }
  if (auto set = s.evaluator.set_instant(as_of_ms, s.book.earliest_ms()); !set) return set;
  if (!s.members.is_current()) s.members.rebuild(s.leads, s.profiles);
  s.book.compact(s.members.order());
  s.past_load.resize(s.book.slots());
  const base::Millis longest_ms = std::max<base::Millis>(as_of_ms - s.book.earliest_ms(), 0);
  auto samples =
      SampleStore::create(s.profiles, s.policy.funnel.open_stages(), s.pool.size(), longest_ms);
  if (!samples) return std::unexpected(samples.error());

  const DealerTasks tasks = DealerTasks::make(s);
  std::vector<Counts> counts(s.pool.size(), Counts(s));
  walk_leads(s, tasks, &*samples, counts);
  samples->evaluate(s.profiles, s.policy.expiry, s.pool, s.baseline);
  const Counts walked = sum_of(s, counts);
  s.tables.channels =
      evaluate_channels(walked.channels, s.leads.dictionary(model::Dimension::kChannel),
                        s.policy.channel, s.baseline);
  s.tables.thresholds = threshold_rows(s.baseline, s.profiles, s.leads);
  assess_leads(s, tasks, counts);
  Counts total = sum_of(s, counts);
  s.tables.funnel = funnel_rows(s, total);
  s.tables.as_of_ms = as_of_ms;
  s.surge_by_dealer = std::move(total.by_dealer);
  s.surge_by_nameplate = std::move(total.by_nameplate);
  return {};
}

namespace {

/// Thresholds of the other engine's segment of the same texts.
Threshold same_threshold(const Engine::State& from, const Engine::State& to, std::size_t stage,
                         std::size_t rung, const Segment& segment) {
  const auto translate = [&](model::Dimension d, std::uint32_t code) {
    if (code == kNoCode) return std::optional<std::uint32_t>(kNoCode);
    return from.leads.dictionary(d).find(to.leads.dictionary(d).text(code));
  };
  const auto region = translate(model::Dimension::kRegion, segment.region);
  const auto nameplate = translate(model::Dimension::kNameplate, segment.nameplate);
  const auto channel = translate(model::Dimension::kChannel, segment.channel);
  if (!region || !nameplate || !channel) return {};
  const auto& segments = from.profiles.segments(rung);
  const auto it =
      std::find(segments.begin(), segments.end(), Segment{*region, *nameplate, *channel});
  if (it == segments.end()) return {};
  const auto index = static_cast<std::size_t>(it - segments.begin());
  const auto& of_rung = from.baseline.thresholds[stage][rung];
  return index < of_rung.size() ? of_rung[index] : Threshold{};
}

}  // namespace

base::Result<void> Engine::adopt_baseline(const Engine& other) {
  State& s = *state_;
  const State& from = *other.state_;
  if (auto set = s.evaluator.set_instant(from.evaluator.as_of_ms(), s.book.earliest_ms()); !set) {
    return set;
  }
  if (!s.members.is_current()) s.members.rebuild(s.leads, s.profiles);
  s.baseline.median_ms = from.baseline.median_ms;
  s.baseline.unknown_conversion = from.baseline.unknown_conversion;
  for (std::size_t stage = 0; stage < s.policy.funnel.open_stages(); ++stage) {
    for (std::size_t rung = 0; rung < kRungs; ++rung) {
      auto& of_rung = s.baseline.thresholds[stage][rung];
      of_rung.clear();
      for (const Segment& segment : s.profiles.segments(rung)) {
        of_rung.push_back(same_threshold(from, s, stage, rung, segment));
      }
    }
  }
  const auto& channels = s.leads.dictionary(model::Dimension::kChannel);
  s.baseline.conversion.clear();
  s.baseline.volume.clear();
  for (std::uint32_t c = 0; c < channels.size(); ++c) {
    const auto code = from.leads.dictionary(model::Dimension::kChannel).find(channels.text(c));
    s.baseline.conversion.push_back(from.baseline.conversion_of(code.value_or(kNoCode)));
    s.baseline.volume.push_back(from.baseline.volume_of(code.value_or(kNoCode)));
  }
  s.past_load.resize(s.book.slots());
  Tables kept = std::move(s.tables);
  const DealerTasks tasks = DealerTasks::make(s);
  std::vector<Counts> counts(s.pool.size(), Counts(s));
  walk_leads(s, tasks, nullptr, counts);
  assess_leads(s, tasks, counts);
  s.tables = std::move(kept);
  return {};
}

const model::Policy& Engine::policy() const { return state_->policy; }
const model::LeadTable& Engine::leads() const { return state_->leads; }
base::Millis Engine::as_of_ms() const { return state_->evaluator.as_of_ms(); }
std::uint64_t Engine::event_count() const { return state_->book.event_count(); }
const Tables& Engine::tables() const { return state_->tables; }

std::size_t Engine::memory_bytes() const {
  const State& s = *state_;
  return s.leads.memory_bytes() + s.signals.memory_bytes() + s.book.memory_bytes() +
         s.profiles.memory_bytes() + s.members.memory_bytes() + s.open.memory_bytes() +
         s.later.memory_bytes() + s.past_load.memory_bytes() +
         s.load_now.size() * (sizeof(PairLoad) + 1) + s.tables.load_daily.memory_bytes() +
         s.tables.load.size() * sizeof(LoadRow);
}

std::optional<LoadRow> Engine::load(std::uint32_t dealer, std::uint32_t nameplate) const {
  const State& s = *state_;
  const base::PairId pair = s.profiles.find_pair(dealer, nameplate);
  if (pair.v >= s.load_now.size() || s.load_now[pair.v].open == 0) return std::nullopt;
  const PairLoad now = s.load_now[pair.v];
  return load_row({dealer, nameplate}, 0, now, s.evaluator.relaxation(now));
}

}  // namespace pursuit::engine
