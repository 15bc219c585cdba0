// http/server.h: the HTTP/1.1 server, start here: a Router says what is served, Server::start
// serves it. It has threads of its own; start, stop and endpoints belong to the thread that made
// it.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include <spdlog/fwd.h>

#include "base/clock.h"
#include "base/error.h"
#include "http/caller.h"
#include "http/options.h"
#include "http/router.h"

namespace pursuit::http {

class Metrics;

/// What the server is handed. All of it outlives the server.
struct ServerParts {
  const base::Clock& clock;
  Authenticator& authenticator;
  Metrics& metrics;
  /// One JSON line per request (request_log.h); null: none. Its pattern should be "%v".
  std::shared_ptr<spdlog::logger> log;
};

class Server {
 public:
  /// Listens and serves. kUsage: an address or certificate that is none; kIo: one that cannot be
  /// listened at.
  [[nodiscard]] static base::Result<std::unique_ptr<Server>> start(ServerOptions options,
                                                                   Router router,
                                                                   const ServerParts& parts);
  /// stop() without patience.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Where it listens, in the order of the options, with the ports it got.
  [[nodiscard]] const std::vector<Endpoint>& endpoints() const;

  /// Reads certificate and key anew, for connections from now on. An error leaves those there are.
  base::Result<void> reload_certificate();

  /// Accepts no more, closes idle connections, lets running requests end and gives every stream a
  /// last event (`end`). After `patience` it closes what is left and requests Request::stop; then
  /// it waits for handlers that still run. A second call does nothing.
  void stop(std::chrono::milliseconds patience);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pursuit::http
