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

constexpr std::array<Setting, 37> kSettings = {{
    {.name = "db",
     .help = "Where everything is kept: a file (SQLite), or postgresql://…",
     .text = &ServerConfig::db},
    {.name = "listen", .help = "Address and port to listen at", .text = &ServerConfig::listen},
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
    {.name = "caller_requests",
     .help = "Requests of one account that may run at once; 0: any number",
     .number = &ServerConfig::caller_requests,
     .most = 100'000},
    {.name = "caller_rate",
     .help = "Requests a second that one account may send; 0: any number",
     .number = &ServerConfig::caller_rate,
     .most = 1'000'000},
    {.name = "token_rate",
     .help = "Requests a second that one token may send; 0: any number",
     .number = &ServerConfig::token_rate,
     .most = 1'000'000},
    {.name = "address_rate",
     .help = "Requests a second that one client address may send; 0: any number",
     .number = &ServerConfig::address_rate,
     .most = 1'000'000},
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
    {.name = "imports",
     .help = "Folder for files that are sent to be imported; without, one beside the database",
     .text = &ServerConfig::imports},
    {.name = "import_from",
     .help = "Folders of this machine whose files imports may name, between commas",
     .text = &ServerConfig::import_from},
    {.name = "import_unpacked_mb",
     .help = "Megabytes that one packed file of an import may unpack to",
     .number = &ServerConfig::import_unpacked_mb,
     .least = 1,
     .most = 1'048'576},
    {.name = "import_watch",
     .help = "A folder whose files are taken in as they come, each once",
     .text = &ServerConfig::import_watch},
    {.name = "web",
     .help = "Folder of the dashboard; without, the one that came with the program",
     .text = &ServerConfig::web},
    {.name = "access",
     .help = "on: people sign in; open: everybody is the admin (on loopback only)",
     .text = &ServerConfig::access},
    {.name = "hosts",
     .help = "Names it is called by (Host), with commas; others are refused",
     .text = &ServerConfig::hosts},
    {.name = "tls_certificate",
     .help = "File with the certificate and those it rests on, in PEM; SIGHUP reads it anew",
     .text = &ServerConfig::tls_certificate},
    {.name = "tls_key", .help = "File with its key, in PEM", .text = &ServerConfig::tls_key},
    {.name = "trusted_proxies",
     .help = "Addresses and ranges of proxies whose X-Forwarded-For is believed, with commas",
     .text = &ServerConfig::trusted_proxies},
    {.name = "secret_key_file",
     .help = "File with 32 bytes in hex or base64, to encrypt second factors with",
     .text = &ServerConfig::secret_key_file},
    {.name = "secret_key",
     .help = "The same itself; better in the environment than here",
     .text = &ServerConfig::secret_key},
    {.name = "public_url",
     .help = "The address people open it at: https://pursuit.example.com",
     .text = &ServerConfig::public_url},
    {.name = "oidc_issuer",
     .help = "Issuer of an OpenID Connect provider that people sign in at",
     .text = &ServerConfig::oidc_issuer},
    {.name = "oidc_client_id",
     .help = "What this service is called there",
     .text = &ServerConfig::oidc_client_id},
    {.name = "oidc_client_secret_file",
     .help = "File with the client's secret; without one, a public client",
     .text = &ServerConfig::oidc_client_secret_file},
    {.name = "oidc_client_secret",
     .help = "The same itself; better in the environment than here",
     .text = &ServerConfig::oidc_client_secret},
    {.name = "oidc_roles",
     .help = "A TOML file: which group of the provider gives which role and scope",
     .text = &ServerConfig::oidc_roles},
    {.name = "oidc_label",
     .help = "What people know the provider as; without, its host",
     .text = &ServerConfig::oidc_label},
    {.name = "oidc_scopes",
     .help = "What is asked of the provider, with blanks; openid is needed",
     .text = &ServerConfig::oidc_scopes},
    {.name = "oidc_name_claim",
     .help = "The claim that a new user is named by",
     .text = &ServerConfig::oidc_name_claim},
    {.name = "oidc_hosts",
     .help = "Hosts that the provider's addresses may have beside the issuer's, with commas",
     .text = &ServerConfig::oidc_hosts},
    {.name = "oidc_ca_file",
     .help = "Certificates that the provider's may rest on, in PEM; without, the system's",
     .text = &ServerConfig::oidc_ca_file},
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
  if (report.config.access != "on" && report.config.access != "open") {
    return base::fail(base::ErrorCode::kUsage,
                      "'" + report.config.access + "' is neither on nor open",
                      report.origins["access"] + ": access");
  }
  return report;
}

std::string shown_value(const ServerConfig& config, const Setting& setting) {
  if (setting.number != nullptr) return std::to_string(config.*setting.number);
  std::string text = config.*setting.text;
  if (setting.name == "secret_key" || setting.name == "oidc_client_secret")
    return text.empty() ? "" : "***";
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

std::string imports_folder(const std::string& db, const std::string& named) {
  if (!named.empty()) return named;
  if (db.find("://") != std::string::npos) return "pursuit-imports";
  constexpr std::string_view kScheme = "sqlite:";
  return (db.starts_with(kScheme) ? db.substr(kScheme.size()) : db) + "-imports";
}

base::Result<ListenAddress> listen_address(const std::string& text, bool open) {
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
  if (open && !loopback) {
    return refuse(
        "is not an address of loopback: with open access, nobody else may reach the server");
  }
  return ListenAddress{.address = address, .port = port, .is_loopback = loopback};
}

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(',');
    std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

}  // namespace pursuit::app
