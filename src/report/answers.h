// report/answers.h: the four questions, answered from an engine as of its last refresh: which leads
// to work today, where the funnel is stuck, which leads are no longer worth pursuing, and which hot
// ones are about to slip. Pure functions; the engine must not change meanwhile.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "engine/engine.h"

namespace pursuit::report {

/// The best leads of a market.
struct MarketQueue {
  std::uint32_t region;  // code in the lead table
  std::uint64_t open = 0;
  std::vector<base::LeadId> leads;
};

/// One open stage of the funnel as it is now.
struct StageStatus {
  std::uint64_t open = 0;
  std::uint64_t expired = 0;
  std::uint64_t dormant = 0;
  std::uint64_t expired_or_dormant = 0;
};

/// A dealer's leads of one stage.
struct DealerStatus {
  std::uint32_t dealer;
  std::uint64_t open;
  std::uint64_t expired;
};

/// A hot lead that is out of its time already, or soon will be.
struct HotAtRisk {
  base::LeadId lead;
  bool expired;             // over its P90
  bool late;                // over its effective SLA
  base::Millis changes_ms;  // when it turns expired or dormant; kNoInstant: it is over already
  bool turns_dormant;       // what it turns then
};

struct Answers {
  /// By text of the market; of those with an open lead the largest kMaxMarkets.
  std::vector<MarketQueue> queues;
  std::size_t markets = 0;  // with an open lead

  std::vector<StageStatus> stages;          // by open stage
  std::optional<model::StageCode> stuck;    // the stage that holds leads up most
  std::vector<DealerStatus> stuck_dealers;  // of that stage, worst first

  std::array<std::uint64_t, 3> states{};  // by engine::LeadState: open, won, lost
  std::array<std::uint64_t, 3> tiers{};   // of open leads, by model::Tier

  std::uint64_t hot_breached = 0;
  std::uint64_t hot_changing = 0;      // Hot, not breached, expired or dormant within a day
  std::uint64_t changing = 0;          // open leads of any tier that turn within a day
  std::vector<HotAtRisk> hot_at_risk;  // the soonest to turn first, then those that are over
};

inline constexpr std::size_t kMaxMarkets = 12;
inline constexpr std::size_t kLeadsPerMarket = 3;
inline constexpr std::size_t kLeadsOfOneMarket = 10;  // where there is only one
inline constexpr std::size_t kMaxStuckDealers = 3;
inline constexpr std::size_t kMaxHotAtRisk = 5;
inline constexpr base::Millis kSoonMs = base::kMillisPerDay;
/// A dealer with fewer open leads in a stage says little about it.
inline constexpr std::uint64_t kMinDealerOpen = 5;

/// Counts of leads by state, tier and stage alone: one cheap pass.
[[nodiscard]] Answers count_leads(const engine::Engine& engine);

/// All of it. The stuck stage is the one with the lowest compliance, where there are SLAs; else the
/// one with the largest share of open leads over their P90; a tie goes to the earlier stage.
[[nodiscard]] Answers answer(const engine::Engine& engine);

}  // namespace pursuit::report
