// oidc/id_token.h: what an ID token must say to be believed (OpenID Connect Core 1.0, section
// 3.1.3.7), and a logout token, once its signature is good. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/time.h"

namespace pursuit::oidc {

/// What a token is held against.
struct Expected {
  std::string issuer;
  std::string client_id;
  std::string nonce;  // of the sign-in that it is to end
  base::Millis now_ms = 0;
};

/// How far the clocks of the two may differ.
inline constexpr base::Millis kClockSkewMs = 60'000;
/// A token is asked for and used at once: an older one is of another time.
inline constexpr base::Millis kMostAgeMs = 10 * 60'000;

/// The claims of what was signed. kInvalidInput tells the first thing that is not as it must be:
/// issuer, audience, authorised party, times, nonce, subject.
[[nodiscard]] base::Result<nlohmann::json> check_claims(std::string_view payload,
                                                        const Expected& expected);

/// The claims of a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6):
/// `expected.nonce` is not looked at, since such a token has none. kInvalidInput as above; also
/// what is no logout event, names neither `sub` nor `sid`, or has no `jti` to know a repeat by.
[[nodiscard]] base::Result<nlohmann::json> check_logout_claims(std::string_view payload,
                                                               const Expected& expected);

/// The texts of a claim, which may lie deeper ("realm_access.roles") and be one text or a list;
/// empty: there is none. At most 1,000 of at most 256 bytes; what is over is left out.
[[nodiscard]] std::vector<std::string> texts_of(const nlohmann::json& claims,
                                                std::string_view name);

}  // namespace pursuit::oidc
