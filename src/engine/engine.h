// engine/engine.h: the engine, start here. It holds the book (every lead and its events, as
// columns), the baseline (thresholds and channel strength as of the last refresh) and the tables of
// that refresh, and answers with figures. One writer: load, apply and refresh; the rest is const
// and may run on any number of threads between writes. The clock is an argument: nothing here asks
// for the time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "engine/aggregate.h"
#include "engine/daily_loads.h"
#include "engine/figures.h"
#include "engine/query.h"
#include "model/change.h"
#include "model/event_scatter.h"
#include "model/lead_table.h"
#include "model/policy.h"
#include "model/signal_log.h"

namespace pursuit::engine {

/// A lead and when its status changes next if nothing happens.
struct Expiring {
  base::LeadId lead;
  base::Millis at_ms;  // when it turns expired, or dormant
  bool dormant;        // what it turns
};

/// Where a lead stands, without what takes work to tell.
struct Glance {
  base::Millis entered_ms;  // into the stage; the closing instant of a closed lead
  base::Millis last_activity_ms;
  double score;  // kAbsent for a closed lead, for which the rest does not count
  LeadState state;
  model::StageCode stage;
  model::Tier tier;
  bool expired;
  bool dormant;
};

/// The score an open lead would have, and what it would be made of.
struct WhatIf {
  double score;
  std::array<double, model::kComponents> contribution;
  model::Tier tier;
};

/// Where a lead stood at an instant, and its score then.
struct PastScore {
  base::Millis at_ms;
  LeadState state;
  model::StageCode stage;  // counts unless the lead was not seen yet
  double score;            // kAbsent unless it was open
  model::Tier tier;        // counts if it was open
};

/// What a lead's score is held against.
struct ScoreScale {
  std::array<double, model::kComponents> most;  // a contribution at its component's 1
  model::TierPolicy cutoffs;
};

/// When the status of an open lead changes if nothing happens, or when it did.
struct StatusTimes {
  base::Millis expired_at_ms;  // kNoInstant: never, or not within a year
  base::Millis dormant_at_ms;
};

struct ApplyReport {
  std::uint64_t applied = 0;
  std::uint64_t repeated = 0;             // exact duplicates: nothing to do
  std::vector<std::size_t> unknown_lead;  // positions of changes whose lead is not known
};

struct EngineOptions {
  unsigned threads = 0;  // 0: as many as there are cores
  /// Changes from which on apply() shares a batch out: waking the threads must be worth it.
  std::size_t share_from = 512;
};

class Engine {
 public:
  Engine(model::Policy policy, EngineOptions options);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  // ── writing ─────────────────────────────────────────────────────────────────────────────────
  /// Fills an empty engine. `events` holds, per lead, its stage events, outcomes, activities and
  /// one kCreatedCode event.
  void load(model::LeadTable leads, model::EventScatter events, model::SignalLog signals);

  /// Recomputes every figure as of `as_of_ms` on all threads: the baseline, each lead, the tables.
  /// Fails only on a calendar zone that is not known. Work: a few passes over all events.
  base::Result<void> refresh(base::Millis as_of_ms);

  /// Applies changes at the as-of instant and baseline of the last refresh; the events of a large
  /// batch on all threads. Work in proportion to the leads that changed. Equal, bit for bit, to
  /// evaluating a book loaded with all changes at once against the same baseline.
  ApplyReport apply(std::span<const model::Change> changes);

  /// Moves the as-of instant forward against the same baseline: events that have become visible,
  /// load, and status, score and rank of every open lead. Work in proportion to the open leads;
  /// tables stay as they are. Equal, bit for bit, to a book loaded with the same events that adopts
  /// this engine's baseline at `as_of_ms`. Fails with kUsage on an instant before the present one
  /// and before the first refresh.
  base::Result<void> advance(base::Millis as_of_ms);

  /// Evaluates every lead as of the other engine's instant against its baseline, matched by text;
  /// tables stay as they are. What a replica does with a baseline that it was sent.
  base::Result<void> adopt_baseline(const Engine& other);

  /// A full copy with as many threads, for another instant while this one goes on.
  [[nodiscard]] std::unique_ptr<Engine> clone() const;
  /// A copy under another policy, to be refreshed before it is read. Fails with kInvalidPolicy when
  /// the stages of its funnel are others.
  [[nodiscard]] base::Result<std::unique_ptr<Engine>> clone(model::Policy other) const;

  // ── reading ─────────────────────────────────────────────────────────────────────────────────
  [[nodiscard]] const model::Policy& policy() const;
  [[nodiscard]] const model::LeadTable& leads() const;
  [[nodiscard]] base::Millis as_of_ms() const;
  [[nodiscard]] std::uint64_t event_count() const;
  [[nodiscard]] std::size_t memory_bytes() const;

  [[nodiscard]] LeadFigures figures(base::LeadId lead) const;
  /// Replaces the content of `out` with the lead's visits, in order.
  void visits(base::LeadId lead, std::vector<VisitFigures>& out) const;
  /// Asks for the memory that figures() and visits() of this lead will touch.
  void prefetch(base::LeadId lead) const;
  /// The second half of it, to be called once prefetch() had time to work: the events themselves.
  void prefetch_history(base::LeadId lead) const;

  /// Tables as of the last refresh.
  [[nodiscard]] const Tables& tables() const;
  /// The triggers that are true now (semantics.md, "Triggers"), by rule, then subject; made when
  /// asked for, since few readers want all of them. Surges are as of the last refresh.
  [[nodiscard]] std::vector<AlertRow> alerts() const;
  /// Load of a dealer × nameplate at the as-of instant, changes since the refresh included; nothing
  /// without an open lead.
  [[nodiscard]] std::optional<LoadRow> load(std::uint32_t dealer, std::uint32_t nameplate) const;
  /// The first open leads of a filter in the order wanted. Work in proportion to the open leads of
  /// the dealers named, or to all open leads.
  [[nodiscard]] std::vector<base::LeadId> queue(const QueueQuery& query) const;
  /// Where an open lead stands in such an order: the `after` of the next page.
  [[nodiscard]] QueueCursor cursor(base::LeadId lead, QueueOrder order) const;
  /// How many open leads pass.
  [[nodiscard]] std::uint64_t count_open(const LeadFilter& filter) const;
  /// Open leads whose status changes in (T, T + within_ms] if nothing happens, soonest first.
  [[nodiscard]] std::vector<Expiring> expiring(base::Millis within_ms,
                                               const LeadFilter& filter = {}) const;

  /// Turnaround by whatever the query groups by: cells with a visit, by stage, texts of the
  /// dimensions, week. Work: a walk of the leads of the filter, on all threads.
  [[nodiscard]] std::vector<TatCell> turnaround(const TatQuery& query) const;
  /// Leads with a visit in a cell of that query's answer.
  [[nodiscard]] std::vector<base::LeadId> leads_behind(const TatQuery& query, const TatCell& cell,
                                                       const LeadPage& page) const;
  /// How many leads have what. Work: a pass over all leads, on all threads.
  [[nodiscard]] Facets facets(const LeadFilter& filter) const;
  /// The funnel (as of tables(), but at the as-of instant) of the leads of a filter. Work: three
  /// walks of them, on all threads.
  [[nodiscard]] std::vector<FunnelRow> funnel(const LeadFilter& filter) const;
  /// Visible leads that pass.
  [[nodiscard]] std::vector<base::LeadId> list(const LeadFilter& filter,
                                               const LeadPage& page) const;

  /// Cheap enough for a pass over all leads.
  [[nodiscard]] Glance glance(base::LeadId lead) const;
  /// What an open lead would score if an event of the open stage `stage` were applied at the as-of
  /// instant; that of its own stage is activity alone. Equal to what apply() would make of it.
  [[nodiscard]] WhatIf what_if(base::LeadId lead, model::StageCode stage) const;
  /// The lead at instants up to the as-of instant, by its events up to each, against the
  /// thresholds, channel strength and load of now. Work: a walk of its events for each.
  [[nodiscard]] std::vector<PastScore> past_scores(base::LeadId lead,
                                                   std::span<const base::Millis> at_ms) const;
  [[nodiscard]] ScoreScale score_scale(base::LeadId lead) const;
  /// Until when a lead waits; kNoInstant if it does not.
  [[nodiscard]] base::Millis snoozed_until(base::LeadId lead) const;
  /// Whether any lead has ever been put off.
  [[nodiscard]] bool has_snoozes() const;
  /// Of an open lead.
  [[nodiscard]] StatusTimes status_times(base::LeadId lead) const;

  /// The engine's inside; defined in engine/state.h, of no use outside the engine room.
  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace pursuit::engine
