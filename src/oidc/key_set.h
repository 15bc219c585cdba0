// oidc/key_set.h: a provider's public keys (RFC 7517) and the signatures made with them (RFC 7515).
// What a signature is checked with is decided by the key's own kind and by a list of algorithms,
// never by the token alone. Immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

struct _cjose_jwk_int;

namespace pursuit::oidc {

/// The header of a token, as far as it is asked.
struct TokenHeader {
  std::string algorithm;  // RS256, ES256 or PS256
  std::string key_id;     // empty: it names none
};

/// What a token says of itself, unchecked. kInvalidInput: no signed token, one over 32 KiB, one
/// with an extension that must be understood (`crit`), or signed in a way that is not taken: `none`
/// and the HS kinds are not.
[[nodiscard]] base::Result<TokenHeader> header_of(std::string_view token);

class KeySet {
 public:
  /// Of a document `{"keys": […]}`. Keys that cannot sign here are left out: of another kind or
  /// curve, for encryption, RSA under 2,048 bits. kInvalidInput: no such document;
  /// kLimit: more than 100 keys.
  static base::Result<KeySet> from_json(std::string_view text);

  /// Whether there is a key that a token with this header can be signed with.
  [[nodiscard]] bool has_key(const TokenHeader& header) const;
  /// What was signed. kInvalidInput: no key of this set made the signature.
  [[nodiscard]] base::Result<std::string> verify(std::string_view token,
                                                 const TokenHeader& header) const;
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

 private:
  struct Key {
    std::string id;         // empty: it has none
    std::string algorithm;  // empty: any of its kind
    bool is_rsa = false;
    std::shared_ptr<const _cjose_jwk_int> key;
  };
  static bool read_key(const nlohmann::json& json, Key& key);
  [[nodiscard]] std::vector<const Key*> keys_for(const TokenHeader& header) const;

  std::vector<Key> keys_;
};

}  // namespace pursuit::oidc
