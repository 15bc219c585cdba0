#include "base/parallel.h"

#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace pursuit::base {
namespace {

TEST(ThreadPool, RunsEveryTaskOnce) {
  for (unsigned threads : {0u, 1u, 2u, 5u}) {
    ThreadPool pool(threads);
    for (std::size_t tasks : {0u, 1u, 3u, 1000u}) {
      std::vector<int> calls(tasks, 0);
      pool.parallel_for(tasks, [&](std::size_t task, unsigned worker) {
        ASSERT_LT(worker, pool.size());
        ++calls[task];
      });
      EXPECT_EQ(calls, std::vector<int>(tasks, 1));
    }
  }
}

TEST(ThreadPool, ManyShortLoopsInARow) {
  ThreadPool pool(3);
  std::vector<std::uint64_t> sums(pool.size(), 0);
  for (int round = 0; round < 2'000; ++round) {
    pool.parallel_for(4, [&](std::size_t task, unsigned worker) { sums[worker] += task + 1; });
  }
  EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), std::uint64_t{0}), 20'000u);
}

TEST(ThreadPool, RangesCoverTheItemsWithoutOverlap) {
  ThreadPool pool(2);
  std::vector<int> seen(1003, 0);
  pool.parallel_ranges(seen.size(), 100, [&](std::size_t begin, std::size_t end, unsigned) {
    ASSERT_LE(end, seen.size());
    for (std::size_t i = begin; i < end; ++i) ++seen[i];
  });
  EXPECT_EQ(seen, std::vector<int>(1003, 1));
}

TEST(ThreadPool, ThereIsAlwaysOneThread) { EXPECT_GE(hardware_threads(), 1u); }

}  // namespace
}  // namespace pursuit::base
