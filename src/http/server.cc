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

/// What is done a few times a second in the thread that serves the connections.
void look_after(IoThread& thread, Core& core) {
  const std::int64_t now_ns = core.clock.monotonic_ns();
  for (Connection* connection : thread.connections) connection->check(now_ns);
  core.meters.worker_queue.Set(static_cast<double>(core.workers.queued()));
  core.meters.body_bytes.Set(static_cast<double>(core.body_bytes.load()));
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

  base::Result<void> prepare() {
    auto proxies = TrustedProxies::of(core_.options.trusted_proxies);
    if (!proxies) return std::unexpected(proxies.error());
    core_.proxies = std::move(*proxies);
    return load_certificate();
  }

  base::Result<void> load_certificate() {
    return core_.options.tls.is_wanted() ? core_.load_certificate() : base::Result<void>{};
  }

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
      thread->ticker.emplace(thread->context, kTick,
                             [this, &thread = *thread] { look_after(thread, core_); });
      thread->ticker->start();
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
      net::post(thread->context, [&thread = *thread] { thread.ticker->end(); });
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
  if (auto prepared = impl->prepare(); !prepared) return std::unexpected(prepared.error());
  if (auto listening = impl->listen(); !listening) return std::unexpected(listening.error());
  impl->run();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::vector<Endpoint>& Server::endpoints() const { return impl_->endpoints(); }

base::Result<void> Server::reload_certificate() { return impl_->load_certificate(); }

void Server::stop(std::chrono::milliseconds patience) { impl_->stop(patience); }

}  // namespace pursuit::http
