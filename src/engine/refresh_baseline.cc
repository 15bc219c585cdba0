#include <algorithm>
#include <vector>

#include "engine/refresh.h"

namespace pursuit::engine {

namespace {

constexpr std::size_t kLeadsPerTask = 16'384;

/// What one worker gathers in the first pass.
struct Gathered {
  std::vector<ChannelCounts> channels;
};

class BaselinePass {
 public:
  BaselinePass(const Engine::State& state, SampleStore& samples)
      : state_(state),
        samples_(samples),
        as_of_ms_(state.evaluator.as_of_ms()),
        window_from_ms_(as_of_ms_ - state.policy.expiry.lookback_days * base::kMillisPerDay),
        closed_from_ms_(as_of_ms_ - state.policy.channel.lookback_days * base::kMillisPerDay),
        period_ms_(state.policy.channel.inflow_period_days * base::kMillisPerDay) {}

  void lead(base::LeadId lead, unsigned worker, Gathered& out) const {
    const Profiles::Facts& facts = state_.facts(lead);
    const Evaluator& evaluator = state_.evaluator;
    const auto closed = [&](model::StageCode stage, base::Millis entered_ms, base::Millis left_ms,
                            VisitKind kind, std::uint32_t) {
      if (left_ms <= window_from_ms_) return;
      samples_.add(worker, stage, facts.segment[0], evaluator.duration(facts, entered_ms, left_ms),
                   kind != VisitKind::kAdvance);
    };
    const WalkEnd end = state_.walk_lead(lead, closed);
    if (end.stage == kNoStage) return;
    ChannelCounts& channel = out.channels[facts.channel];
    ++channel.leads;
    count_inflow(end, channel);
    const std::size_t stages = state_.policy.funnel.open_stages();
    if (end.stage < stages) {
      samples_.add(worker, end.stage, facts.segment[0],
                   evaluator.duration(facts, end.entered_ms, as_of_ms_), true);
    } else if (end.entered_ms > closed_from_ms_) {
      ++channel.closed;
      channel.won += end.stage == stages;
    }
  }

 private:
  void count_inflow(const WalkEnd& end, ChannelCounts& channel) const {
    if (end.created_ms == base::kNoInstant) return;
    const base::Millis age_ms = as_of_ms_ - end.created_ms;
    const base::Millis period = age_ms / period_ms_;
    if (period < static_cast<base::Millis>(channel.created.size())) {
      ++channel.created[static_cast<std::size_t>(period)];
    }
  }

  const Engine::State& state_;
  SampleStore& samples_;
  base::Millis as_of_ms_;
  base::Millis window_from_ms_;
  base::Millis closed_from_ms_;
  base::Millis period_ms_;
};

void add_to(std::vector<ChannelCounts>& total, const std::vector<ChannelCounts>& part) {
  for (std::size_t c = 0; c < total.size(); ++c) {
    total[c].leads += part[c].leads;
    total[c].closed += part[c].closed;
    total[c].won += part[c].won;
    for (std::size_t p = 0; p < part[c].created.size(); ++p) {
      total[c].created[p] += part[c].created[p];
    }
  }
}

}  // namespace

base::Result<void> refresh_baseline(Engine::State& state) {
  const std::size_t stages = state.policy.funnel.open_stages();
  const base::Millis as_of_ms = state.evaluator.as_of_ms();
  const base::Millis longest_ms = std::max<base::Millis>(as_of_ms - state.book.earliest_ms(), 0);
  auto samples = SampleStore::create(state.profiles, stages, state.pool.size(), longest_ms);
  if (!samples) return std::unexpected(samples.error());

  const model::Dictionary& channels = state.leads.dictionary(model::Dimension::kChannel);
  ChannelCounts none;
  none.created.assign(static_cast<std::size_t>(state.policy.channel.inflow_periods), 0);
  Gathered empty{std::vector<ChannelCounts>(channels.size(), none)};
  std::vector<Gathered> gathered(state.pool.size(), empty);

  const BaselinePass pass(state, *samples);
  const std::span<const std::uint32_t> order = state.members.order();
  state.pool.parallel_ranges(order.size(), kLeadsPerTask,
                             [&](std::size_t begin, std::size_t end, unsigned worker) {
                               for (std::size_t i = begin; i < end; ++i) {
                                 pass.lead({order[i]}, worker, gathered[worker]);
                               }
                             });
  std::vector<ChannelCounts>& total = empty.channels;
  for (const Gathered& g : gathered) add_to(total, g.channels);

  samples->evaluate(state.profiles, state.policy.expiry, state.pool, state.baseline);
  state.tables.channels = evaluate_channels(total, channels, state.policy.channel, state.baseline);
  state.tables.thresholds = threshold_rows(state.baseline, state.profiles, state.leads);
  return {};
}

}  // namespace pursuit::engine
