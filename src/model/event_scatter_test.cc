#include "model/event_scatter.h"

#include <algorithm>
#include <thread>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace pursuit::model {
namespace {

using Row = std::tuple<std::uint32_t, std::int64_t>;

std::vector<Row> rows_of(const EventScatter& scatter) {
  std::vector<Row> rows;
  for (std::uint32_t p = 0; p < scatter.partition_count(); ++p) {
    for (const auto& block : scatter.partition(p)) {
      for (const LeadEvent& e : block) {
        EXPECT_EQ(e.lead >> EventScatter::kLeadsPerPartitionLog2, p);
        rows.emplace_back(e.lead, e.packed);
      }
    }
  }
  std::ranges::sort(rows);
  return rows;
}

TEST(EventScatter, GivesBackWhatAllWritersPutIn) {
  constexpr std::uint32_t kLeads = 100'000;
  EventScatter scatter(kLeads, 3);
  EXPECT_EQ(scatter.partition_count(), 7u);
  std::vector<std::vector<Row>> written(3);
  {
    std::vector<std::jthread> threads;
    for (unsigned w = 0; w < 3; ++w) {
      threads.emplace_back([&, w] {
        std::uint64_t state = w + 1;
        for (int i = 0; i < 50'000; ++i) {
          state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
          const auto lead = static_cast<std::uint32_t>((state >> 33) % kLeads);
          const Event event = Event::make(static_cast<base::Millis>(state >> 30), 3);
          scatter.writer(w).add({lead}, event);
          written[w].emplace_back(lead, event.packed);
        }
      });
    }
  }
  std::vector<Row> expected;
  for (const auto& rows : written) expected.insert(expected.end(), rows.begin(), rows.end());
  std::ranges::sort(expected);
  EXPECT_EQ(scatter.event_count(), expected.size());
  EXPECT_EQ(rows_of(scatter), expected);
}

TEST(EventScatter, AReleasedPartitionIsEmpty) {
  EventScatter scatter(40'000, 1);
  scatter.writer(0).add({1}, Event::make(5, 0));
  scatter.writer(0).add({39'999}, Event::make(6, 0));
  scatter.release(0);
  EXPECT_TRUE(scatter.partition(0).empty());
  EXPECT_EQ(scatter.event_count(), 1u);
}

TEST(EventScatter, NoLeadsNoPartitions) {
  const EventScatter scatter(0, 2);
  EXPECT_EQ(scatter.partition_count(), 0u);
  EXPECT_EQ(scatter.event_count(), 0u);
}

}  // namespace
}  // namespace pursuit::model
