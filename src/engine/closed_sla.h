// engine/closed_sla.h: ClosedSla: effective SLA hours of what leads of one pair have closed, by the
// load that the refresh noted, or one found now. A scratch object, one per thread.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/history.h"
#include "engine/state.h"

namespace pursuit::engine {

/// The daily load of a pair as of now, made from its leads; for reads that the refresh has not
/// judged.
[[nodiscard]] LoadHistory history_of(const Engine::State& state, base::PairId pair);

class ClosedSla {
 public:
  ClosedSla(const Engine::State& state, base::LeadId lead) : state_(state) { look_at(lead); }
  explicit ClosedSla(const Engine::State& state) : state_(state) {}

  /// Goes on to another lead; the history of a pair is kept while leads are of it.
  void look_at(base::LeadId lead) {
    const base::PairId pair = state_.facts(lead).pair;
    if (pair != pair_) history_.reset();
    pair_ = pair;
    slot_ = state_.book.first_slot(lead);
    judged_ = state_.is_judged(lead);
  }
  /// Of a visit that the lead's event `index` opened (or of the lead that it closed).
  [[nodiscard]] double hours(std::uint16_t rule, std::uint32_t index, base::Millis left_ms) {
    if (judged_ && state_.past_load[slot_ + index].is_known()) {
      return relaxed(rule, state_.past_load[slot_ + index].load());
    }
    if (!history_) history_ = history_of(state_, pair_);
    return relaxed(rule, history_->at(base::day_of(left_ms)));
  }

 private:
  [[nodiscard]] double relaxed(std::uint16_t rule, PairLoad load) const {
    return state_.evaluator.effective_hours(rule, state_.evaluator.relaxation(load));
  }

  const Engine::State& state_;
  base::PairId pair_;
  std::uint32_t slot_ = 0;
  bool judged_ = false;
  std::optional<LoadHistory> history_;
};

}  // namespace pursuit::engine
