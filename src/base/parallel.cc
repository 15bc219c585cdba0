#include "base/parallel.h"

#include "base/assert.h"

namespace pursuit::base {

namespace {

/// Waits for a moment that `done()` becomes true: loops often follow each other closely, and being
/// woken takes longer than a short loop does.
template <class Done>
void linger(Done&& done) {
  constexpr int kLooks = 1'000;  // some tens of microseconds
  for (int i = 0; i < kLooks && !done(); ++i) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }
}

}  // namespace

ThreadPool::ThreadPool(unsigned threads) {
  for (unsigned worker = 1; worker < threads; ++worker) {
    threads_.emplace_back([this, worker] { work(worker); });
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  start_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::run(std::size_t tasks, void* callable, Invoke invoke) {
  if (tasks == 0) return;
  {
    const std::lock_guard lock(mutex_);
    PURSUIT_ASSERT(!busy_);  // a loop inside a loop would wait for itself
    busy_ = true;
    tasks_ = tasks;
    callable_ = callable;
    invoke_ = invoke;
    next_.store(0, std::memory_order_relaxed);
    running_ = static_cast<unsigned>(threads_.size());
    ++round_;
  }
  if (!threads_.empty()) start_.notify_all();
  take_tasks(0);
  linger([this] { return running_ == 0; });
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return running_ == 0; });
  busy_ = false;
}

void ThreadPool::work(unsigned worker) {
  std::uint64_t seen = 0;
  for (;;) {
    linger([&] { return round_ != seen; });
    {
      std::unique_lock lock(mutex_);
      start_.wait(lock, [&] { return stop_ || round_ != seen; });
      if (stop_) return;
      seen = round_;
    }
    take_tasks(worker);
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) done_.notify_one();
  }
}

void ThreadPool::take_tasks(unsigned worker) {
  for (;;) {
    const std::size_t task = next_.fetch_add(1, std::memory_order_relaxed);
    if (task >= tasks_) return;
    invoke_(callable_, task, worker);
  }
}

unsigned hardware_threads() {
  const unsigned count = std::thread::hardware_concurrency();
  return count == 0 ? 1 : count;
}

}  // namespace pursuit::base
