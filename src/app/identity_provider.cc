#include "app/identity_provider.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "app/system_random.h"
#include "base/limits.h"

namespace pursuit::app {
namespace {

constexpr std::string_view kCallback = "/api/v1/session/oidc/callback";

std::unexpected<base::Error> refuse(std::string why, std::string setting) {
  return base::fail(base::ErrorCode::kUsage, std::move(why), std::move(setting));
}

base::Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::fail(base::ErrorCode::kNotFound, "cannot be read", path);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (text.size() > base::kMaxConfigBytes)
    return base::fail(base::ErrorCode::kLimit, "too large", path);
  return text;
}

base::Result<std::string> client_secret(const ServerConfig& config) {
  if (!config.oidc_client_secret.empty() || config.oidc_client_secret_file.empty())
    return config.oidc_client_secret;
  auto text = read_text(config.oidc_client_secret_file);
  if (!text) return text;
  while (text->ends_with('\n') || text->ends_with('\r') || text->ends_with(' ')) text->pop_back();
  if (text->empty()) return refuse("is empty", config.oidc_client_secret_file);
  return text;
}

/// `https://host`, without a path: the page and the cookies are of a whole host.
base::Result<std::string> home_of(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  const std::size_t scheme = url.find("://");
  if (!oidc::may_fetch(url) || url.find_first_of("/?", scheme + 3) != std::string::npos)
    return refuse("must be https://host, which people open it at, to come back to", "public_url");
  return url;
}

base::Result<void> check(const ServerConfig& config) {
  if (!oidc::may_fetch(config.oidc_issuer) || config.oidc_issuer.contains('?'))
    return refuse("must be an https address", "oidc_issuer");
  if (config.access == "open") return refuse("is of no use with open access", "oidc_issuer");
  if (config.oidc_client_id.empty()) return refuse("is missing", "oidc_client_id");
  if (config.oidc_roles.empty())
    return refuse("is missing: without it nobody would have a role", "oidc_roles");
  if (!(" " + config.oidc_scopes + " ").contains(" openid "))
    return refuse("must have openid among them", "oidc_scopes");
  for (const std::string& host : parts_of(config.oidc_hosts)) {
    if (oidc::authority_of("https://" + host).empty() || host.find_first_of("/?") != host.npos)
      return refuse("are hosts alone, as host or host:port", "oidc_hosts");
  }
  return {};
}

/// The settings' key where there is one: a sign-in then outlives a restart, and another server of
/// the same settings can end it. Else one of this run.
base::Result<access::Sealer> sealer_of(const ServerConfig& config, const access::Random& random) {
  std::string key = access::make_secret(random);
  if (!config.secret_key.empty()) {
    key = config.secret_key;
  } else if (!config.secret_key_file.empty()) {
    auto text = read_text(config.secret_key_file);
    if (!text) return std::unexpected(text.error());
    key = std::move(*text);
  }
  return access::Sealer::from_text(access::digest_of("oidc sign-in " + key));
}

std::string host_of(const std::string& url) {
  const std::size_t begin = url.find("://") + 3;
  return url.substr(begin, url.find('/', begin) - begin);
}

}  // namespace

IdentityProvider::IdentityProvider(const ServerConfig& config, const base::Clock& clock)
    : fetch_(config.oidc_ca_file),
      provider_(config.oidc_issuer, fetch_, clock, parts_of(config.oidc_hosts)),
      label_(config.oidc_label.empty() ? host_of(config.oidc_issuer) : config.oidc_label) {}

base::Result<std::unique_ptr<IdentityProvider>> IdentityProvider::make(const ServerConfig& config,
                                                                       const base::Clock& clock) {
  if (config.oidc_issuer.empty()) return nullptr;
  if (auto ok = check(config); !ok) return std::unexpected(ok.error());
  auto home = home_of(config.public_url);
  if (!home) return std::unexpected(home.error());
  auto secret = client_secret(config);
  if (!secret) return std::unexpected(secret.error());
  const auto text = read_text(config.oidc_roles);
  if (!text) return std::unexpected(text.error());
  auto roles = oidc::Roles::from_toml(*text, config.oidc_roles);
  if (!roles) return std::unexpected(roles.error());
  const access::Random random = system_random();
  auto sealer = sealer_of(config, random);
  if (!sealer) return std::unexpected(sealer.error());
  std::unique_ptr<IdentityProvider> made(new IdentityProvider(config, clock));
  oidc::ClientOptions options;
  options.client_id = config.oidc_client_id;
  options.client_secret = std::move(*secret);
  options.redirect_uri = *home + std::string(kCallback);
  options.home_uri = *home + "/";
  options.scopes = config.oidc_scopes;
  options.name_claim = config.oidc_name_claim;
  options.random = random;
  made->client_ = std::make_unique<oidc::Client>(made->provider_, made->fetch_, clock,
                                                 std::move(*roles), *sealer, std::move(options));
  return made;
}

}  // namespace pursuit::app
