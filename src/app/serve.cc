#include "app/serve.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include <pthread.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "api/api.h"
#include "base/limits.h"
#include "http/metrics.h"
#include "http/ready_routes.h"
#include "http/server.h"
#include "service/service.h"
#include "store/store.h"

namespace pursuit::app {
namespace {

/// SIGINT and SIGTERM, held back from every thread that is made while this lives, to be waited for.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  void wait() const {
    int signal = 0;
    while (sigwait(&signals_, &signal) != 0) {
    }
  }

 private:
  sigset_t signals_{};
  sigset_t before_{};
};

base::Result<std::string> read_policy_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::fail(base::ErrorCode::kNotFound, "cannot be read", path);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (text.size() > base::kMaxConfigBytes)
    return base::fail(base::ErrorCode::kLimit, "too large for a policy", path);
  return text;
}

std::shared_ptr<spdlog::logger> make_log(const std::string& level) {
  auto log = std::make_shared<spdlog::logger>("pursuit",
                                              std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_pattern("%v");
  log->set_level(level == "off"     ? spdlog::level::off
                 : level == "error" ? spdlog::level::err
                                    : spdlog::level::info);
  return log;
}

base::Result<service::ServiceOptions> service_options(const ServerConfig& config) {
  service::ServiceOptions options;
  if (!config.policy.empty()) {
    auto text = read_policy_text(config.policy);
    if (!text) return std::unexpected(text.error());
    options.policy_text = std::move(*text);
    options.policy_name = config.policy;
  }
  options.threads = static_cast<unsigned>(config.threads);
  options.replays = static_cast<std::size_t>(config.replays);
  options.update.tick_ms = config.tick_ms;
  options.update.refresh_every_ms = config.refresh_minutes * 60'000;
  return options;
}

http::ServerOptions server_options(const ServerConfig& config, const ListenAddress& listen) {
  http::ServerOptions options;
  options.listen = {{.address = listen.address, .port = listen.port}};
  options.hosts = {"localhost", "127.0.0.1", "[::1]", listen.address};
  // Requests wait for commits: more of them than there are cores.
  constexpr unsigned kWorkers = 16;
  options.worker_threads = config.workers > 0 ? static_cast<unsigned>(config.workers) : kWorkers;
  return options;
}

std::string url_of(const http::Endpoint& endpoint) {
  const bool v6 = endpoint.address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" +
         std::to_string(endpoint.port);
}

http::Readiness readiness(const service::Service& service, service::Updater& updater) {
  const std::string error = updater.refresh_status().error;
  if (!error.empty()) return {.is_ready = false, .reason = "the last refresh failed"};
  if (service.store().disk_full()) return {.is_ready = false, .reason = "the disk is full"};
  return {};
}

}  // namespace

Outcome<void> serve(const ServerConfig& config, const base::Clock& clock, Progress& progress,
                    const OnReady& on_ready) {
  const StopSignals signals;
  const auto listen = listen_address(config.listen);
  if (!listen) return fail(ExitStatus::kUsage, listen.error());
  const auto options = service_options(config);
  if (!options) return fail(ExitStatus::kInput, options.error());

  progress.begin("opening");
  auto store = store::Store::open({.url = config.db, .opened_at_ms = clock.now_ms()});
  if (!store) return fail(ExitStatus::kInput, store.error());
  if (auto marked = (*store)->interrupt_runs(clock.now_ms()); !marked)
    return fail(ExitStatus::kInput, marked.error());
  const auto events = std::make_shared<http::EventHub>(
      http::EventHub::Options{.epoch = std::to_string(clock.now_ms())});
  std::atomic<service::Service*> running = nullptr;
  progress.begin("loading");
  auto service = service::Service::start(
      **store, clock, *options,
      [&](std::uint64_t done, std::uint64_t total) {
        progress.update("rows", done, total, ProgressUnit::kRows);
      },
      [&](const service::Update& update) {
        if (const service::Service* self = running) api::publish(*self, update, *events);
      });
  progress.end();
  if (!service) return fail(ExitStatus::kInput, service.error());
  running = service->get();

  api::Context context{.service = **service, .events = events};
  http::Metrics metrics;
  http::Router router;
  http::add_ready_routes(router, metrics,
                         [&] { return readiness(**service, (*service)->updater()); });
  api::add_routes(router, context);
  http::LocalUser local_user;
  const http::ServerParts parts{
      .clock = clock, .authenticator = local_user, .metrics = metrics, .log = make_log(config.log)};
  auto server = http::Server::start(server_options(config, *listen), std::move(router), parts);
  if (!server) return fail(ExitStatus::kInput, server.error());
  on_ready(url_of((*server)->endpoints().front()));

  signals.wait();
  (*server)->stop(std::chrono::seconds(config.drain_seconds));
  (*service)->stop();
  return {};
}

}  // namespace pursuit::app
