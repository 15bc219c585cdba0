// Reading one lead: its figures and visits.
#include <algorithm>

#include "base/prefetch.h"
#include "engine/closed_sla.h"
#include "engine/engine.h"
#include "engine/history.h"
#include "engine/judge.h"
#include "engine/state.h"

namespace pursuit::engine {

LoadHistory history_of(const Engine::State& s, base::PairId pair) {
  const base::Millis as_of_ms = s.evaluator.as_of_ms();
  base::Millis earliest_ms = as_of_ms;
  s.members.for_each(pair, s.leads, s.profiles, [&](base::LeadId lead) {
    const auto events = s.book.events(lead);
    if (!events.empty()) earliest_ms = std::min(earliest_ms, events.front().at_ms());
  });
  LoadHistory history;
  history.reset(base::day_of(earliest_ms), base::day_of(as_of_ms));
  s.members.for_each(pair, s.leads, s.profiles, [&](base::LeadId lead) {
    const WalkEnd end = s.walk_lead(lead, [&](model::StageCode stage, base::Millis entered_ms,
                                              base::Millis left_ms, VisitKind, std::uint32_t) {
      history.add(entered_ms, left_ms, s.evaluator.is_load_stage(stage));
    });
    if (end.stage < s.policy.funnel.open_stages()) {
      history.add(end.entered_ms, base::kMaxInstantMs, s.evaluator.is_load_stage(end.stage));
    }
  });
  history.sum_up();
  return history;
}

namespace {

VisitFigures unjudged(model::StageCode stage, VisitKind kind, base::Millis entered_ms,
                      base::Millis left_ms, base::Millis duration_ms) {
  return {.stage = stage,
          .kind = kind,
          .category = Category::kNone,
          .entered_ms = entered_ms,
          .left_ms = left_ms,
          .duration_ms = duration_ms,
          .sla_hours = kAbsent,
          .effective_sla_hours = kAbsent,
          .deviation_hours = kAbsent};
}

template <class Fn>
void each_visit(const Engine::State& s, base::LeadId lead, Fn&& fn) {
  const Profiles::Facts& facts = s.facts(lead);
  ClosedSla sla(s, lead);
  const WalkEnd end = s.walk_lead(lead, [&](model::StageCode stage, base::Millis entered_ms,
                                            base::Millis left_ms, VisitKind kind,
                                            std::uint32_t index) {
    VisitFigures v = unjudged(stage, kind, entered_ms, left_ms,
                              s.evaluator.duration(facts, entered_ms, left_ms));
    const std::uint16_t rule = s.profiles.rule(s.profiles.choice(facts, stage), entered_ms);
    if (rule != kNoRule) {
      judge(v, s.policy.sla.rules[rule].hours, sla.hours(rule, index, left_ms), s.policy.sla.grace);
    }
    fn(v);
  });
  if (end.stage < s.policy.funnel.open_stages()) {
    fn(s.open_visit(lead));
  }
}

void fill_overall(const Engine::State& s, const Profiles::Facts& facts, const WalkEnd& end,
                  LeadFigures& f) {
  const bool is_open = f.state == LeadState::kOpen;
  const base::Millis until_ms = is_open ? s.evaluator.as_of_ms() : end.entered_ms;
  f.overall_ms = s.evaluator.duration(facts, end.first_ms, until_ms);
  const SlaChoice& choice = s.profiles.choice(facts, s.policy.funnel.open_stages());
  const std::uint16_t rule = is_open ? s.profiles.tiered_rule(choice, end.first_ms, f.tier)
                                     : s.profiles.rule(choice, end.first_ms);
  if (rule == kNoRule) return;
  f.overall_sla_hours = s.policy.sla.rules[rule].hours;
  f.overall_effective_sla_hours =
      is_open ? s.evaluator.effective_hours(rule, s.evaluator.relaxation(s.load_now[facts.pair.v]))
              : ClosedSla(s, f.lead).hours(rule, end.entered_index, end.entered_ms);
  f.overall_category =
      metrics::category_of(base::to_hours(f.overall_ms) - f.overall_effective_sla_hours,
                           f.overall_effective_sla_hours, s.policy.sla.grace);
}

LeadFigures empty_figures(base::LeadId lead) {
  return {.lead = lead,
          .state = LeadState::kUnseen,
          .stage = kNoStage,
          .entered_ms = base::kNoInstant,
          .last_activity_ms = base::kNoInstant,
          .overall_ms = 0,
          .overall_sla_hours = kAbsent,
          .overall_effective_sla_hours = kAbsent,
          .overall_category = Category::kNone,
          .duration_ms = 0,
          .threshold_ms = kAbsent,
          .threshold_rung = kNoRung,
          .threshold_n = 0,
          .expired = false,
          .dormant = false,
          .category = Category::kNone,
          .sla_hours = kAbsent,
          .effective_sla_hours = kAbsent,
          .deviation_hours = kAbsent,
          .score = kAbsent,
          .contribution = {},
          .tier = model::Tier::kCold,
          .rank = 0};
}

}  // namespace

VisitFigures Engine::State::open_visit(base::LeadId lead) const {
  const Standing& standing = book.standing(lead);
  const Profiles::Facts& of_lead = facts(lead);
  VisitFigures v = unjudged(standing.stage, VisitKind::kOpen, standing.entered_ms, base::kNoInstant,
                            evaluator.duration(of_lead, standing.entered_ms, evaluator.as_of_ms()));
  const std::uint16_t rule = profiles.tiered_rule(profiles.choice(of_lead, standing.stage),
                                                  standing.entered_ms, standing.tier);
  if (rule == kNoRule) return v;
  const double relaxation = evaluator.relaxation(load_now[of_lead.pair.v]);
  judge(v, policy.sla.rules[rule].hours, evaluator.effective_hours(rule, relaxation),
        policy.sla.grace);
  return v;
}

bool Engine::State::is_overdue(base::LeadId lead) const {
  const Category category = open_visit(lead).category;
  return category == Category::kDelayed || category == Category::kCritical;
}

LeadFigures Engine::figures(base::LeadId lead) const {
  const State& s = *state_;
  const Standing& standing = s.book.standing(lead);
  LeadFigures f = empty_figures(lead);
  if (standing.state == LeadState::kUnseen) return f;
  f.state = standing.state;
  f.stage = standing.stage;
  f.entered_ms = standing.entered_ms;
  f.last_activity_ms = standing.last_activity_ms;
  f.tier = standing.tier;
  const Profiles::Facts& facts = s.facts(lead);
  fill_overall(s, facts, s.walk_to_end(lead), f);
  if (f.state != LeadState::kOpen) return f;

  const ThresholdChoice threshold = s.evaluator.threshold(facts, f.stage);
  f.threshold_ms = threshold.ms;
  f.threshold_rung = threshold.rung;
  f.threshold_n = threshold.n;
  f.expired = standing.expired;
  f.dormant = standing.dormant;
  const VisitFigures visit = s.open_visit(lead);
  f.duration_ms = visit.duration_ms;
  f.category = visit.category;
  f.sla_hours = visit.sla_hours;
  f.effective_sla_hours = visit.effective_sla_hours;
  f.deviation_hours = visit.deviation_hours;
  f.score = standing.score;
  f.contribution = s.evaluator.contributions(lead, facts, standing.stage, standing.entered_ms,
                                             standing.last_activity_ms, s.load_now[facts.pair.v]);
  f.rank = s.rank_of(lead);
  return f;
}

void Engine::visits(base::LeadId lead, std::vector<VisitFigures>& out) const {
  out.clear();
  each_visit(*state_, lead, [&](const VisitFigures& v) { out.push_back(v); });
}

void Engine::prefetch(base::LeadId lead) const {
  state_->book.prefetch_span(lead);
  state_->leads.prefetch_id(lead);
  state_->book.prefetch_standing(lead);
  state_->leads.prefetch_profile(lead);
}

void Engine::prefetch_history(base::LeadId lead) const {
  state_->book.prefetch_events(lead);
  base::prefetch(state_->past_load.data() + state_->book.first_slot(lead));
  state_->profiles.prefetch(state_->leads.profile(lead));
}

}  // namespace pursuit::engine
