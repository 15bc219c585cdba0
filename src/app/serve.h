// app/serve.h: the running service: store, engine, HTTP and the signals that end it. Called once,
// before any other thread exists.
#pragma once

#include <functional>
#include <string>

#include "app/exit_status.h"
#include "app/progress.h"
#include "app/server_config.h"
#include "base/clock.h"

namespace pursuit::app {

/// How it can be reached once it accepts requests.
struct Ready {
  std::string url;         // without a path
  std::string first_link;  // signs the first admin in, once; empty: somebody has signed in before
};
using OnReady = std::function<void(const Ready& ready)>;

/// Serves until SIGINT or SIGTERM, then lets running requests end and writes what waits. Log lines
/// go to stderr as JSON.
[[nodiscard]] Outcome<void> serve(const ServerConfig& config, const base::Clock& clock,
                                  Progress& progress, const OnReady& on_ready);

}  // namespace pursuit::app
