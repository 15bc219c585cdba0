#include "oidc/provider.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace pursuit::oidc {
namespace {

using nlohmann::json;

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kMetadataGoodNs = 60 * kNsPerSecond;
constexpr std::int64_t kKeysGoodNs = 3'600 * kNsPerSecond;
constexpr std::int64_t kKeysAtMostEveryNs = 60 * kNsPerSecond;
/// So that everybody who signs in does not wait for somebody who is away.
constexpr std::int64_t kAwayNs = 5 * kNsPerSecond;

std::unexpected<base::Error> refuse(std::string why, std::string where) {
  return base::fail(base::ErrorCode::kInvalidInput, std::move(why), std::move(where));
}

std::unexpected<base::Error> away(const base::Error& why) {
  return base::fail(base::ErrorCode::kBusy, why.message, why.where);
}

std::string text_of(const json& document, const char* name) {
  const auto found = document.find(name);
  return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Whether a list of the document has a value; `otherwise` where there is no list.
bool lists(const json& document, const char* name, std::string_view value, bool otherwise) {
  const auto found = document.find(name);
  if (found == document.end() || !found->is_array()) return otherwise;
  return std::ranges::any_of(*found, [&](const json& one) {
    return one.is_string() && one.get_ref<const std::string&>() == value;
  });
}

/// Whether requests may go where `url` leads: to the issuer's own host, or one that was named.
bool is_known(const std::string& url, const std::string& issuer, const Hosts& hosts) {
  const std::string authority = authority_of(url);
  if (authority == authority_of(issuer)) return true;
  return std::ranges::any_of(
      hosts, [&](const std::string& host) { return authority == authority_of("https://" + host); });
}

/// An address of the document. What is on loopback is this machine's: only a provider that is there
/// itself may point to it.
base::Result<std::string> address(const json& document, const char* name, const std::string& issuer,
                                  const Hosts& hosts) {
  std::string url = text_of(document, name);
  if (!may_fetch(url)) return refuse("no https address", name);
  if (is_on_loopback(url) && !is_on_loopback(issuer)) return refuse("points to this machine", name);
  if (!is_known(url, issuer, hosts))
    return refuse("is of a host that neither oidc_issuer nor oidc_hosts names", name);
  return url;
}

}  // namespace

base::Result<Metadata> read_metadata(std::string_view text, const std::string& issuer,
                                     const Hosts& hosts) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return refuse("not a JSON object", issuer);
  if (text_of(document, "issuer") != issuer)
    return refuse("describes another provider than oidc_issuer names", "issuer");
  Metadata metadata;
  struct Field {
    const char* name;
    std::string Metadata::* into;
  };
  for (const Field& field : {Field{"authorization_endpoint", &Metadata::authorization_endpoint},
                             Field{"token_endpoint", &Metadata::token_endpoint},
                             Field{"jwks_uri", &Metadata::jwks_uri}}) {
    auto url = address(document, field.name, issuer, hosts);
    if (!url) return std::unexpected(url.error());
    metadata.*field.into = std::move(*url);
  }
  // Signing out there is an extra: without it people are signed out here.
  if (auto url = address(document, "end_session_endpoint", issuer, hosts))
    metadata.end_session_endpoint = std::move(*url);
  // Some providers take PKCE without saying so; one that says otherwise does not.
  if (!lists(document, "code_challenge_methods_supported", "S256", true))
    return refuse("no PKCE with S256", "code_challenge_methods_supported");
  metadata.takes_basic =
      lists(document, "token_endpoint_auth_methods_supported", "client_secret_basic", true);
  const auto names = document.find("authorization_response_iss_parameter_supported");
  metadata.names_issuer_in_answers =
      names != document.end() && names->is_boolean() && names->get<bool>();
  return metadata;
}

Provider::Provider(std::string issuer, const Fetch& fetch, const base::Clock& clock, Hosts hosts)
    : issuer_(std::move(issuer)), hosts_(std::move(hosts)), fetch_(fetch), clock_(clock) {}

base::Result<std::string> Provider::get(const std::string& url) const {
  auto answer = fetch_.fetch({.url = url, .form = {}, .basic = {}});
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200)
    return refuse("answered with status " + std::to_string(answer->status), url);
  return std::move(answer->body);
}

base::Result<void> Provider::renew_metadata() {
  std::string url = issuer_;
  while (url.ends_with('/')) url.pop_back();
  const auto text = get(url + "/.well-known/openid-configuration");
  if (!text) return std::unexpected(text.error());
  auto read = read_metadata(*text, issuer_, hosts_);
  if (!read) return std::unexpected(read.error());
  // Other keys may lie there.
  if (metadata_ && metadata_->jwks_uri != read->jwks_uri) keys_.reset();
  metadata_ = std::move(*read);
  metadata_at_ns_ = clock_.monotonic_ns();
  return {};
}

base::Result<Metadata> Provider::metadata() {
  const std::lock_guard lock(mutex_);
  const std::int64_t now_ns = clock_.monotonic_ns();
  if (metadata_ && now_ns - metadata_at_ns_ < kMetadataGoodNs) return *metadata_;
  if (away_ && now_ns - away_at_ns_ < kAwayNs) return away(*away_);
  if (const auto renewed = renew_metadata(); !renewed) {
    away_ = renewed.error();
    away_at_ns_ = clock_.monotonic_ns();
    return away(*away_);
  }
  away_.reset();
  return *metadata_;
}

base::Result<void> Provider::renew_keys() {
  const auto text = get(metadata_->jwks_uri);
  if (!text) return std::unexpected(text.error());
  auto read = KeySet::from_json(*text);
  if (!read) return std::unexpected(read.error());
  keys_ = std::move(*read);
  return {};
}

base::Result<std::string> Provider::verify(std::string_view token) {
  const auto header = header_of(token);
  if (!header) return std::unexpected(header.error());
  if (const auto known = metadata(); !known) return std::unexpected(known.error());
  const std::lock_guard lock(mutex_);
  const std::int64_t now_ns = clock_.monotonic_ns();
  const bool is_old = !keys_ || now_ns - keys_at_ns_ >= kKeysGoodNs;
  const bool may_ask = !keys_ || now_ns - keys_at_ns_ >= kKeysAtMostEveryNs;
  if (is_old || (may_ask && !keys_->has_key(*header))) {
    // Without an answer the keys of an hour ago are not good any more: one may have been withdrawn.
    if (is_old) keys_.reset();
    const auto renewed = renew_keys();
    keys_at_ns_ = clock_.monotonic_ns();
    if (!renewed && !keys_) return away(renewed.error());
  }
  return keys_->verify(token, *header);
}

}  // namespace pursuit::oidc
