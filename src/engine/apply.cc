// Changes, one lead at a time: the book first, then the lead, its pair's load, and whoever's score
// follows that load.
#include <algorithm>
#include <array>
#include <vector>

#include "engine/apply_shared.h"
#include "engine/engine.h"
#include "engine/state.h"

namespace pursuit::engine {

namespace {

/// Changes looked up together, so that their memory is on its way before it is needed.
constexpr std::size_t kBatch = 64;

bool opens_load(const Engine::State& s, const Standing& standing) {
  return standing.state == LeadState::kOpen && s.evaluator.is_load_stage(standing.stage);
}

/// Takes a standing out of its pair's load, or puts it in.
void count_in(Engine::State& s, base::PairId pair, const Standing& standing, bool in) {
  if (standing.state != LeadState::kOpen) return;
  const std::uint32_t step = in ? 1u : UINT32_MAX;  // adding UINT32_MAX takes one away
  s.load_now[pair.v].open += step;
  if (opens_load(s, standing)) s.load_now[pair.v].in_load_stages += step;
}

model::ProfileCodes codes_of(Engine::State& s, const model::Change& change) {
  model::ProfileCodes codes{};
  for (std::size_t d = 0; d < model::kRuleDimensions; ++d) {
    codes[d] = s.leads.intern(static_cast<model::Dimension>(d), change.dimensions[d]);
  }
  return codes;
}

/// Calendars that do not reach back far enough are laid out again; their figures do not change by
/// it.
void reach_back(Engine::State& s, base::Millis at_ms) {
  if (s.evaluator.reaches(at_ms)) return;
  const auto laid_out = s.evaluator.set_instant(s.evaluator.as_of_ms(), at_ms);
  PURSUIT_ASSERT(laid_out.has_value());  // the zones were known at the refresh
}

void add_lead(Engine::State& s, const model::Change& change) {
  const model::ProfileCodes codes = codes_of(s, change);
  const std::uint32_t owner = s.leads.intern(
      model::Dimension::kOwner, change.dimensions[model::index_of(model::Dimension::kOwner)]);
  const base::LeadId lead = s.leads.add(change.lead_id, s.leads.intern_profile(codes), owner);
  const base::LeadId booked = s.book.add_lead();
  PURSUIT_ASSERT(booked == lead);
  s.grow_to_profiles();
  const base::PairId pair = s.facts(lead).pair;
  s.members.add(lead, pair, s.profiles);
  s.book.insert(lead, model::Event::make(change.at_ms, model::kCreatedCode));
  s.note_past(pair, change.at_ms);
  s.note_later(lead, change.at_ms);
  s.reassess(lead);
}

struct Moved {
  bool owner = false;
  bool profile = false;
};

/// Gives a lead its owner and profile. With a new profile it is nowhere until it is assessed again.
Moved set_dimensions(Engine::State& s, base::LeadId lead, const model::Change& change) {
  const std::uint32_t owner = s.leads.intern(
      model::Dimension::kOwner, change.dimensions[model::index_of(model::Dimension::kOwner)]);
  const base::ProfileId profile = s.leads.intern_profile(codes_of(s, change));
  const Moved moved{.owner = owner != s.leads.owner(lead),
                    .profile = profile != s.leads.profile(lead)};
  s.leads.set_owner(lead, owner);
  if (!moved.profile) return moved;
  // The old pair loses the lead from all its days, the new one gains it in all of them.
  const base::PairId old_pair = s.facts(lead).pair;
  s.past_moved[old_pair.v] = 1;
  Standing& standing = s.book.standing(lead);
  count_in(s, old_pair, standing, false);
  s.dealer_moved[s.profiles.pairs()[old_pair.v].dealer] = 1;
  standing.state = LeadState::kUnseen;
  s.leads.set_profile(lead, profile);
  s.grow_to_profiles();
  const base::PairId pair = s.facts(lead).pair;
  if (pair != old_pair) {
    s.open.remove(lead, old_pair, standing);
    s.members.move(lead, pair, s.profiles);
    s.rescore_pair(old_pair);
  }
  s.past_moved[pair.v] = 1;
  return moved;
}

bool update_lead(Engine::State& s, base::LeadId lead, const model::Change& change) {
  const bool created_moved = s.book.replace_created(lead, change.at_ms);
  const Moved moved = set_dimensions(s, lead, change);
  if (!created_moved && !moved.profile) return moved.owner;
  if (created_moved) s.note_later(lead, change.at_ms);
  s.past_moved[s.facts(lead).pair.v] = 1;
  s.reassess(lead);
  return true;
}

/// Puts what is true of a lead in the place of all that was known of it.
void replace_lead(Engine::State& s, base::LeadId lead, const model::Change& change) {
  const model::LeadHistory& history = *change.history;
  // Its old past leaves the days of its pair, its new one enters them.
  s.past_moved[s.facts(lead).pair.v] = 1;
  s.book.replace_events(lead, history.events);
  s.signals.forget(lead);
  for (const auto& v : history.values) s.signals.add(lead, v.component, v.at_ms, v.value);
  for (const auto& v : history.snoozes) {
    s.signals.snooze(lead, v.at_ms, v.until_ms);
  }
  for (const model::Event event : history.events) s.note_later(lead, event.at_ms());
  set_dimensions(s, lead, change);
  s.reassess(lead);
}

bool snooze_lead(Engine::State& s, base::LeadId lead, const model::Change& change) {
  s.signals.snooze(lead, change.at_ms, change.until_ms);
  Standing& standing = s.book.standing(lead);
  // Of an open lead alone; whoever opens it later looks again.
  if (standing.state == LeadState::kOpen) {
    standing.snoozed = s.signals.snoozed_until(lead, s.evaluator.as_of_ms()) != base::kNoInstant;
  }
  return true;
}

/// False when there was nothing to do.
bool apply_to(Engine::State& s, base::LeadId lead, const model::Change& change) {
  if (change.kind == model::ChangeKind::kLead) return update_lead(s, lead, change);
  if (change.kind == model::ChangeKind::kSnooze) return snooze_lead(s, lead, change);
  if (change.kind == model::ChangeKind::kReplace) {
    replace_lead(s, lead, change);
    return true;
  }
  const model::Event event = event_of(change);
  const Book::Inserted inserted = s.book.insert(lead, event);
  if (change.kind == model::ChangeKind::kSignal) {
    s.signals.add(lead, change.component, change.at_ms, change.value);
  } else if (inserted == Book::Inserted::kNot) {
    return false;
  }
  s.take_event(lead, event, inserted);
  return true;
}

}  // namespace

void Engine::State::note_past(base::PairId pair, base::Millis at_ms) {
  if (judged_as_of_ms == base::kNoInstant) return;
  // At midnight counts too: a visit entered then is open at it, one left then is not.
  if (at_ms <= base::day_of(judged_as_of_ms) * base::kMillisPerDay) past_moved[pair.v] = 1;
}

void Engine::State::note_later(base::LeadId lead, base::Millis at_ms) {
  // Before the first refresh nothing is visible; the refresh lists what is not visible after it.
  if (at_ms > evaluator.as_of_ms() && judged_as_of_ms != base::kNoInstant) later.add(at_ms, lead);
}

void Engine::State::take_event(base::LeadId lead, model::Event event, Book::Inserted where) {
  const base::Millis at_ms = event.at_ms();
  if (event.code() != model::kActivityCode) note_past(facts(lead).pair, at_ms);
  if (at_ms > evaluator.as_of_ms()) {
    note_later(lead, at_ms);
    book.standing(lead).stale = true;  // its events may have moved away from what was judged
  } else if (where == Book::Inserted::kLast) {
    reassess_after(lead, event);
  } else {
    reassess(lead);
  }
}

void Engine::State::rescore_pair(base::PairId pair) {
  open.for_each(pair, book, [&](base::LeadId lead) {
    Standing& standing = book.standing(lead);
    if (!baseline.lacks_threshold(standing.stage, policy.expiry)) return;
    evaluator.assess(lead, facts(lead), load_now[pair.v], standing);
    open.raise_head(pair, standing);
  });
}

void Engine::State::replace_standing(base::LeadId lead, const Profiles::Facts& facts,
                                     Standing next) {
  Standing& standing = book.standing(lead);
  count_in(*this, facts.pair, standing, false);
  next.listed = standing.listed;
  next.stale = true;
  standing = next;
  count_in(*this, facts.pair, standing, true);
  if (standing.state == LeadState::kOpen) open.add(lead, facts.pair, standing);
}

void Engine::State::reassess(base::LeadId lead) {
  const auto events = book.events(lead);
  if (!events.empty()) reach_back(*this, events.front().at_ms());
  take_standing(lead, evaluator.standing(walk_to_end(lead)));
}

void Engine::State::reassess_after(base::LeadId lead, model::Event last) {
  const Standing& standing = book.standing(lead);
  if (standing.state == LeadState::kUnseen) {
    reassess(lead);
    return;
  }
  // Where the lead stands is what its walk came to before; nothing else of the walk is asked for.
  WalkEnd end;
  end.stage = standing.stage;
  end.entered_ms = standing.entered_ms;
  end.last_activity_ms = standing.last_activity_ms;
  step(end, last, 0, static_cast<model::StageCode>(policy.funnel.open_stages()),
       [](model::StageCode, base::Millis, base::Millis, VisitKind, std::uint32_t) {});
  take_standing(lead, evaluator.standing(end));
}

void Engine::State::take_standing(base::LeadId lead, Standing next) {
  const Profiles::Facts& f = facts(lead);
  const PairLoad before = load_now[f.pair.v];
  // First: the lead's own score may look at the load it makes.
  replace_standing(lead, f, next);
  Standing& standing = book.standing(lead);
  if (standing.state == LeadState::kOpen) {
    evaluator.assess(lead, f, load_now[f.pair.v], standing);
    open.raise_head(f.pair, standing);
  }
  dealer_moved[f.dealer] = 1;
  if (load_now[f.pair.v] != before) rescore_pair_if_needed(f.pair);
}

void Engine::State::rescore_pair_if_needed(base::PairId pair) {
  for (std::size_t stage = 0; stage < policy.funnel.open_stages(); ++stage) {
    if (baseline.lacks_threshold(stage, policy.expiry)) {
      rescore_pair(pair);
      return;
    }
  }
}

namespace {

/// Applies changes one after the other.
class InOrder {
 public:
  InOrder(Engine::State& state, std::span<const model::Change> changes, ApplyReport& report)
      : state_(state), changes_(changes), report_(report) {}

  /// Those at `position(i)`, ascending, for i in [0, count).
  template <class Position>
  void apply(std::size_t count, Position&& position) {
    std::array<std::size_t, kBatch> at;
    for (std::size_t begin = 0; begin < count; begin += kBatch) {
      const std::size_t n = std::min(kBatch, count - begin);
      for (std::size_t i = 0; i < n; ++i) at[i] = position(begin + i);
      apply_some(std::span(at).first(n));
    }
  }

 private:
  void apply_some(std::span<const std::size_t> positions) {
    std::array<std::string_view, kBatch> ids;
    std::array<base::LeadId, kBatch> found;
    const std::size_t n = positions.size();
    for (std::size_t i = 0; i < n; ++i) ids[i] = changes_[positions[i]].lead_id;
    state_.leads.find_batch(std::span(ids).first(n), std::span(found).first(n));
    for (const base::LeadId lead : std::span(found).first(n)) {
      if (lead != base::kNoLead) fetch_row(state_, lead);
    }
    for (const base::LeadId lead : std::span(found).first(n)) {
      if (lead != base::kNoLead) fetch_behind_row(state_, lead);
    }
    for (std::size_t i = 0; i < n; ++i) {
      const model::Change& change = changes_[positions[i]];
      // A lead may have been added by an earlier change of the same batch.
      const base::LeadId lead = found[i] != base::kNoLead ? found[i] : state_.leads.find(ids[i]);
      if (lead != base::kNoLead) {
        ++(apply_to(state_, lead, change) ? report_.applied : report_.repeated);
      } else if (change.kind == model::ChangeKind::kLead) {
        add_lead(state_, change);
        ++report_.applied;
      } else {
        report_.unknown_lead.push_back(positions[i]);
      }
    }
  }

  Engine::State& state_;
  std::span<const model::Change> changes_;
  ApplyReport& report_;
};

}  // namespace

ApplyReport Engine::apply(std::span<const model::Change> changes) {
  State& s = *state_;
  ApplyReport report;
  InOrder in_order(s, changes, report);
  if (s.pool.size() == 1 || changes.size() < s.share_from) {
    in_order.apply(changes.size(), [](std::size_t i) { return i; });
    return report;
  }
  const SharedReport shared = apply_shared(s, changes);
  report.applied = shared.applied;
  report.repeated = shared.repeated;
  in_order.apply(shared.in_order.size(), [&](std::size_t i) { return shared.in_order[i]; });
  return report;
}

}  // namespace pursuit::engine
