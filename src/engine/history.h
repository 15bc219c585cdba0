// engine/history.h: the daily load of one dealer × nameplate, from its leads' visits (semantics.md,
// "Load and relaxation"). A scratch object, one per thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "base/time.h"
#include "engine/evaluator.h"
#include "engine/figures.h"

namespace pursuit::engine {

/// Counts of open leads at each 00:00 UTC, built by adding visits and then summing up once.
class LoadHistory {
 public:
  /// Forgets everything and covers the days first_day … last_day.
  void reset(std::int64_t first_day, std::int64_t last_day) {
    first_day_ = first_day;
    first_ms_ = first_day * base::kMillisPerDay;
    cells_.assign(static_cast<std::size_t>(last_day - first_day + 2), 0);
  }

  /// Where an instant falls.
  struct Place {
    std::int32_t day;    // days after the first day; −1 before it
    std::uint32_t cell;  // of the first midnight at or after it; past the last day, one for all
  };
  [[nodiscard]] Place place(base::Millis at_ms) const {
    return place(at_ms, first_ms_, last_cell());
  }

  /// What a lead counts in a cell: one more open lead, perhaps in a load stage.
  using Share = std::uint64_t;
  [[nodiscard]] static constexpr Share share(bool in_load_stage) {
    return in_load_stage ? kOneInLoadStage : kOne;
  }
  /// What notes steps, as a value: a loop keeps it in registers whatever else it writes.
  class Steps {
   public:
    [[nodiscard]] Place place(base::Millis at_ms) const {
      return LoadHistory::place(at_ms, first_ms_, last_cell_);
    }
    /// From that place on a lead counts so much more, or less.
    void add(Place at, Share share) const { cells_[at.cell] += share; }
    void take(Place at, Share share) const { cells_[at.cell] -= share; }

   private:
    friend LoadHistory;
    Steps(std::uint64_t* cells, base::Millis first_ms, std::uint64_t last_cell)
        : cells_(cells), first_ms_(first_ms), last_cell_(last_cell) {}
    std::uint64_t* cells_;
    base::Millis first_ms_;
    std::uint64_t last_cell_;
  };
  [[nodiscard]] Steps steps() { return {cells_.data(), first_ms_, last_cell()}; }

  /// A visit that is open from then on: the midnights from there count one more lead.
  void enter(base::Millis entered_ms, bool in_load_stage) {
    steps().add(place(entered_ms), share(in_load_stage));
  }
  /// A visit that was open in [entered, left): the midnights in it count one more lead.
  void add(base::Millis entered_ms, base::Millis left_ms, bool in_load_stage) {
    enter(entered_ms, in_load_stage);
    steps().take(place(left_ms), share(in_load_stage));
  }

  /// Turns the steps that add() noted into counts; at() holds from here on.
  void sum_up() { std::partial_sum(cells_.begin(), cells_.end(), cells_.begin()); }

  /// Load at 00:00 UTC of `day`; nobody before the first day.
  [[nodiscard]] PairLoad at(std::int64_t day) const { return after(day - first_day_); }
  /// The same by days after the first.
  [[nodiscard]] PairLoad after(std::int64_t days) const {
    if (days < 0) return {};
    const std::uint64_t counts = cells_[static_cast<std::size_t>(days)];
    return {static_cast<std::uint32_t>(counts), static_cast<std::uint32_t>(counts >> 32)};
  }
  [[nodiscard]] std::int64_t first_day() const { return first_day_; }
  [[nodiscard]] std::int64_t last_day() const {
    return first_day_ + static_cast<std::int64_t>(cells_.size()) - 2;
  }

 private:
  [[nodiscard]] std::uint64_t last_cell() const { return cells_.size() - 1; }
  [[nodiscard]] static Place place(base::Millis at_ms, base::Millis first_ms,
                                   std::uint64_t last_cell) {
    if (at_ms < first_ms) return {-1, 0};
    constexpr auto kDay = static_cast<std::uint64_t>(base::kMillisPerDay);
    const auto since = static_cast<std::uint64_t>(at_ms - first_ms);
    const std::uint64_t day = since / kDay;
    const std::uint64_t cell = day + static_cast<std::uint64_t>(day * kDay != since);
    return {static_cast<std::int32_t>(day), static_cast<std::uint32_t>(std::min(cell, last_cell))};
  }

  // Open leads in the lower half of a cell, those in load stages in the upper: one addition counts
  // both. A step may borrow from the upper half; the sums, being no less than 0 in either half,
  // come out right.
  static constexpr std::uint64_t kOne = 1;
  static constexpr std::uint64_t kOneInLoadStage = (std::uint64_t{1} << 32) | 1;

  std::int64_t first_day_ = 0;
  base::Millis first_ms_ = 0;
  std::vector<std::uint64_t> cells_;
};

}  // namespace pursuit::engine
