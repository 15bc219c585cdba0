// app/server_config.h: how `pursuit serve` is configured: defaults, then a file, then the
// environment, then the command line, each over the one before. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pursuit::app {

struct ServerConfig {
  std::string db = "pursuit.db";  // may hold a password: never shown whole, never logged
  std::string listen = "127.0.0.1:8080";
  std::string policy;                 // a file; empty: what the store has
  std::int64_t refresh_minutes = 15;  // between two refreshes of the baseline
  std::int64_t tick_ms = 1'000;       // between two moves of the as-of instant
  std::int64_t threads = 0;           // of a refresh; 0: all cores
  std::int64_t workers = 0;           // of the server; 0: sixteen, since they wait for commits
  std::int64_t replays = 3;           // earlier instants kept in memory
  std::int64_t drain_seconds = 10;    // for requests that run when it is told to stop
  std::string log = "info";           // off, error, info
};

/// One setting: its name in the file and, as PURSUIT_NAME, in the environment.
struct Setting {
  std::string_view name;
  std::string_view help;
  std::string ServerConfig::* text = nullptr;  // one of the two
  std::int64_t ServerConfig::* number = nullptr;
  std::int64_t least = 0;
  std::int64_t most = 0;

  [[nodiscard]] std::string environment_name() const;
  /// The option of the command line: `--refresh-minutes`.
  [[nodiscard]] std::string option_name() const;
};

[[nodiscard]] std::span<const Setting> settings();

/// A configuration, and where each setting came from ("default", the file's name, "environment",
/// "command line"), by Setting::name.
struct ConfigReport {
  ServerConfig config;
  std::map<std::string, std::string, std::less<>> origins;
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Joins the layers. `file` may be empty; `options` are settings of the command line, by name.
/// kUsage names the setting and where it came from; kNotFound: there is no such file.
[[nodiscard]] base::Result<ConfigReport> read_config(
    const std::string& file, const Environment& environment,
    const std::map<std::string, std::string, std::less<>>& options);

/// The value as it may be shown: the password of a database URL as `***`.
[[nodiscard]] std::string shown_value(const ServerConfig& config, const Setting& setting);

/// `address:port` or `[address]:port`. kUsage unless the address is one of loopback: until users
/// and roles guard what is served, nobody else may reach it.
struct ListenAddress {
  std::string address;
  std::uint16_t port;
};
[[nodiscard]] base::Result<ListenAddress> listen_address(const std::string& text);

}  // namespace pursuit::app
