// Turnaround: visits into cells, and the leads behind a cell.
#include <algorithm>
#include <bitset>
#include <map>
#include <tuple>

#include "base/huge_array.h"
#include "engine/closed_sla.h"
#include "engine/engine.h"
#include "engine/matcher.h"
#include "engine/state.h"
#include "metrics/percentile.h"
#include "metrics/sla.h"

namespace pursuit::engine {

namespace {

constexpr std::size_t kLeadsPerTask = 8'192;
constexpr std::uint32_t kNoCell = UINT32_MAX;
constexpr std::int64_t kDaysOfWeek = 7;

/// Number of the week of a day; weeks begin on Mondays, and day 4 was one.
std::int64_t week_of(std::int64_t day) {
  const std::int64_t shifted = day + 3;
  return shifted >= 0 ? shifted / kDaysOfWeek : -((-shifted + kDaysOfWeek - 1) / kDaysOfWeek);
}
std::int32_t monday_of(std::int64_t week) {
  return static_cast<std::int32_t>(week * kDaysOfWeek - 3);
}

/// What tells cells apart.
struct Key {
  std::array<std::uint32_t, model::kDimensions> codes;
  std::int32_t week;
  model::StageCode stage;
  friend auto operator<=>(const Key&, const Key&) = default;
};

/// A visit as a cell counts it.
struct Visit {
  model::StageCode stage;
  bool is_open;
  base::Millis left_ms;
  base::Millis duration_ms;
  Category category;
};

/// Calls `fn(visit)` for the visits of a lead that a query wants.
class Visits {
 public:
  Visits(const Engine::State& state, const TatQuery& query)
      : s_(state), query_(query), sla_(state) {
    for (std::size_t stage = 0; stage < stages_.size(); ++stage) {
      stages_[stage] = wants(query.stages, static_cast<model::StageCode>(stage));
    }
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      kinds_[i] = wants(query.kinds, static_cast<VisitKind>(i));
      categories_[i] = wants(query.categories, static_cast<Category>(i));
    }
  }

  template <class Fn>
  void of(base::LeadId lead, Fn&& fn) {
    const Standing& standing = s_.book.standing(lead);
    const Profiles::Facts& facts = s_.facts(lead);
    if (standing.state == LeadState::kOpen) open_visit(lead, facts, fn);
    // Of most leads of a network that has been there for years nothing has moved since.
    if (standing.last_activity_ms < query_.from_ms) return;
    sla_.look_at(lead);
    const auto closed = [&](model::StageCode stage, base::Millis entered_ms, base::Millis left_ms,
                            VisitKind kind, std::uint32_t index) {
      if (left_ms < query_.from_ms || left_ms >= query_.to_ms) return;
      if (!stages_[stage] || !kinds_[static_cast<std::size_t>(kind)]) return;
      Visit v{stage, false, left_ms, s_.evaluator.duration(facts, entered_ms, left_ms),
              Category::kNone};
      const std::uint16_t rule = s_.profiles.rule(s_.profiles.choice(facts, stage), entered_ms);
      if (rule != kNoRule) v.category = judge(v.duration_ms, sla_.hours(rule, index, left_ms));
      if (categories_[static_cast<std::size_t>(v.category)]) fn(v);
    };
    s_.walk_lead(lead, closed);
  }

 private:
  template <class T>
  static bool wants(const AnyOf<T>& list, T value) {
    return !list || std::find(list->begin(), list->end(), value) != list->end();
  }
  [[nodiscard]] Category judge(base::Millis duration_ms, double effective_hours) const {
    return metrics::category_of(base::to_hours(duration_ms) - effective_hours, effective_hours,
                                s_.policy.sla.grace);
  }
  template <class Fn>
  void open_visit(base::LeadId lead, const Profiles::Facts& facts, Fn&& fn) const {
    const Standing& standing = s_.book.standing(lead);
    if (!stages_[standing.stage] || !kinds_[static_cast<std::size_t>(VisitKind::kOpen)]) return;
    Visit v{standing.stage, true, base::kNoInstant,
            s_.evaluator.duration(facts, standing.entered_ms, s_.evaluator.as_of_ms()),
            Category::kNone};
    const std::uint16_t rule = s_.profiles.tiered_rule(s_.profiles.choice(facts, standing.stage),
                                                       standing.entered_ms, standing.tier);
    if (rule != kNoRule) {
      const double relaxation = s_.evaluator.relaxation(s_.load_now[facts.pair.v]);
      v.category = judge(v.duration_ms, s_.evaluator.effective_hours(rule, relaxation));
    }
    if (categories_[static_cast<std::size_t>(v.category)]) fn(v);
  }

  const Engine::State& s_;
  const TatQuery& query_;
  ClosedSla sla_;
  std::bitset<256> stages_;
  std::bitset<4> kinds_;
  std::bitset<4> categories_;
};

/// Durations of closed visits and whose cell they belong to: tens of millions for a moment.
struct [[gnu::packed]] Sample {
  std::int64_t duration_ms;
  std::uint32_t cell;
};

/// What one worker gathers. Cells of leads with the same dimensions are found by stage and week in
/// `row_`; only a new one of those is looked up.
class Gatherer {
 public:
  Gatherer(const Engine::State& state, const TatQuery& query)
      : s_(state), by_(query.by), matcher_(query.filter, state), visits_(state, query) {
    const base::Millis from_ms = std::max(query.from_ms, state.book.earliest_ms());
    const base::Millis to_ms = std::min(query.to_ms, state.evaluator.as_of_ms());
    if (by_.week && from_ms <= to_ms) {
      first_week_ = week_of(base::day_of(from_ms));
      weeks_ = static_cast<std::size_t>(week_of(base::day_of(to_ms)) - first_week_ + 1);
    }
    row_.resize((weeks_ + 1) * (by_.stage ? state.policy.funnel.open_stages() : 1), kNoCell);
    codes_.fill(kNoCode);
  }

  void pair(base::PairId pair) {
    const Matcher::Share share = matcher_.share(pair);
    s_.members.for_each(pair, s_.leads, s_.profiles, [&](base::LeadId lead) {
      if (!matcher_.passes_in_pair(share, lead, s_.book.standing(lead))) return;
      turn_to(lead);
      const bool expired = s_.book.standing(lead).expired;
      visits_.of(lead, [&](const Visit& v) { count(lead, v, expired); });
    });
  }

  [[nodiscard]] const std::vector<Key>& keys() const { return keys_; }
  [[nodiscard]] const std::vector<TatCell>& cells() const { return cells_; }
  [[nodiscard]] std::span<const Sample> samples() const { return samples_.span(); }
  [[nodiscard]] std::int64_t sum_ms(std::size_t cell) const { return sums_ms_[cell]; }

 private:
  void turn_to(base::LeadId lead) {
    const base::ProfileId profile = s_.leads.profile(lead);
    const bool by_owner = by_.dimension[model::index_of(model::Dimension::kOwner)];
    const std::uint32_t owner = by_owner ? s_.leads.owner(lead) : kNoCode;
    if (profile == profile_ && owner == codes_.back()) return;
    profile_ = profile;
    std::array<std::uint32_t, model::kDimensions> codes;
    codes.fill(kNoCode);
    const model::ProfileCodes& all = s_.leads.profile_codes(profile);
    for (std::size_t d = 0; d < model::kRuleDimensions; ++d) {
      if (by_.dimension[d]) codes[d] = all[d];
    }
    codes.back() = owner;
    if (codes == codes_) return;
    codes_ = codes;
    std::fill(row_.begin(), row_.end(), kNoCell);
  }

  std::uint32_t cell_of(const Visit& v) {
    const bool has_week = by_.week && !v.is_open;
    const std::int64_t week = has_week ? week_of(base::day_of(v.left_ms)) : 0;
    const std::size_t column =
        has_week ? static_cast<std::size_t>(week - first_week_) + 1 : std::size_t{0};
    std::uint32_t& cell = row_[(by_.stage ? v.stage : 0u) * (weeks_ + 1) + column];
    if (cell != kNoCell) return cell;
    const Key key{codes_, has_week ? monday_of(week) : kNoWeek, by_.stage ? v.stage : kNoStage};
    const auto [it, is_new] = cell_of_.try_emplace(key, static_cast<std::uint32_t>(keys_.size()));
    if (is_new) {
      keys_.push_back(key);
      cells_.emplace_back();
      sums_ms_.push_back(0);
      last_.push_back(base::kNoLead);
    }
    return cell = it->second;
  }

  void count(base::LeadId lead, const Visit& v, bool expired) {
    const std::uint32_t at = cell_of(v);
    TatCell& cell = cells_[at];
    // The visits of a lead come one after another.
    cell.leads += last_[at] != lead;
    last_[at] = lead;
    const bool over = v.category == Category::kDelayed || v.category == Category::kCritical;
    cell.delayed += v.category == Category::kDelayed;
    cell.critical += v.category == Category::kCritical;
    if (v.is_open) {
      ++cell.open;
      cell.expired += expired;
      cell.judged += over;
      return;
    }
    ++cell.n;
    cell.on_time += v.category == Category::kOnTime;
    cell.judged += v.category != Category::kNone;
    sums_ms_[at] += v.duration_ms;
    samples_.push_back({v.duration_ms, at});
  }

  const Engine::State& s_;
  TatGrouping by_;
  Matcher matcher_;
  Visits visits_;
  std::int64_t first_week_ = 0;
  std::size_t weeks_ = 0;
  base::ProfileId profile_;
  std::array<std::uint32_t, model::kDimensions> codes_;  // of the leads at hand
  std::vector<std::uint32_t> row_;  // their cells by stage, then week; the first of none
  std::map<Key, std::uint32_t> cell_of_;
  std::vector<Key> keys_;
  std::vector<TatCell> cells_;
  std::vector<std::int64_t> sums_ms_;
  std::vector<base::LeadId> last_;  // that was counted, by cell
  base::HugeArray<Sample> samples_;
};

/// Pairs that can have leads of the filter, in tasks of some thousand leads.
std::vector<std::vector<base::PairId>> tasks_of(const Engine::State& s, const LeadFilter& filter) {
  std::vector<std::vector<base::PairId>> tasks;
  std::size_t leads = kLeadsPerTask;
  Matcher(filter, s).for_each_pair([&](base::PairId pair, Matcher::Share) {
    if (leads >= kLeadsPerTask) {
      tasks.emplace_back();
      leads = 0;
    }
    tasks.back().push_back(pair);
    leads += s.members.listed_count(pair);
  });
  return tasks;
}

/// The cells of all workers as one, with the percentiles of their samples.
class Joiner {
 public:
  Joiner(const Engine::State& state, const std::vector<Gatherer>& parts)
      : s_(state), parts_(parts) {}

  std::vector<TatCell> join() {
    add_counts();
    scatter();
    s_.share_out(cells_.size(), [&](std::size_t i, unsigned) { finish(i); });
    sort();
    return std::move(cells_);
  }

 private:
  void add_counts() {
    std::map<Key, std::uint32_t> index;
    for (const Gatherer& part : parts_) {
      std::vector<std::uint32_t>& to = cell_of_.emplace_back();
      for (std::size_t i = 0; i < part.keys().size(); ++i) {
        const Key& key = part.keys()[i];
        const auto [it, is_new] = index.try_emplace(key, static_cast<std::uint32_t>(cells_.size()));
        if (is_new) {
          cells_.push_back({.stage = key.stage, .week = key.week, .codes = key.codes});
          sums_ms_.push_back(0);
        }
        TatCell& cell = cells_[it->second];
        const TatCell& more = part.cells()[i];
        for (const auto which :
             {&TatCell::n, &TatCell::on_time, &TatCell::delayed, &TatCell::critical,
              &TatCell::judged, &TatCell::open, &TatCell::leads, &TatCell::expired}) {
          cell.*which += more.*which;
        }
        sums_ms_[it->second] += part.sum_ms(i);
        to.push_back(it->second);
      }
    }
  }

  void scatter() {
    begin_.assign(cells_.size() + 1, 0);
    for (std::size_t i = 0; i < cells_.size(); ++i) begin_[i + 1] = begin_[i] + cells_[i].n;
    durations_.resize(begin_.back());
    std::vector<std::size_t> next = begin_;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      for (const Sample& sample : parts_[p].samples()) {
        durations_[next[cell_of_[p][sample.cell]]++] = sample.duration_ms;
      }
    }
  }

  void finish(std::size_t i) {
    TatCell& cell = cells_[i];
    if (cell.n == 0) return;
    constexpr double kMedian = 0.5;
    constexpr double kHigh = 0.9;
    const auto sample = durations_.span().subspan(begin_[i], cell.n);
    cell.median_ms = metrics::percentile_ms(sample, kMedian);
    cell.p90_ms = metrics::percentile_ms(sample, kHigh);
    cell.mean_ms = static_cast<double>(sums_ms_[i]) / static_cast<double>(cell.n);
  }

  void sort() {
    const auto text = [&](const TatCell& c, std::size_t d) {
      return c.codes[d] == kNoCode
                 ? std::string_view{}
                 : s_.leads.dictionary(static_cast<model::Dimension>(d)).text(c.codes[d]);
    };
    std::sort(cells_.begin(), cells_.end(), [&](const TatCell& a, const TatCell& b) {
      if (a.stage != b.stage) return a.stage < b.stage;
      for (std::size_t d = 0; d < a.codes.size(); ++d) {
        if (a.codes[d] != b.codes[d]) return text(a, d) < text(b, d);
      }
      return a.week < b.week;
    });
  }

  const Engine::State& s_;
  const std::vector<Gatherer>& parts_;
  std::vector<TatCell> cells_;
  std::vector<std::int64_t> sums_ms_;
  std::vector<std::vector<std::uint32_t>> cell_of_;  // by part, then its cell
  std::vector<std::size_t> begin_;                   // by cell, into durations_
  base::HugeArray<std::int64_t> durations_;
};

}  // namespace

std::vector<TatCell> Engine::turnaround(const TatQuery& query) const {
  const State& s = *state_;
  const auto tasks = tasks_of(s, query.filter);
  std::vector<Gatherer> parts;
  parts.reserve(s.pool.size());
  for (unsigned worker = 0; worker < s.pool.size(); ++worker) parts.emplace_back(s, query);
  s.share_out(tasks.size(), [&](std::size_t task, unsigned worker) {
    for (const base::PairId pair : tasks[task]) parts[worker].pair(pair);
  });
  return Joiner(s, parts).join();
}

std::vector<base::LeadId> Engine::leads_behind(const TatQuery& query, const TatCell& cell,
                                               const LeadPage& page) const {
  const State& s = *state_;
  Matcher matcher(query.filter, s);
  Visits visits(s, query);
  const auto in_cell = [&](base::LeadId lead) {
    const model::ProfileCodes& codes = s.leads.profile_codes(s.leads.profile(lead));
    for (std::size_t d = 0; d < model::kDimensions; ++d) {
      const std::uint32_t code = d < codes.size() ? codes[d] : s.leads.owner(lead);
      if (query.by.dimension[d] && code != cell.codes[d]) return false;
    }
    return true;
  };
  const auto has_visit = [&](base::LeadId lead) {
    bool found = false;
    visits.of(lead, [&](const Visit& v) {
      if (query.by.stage && v.stage != cell.stage) return;
      const std::int32_t week = v.is_open ? kNoWeek : monday_of(week_of(base::day_of(v.left_ms)));
      found |= !query.by.week || week == cell.week;
    });
    return found;
  };
  std::vector<base::LeadId> found;
  // kNoLead is the number before the first.
  for (std::uint32_t i = page.after.v + 1; i < s.leads.size() && found.size() < page.limit; ++i) {
    const base::LeadId lead{i};
    if (matcher.passes(lead, s.book.standing(lead)) && in_cell(lead) && has_visit(lead)) {
      found.push_back(lead);
    }
  }
  return found;
}

}  // namespace pursuit::engine
