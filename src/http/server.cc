#include "http/server.h"

#include <algorithm>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "base/parallel.h"
#include "http/connection.h"
#include "http/core.h"
#include "http/listener.h"

namespace pursuit::http {
namespace {

namespace net = boost::asio;

// How late a deadline may be noticed.
constexpr std::chrono::milliseconds kTick{100};

void tick(IoThread& thread, const base::Clock& clock) {
  thread.tick.expires_after(kTick);
  thread.tick.async_wait([&](const boost::system::error_code& error) {
    if (error || thread.has_ended) return;
    const std::int64_t now_ns = clock.monotonic_ns();
    for (Connection* connection : thread.connections) connection->check(now_ns);
    tick(thread, clock);
  });
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Router router, const ServerParts& parts)
      : core_(std::move(options), std::move(router), parts.clock, parts.log, parts.authenticator,
              parts.metrics) {
    const unsigned io_threads = core_.options.io_threads > 0
                                    ? core_.options.io_threads
                                    : std::max(1u, base::hardware_threads() / 4);
    for (unsigned i = 0; i < io_threads; ++i) threads_.push_back(std::make_unique<IoThread>());
  }
  ~Impl() { stop(std::chrono::milliseconds(0)); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  base::Result<void> listen() {
    for (const Endpoint& endpoint : core_.options.listen) {
      auto listener = Listener::open(endpoint, core_, count_, threads_);
      if (!listener) return std::unexpected(listener.error());
      endpoints_.push_back((*listener)->endpoint());
      listeners_.push_back(std::move(*listener));
    }
    return {};
  }

  void run() {
    for (const auto& listener : listeners_) listener->start();
    for (const auto& thread : threads_) {
      guards_.push_back(net::make_work_guard(thread->context));
      tick(*thread, core_.clock);
      thread->thread = std::thread([&context = thread->context] { context.run(); });
    }
  }

  void stop(std::chrono::milliseconds patience) {
    if (std::exchange(has_stopped_, true)) return;
    if (guards_.empty()) return;  // it never ran
    // Listeners first: a connection accepted before is posted before its thread begins to drain.
    net::post(threads_.front()->context, [this] {
      for (const auto& listener : listeners_) listener->close();
      for (const auto& thread : threads_) {
        net::post(thread->context, [&thread = *thread] {
          thread.is_draining = true;
          for (Connection* connection : thread.connections) connection->drain();
        });
      }
    });
    if (!count_.wait_for_none(patience)) {
      core_.stop.request_stop();
      for (const auto& thread : threads_) {
        net::post(thread->context, [&thread = *thread] {
          for (Connection* connection : thread.connections) connection->abort();
        });
      }
      count_.wait_for_none();
    }
    core_.workers.join();
    for (const auto& thread : threads_) {
      net::post(thread->context, [&thread = *thread] {
        thread.has_ended = true;
        thread.tick.cancel();
      });
    }
    guards_.clear();
    for (const auto& thread : threads_) thread->thread.join();
  }

  [[nodiscard]] const std::vector<Endpoint>& endpoints() const { return endpoints_; }

 private:
  Core core_;
  ConnectionCount count_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<Endpoint> endpoints_;
  std::vector<net::executor_work_guard<net::io_context::executor_type>> guards_;
  bool has_stopped_ = false;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

base::Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Router router,
                                                    const ServerParts& parts) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(router), parts);
  if (auto listening = impl->listen(); !listening) return std::unexpected(listening.error());
  impl->run();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::vector<Endpoint>& Server::endpoints() const { return impl_->endpoints(); }

void Server::stop(std::chrono::milliseconds patience) { impl_->stop(patience); }

}  // namespace pursuit::http
