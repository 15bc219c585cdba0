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
  std::string policy;                  // a file; empty: what the store has
  std::int64_t refresh_minutes = 15;   // between two refreshes of the baseline
  std::int64_t tick_ms = 1'000;        // between two moves of the as-of instant
  std::int64_t threads = 0;            // of a refresh; 0: all cores
  std::int64_t workers = 0;            // of the server; 0: sixteen, since they wait for commits
  std::int64_t caller_requests = 256;  // of one account at once; 0: any number
  std::int64_t caller_rate = 0;        // of one account a second; 0: any number
  std::int64_t token_rate = 0;         // of one token a second; 0: any number
  std::int64_t address_rate = 0;       // of one client address a second; 0: any number
  std::int64_t replays = 3;            // earlier instants kept in memory
  std::int64_t drain_seconds = 10;     // for requests that run when it is told to stop
  std::string log = "info";            // off, error, info
  std::string imports;                 // folder of files that were sent; empty: beside the database
  std::string import_from;             // folders whose files imports may name, between commas
  std::int64_t import_unpacked_mb = 2'048;  // one packed file of an import may unpack to
  std::string import_watch;   // a folder whose files are taken in, each once; empty: none
  std::string web;            // folder of the dashboard; empty: the one that came with the program
  std::string access = "on";  // "open": everybody on this machine is the admin
  std::string hosts;          // names that it is called by, with commas; empty: any
  std::string tls_certificate;  // a file in PEM; empty: plain HTTP
  std::string tls_key;          // likewise
  std::string trusted_proxies;  // addresses and ranges, with commas
  std::string secret_key_file;  // holds secret_key
  std::string secret_key;       // 32 bytes in hex or base64; never shown, never logged
  std::string public_url;       // as people open it: https://host; needed by a provider
  std::string oidc_issuer;      // of an identity provider; empty: people sign in here alone
  std::string oidc_client_id;
  std::string oidc_client_secret_file;  // holds oidc_client_secret
  std::string oidc_client_secret;       // empty: a public client; never shown, never logged
  std::string oidc_roles;               // a file: which group gives which role
  std::string oidc_label;               // what people know the provider as; empty: its host
  std::string oidc_scopes = "openid profile email";
  std::string oidc_name_claim = "preferred_username";
  std::string oidc_hosts;    // of its addresses beside the issuer's, with commas
  std::string oidc_ca_file;  // certificates to trust instead of the system's, in PEM
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

/// The folder of files that are sent to be imported: the one that was named, else one beside the
/// database.
[[nodiscard]] std::string imports_folder(const std::string& db, const std::string& named);

struct ListenAddress {
  std::string address;
  std::uint16_t port;
  bool is_loopback;
};
/// Of `address:port` or `[address]:port`. kUsage: it is neither, or `open` and not on loopback:
/// without users and roles nobody else may reach it.
[[nodiscard]] base::Result<ListenAddress> listen_address(const std::string& text, bool open);

/// The parts of a list with commas; blanks around them and empty ones are left out.
[[nodiscard]] std::vector<std::string> parts_of(std::string_view text);

}  // namespace pursuit::app
