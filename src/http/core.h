// http/core.h: what all connections of a server share. Any thread, but for IoThread: its own.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/fwd.h>

#include "base/clock.h"
#include "base/parallel.h"
#include "http/caller.h"
#include "http/caller_share.h"
#include "http/forwarded.h"
#include "http/meters.h"
#include "http/options.h"
#include "http/router.h"
#include "http/ticker.h"
#include "http/worker_pool.h"

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
        shares({.in_flight = options.limits.requests_per_caller,
                .per_second = options.limits.requests_per_second}),
        token_shares({.per_second = options.limits.requests_per_second_of_token}),
        address_shares({.per_second = options.limits.requests_per_second_of_address}),
        started_ms(clock.now_ms()) {}

  const ServerOptions options;
  const Router router;
  TrustedProxies proxies;
  const base::Clock& clock;
  const std::shared_ptr<spdlog::logger> log;
  Authenticator& authenticator;
  Meters meters;
  WorkerPool workers;
  CallerShares shares;          // by account
  CallerShares token_shares;    // by token
  CallerShares address_shares;  // by address
  const base::Millis started_ms;
  std::stop_source stop;                       // requested when waiting is over
  std::atomic<std::uint64_t> next_request{1};  // for request ids
  std::atomic<std::size_t> streams{0};
  std::atomic<std::size_t> body_bytes{0};

  /// Of the next connection; null: plain HTTP.
  [[nodiscard]] TlsContext tls() const {
    const std::lock_guard lock(tls_mutex);
    return tls_context;
  }
  base::Result<void> load_certificate() {
    auto loaded = load_tls(options.tls);
    if (!loaded) return std::unexpected(loaded.error());
    const std::lock_guard lock(tls_mutex);
    tls_context = std::move(*loaded);
    return {};
  }
  mutable std::mutex tls_mutex;  // guards tls_context
  TlsContext tls_context;
};

class Connection;

/// One thread that waits for sockets, and the connections that it serves from first to last, so
/// that nothing of a connection needs a lock.
struct IoThread {
  boost::asio::io_context context{1};
  std::optional<Ticker> ticker;
  std::unordered_set<Connection*> connections;
  bool is_draining = false;
  std::thread thread;
};

}  // namespace pursuit::http
