// app/identity_provider.h: the identity provider that the settings name, and this server's side of
// it. Made at the start; then its client, any thread.
#pragma once

#include <memory>
#include <string>

#include "app/server_config.h"
#include "base/clock.h"
#include "base/error.h"
#include "oidc/client.h"
#include "oidc/fetch.h"
#include "oidc/provider.h"

namespace pursuit::app {

class IdentityProvider {
 public:
  /// Nothing where `config` names no provider; nobody is asked yet, so that a service starts while
  /// its provider is away. `clock` outlives it. kUsage: a setting that is missing or wrong.
  static base::Result<std::unique_ptr<IdentityProvider>> make(const ServerConfig& config,
                                                              const base::Clock& clock);

  [[nodiscard]] oidc::Client& client() { return *client_; }
  [[nodiscard]] const std::string& label() const { return label_; }

 private:
  IdentityProvider(const ServerConfig& config, const base::Clock& clock);

  oidc::NetworkFetch fetch_;
  oidc::Provider provider_;
  std::unique_ptr<oidc::Client> client_;
  std::string label_;
};

}  // namespace pursuit::app
