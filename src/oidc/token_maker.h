// oidc/token_maker.h: for tests: keys and tokens as a provider makes them, by OpenSSL alone, so
// that what checks them is another library than what made them. One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <openssl/types.h>

namespace pursuit::oidc::test {

[[nodiscard]] std::string base64url(std::string_view bytes);

class SigningKey {
 public:
  static SigningKey rsa(std::string id, unsigned bits = 2'048);
  static SigningKey ec(std::string id, const char* curve = "P-256");

  /// The public part, as a provider shows it.
  [[nodiscard]] nlohmann::json jwk() const;
  /// The public part in PEM: what a forger would take as the secret of an HS token.
  [[nodiscard]] std::string pem() const;
  /// A token with this `alg` in its header and the signature that it means for this key: PSS for
  /// PS256, PKCS #1 else, and r and s for a key of a curve.
  [[nodiscard]] std::string sign(const nlohmann::json& claims, std::string_view algorithm) const;
  /// The same with any header.
  [[nodiscard]] std::string sign_with(const nlohmann::json& header,
                                      const nlohmann::json& claims) const;

 private:
  SigningKey(std::string id, bool is_rsa, EVP_PKEY* key);
  [[nodiscard]] std::string signature(std::string_view text, bool pss) const;

  std::string id_;
  bool is_rsa_;
  std::shared_ptr<EVP_PKEY> key_;
};

/// A token signed by HMAC with that secret.
[[nodiscard]] std::string sign_hs256(const nlohmann::json& header, const nlohmann::json& claims,
                                     std::string_view secret);

}  // namespace pursuit::oidc::test
