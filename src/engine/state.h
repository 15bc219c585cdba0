// engine/state.h: what an Engine holds. Included by the engine's own .cc files only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "base/huge_array.h"
#include "base/parallel.h"
#include "engine/baseline.h"
#include "engine/book.h"
#include "engine/engine.h"
#include "engine/evaluator.h"
#include "engine/later.h"
#include "engine/members.h"
#include "engine/open_leads.h"
#include "engine/profiles.h"

namespace pursuit::engine {

/// Visits that turned delayed: in the last day, and in the days before that a surge is measured by.
struct SurgeCount {
  std::uint32_t recent = 0;
  std::uint32_t before = 0;
};

/// A pair's load in four bytes; one too large for them is worked out again when it is read.
class PastLoad {
 public:
  PastLoad() = default;
  explicit PastLoad(PairLoad load)
      : open_(static_cast<std::uint16_t>(load.open < kTooLarge ? load.open : kTooLarge)),
        in_load_stages_(static_cast<std::uint16_t>(load.in_load_stages)) {}
  [[nodiscard]] bool is_known() const { return open_ != kTooLarge; }
  [[nodiscard]] PairLoad load() const { return {open_, in_load_stages_}; }

 private:
  static constexpr std::uint16_t kTooLarge = 0xFFFF;
  std::uint16_t open_;
  std::uint16_t in_load_stages_;
};

/// An open lead and what it is ranked by first, side by side so that ranking stays in cache.
struct Ranked {
  double score;
  base::LeadId lead;
};

struct Engine::State {
  State(model::Policy policy_in, EngineOptions options);

  model::Policy policy;
  mutable base::ThreadPool pool;
  std::size_t share_from;           // EngineOptions
  mutable std::mutex readers_pool;  // which reader has the pool
  model::LeadTable leads;
  model::SignalLog signals;
  Book book;
  Profiles profiles;
  Baseline baseline;
  Evaluator evaluator;
  Members members;
  OpenLeads open;
  Later later;  // complete once there was a refresh
  /// When past_load was noted: the as-of instant of the last refresh; kNoInstant before the first.
  base::Millis judged_as_of_ms = base::kNoInstant;
  std::vector<PairLoad> load_now;  // by pair, at the as-of instant
  std::vector<std::uint8_t>
      past_moved;  // by pair: its load before the last midnight changed since the refresh
  /// By event slot: the load that relaxes the SLA of the visit (or of the closed lead) that the
  /// event opened (or closed), as of the refresh. Holds for leads that are not stale, of pairs
  /// whose past has not moved.
  base::HugeArray<PastLoad> past_load;
  std::vector<std::uint8_t> dealer_moved;  // by dealer code: ranks do not hold
  std::vector<SurgeCount> surge_by_dealer;
  std::vector<SurgeCount> surge_by_nameplate;
  Tables tables;

  /// Calls `fn(task, worker)` for each task on all threads, or, when another reader has them, on
  /// this one.
  template <class Fn>
  void share_out(std::size_t tasks, Fn&& fn) const {
    const std::unique_lock lock(readers_pool, std::try_to_lock);
    if (lock) {
      pool.parallel_for(tasks, fn);
    } else {
      for (std::size_t task = 0; task < tasks; ++task) fn(task, 0u);
    }
  }
  /// Calls `fn(lead, worker)` for every lead, so many to a task of share_out.
  template <class Fn>
  void share_out_leads(std::size_t leads_per_task, Fn&& fn) const {
    const std::size_t count = leads.size();
    share_out((count + leads_per_task - 1) / leads_per_task,
              [&](std::size_t task, unsigned worker) {
                const std::size_t end = std::min(count, (task + 1) * leads_per_task);
                for (std::size_t i = task * leads_per_task; i < end; ++i)
                  fn(base::LeadId{static_cast<std::uint32_t>(i)}, worker);
              });
  }
  [[nodiscard]] const Profiles::Facts& facts(base::LeadId lead) const {
    return profiles.facts(leads.profile(lead));
  }
  [[nodiscard]] WalkEnd walk_to_end(base::LeadId lead) const;
  /// Walks a lead with a sink for closed visits, as walk() of engine/walk.h.
  template <class Closed>
  WalkEnd walk_lead(base::LeadId lead, Closed&& closed) const {
    return walk(book.events(lead), evaluator.as_of_ms(),
                static_cast<model::StageCode>(policy.funnel.open_stages()),
                static_cast<Closed&&>(closed));
  }
  /// "Before" in a queue: score descending, then oldest entry, then lead id.
  [[nodiscard]] bool ranks_before(base::LeadId a, base::LeadId b) const;
  [[nodiscard]] bool ranks_before(const Ranked& a, const Ranked& b) const {
    return a.score != b.score ? a.score > b.score : ranks_before(a.lead, b.lead);
  }
  /// Rank of an open lead in its dealer, from 1.
  [[nodiscard]] std::uint32_t rank_of(base::LeadId lead) const;
  /// The open visit of an open lead against the SLA at its tier and the load now.
  [[nodiscard]] VisitFigures open_visit(base::LeadId lead) const;
  /// Whether that visit is over its effective SLA.
  [[nodiscard]] bool is_overdue(base::LeadId lead) const;
  [[nodiscard]] bool is_judged(base::LeadId lead) const {
    return !book.standing(lead).stale && past_moved[facts(lead).pair.v] == 0;
  }
  /// Follows an event that the book has taken into the lead and its pair. Of leads of different
  /// dealers from different threads, where may_share() holds.
  void take_event(base::LeadId lead, model::Event event, Book::Inserted where);
  /// Whether an event at that instant touches nothing but its lead, pair and dealer: it is visible,
  /// and calendars reach back to it.
  [[nodiscard]] bool may_share(base::Millis at_ms) const {
    return at_ms <= evaluator.as_of_ms() && evaluator.reaches(at_ms);
  }
  /// Notes that a visit of the pair may have begun or ended then.
  void note_past(base::PairId pair, base::Millis at_ms);
  /// Notes a lead with an event that is not visible yet.
  void note_later(base::LeadId lead, base::Millis at_ms);
  /// Re-evaluates a lead and the load of its pair; the pair's other leads where their score follows
  /// the load.
  void reassess(base::LeadId lead);
  /// The same after a visible event that is the lead's last.
  void reassess_after(base::LeadId lead, model::Event last);
  void take_standing(base::LeadId lead, Standing next);
  void rescore_pair(base::PairId pair);
  void rescore_pair_if_needed(base::PairId pair);
  void grow_to_profiles();
  /// Leads, events and signals of another engine; what a policy makes of them apart.
  void copy_book(const State& from);
  /// Puts a lead's new standing in the place of the old one: load and open leads of its pair.
  void replace_standing(base::LeadId lead, const Profiles::Facts& facts, Standing next);
};

}  // namespace pursuit::engine
