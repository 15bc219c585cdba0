// engine/refresh.h: the passes of a refresh, each over all leads on all threads, dealer by dealer.
// Used by engine.cc and advance.cc only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/baseline.h"
#include "engine/filter.h"
#include "engine/state.h"

namespace pursuit::engine {

/// Dealers by text and each one's pairs by text: the order of the load tables. A task is some
/// neighbouring dealers.
struct DealerTasks {
  std::vector<std::uint32_t> dealers;
  std::vector<std::uint32_t> pairs;        // grouped by dealer
  std::vector<std::size_t> first_pair;     // by position in dealers, and one past the end
  std::vector<std::size_t> first_of_task;  // positions in dealers, and one past the end

  static DealerTasks make(const Engine::State& state);

  [[nodiscard]] std::size_t count() const { return first_of_task.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> pairs_of(std::size_t position) const {
    return std::span(pairs).subspan(first_pair[position],
                                    first_pair[position + 1] - first_pair[position]);
  }
};

/// Counts of one open stage over all leads.
struct StageCounts {
  std::uint64_t furthest = 0;     // leads that got this far and no further
  std::uint64_t by_kind[3] = {};  // closed visits by VisitKind
  std::uint64_t open = 0;
  std::uint64_t expired = 0;
  std::uint64_t on_time = 0;
  std::uint64_t judged = 0;  // visits that compliance is a share of

  void add(const StageCounts& other);
  /// A closed visit that the look-back holds, or does not; `deviation` in hours.
  void count_closed(double deviation, bool in_window) {
    on_time += static_cast<std::uint64_t>(deviation <= 0) & static_cast<std::uint64_t>(in_window);
    judged += in_window;
  }
  /// An open visit counts once it is over.
  void count_open(double deviation) { judged += deviation > 0; }
};

/// What the passes count, one per worker; sums of whole numbers, so that who counted what does not
/// matter.
struct Counts {
  std::vector<StageCounts> stages;
  std::uint64_t won = 0;
  std::vector<ChannelCounts> channels;
  std::vector<SurgeCount> by_dealer;
  std::vector<SurgeCount> by_nameplate;

  explicit Counts(const Engine::State& state);
  void add(const Counts& other);
};

/// First pass: walks every lead once. Standings by the walk alone, loads of every pair now and on
/// every day, closed visits against their SLA; durations of the look-back go to `samples`, which
/// may be null. Fills the load tables.
void walk_leads(Engine::State& state, const DealerTasks& tasks, SampleStore* samples,
                std::vector<Counts>& counts);

/// Second pass, once the baseline is made: scores, status, open visits against their SLA, ranks.
/// `counts` are by worker, or none to count nothing.
void assess_leads(Engine::State& state, const DealerTasks& tasks, std::span<Counts> counts);

/// The rows of funnel.csv.
[[nodiscard]] std::vector<FunnelRow> funnel_rows(const Engine::State& state, const Counts& counts);

/// Counts a visit that passed its SLA where the passing falls into the days that surges look at.
class SurgeCounter {
 public:
  explicit SurgeCounter(const Engine::State& state);
  /// Whether a visit that ended then can have passed its SLA in those days.
  [[nodiscard]] bool looks_at(base::Millis left_ms) const { return left_ms > before_from_ms_; }
  void count(const Profiles::Facts& facts, base::LeadId lead, model::StageCode stage,
             base::Millis entered_ms, double effective_hours, Counts& counts) const;

 private:
  const Engine::State& state_;
  Filter filter_;
  base::Millis recent_from_ms_;
  base::Millis before_from_ms_;
};

}  // namespace pursuit::engine
