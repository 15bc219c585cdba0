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

/// Told when it accepts requests; `url` without a path.
using OnReady = std::function<void(const std::string& url)>;

/// Serves until SIGINT or SIGTERM, then lets running requests end and writes what waits. Log lines
/// go to stderr as JSON.
[[nodiscard]] Outcome<void> serve(const ServerConfig& config, const base::Clock& clock,
                                  Progress& progress, const OnReady& on_ready);

}  // namespace pursuit::app
