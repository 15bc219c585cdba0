// engine/daily_loads.h: DailyLoads: the rows of load_daily.csv, in twelve bytes each: there are
// millions, and what a row says beyond two counts follows from them. One writer; reads from any
// thread while nobody writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "base/huge_vector.h"
#include "engine/figures.h"
#include "model/policy.h"

namespace pursuit::engine {

/// A load as a row of load.csv or load_daily.csv; `open` > 0.
[[nodiscard]] LoadRow load_row(Pair pair, std::int32_t day, PairLoad load, double relaxation);

class DailyLoads {
 public:
  static constexpr std::uint32_t kMaxPairs = 1u << 25;
  static constexpr std::int64_t kMaxDays = 1 << 7;

  /// One day of one pair: its position in the list of pairs, the day, the load.
  class Row {
   public:
    Row() = default;
    /// `pair` < kMaxPairs, `day_after_first` < kMaxDays.
    Row(std::uint32_t pair, std::int64_t day_after_first, PairLoad load)
        : place_(pair << kDayBits | static_cast<std::uint32_t>(day_after_first)), load_(load) {}

   private:
    friend class DailyLoads;
    static constexpr unsigned kDayBits = 7;
    std::uint32_t place_;
    PairLoad load_;
  };
  static_assert(sizeof(Row) == 12);

  DailyLoads() = default;
  /// Room for `rows`, to be set by part(); days count from `first_day`.
  DailyLoads(const model::LoadPolicy& policy, std::vector<Pair> pairs, std::int64_t first_day,
             std::size_t rows)
      : policy_(policy), pairs_(std::move(pairs)), first_day_(first_day), rows_(rows) {}
  [[nodiscard]] std::span<Row> part(std::size_t begin, std::size_t count) {
    return std::span(rows_).subspan(begin, count);
  }

  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] LoadRow operator[](std::size_t i) const;

  /// Goes over the rows, made one by one.
  class Iterator {
   public:
    Iterator(const DailyLoads& rows, std::size_t at) : rows_(&rows), at_(at) {}
    [[nodiscard]] LoadRow operator*() const { return (*rows_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

   private:
    const DailyLoads* rows_;
    std::size_t at_;
  };
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size()}; }
  [[nodiscard]] std::size_t memory_bytes() const {
    return rows_.size() * sizeof(Row) + pairs_.size() * sizeof(Pair);
  }

 private:
  model::LoadPolicy policy_;
  std::vector<Pair> pairs_;
  std::int64_t first_day_ = 0;
  base::PageVector<Row> rows_;
};

/// The tables that only a refresh makes, rows in the order of semantics.md.
struct Tables {
  base::Millis as_of_ms = base::kNoInstant;  // of the refresh
  std::vector<ThresholdRow> thresholds;
  std::vector<ChannelRow> channels;
  std::vector<LoadRow> load;
  DailyLoads load_daily;
  std::vector<FunnelRow> funnel;  // open stages, then won
};

}  // namespace pursuit::engine
