// engine/history.h: the daily load of one dealer × nameplate, from its leads' visits (semantics.md,
// "Load and relaxation"). A scratch object, one per thread.
#pragma once

#include <algorithm>
#include <cstdint>
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
    cells_.assign(static_cast<std::size_t>(last_day - first_day + 2), Cell{});
  }

  /// A visit that was open in [entered, left): the midnights in it count one more lead.
  void add(base::Millis entered_ms, base::Millis left_ms, bool in_load_stage) {
    const std::size_t from = first_midnight(entered_ms);
    const std::size_t to = first_midnight(left_ms);
    ++cells_[from].open;
    --cells_[to].open;
    cells_[from].in_load_stages += in_load_stage;
    cells_[to].in_load_stages -= in_load_stage;
  }

  /// Turns the steps that add() noted into counts; at() holds from here on.
  void sum_up() {
    Cell sum;
    for (Cell& c : cells_) {
      sum.open += c.open;
      sum.in_load_stages += c.in_load_stages;
      c = sum;
    }
  }

  /// Load at 00:00 UTC of `day`; nobody before the first day.
  [[nodiscard]] PairLoad at(std::int64_t day) const {
    if (day < first_day_) return {};
    const Cell& c = cells_[static_cast<std::size_t>(day - first_day_)];
    return {static_cast<std::uint32_t>(c.open), static_cast<std::uint32_t>(c.in_load_stages)};
  }
  [[nodiscard]] std::int64_t first_day() const { return first_day_; }
  [[nodiscard]] std::int64_t last_day() const {
    return first_day_ + static_cast<std::int64_t>(cells_.size()) - 2;
  }

 private:
  struct Cell {
    std::int32_t open = 0;
    std::int32_t in_load_stages = 0;
  };
  /// Cell of the first midnight at or after `at_ms`; the one past the last day takes everything
  /// later.
  [[nodiscard]] std::size_t first_midnight(base::Millis at_ms) const {
    const std::int64_t day = base::day_of(at_ms + base::kMillisPerDay - 1) - first_day_;
    return std::min(static_cast<std::size_t>(std::max<std::int64_t>(day, 0)), cells_.size() - 1);
  }

  std::int64_t first_day_ = 0;
  std::vector<Cell> cells_;
};

}  // namespace pursuit::engine
