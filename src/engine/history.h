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
    cells_.assign(static_cast<std::size_t>(last_day - first_day + 2), 0);
  }

  /// A visit that was open in [entered, left): the midnights in it count one more lead.
  void add(base::Millis entered_ms, base::Millis left_ms, bool in_load_stage) {
    const std::uint64_t one = in_load_stage ? kOneInLoadStage : kOne;
    cells_[first_midnight(entered_ms)] += one;
    cells_[first_midnight(left_ms)] -= one;
  }

  /// Turns the steps that add() noted into counts; at() holds from here on.
  void sum_up() { std::partial_sum(cells_.begin(), cells_.end(), cells_.begin()); }

  /// Load at 00:00 UTC of `day`; nobody before the first day.
  [[nodiscard]] PairLoad at(std::int64_t day) const {
    if (day < first_day_) return {};
    const std::uint64_t counts = cells_[static_cast<std::size_t>(day - first_day_)];
    return {static_cast<std::uint32_t>(counts), static_cast<std::uint32_t>(counts >> 32)};
  }
  [[nodiscard]] std::int64_t first_day() const { return first_day_; }
  [[nodiscard]] std::int64_t last_day() const {
    return first_day_ + static_cast<std::int64_t>(cells_.size()) - 2;
  }

 private:
  // Open leads in the lower half of a cell, those in load stages in the upper: one addition counts
  // both. A step may borrow from the upper half; the sums, being no less than 0 in either half,
  // come out right.
  static constexpr std::uint64_t kOne = 1;
  static constexpr std::uint64_t kOneInLoadStage = (std::uint64_t{1} << 32) | 1;

  /// Cell of the first midnight at or after `at_ms`; the one past the last day takes everything
  /// later.
  [[nodiscard]] std::size_t first_midnight(base::Millis at_ms) const {
    const std::int64_t day = base::day_of(at_ms + base::kMillisPerDay - 1) - first_day_;
    return std::min(static_cast<std::size_t>(std::max<std::int64_t>(day, 0)), cells_.size() - 1);
  }

  std::int64_t first_day_ = 0;
  std::vector<std::uint64_t> cells_;
};

}  // namespace pursuit::engine
