// base/parallel.h: a fixed set of threads that share out the tasks of a loop. A pool belongs to one
// caller at a time; loops on it do not nest.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace pursuit::base {

class ThreadPool {
 public:
  /// A pool of `threads` workers, the calling thread of parallel_for among them; 0 counts as 1.
  explicit ThreadPool(unsigned threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Number of workers: `worker` below is less than this.
  [[nodiscard]] unsigned size() const { return static_cast<unsigned>(threads_.size()) + 1; }

  /// Calls `fn(task, worker)` for each task in [0, tasks) and returns when all are done. Tasks
  /// start in order and go to whichever worker is free, so a result must not depend on `worker`.
  /// What the caller wrote before is visible to the tasks, and what they wrote to the caller after.
  template <class Fn>
  void parallel_for(std::size_t tasks, Fn&& fn) {
    using Callable = std::remove_reference_t<Fn>;
    run(tasks, const_cast<void*>(static_cast<const void*>(std::addressof(fn))),
        [](void* callable, std::size_t task, unsigned worker) {
          (*static_cast<Callable*>(callable))(task, worker);
        });
  }

  /// Calls `fn(begin, end, worker)` for consecutive ranges of at most `grain` items of [0, items).
  template <class Fn>
  void parallel_ranges(std::size_t items, std::size_t grain, Fn&& fn) {
    const std::size_t tasks = (items + grain - 1) / grain;
    parallel_for(tasks, [&](std::size_t task, unsigned worker) {
      const std::size_t begin = task * grain;
      fn(begin, begin + grain < items ? begin + grain : items, worker);
    });
  }

 private:
  using Invoke = void (*)(void* callable, std::size_t task, unsigned worker);

  void run(std::size_t tasks, void* callable, Invoke invoke);
  void work(unsigned worker);
  void take_tasks(unsigned worker);

  std::mutex mutex_;
  std::condition_variable start_;
  std::condition_variable done_;
  // Written under mutex_, as are the four below, while a loop starts or ends; read without it by
  // those who wait a moment before they sleep.
  std::atomic<std::uint64_t> round_{0};
  std::atomic<unsigned> running_{0};  // helpers that have not finished this round
  bool stop_ = false;
  bool busy_ = false;
  std::size_t tasks_ = 0;
  void* callable_ = nullptr;
  Invoke invoke_ = nullptr;
  alignas(64) std::atomic<std::size_t> next_{0};
  std::vector<std::thread> threads_;
};

/// Number of threads that the machine runs at once, at least 1.
[[nodiscard]] unsigned hardware_threads();

}  // namespace pursuit::base
