// http/core.h: what all connections of a server share. Any thread, but for IoThread: its own.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/clock.h"
#include "base/parallel.h"
#include "http/caller.h"
#include "http/meters.h"
#include "http/options.h"
#include "http/router.h"
#include "http/worker_pool.h"

namespace spdlog {
class logger;
}

namespace pursuit::http {

/// Failures of the network are values, not exceptions.
inline constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

struct Core {
  Core(ServerOptions server_options, Router server_router, const base::Clock& server_clock,
       std::shared_ptr<spdlog::logger> server_log, Authenticator& server_authenticator,
       Metrics& metrics)
      : options(std::move(server_options)),
        router(std::move(server_router)),
        clock(server_clock),
        log(std::move(server_log)),
        authenticator(server_authenticator),
        meters(metrics, router),
        workers(options.worker_threads > 0 ? options.worker_threads
                                           : std::max(2u, base::hardware_threads()),
                options.limits.queued_requests),
        started_ms(clock.now_ms()) {}

  const ServerOptions options;
  const Router router;
  const base::Clock& clock;
  const std::shared_ptr<spdlog::logger> log;
  Authenticator& authenticator;
  Meters meters;
  WorkerPool workers;
  const base::Millis started_ms;
  std::stop_source stop;                       // requested when waiting is over
  std::atomic<std::uint64_t> next_request{1};  // for request ids
  std::atomic<std::size_t> streams{0};
  std::atomic<std::size_t> body_bytes{0};
};

class Connection;

/// One thread that waits for sockets, and the connections that it serves from first to last, so
/// that nothing of a connection needs a lock.
struct IoThread {
  boost::asio::io_context context{1};
  boost::asio::steady_timer tick{context};
  std::unordered_set<Connection*> connections;
  bool is_draining = false;
  bool has_ended = false;  // a tick that was due already must not begin the next one
  std::thread thread;
};

}  // namespace pursuit::http
