// oidc/provider.h: an identity provider as it describes itself (OpenID Connect Discovery 1.0):
// where it signs people in, where it gives tokens, and the keys that it signs with now. Any thread;
// whoever asks while it is asked waits.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "oidc/fetch.h"
#include "oidc/key_set.h"

namespace pursuit::oidc {

/// What the provider's document says, as far as it is used.
struct Metadata {
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string jwks_uri;
  std::string end_session_endpoint;  // empty: it has none
  bool names_issuer_in_answers = false;
  bool takes_basic = true;  // the secret in a header; else in the form
};

/// Hosts that the document may name beside the issuer's own: `host`, or `host:port`.
using Hosts = std::vector<std::string>;

/// kInvalidInput: not the document of `issuer`, an address that may not be asked (may_fetch; http
/// is for a provider on loopback alone) or of another host than the issuer's and `hosts`, or no
/// PKCE with S256.
[[nodiscard]] base::Result<Metadata> read_metadata(std::string_view text, const std::string& issuer,
                                                   const Hosts& hosts = {});

class Provider {
 public:
  /// `fetch` and `clock` outlive it.
  Provider(std::string issuer, const Fetch& fetch, const base::Clock& clock, Hosts hosts = {});

  /// At most a minute old, so that a provider that is away is known to be. kBusy: it is away, or
  /// what it answers is of no use; `message` says why.
  [[nodiscard]] base::Result<Metadata> metadata();
  /// What was signed, by a key of the provider. A key that is not known makes it ask for the keys,
  /// but once a minute at most. kInvalidInput: not signed by the provider; kBusy: it is away.
  [[nodiscard]] base::Result<std::string> verify(std::string_view token);

  [[nodiscard]] const std::string& issuer() const { return issuer_; }

 private:
  [[nodiscard]] base::Result<std::string> get(const std::string& url) const;
  base::Result<void> renew_metadata();
  base::Result<void> renew_keys();

  const std::string issuer_;
  const Hosts hosts_;
  const Fetch& fetch_;
  const base::Clock& clock_;
  std::mutex mutex_;  // guards everything below
  std::optional<Metadata> metadata_;
  std::int64_t metadata_at_ns_ = 0;
  std::optional<base::Error> away_;  // why the last question had no answer
  std::int64_t away_at_ns_ = 0;
  std::optional<KeySet> keys_;
  std::int64_t keys_at_ns_ = 0;  // when they were asked for last, with or without an answer
};

}  // namespace pursuit::oidc
