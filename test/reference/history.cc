#include "reference/history.h"

#include <algorithm>
#include <cmath>

namespace pursuit::reference {
namespace {

struct StageEvent {
  Millis at_ms;
  model::StageCode code;
  friend auto operator<=>(const StageEvent&, const StageEvent&) = default;
};

/// What of one lead is visible at T, unordered.
struct Visible {
  std::vector<StageEvent> events;
  std::vector<Millis> activities;
};

/// created_at is an event of the first stage, unless a stage event is earlier or at the same
/// instant.
void add_created(Visible& visible, Millis created_ms) {
  const bool preceded = std::any_of(visible.events.begin(), visible.events.end(),
                                    [&](const StageEvent& e) { return e.at_ms <= created_ms; });
  if (!preceded) visible.events.push_back({created_ms, 0});
}

/// A terminal event: ends an open visit, or moves a closed lead from one terminal to another.
void close(History& h, const StageEvent& e, model::StageCode won, bool in_visit) {
  if (e.code == won) h.ever_won = true;
  if (in_visit) {
    h.visits.back().left_ms = e.at_ms;
    h.visits.back().kind = e.code == won ? Kind::kAdvance : Kind::kLost;
  }
  if (h.terminal != e.code) h.closing_ms = e.at_ms;
  h.terminal = e.code;
}

/// An open stage event: nothing new if it repeats the current stage, else a new visit.
void enter(History& h, const StageEvent& e, bool in_visit) {
  if (in_visit && h.visits.back().stage == e.code) return;
  if (in_visit) {
    Visit& last = h.visits.back();
    last.left_ms = e.at_ms;
    last.kind = e.code > last.stage ? Kind::kAdvance : Kind::kRegress;
  }
  h.terminal.reset();
  h.visits.push_back({e.code, Kind::kOpen, e.at_ms, 0});
}

History replay(const InputLead& lead, Visible visible, const Input& input) {
  const model::StageCode won = input.policy.funnel.won_code();
  std::sort(visible.events.begin(), visible.events.end());
  visible.events.erase(std::unique(visible.events.begin(), visible.events.end()),
                       visible.events.end());
  History h{};
  h.lead = &lead;
  h.first_event_ms = visible.events.front().at_ms;
  Millis closed_since = 0;
  for (const StageEvent& e : visible.events) {
    const bool was_closed = h.terminal.has_value();
    const bool in_visit = !was_closed && !h.visits.empty();
    if (e.code >= won) {
      if (!was_closed) closed_since = e.at_ms;
      close(h, e, won, in_visit);
    } else {
      if (was_closed) h.closed_total_ms += e.at_ms - closed_since;
      enter(h, e, in_visit);
    }
  }
  if (h.terminal)
    h.closed_total_ms += input.as_of_ms - closed_since;
  else
    h.visits.back().left_ms = input.as_of_ms;
  h.last_activity_ms = visible.events.back().at_ms;
  for (const Millis at : visible.activities) h.last_activity_ms = std::max(h.last_activity_ms, at);
  return h;
}

}  // namespace

std::map<std::string, History> read_histories(const Input& input) {
  std::map<std::string, Visible> visible;
  for (const InputEvent& e : input.events) {
    if (e.at_ms > input.as_of_ms) continue;
    if (e.code == model::kActivityCode)
      visible[e.lead_id].activities.push_back(e.at_ms);
    else
      visible[e.lead_id].events.push_back({e.at_ms, e.code});
  }
  for (const InputSignal& s : input.signals)
    if (s.at_ms <= input.as_of_ms) visible[s.lead_id].activities.push_back(s.at_ms);
  std::map<std::string, History> histories;
  for (const InputLead& lead : input.leads) {
    Visible& v = visible[lead.id];
    if (lead.created_ms <= input.as_of_ms) add_created(v, lead.created_ms);
    if (!v.events.empty()) histories.emplace(lead.id, replay(lead, v, input));
  }
  return histories;
}

double relaxation_of(const model::LoadPolicy& policy, const PairLoad& load) {
  if (load.open == 0 || load.open < static_cast<std::uint64_t>(policy.min_open)) return 0;
  const double factor = static_cast<double>(load.in_load_stages) / static_cast<double>(load.open);
  return policy.cap / (1 + std::exp(-policy.k * (factor - policy.mid)));
}

LoadHistory::LoadHistory(const Input& input, const std::map<std::string, History>& histories)
    : input_(&input) {
  for (const auto& [id, h] : histories) by_pair_[pair_of(h)].push_back(&h);
}

PairLoad LoadHistory::at(const Pair& pair, Millis at_ms) {
  const auto [it, fresh] = known_.try_emplace({pair, at_ms});
  if (!fresh) return it->second;
  const auto& load = input_->policy.funnel.load;
  const auto& stages = input_->policy.funnel.stages;
  for (const History* h : by_pair_[pair]) {
    for (const Visit& v : h->visits) {
      const bool there = v.entered_ms <= at_ms && (at_ms < v.left_ms || v.kind == Kind::kOpen);
      if (!there) continue;
      ++it->second.open;
      if (std::find(load.begin(), load.end(), stages[v.stage]) != load.end())
        ++it->second.in_load_stages;
    }
  }
  return it->second;
}

double LoadHistory::relaxation(const Pair& pair, Millis at_ms) {
  return relaxation_of(input_->policy.load, at(pair, at_ms));
}

}  // namespace pursuit::reference
