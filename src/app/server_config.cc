#include "app/server_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <toml++/toml.h>

namespace pursuit::app {
namespace {

constexpr std::int64_t kMostMinutes = 7 * 24 * 60;
constexpr std::int64_t kMostThreads = 1'024;

constexpr std::array<Setting, 10> kSettings = {{
    {.name = "db",
     .help = "Where everything is kept: a file (SQLite), or postgresql://…",
     .text = &ServerConfig::db},
    {.name = "listen",
     .help = "Address and port to listen at; loopback only",
     .text = &ServerConfig::listen},
    {.name = "policy",
     .help = "A policy.toml to put in force; without, the one in the store",
     .text = &ServerConfig::policy},
    {.name = "refresh_minutes",
     .help = "Minutes between two refreshes of the baseline",
     .number = &ServerConfig::refresh_minutes,
     .least = 1,
     .most = kMostMinutes},
    {.name = "tick_ms",
     .help = "Milliseconds between two moves of the as-of instant",
     .number = &ServerConfig::tick_ms,
     .least = 10,
     .most = 3'600'000},
    {.name = "threads",
     .help = "Threads of a refresh; 0: all cores",
     .number = &ServerConfig::threads,
     .most = kMostThreads},
    {.name = "workers",
     .help = "Threads that answer requests; 0: sixteen",
     .number = &ServerConfig::workers,
     .most = kMostThreads},
    {.name = "replays",
     .help = "Earlier instants kept in memory for as_of",
     .number = &ServerConfig::replays,
     .least = 1,
     .most = 100},
    {.name = "drain_seconds",
     .help = "How long running requests may take when it is told to stop",
     .number = &ServerConfig::drain_seconds,
     .most = 3'600},
    {.name = "log", .help = "Lines on stderr: off, error or info", .text = &ServerConfig::log},
}};

const Setting* setting_of(std::string_view name) {
  const auto found = std::ranges::find(kSettings, name, &Setting::name);
  return found == kSettings.end() ? nullptr : &*found;
}

base::Result<void> set(ConfigReport& report, const Setting& setting, const std::string& value,
                       const std::string& origin) {
  const std::string where = origin + ": " + std::string(setting.name);
  if (setting.text != nullptr) {
    report.config.*setting.text = value;
  } else {
    std::int64_t number = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc{} || stop != end || number < setting.least || number > setting.most) {
      return base::fail(base::ErrorCode::kUsage,
                        "'" + value + "' is not a whole number from " +
                            std::to_string(setting.least) + " to " + std::to_string(setting.most),
                        where);
    }
    report.config.*setting.number = number;
  }
  report.origins[std::string(setting.name)] = origin;
  return {};
}

base::Result<toml::table> parse_file(const std::string& file) {
  try {
    return toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    return base::fail(line == 0 ? base::ErrorCode::kNotFound : base::ErrorCode::kUsage,
                      std::string(error.description()),
                      line == 0 ? file : file + ":" + std::to_string(line));
  }
}

base::Result<void> read_file(ConfigReport& report, const std::string& file) {
  const auto table = parse_file(file);
  if (!table) return std::unexpected(table.error());
  for (const auto& [key, node] : *table) {
    const std::string where = file + ":" + std::to_string(node.source().begin.line);
    const Setting* setting = setting_of(key.str());
    if (setting == nullptr)
      return base::fail(base::ErrorCode::kUsage, "unknown key '" + std::string(key.str()) + "'",
                        where);
    std::string value;
    if (const auto text = node.value_exact<std::string>(); text && setting->text != nullptr) {
      value = *text;
    } else if (const auto number = node.value_exact<std::int64_t>();
               number && setting->number != nullptr) {
      value = std::to_string(*number);
    } else {
      return base::fail(base::ErrorCode::kUsage,
                        "'" + std::string(key.str()) + "' must be a " +
                            (setting->text != nullptr ? "text" : "whole number"),
                        where);
    }
    if (auto done = set(report, *setting, value, file); !done) return done;
  }
  return {};
}

}  // namespace

std::string Setting::environment_name() const {
  std::string out = "PURSUIT_";
  for (const char c : name) out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

std::string Setting::option_name() const {
  std::string out = "--" + std::string(name);
  std::ranges::replace(out, '_', '-');
  return out;
}

std::span<const Setting> settings() { return kSettings; }

base::Result<ConfigReport> read_config(
    const std::string& file, const Environment& environment,
    const std::map<std::string, std::string, std::less<>>& options) {
  ConfigReport report;
  for (const Setting& setting : kSettings) report.origins[std::string(setting.name)] = "default";
  if (!file.empty()) {
    if (auto read = read_file(report, file); !read) return std::unexpected(read.error());
  }
  for (const Setting& setting : kSettings) {
    if (const auto value = environment(setting.environment_name())) {
      if (auto done = set(report, setting, *value, "environment"); !done)
        return std::unexpected(done.error());
    }
  }
  for (const auto& [name, value] : options) {
    if (auto done = set(report, *setting_of(name), value, "command line"); !done)
      return std::unexpected(done.error());
  }
  if (report.config.log != "off" && report.config.log != "error" && report.config.log != "info") {
    return base::fail(base::ErrorCode::kUsage,
                      "'" + report.config.log + "' is none of off, error, info",
                      report.origins["log"] + ": log");
  }
  return report;
}

std::string shown_value(const ServerConfig& config, const Setting& setting) {
  if (setting.number != nullptr) return std::to_string(config.*setting.number);
  std::string text = config.*setting.text;
  const std::size_t scheme = text.find("://");
  if (scheme == std::string::npos) return text;
  const std::size_t authority = scheme + 3;
  const std::size_t at = text.substr(0, text.find_first_of("/?", authority)).rfind('@');
  const std::size_t colon = text.find(':', authority);
  if (at != std::string::npos && colon < at) text.replace(colon + 1, at - colon - 1, "***");
  const std::size_t password = text.find("password=");
  if (password != std::string::npos) {
    const std::size_t begin = password + std::string_view("password=").size();
    text.replace(begin, text.find('&', begin) - begin, "***");
  }
  return text;
}

base::Result<ListenAddress> listen_address(const std::string& text) {
  const auto refuse = [&](const std::string& why) {
    return base::fail(base::ErrorCode::kUsage, "'" + text + "' " + why, "listen");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return refuse("is not address:port");
  std::string address = text.substr(0, colon);
  if (address.size() >= 2 && address.front() == '[' && address.back() == ']')
    address = address.substr(1, address.size() - 2);
  if (address == "localhost") address = "127.0.0.1";
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc{} || stop != end) return refuse("has no port from 0 to 65535");
  in_addr v4{};
  in6_addr v6{};
  const bool is_v4 = inet_pton(AF_INET, address.c_str(), &v4) == 1;
  const bool is_v6 = !is_v4 && inet_pton(AF_INET6, address.c_str(), &v6) == 1;
  if (!is_v4 && !is_v6) return refuse("does not begin with an address");
  const bool loopback = is_v4 ? (ntohl(v4.s_addr) >> 24) == 127
                              : std::equal(std::begin(v6.s6_addr), std::end(v6.s6_addr),
                                           std::begin(in6addr_loopback.s6_addr));
  if (!loopback) {
    return refuse(
        "is not an address of loopback: without users and roles, nobody else may reach it");
  }
  return ListenAddress{.address = address, .port = port};
}

}  // namespace pursuit::app
