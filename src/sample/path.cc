#include "sample/path.h"

#include <algorithm>

namespace pursuit::sample {

namespace {

constexpr unsigned kPathPurpose = 1;
constexpr unsigned kSignalPurpose = 2;
constexpr std::uint8_t kMaxEventsOfLead = 24;
constexpr std::uint32_t kDayS = 86'400;
constexpr double kFarS = 20.0 * 365 * kDayS;  // beyond any as-of of interest

/// Moves most of what would happen at night to the next morning.
double into_daytime(double at_s, int utc_offset_minutes, Random& random) {
  const auto local =
      static_cast<std::uint64_t>(at_s) + static_cast<unsigned>(utc_offset_minutes) * 60u;
  const auto hour = static_cast<unsigned>(local % kDayS / 3'600);
  if (hour >= 8 && hour < 21) return at_s;
  if (random.chance(0.15)) return at_s;
  const unsigned wait_hours = hour < 8 ? 8 - hour : 32 - hour;
  return at_s + wait_hours * 3'600.0 + random.below(2 * 3'600);
}

/// When the source hears of an event: mostly within minutes, sometimes days later.
std::uint32_t arrival(std::uint32_t at_s, Random& random) {
  const double kind = random.unit();
  if (kind < 0.92) return at_s + random.below(1'800);
  if (kind < 0.985) return at_s + random.below(kDayS);
  return at_s + random.below(10 * kDayS);
}

}  // namespace

/// A lead on its way through the funnel.
struct PathMaker::Walk {
  const LeadDraft& lead;
  Random random;
  std::vector<EventDraft>& out;
  double at_s;
  double pace;
  double quality;
  int utc_offset_minutes;
  std::uint8_t stage = 0;
  std::uint8_t emitted = 0;
  bool over = false;
};

PathMaker::PathMaker(const Network& network, const GenerateOptions& options)
    : network_(network),
      as_of_s_(static_cast<std::uint32_t>(options.as_of_ms / base::kMillisPerSecond)),
      durations_{LogNormal(kBehaviour[0].sigma), LogNormal(kBehaviour[1].sigma),
                 LogNormal(kBehaviour[2].sigma), LogNormal(kBehaviour[3].sigma)} {}

double PathMaker::duration_s(Walk& walk, double factor) const {
  if (walk.random.chance(0.004)) return 0;  // two stages entered in one go: a tie
  return kBehaviour[walk.stage].median_hours * 3'600 * factor * walk.pace *
         durations_[walk.stage].draw(walk.random);
}

void PathMaker::emit(Walk& walk, std::uint8_t code) const {
  if (walk.at_s > as_of_s_) {
    // A few are dated ahead: appointments, clocks that are wrong.
    walk.over = true;
    if (walk.at_s > as_of_s_ + 14.0 * kDayS || !walk.random.chance(0.03)) return;
  }
  const auto at_s = static_cast<std::uint32_t>(walk.at_s);
  const int copies = walk.random.chance(0.005) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    walk.out.push_back({arrival(at_s, walk.random), walk.lead.number, at_s, code, walk.emitted++});
  }
  if (walk.emitted >= kMaxEventsOfLead) walk.over = true;
}

void PathMaker::step(Walk& walk) const {
  const StageBehaviour& b = kBehaviour[walk.stage];
  Random& random = walk.random;
  const double lost = std::min(0.6, b.lost / walk.quality);
  double at = random.unit();
  const auto falls_in = [&at](double chance) {
    at -= chance;
    return at < 0;
  };
  std::uint8_t next = walk.stage;
  double factor = 1;
  if (falls_in(b.stall)) {
    // Nobody works it any more; half of these are closed by a clean-up months later.
    walk.at_s += random.chance(0.5) ? (60.0 + 340 * random.unit()) * kDayS : kFarS;
    next = kLost;
    factor = 0;
  } else if (falls_in(lost)) {
    next = kLost;
    factor = 2.2;
  } else if (falls_in(b.repeat)) {
    factor = 0.4;
  } else if (falls_in(b.regress)) {
    next = static_cast<std::uint8_t>(walk.stage - 1);
  } else {
    next = static_cast<std::uint8_t>(walk.stage + (falls_in(b.skip) ? 2 : 1));
  }
  if (factor > 0) {
    const double duration = duration_s(walk, factor);
    walk.at_s += duration;
    if (duration > 0) walk.at_s = into_daytime(walk.at_s, walk.utc_offset_minutes, random);
  }
  emit(walk, next);
  walk.stage = next;
  if (next < kOpenStages) return;
  if (!random.chance(next == kLost ? 0.025 : 0.004)) {
    walk.over = true;
    return;
  }
  // Comes back weeks later: the lead is re-opened.
  walk.at_s += (5.0 + 60 * random.unit()) * kDayS;
  walk.stage = 1;
  emit(walk, walk.stage);
}

void PathMaker::append_events(const LeadDraft& lead, std::vector<EventDraft>& out) const {
  const Dealer& dealer = network_.dealer(lead.dealer);
  const Market& market = kMarkets[dealer.market];
  const Channel& channel = kChannels[lead.channel];
  Walk walk{.lead = lead,
            .random = network_.stream(lead.number, kPathPurpose),
            .out = out,
            .at_s = static_cast<double>(lead.created_s),
            .pace = dealer.pace * market.pace * channel.pace * kNameplates[lead.nameplate].pace,
            .quality = dealer.quality * channel.quality,
            .utc_offset_minutes = market.utc_offset_minutes};
  // created_at alone says as much; many sources send the event too.
  if (walk.random.chance(0.85)) emit(walk, 0);
  while (!walk.over) step(walk);
}

void PathMaker::append_signals(std::uint32_t lead, std::vector<SignalDraft>& out) const {
  Random random = network_.stream(lead, kSignalPurpose);
  if (!random.chance(0.12)) return;
  const std::uint32_t created_s = network_.draw(lead).created_s;
  const std::uint32_t count = 1 + random.below(4);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t at_s = created_s + random.below(40 * kDayS);
    const auto kind =
        static_cast<std::uint8_t>(random.below(static_cast<std::uint32_t>(kSignalKinds.size())));
    const auto hundredth = static_cast<std::uint8_t>(random.below(101));
    if (at_s <= as_of_s_) out.push_back({lead, at_s, kind, hundredth});
  }
}

}  // namespace pursuit::sample
