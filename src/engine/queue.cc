// Lists of leads: the queue of today, and what changes status next.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/engine.h"
#include "engine/judge.h"
#include "engine/matcher.h"
#include "engine/state.h"

namespace pursuit::engine {

namespace {

/// The key that a queue is sorted by, as QueueCursor has it.
double key_of(const Engine::State& s, QueueKey key, base::LeadId lead, const Standing& standing) {
  switch (key) {
    case QueueKey::kScore:
      return standing.score;
    case QueueKey::kEntered:
      return static_cast<double>(standing.entered_ms);
    case QueueKey::kLastActivity:
      return static_cast<double>(standing.last_activity_ms);
    case QueueKey::kTimeLeft:
    case QueueKey::kTimeInStage:
      break;
  }
  const Profiles::Facts& facts = s.facts(lead);
  const auto in_stage_ms =
      static_cast<double>(s.evaluator.duration(facts, standing.entered_ms, s.evaluator.as_of_ms()));
  if (key == QueueKey::kTimeInStage) return in_stage_ms;
  const double threshold_ms = s.evaluator.threshold(facts, standing.stage).ms;
  return std::isnan(threshold_ms) ? std::numeric_limits<double>::infinity()
                                  : threshold_ms - in_stage_ms;
}

/// A place in a queue; the key turned so that less comes first.
struct Place {
  double key;
  base::Millis entered_ms;
  base::LeadId lead;
};

/// Keeps the best `limit` of the leads it is shown: twice as many are gathered, then the worse half
/// dropped. All that is compared is kept beside the lead, but for ids, which seldom decide.
class Best {
 public:
  Best(const Engine::State& state, const QueueQuery& query)
      : leads_(state.leads), limit_(query.limit) {
    kept_.reserve(std::min<std::size_t>(2 * limit_ + 1, state.leads.size() + std::size_t{1}));
  }
  void show(const Place& candidate) {
    if (full_ && !before(candidate, kept_[limit_ - 1])) return;
    kept_.push_back(candidate);
    if (kept_.size() >= 2 * limit_) drop_worse();
  }
  /// Whether a candidate with such a key, entered then, may still be among the best.
  [[nodiscard]] bool admits(double key, base::Millis entered_ms) const {
    if (!full_) return true;
    const Place& worst = kept_[limit_ - 1];
    return key < worst.key || (key == worst.key && entered_ms <= worst.entered_ms);
  }
  std::vector<base::LeadId> take() {
    const std::size_t count = std::min(limit_, kept_.size());
    std::partial_sort(kept_.begin(), at(count), kept_.end(), Order{this});
    std::vector<base::LeadId> leads;
    leads.reserve(count);
    for (std::size_t i = 0; i < count; ++i) leads.push_back(kept_[i].lead);
    return leads;
  }
  [[nodiscard]] bool before(const Place& a, const Place& b) const {
    if (a.key != b.key) return a.key < b.key;
    if (a.entered_ms != b.entered_ms) return a.entered_ms < b.entered_ms;
    return a.lead != b.lead && leads_.id(a.lead) < leads_.id(b.lead);
  }

 private:
  struct Order {
    const Best* best;
    bool operator()(const Place& a, const Place& b) const { return best->before(a, b); }
  };
  [[nodiscard]] std::vector<Place>::iterator at(std::size_t i) {
    return kept_.begin() + static_cast<std::ptrdiff_t>(i);
  }
  void drop_worse() {
    std::nth_element(kept_.begin(), at(limit_ - 1), kept_.end(), Order{this});
    kept_.resize(limit_);
    full_ = true;
  }

  const model::LeadTable& leads_;
  std::size_t limit_;
  std::vector<Place> kept_;
  bool full_ = false;  // kept_[limit_ - 1] is the worst of the best so far
};

/// Calls `fn(pair, share)` for pairs in order of the first place that their leads can have, while
/// `wants(head)`.
template <class Wants, class Fn>
void for_each_by_head(const Matcher& matcher, const OpenLeads& open, Wants&& wants, Fn&& fn) {
  struct Candidate {
    OpenLeads::Head head;
    base::PairId pair;
    Matcher::Share share;
  };
  const auto later = [](const Candidate& a, const Candidate& b) { return b.head.before(a.head); };
  std::vector<Candidate> heap;
  matcher.for_each_pair([&](base::PairId pair, Matcher::Share share) {
    const OpenLeads::Head& head = open.head(pair);
    if (!head.is_none()) heap.push_back({head, pair, share});
  });
  std::ranges::make_heap(heap, later);
  while (!heap.empty() && wants(heap.front().head)) {
    fn(heap.front().pair, heap.front().share);
    std::ranges::pop_heap(heap, later);
    heap.pop_back();
  }
}

}  // namespace

std::vector<base::LeadId> Engine::queue(const QueueQuery& query) const {
  const State& s = *state_;
  if (query.limit == 0) return {};
  const double sign = query.order.descending ? -1.0 : 1.0;
  Matcher matcher(query.filter, s);
  Best best(s, query);
  Place after{};
  if (query.after) after = {sign * query.after->key, query.after->entered_ms, query.after->lead};
  const auto show_pair = [&](base::PairId pair, Matcher::Share share) {
    s.open.for_each(pair, s.book, [&](base::LeadId lead) {
      const Standing& standing = s.book.standing(lead);
      if (!matcher.passes_in_pair(share, lead, standing)) return;
      const Place place{sign * key_of(s, query.order.key, lead, standing), standing.entered_ms,
                        lead};
      if (!query.after || best.before(after, place)) best.show(place);
    });
  };
  if (query.order.key == QueueKey::kScore && query.order.descending) {
    for_each_by_head(
        matcher, s.open,
        [&](const OpenLeads::Head& head) { return best.admits(-head.score, head.entered_ms); },
        show_pair);
  } else {
    matcher.for_each_pair(show_pair);
  }
  return best.take();
}

QueueCursor Engine::cursor(base::LeadId lead, QueueOrder order) const {
  const Standing& standing = state_->book.standing(lead);
  return {.key = key_of(*state_, order.key, lead, standing),
          .entered_ms = standing.entered_ms,
          .lead = lead};
}

std::uint64_t Engine::count_open(const LeadFilter& filter) const {
  const State& s = *state_;
  Matcher matcher(filter, s);
  std::uint64_t count = 0;
  matcher.for_each_pair([&](base::PairId pair, Matcher::Share share) {
    if (share == Matcher::Share::kAll && matcher.takes_all_open()) {
      count += s.load_now[pair.v].open;
      return;
    }
    s.open.for_each(pair, s.book, [&](base::LeadId lead) {
      count += matcher.passes_in_pair(share, lead, s.book.standing(lead));
    });
  });
  return count;
}

std::vector<Expiring> Engine::expiring(base::Millis within_ms, const LeadFilter& filter) const {
  const State& s = *state_;
  const base::Millis as_of_ms = s.evaluator.as_of_ms();
  const base::Millis dormant_ms = s.policy.expiry.dormant_days * base::kMillisPerDay;
  std::vector<Expiring> found;
  const auto note = [&](base::LeadId lead, base::Millis at_ms, bool dormant) {
    if (at_ms > as_of_ms && at_ms - as_of_ms <= within_ms) found.push_back({lead, at_ms, dormant});
  };
  Matcher matcher(filter, s);
  const auto look_at = [&](Matcher::Share share, base::LeadId lead) {
    const Standing& standing = s.book.standing(lead);
    if (!matcher.passes_in_pair(share, lead, standing)) return;
    if (!standing.dormant) note(lead, standing.last_activity_ms + dormant_ms, true);
    const Profiles::Facts& facts = s.facts(lead);
    const double threshold_ms = s.evaluator.threshold(facts, standing.stage).ms;
    if (standing.expired || std::isnan(threshold_ms)) return;
    // The first whole millisecond at which the time in stage is above the threshold.
    const auto longest_ms = static_cast<base::Millis>(std::floor(threshold_ms));
    const base::Millis at_ms = s.evaluator.after(facts, standing.entered_ms, longest_ms + 1);
    if (at_ms != base::kNoInstant) note(lead, at_ms, false);
  };
  matcher.for_each_pair([&](base::PairId pair, Matcher::Share share) {
    s.open.for_each(pair, s.book, [&](base::LeadId lead) { look_at(share, lead); });
  });
  std::sort(found.begin(), found.end(), [&](const Expiring& a, const Expiring& b) {
    if (a.at_ms != b.at_ms) return a.at_ms < b.at_ms;
    if (a.lead != b.lead) return s.leads.id(a.lead) < s.leads.id(b.lead);
    return a.dormant < b.dormant;
  });
  return found;
}

}  // namespace pursuit::engine
