// oidc/fetch.h: requests to an identity provider: bounded in time and size, over TLS with a checked
// certificate, without redirects. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include "base/error.h"

namespace pursuit::oidc {

/// What a provider was asked, or is.
struct FetchRequest {
  std::string url;
  std::string form;   // application/x-www-form-urlencoded, sent as POST; empty: GET
  std::string basic;  // `user:password` of HTTP basic authentication; empty: none
};

struct FetchAnswer {
  long status = 0;
  std::string body;
};

/// How a provider is reached. Tests have one of their own.
class Fetch {
 public:
  Fetch() = default;
  Fetch(const Fetch&) = delete;
  Fetch& operator=(const Fetch&) = delete;
  virtual ~Fetch() = default;

  /// The answer, whatever its status; a redirect is an answer like others, and not followed. kIo:
  /// nobody answers, in time, or with a certificate that is good. kLimit: the answer is too long.
  /// kUsage: not a URL that may be asked (may_fetch).
  [[nodiscard]] virtual base::Result<FetchAnswer> fetch(const FetchRequest& request) const = 0;
};

struct FetchLimits {
  long connect_ms = 4'000;
  long total_ms = 8'000;
  std::size_t body_bytes = 512u << 10;
};

/// Over the network, by libcurl.
class NetworkFetch final : public Fetch {
 public:
  /// `ca_file` holds certificates to trust, in PEM; empty: those of the system.
  explicit NetworkFetch(std::string ca_file, FetchLimits limits = {});
  [[nodiscard]] base::Result<FetchAnswer> fetch(const FetchRequest& request) const override;

 private:
  const std::string ca_file_;
  const FetchLimits limits_;
};

/// Whether what is asked there stays between the two: `https:`, or `http:` on loopback. No user and
/// no fragment in it.
[[nodiscard]] bool may_fetch(const std::string& url);

/// `host:port` of such a URL, in lower case, the port also where it goes without saying; empty: it
/// may not be asked.
[[nodiscard]] std::string authority_of(const std::string& url);

/// Whether a URL leads to this machine: 127.0.0.0/8, [::1] or localhost.
[[nodiscard]] bool is_on_loopback(const std::string& url);

}  // namespace pursuit::oidc
