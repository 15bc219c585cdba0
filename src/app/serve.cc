#include "app/serve.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>
#include <pthread.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "access/audit_writer.h"
#include "access/watcher.h"
#include "api/api.h"
#include "api/gate.h"
#include "api/publisher.h"
#include "api/service_metrics.h"
#include "app/identity_provider.h"
#include "app/people.h"
#include "app/system_random.h"
#include "base/limits.h"
#include "http/metrics.h"
#include "http/ready_routes.h"
#include "http/server.h"
#include "http/site.h"
#include "imports/imports.h"
#include "service/service.h"
#include "store/store.h"

namespace pursuit::app {
namespace {

/// SIGINT, SIGTERM and SIGHUP, held back from every thread that is made while this lives, to be
/// waited for.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  /// Returns at SIGINT or SIGTERM; at every SIGHUP before it calls `hang_up`.
  void wait(const std::function<void()>& hang_up) const {
    for (int signal = 0;;) {
      if (sigwait(&signals_, &signal) != 0) continue;
      if (signal != SIGHUP) return;
      hang_up();
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

/// A connection or a stream is a file descriptor; the usual 1,024 are for programs with select().
void take_all_descriptors() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == files.rlim_max) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
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
  options.tls = {.certificate = config.tls_certificate, .key = config.tls_key};
  options.trusted_proxies = parts_of(config.trusted_proxies);
  options.hosts = parts_of(config.hosts);
  // On loopback a foreign page could point its own name at the server; elsewhere names are the
  // operator's to list.
  if (listen.is_loopback || !options.hosts.empty()) {
    const bool v6 = listen.address.find(':') != std::string::npos;
    for (const std::string& own :
         {std::string("localhost"), std::string("127.0.0.1"), std::string("[::1]"),
          v6 ? "[" + listen.address + "]" : listen.address})
      options.hosts.push_back(own);
  }
  // Requests wait for commits: more of them than there are cores.
  constexpr unsigned kWorkers = 16;
  options.worker_threads = config.workers > 0 ? static_cast<unsigned>(config.workers) : kWorkers;
  options.limits.requests_per_caller = static_cast<std::size_t>(config.caller_requests);
  options.limits.requests_per_second = static_cast<std::size_t>(config.caller_rate);
  options.limits.requests_per_second_of_token = static_cast<std::size_t>(config.token_rate);
  options.limits.requests_per_second_of_address = static_cast<std::size_t>(config.address_rate);
  return options;
}

/// The folder that was named, else the dashboard of an installation or a checkout, as seen from the
/// program. Empty: there is none, which is no error: the API does without.
std::string web_folder(const ServerConfig& config) {
  if (!config.web.empty()) return config.web;
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return {};
  for (const char* const place : {"../share/pursuit/web", "../../../web/dist"}) {
    const auto folder = (program.parent_path() / place).lexically_normal();
    if (std::filesystem::is_regular_file(folder / "index.html", error)) return folder.string();
  }
  return {};
}

base::Result<void> add_site(http::Router& router, const ServerConfig& config) {
  const std::string folder = web_folder(config);
  if (folder.empty()) return {};
  auto site = http::read_site(folder);
  if (!site) return std::unexpected(site.error());
  http::add_site_routes(router, std::move(*site));
  return {};
}

/// A line of the log, as those of requests are: what came from the store, and how fast.
void log_loaded(spdlog::logger& log, base::Millis at_ms, std::uint64_t rows, std::int64_t took_ns) {
  const double seconds = static_cast<double>(took_ns) / 1e9;
  const double millions = static_cast<double>(std::max<std::uint64_t>(rows, 1)) / 1e6;
  log.info(R"({{"at":"{}","level":"info","event":"loaded","rows":{},"seconds":{:.3f},)"
           R"("seconds_per_million":{:.3f}}})",
           base::format_instant(at_ms), rows, seconds, seconds / millions);
}

/// Where files of imports lie and may come from; makes the folder.
base::Result<imports::ImportsOptions> imports_options(const ServerConfig& config) {
  imports::ImportsOptions options;
  options.folder = imports_folder(config.db, config.imports);
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (!error) {
    std::filesystem::permissions(options.folder, std::filesystem::perms::owner_all, error);
  }
  if (error) return base::fail(base::ErrorCode::kIo, error.message(), options.folder);
  std::string_view folders = config.import_from;
  while (!folders.empty()) {
    const std::size_t comma = std::min(folders.find(','), folders.size());
    if (comma > 0) options.allowed.emplace_back(folders.substr(0, comma));
    folders.remove_prefix(std::min(comma + 1, folders.size()));
  }
  options.watched = config.import_watch;
  options.limits.unpacked_bytes = static_cast<std::uint64_t>(config.import_unpacked_mb) << 20;
  options.limits.part_bytes = std::min(options.limits.part_bytes, options.limits.unpacked_bytes);
  return options;
}

std::string url_of(const http::Endpoint& endpoint, bool tls) {
  const bool v6 = endpoint.address.find(':') != std::string::npos;
  return (tls ? "https://" : "http://") + (v6 ? "[" + endpoint.address + "]" : endpoint.address) +
         ":" + std::to_string(endpoint.port);
}

http::Readiness readiness(const service::Service& service, service::Updater& updater) {
  const std::string error = updater.refresh_status().error;
  if (!error.empty()) return {.is_ready = false, .reason = "the last refresh failed"};
  if (service.store().disk_full()) return {.is_ready = false, .reason = "the disk is full"};
  return {};
}

/// What the answering of requests stands on.
struct Loaded {
  const ServerConfig& config;
  const base::Clock& clock;
  store::Store& store;
  service::Service& service;
  std::shared_ptr<http::EventHub> events;
  std::shared_ptr<spdlog::logger> log;
  IdentityProvider* provider;  // nothing: people sign in here alone
};

/// Answers requests until a signal ends it.
Outcome<void> answer(const Loaded& loaded, const ListenAddress& listen,
                     const std::optional<access::Sealer>& sealer, const StopSignals& signals,
                     const OnReady& on_ready) {
  const bool open = loaded.config.access == "open";
  access::AccessOptions access_options;
  access_options.random = system_random();
  access_options.sealer = sealer;
  access::Access access(loaded.store, loaded.clock, std::move(access_options));
  access::AuditWriter audit(access.accounts());
  access::Watcher watcher(access);
  Ready ready;
  if (!open) {
    auto link = access.first_link();
    if (!link) return fail(ExitStatus::kInput, link.error());
    ready.first_link = link->value_or("");
  }
  auto import_options = imports_options(loaded.config);
  if (!import_options) return fail(ExitStatus::kInput, import_options.error());
  imports::Imports imports(
      loaded.service, loaded.store, loaded.clock, std::move(*import_options),
      [&](const imports::ImportView& view) { api::publish(view, *loaded.events); });
  std::string oidc_label = loaded.provider != nullptr ? loaded.provider->label() : std::string();
  api::Context context{.service = loaded.service,
                       .events = loaded.events,
                       .access = access,
                       .watcher = open ? nullptr : &watcher,
                       .open_access = open,
                       .exports = {},
                       .imports = &imports,
                       .oidc = loaded.provider != nullptr ? &loaded.provider->client() : nullptr,
                       .oidc_label = std::move(oidc_label)};
  http::Metrics metrics;
  api::add_service_metrics(metrics, loaded.service, loaded.events);
  http::Router router;
  http::add_ready_routes(router, metrics,
                         [&] { return readiness(loaded.service, loaded.service.updater()); });
  api::add_routes(router, context);
  if (auto added = add_site(router, loaded.config); !added)
    return fail(ExitStatus::kInput, added.error());
  api::add_audit_trail(router, access, audit);
  api::Gate gate(access, open);
  const http::ServerParts parts{
      .clock = loaded.clock, .authenticator = gate, .metrics = metrics, .log = loaded.log};
  auto server =
      http::Server::start(server_options(loaded.config, listen), std::move(router), parts);
  if (!server) return fail(ExitStatus::kInput, server.error());
  ready.url = url_of((*server)->endpoints().front(), !loaded.config.tls_certificate.empty());
  on_ready(ready);

  signals.wait([&] {
    if (const auto done = (*server)->reload_certificate(); !done)
      loaded.log->error(R"({{"what":"certificate not reloaded","why":{}}})",
                        nlohmann::json(done.error().text()).dump());
  });
  (*server)->stop(std::chrono::seconds(loaded.config.drain_seconds));
  imports.stop();
  loaded.service.stop();
  return {};
}

}  // namespace

Outcome<void> serve(const ServerConfig& config, const base::Clock& clock, Progress& progress,
                    const OnReady& on_ready) {
  const StopSignals signals;
  take_all_descriptors();
  const bool open = config.access == "open";
  const auto listen = listen_address(config.listen, open);
  if (!listen) return fail(ExitStatus::kUsage, listen.error());
  const auto options = service_options(config);
  if (!options) return fail(ExitStatus::kInput, options.error());
  auto sealer = read_sealer(config.secret_key, config.secret_key_file);
  if (!sealer) return fail(ExitStatus::kUsage, sealer.error());
  auto provider = IdentityProvider::make(config, clock);
  if (!provider) return fail(ExitStatus::kUsage, provider.error());

  progress.begin("opening");
  auto store = store::Store::open({.url = config.db, .opened_at_ms = clock.now_ms()});
  if (!store) return fail(ExitStatus::kInput, store.error());
  if (auto marked = (*store)->interrupt_runs(clock.now_ms()); !marked)
    return fail(ExitStatus::kInput, marked.error());
  const auto events = std::make_shared<http::EventHub>(
      http::EventHub::Options{.epoch = std::to_string(clock.now_ms())});
  api::Publisher publisher(*events);
  std::atomic<service::Service*> running = nullptr;
  progress.begin("loading");
  const auto log = make_log(config.log);
  const std::int64_t began_ns = clock.monotonic_ns();
  std::uint64_t rows = 0;
  auto service = service::Service::start(
      **store, clock, *options,
      [&](std::uint64_t done, std::uint64_t total) {
        rows = total;
        progress.update("rows", done, total, ProgressUnit::kRows);
      },
      [&](const service::Update& update) {
        if (const service::Service* self = running) publisher.publish(*self, update);
      });
  progress.end();
  if (!service) return fail(ExitStatus::kInput, service.error());
  log_loaded(*log, clock.now_ms(), rows, clock.monotonic_ns() - began_ns);
  publisher.begin(**service);
  running = service->get();

  return answer({.config = config,
                 .clock = clock,
                 .store = **store,
                 .service = **service,
                 .events = events,
                 .log = log,
                 .provider = provider->get()},
                *listen, *sealer, signals, on_ready);
}

}  // namespace pursuit::app
