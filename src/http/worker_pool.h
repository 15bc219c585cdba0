// http/worker_pool.h: threads for what would hold up the io threads, with a bounded queue. Any
// thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace pursuit::http {

class WorkerPool {
 public:
  WorkerPool(unsigned threads, std::size_t max_queued) : max_queued_(max_queued), pool_(threads) {}

  /// Runs `job`, which must not throw, on a worker and goes on where it was awaited. False: too
  /// many jobs wait, nothing was done.
  template <class Job>
  boost::asio::awaitable<bool> run(Job& job) {
    if (queued_.load() >= max_queued_) co_return false;
    co_await run_admitted(job);
    co_return true;
  }

  /// The same for what belongs to a request that is being answered: it waits in any case.
  template <class Job>
  boost::asio::awaitable<void> run_admitted(Job& job) {
    queued_.fetch_add(1);
    auto start = [this, &job](auto handler) {
      auto back = boost::asio::make_work_guard(handler);
      boost::asio::post(
          pool_, [this, &job, back = std::move(back), handler = std::move(handler)]() mutable {
            queued_.fetch_sub(1);
            job();
            // Posted, never called here: the frame that awaits belongs to its io thread.
            boost::asio::post(back.get_executor(), std::move(handler));
          });
    };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
        std::move(start), boost::asio::use_awaitable);
  }

  /// Jobs that wait for a thread.
  [[nodiscard]] std::size_t queued() const { return queued_.load(); }
  /// Waits for the jobs that are there.
  void join() { pool_.join(); }

 private:
  const std::size_t max_queued_;
  std::atomic<std::size_t> queued_{0};
  boost::asio::thread_pool pool_;
};

}  // namespace pursuit::http
