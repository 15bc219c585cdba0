// Lists of leads: the queue of today, and what changes status next.
#include <algorithm>
#include <cmath>

#include "engine/engine.h"
#include "engine/judge.h"
#include "engine/state.h"

namespace pursuit::engine {

namespace {

bool is_wanted(const Engine::State& s, base::LeadId lead, const QueueQuery& query) {
  if (!query.region && !query.dealer_group && !query.dealer) return true;
  const model::ProfileCodes& codes = s.leads.profile_codes(s.leads.profile(lead));
  const auto is = [&](const std::optional<std::uint32_t>& wanted, model::Dimension d) {
    return !wanted || codes[model::index_of(d)] == *wanted;
  };
  return is(query.region, model::Dimension::kRegion) &&
         is(query.dealer_group, model::Dimension::kDealerGroup) &&
         is(query.dealer, model::Dimension::kDealer);
}

/// Keeps the best `limit` of the leads it is shown: twice as many are gathered, then the worse half
/// dropped. What is compared is kept beside the lead, so that comparing stays in cache.
class Best {
 public:
  Best(const Engine::State& state, std::size_t limit) : state_(state), limit_(limit) {
    kept_.reserve(std::min<std::size_t>(2 * limit + 1, state.leads.size() + std::size_t{1}));
  }
  void show(base::LeadId lead, const Standing& standing) {
    if (limit_ == 0) return;
    const Ranked candidate{standing.score, lead};
    if (full_ && !state_.ranks_before(candidate, kept_[limit_ - 1])) return;
    kept_.push_back(candidate);
    if (kept_.size() >= 2 * limit_) drop_worse();
  }
  std::vector<base::LeadId> take() {
    const std::size_t count = std::min(limit_, kept_.size());
    std::partial_sort(kept_.begin(), at(count), kept_.end(), Order{this});
    std::vector<base::LeadId> leads;
    leads.reserve(count);
    for (std::size_t i = 0; i < count; ++i) leads.push_back(kept_[i].lead);
    return leads;
  }

 private:
  struct Order {
    const Best* best;
    bool operator()(const Ranked& a, const Ranked& b) const {
      return best->state_.ranks_before(a, b);
    }
  };
  [[nodiscard]] std::vector<Ranked>::iterator at(std::size_t i) {
    return kept_.begin() + static_cast<std::ptrdiff_t>(i);
  }
  void drop_worse() {
    std::nth_element(kept_.begin(), at(limit_ - 1), kept_.end(), Order{this});
    kept_.resize(limit_);
    full_ = true;
  }

  const Engine::State& state_;
  std::size_t limit_;
  std::vector<Ranked> kept_;
  bool full_ = false;  // kept_[limit_ - 1] is the worst of the best so far
};

}  // namespace

std::vector<base::LeadId> Engine::queue(const QueueQuery& query) const {
  const State& s = *state_;
  Best best(s, query.limit);
  const auto show = [&](base::LeadId lead) {
    const Standing& standing = s.book.standing(lead);
    if (standing.state != LeadState::kOpen) return;
    if (is_wanted(s, lead, query)) best.show(lead, standing);
  };
  if (query.dealer) {
    for (const std::uint32_t pair : s.members.pairs_of(*query.dealer)) {
      s.members.for_each({pair}, s.leads, s.profiles, show);
    }
  } else {
    for (std::uint32_t lead = 0; lead < s.leads.size(); ++lead) show({lead});
  }
  return best.take();
}

std::vector<Expiring> Engine::expiring(base::Millis within_ms) const {
  const State& s = *state_;
  const base::Millis as_of_ms = s.evaluator.as_of_ms();
  const base::Millis dormant_ms = s.policy.expiry.dormant_days * base::kMillisPerDay;
  std::vector<Expiring> found;
  const auto note = [&](base::LeadId lead, base::Millis at_ms, bool dormant) {
    if (at_ms > as_of_ms && at_ms - as_of_ms <= within_ms) found.push_back({lead, at_ms, dormant});
  };
  for (std::uint32_t i = 0; i < s.leads.size(); ++i) {
    const base::LeadId lead{i};
    const Standing& standing = s.book.standing(lead);
    if (standing.state != LeadState::kOpen) continue;
    if (!standing.dormant) note(lead, standing.last_activity_ms + dormant_ms, true);
    const Profiles::Facts& facts = s.facts(lead);
    const double threshold_ms = s.evaluator.threshold(facts, standing.stage).ms;
    if (standing.expired || std::isnan(threshold_ms)) continue;
    // The first whole millisecond at which the time in stage is above the threshold.
    const auto longest_ms = static_cast<base::Millis>(std::floor(threshold_ms));
    const base::Millis at_ms = s.evaluator.after(facts, standing.entered_ms, longest_ms + 1);
    if (at_ms != base::kNoInstant) note(lead, at_ms, false);
  }
  std::sort(found.begin(), found.end(), [&](const Expiring& a, const Expiring& b) {
    if (a.at_ms != b.at_ms) return a.at_ms < b.at_ms;
    if (a.lead != b.lead) return s.leads.id(a.lead) < s.leads.id(b.lead);
    return a.dormant < b.dormant;
  });
  return found;
}

}  // namespace pursuit::engine
