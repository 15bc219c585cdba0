// oidc/client_fixture.h: for tests: a provider that is made here, with real keys and tokens, and a
// client of it by a clock that is set. One thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include "oidc/client.h"
#include "oidc/token_maker.h"

namespace pursuit::oidc::test {

using nlohmann::json;

inline const std::string kIssuer = "https://id.example.com/realms/net";
inline constexpr std::string_view kRules =
    "[[rule]]\ngroup = \"boss\"\nrole = \"admin\"\neverything = true\n";

class SetClock final : public base::Clock {
 public:
  [[nodiscard]] base::Millis now_ms() const override { return at_ms; }
  [[nodiscard]] std::int64_t monotonic_ns() const override { return at_ms * 1'000'000; }
  base::Millis at_ms = 1'780'000'000'000;
};

inline std::map<std::string, std::string> form_of(const std::string& text) {
  std::map<std::string, std::string> form;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('&', at), text.size());
    const std::size_t equals = text.find('=', at);
    form[text.substr(at, equals - at)] = text.substr(equals + 1, end - equals - 1);
    at = end + 1;
  }
  return form;
}

/// A provider of one user, who is always let in.
class MadeProvider final : public Fetch {
 public:
  explicit MadeProvider(const SetClock& clock) : clock_(clock) {}

  [[nodiscard]] base::Result<FetchAnswer> fetch(const FetchRequest& request) const override {
    ++asked[request.url];
    if (is_away) return base::fail(base::ErrorCode::kIo, "nobody answers", request.url);
    if (request.url == kIssuer + "/.well-known/openid-configuration")
      return FetchAnswer{.status = 200, .body = metadata.dump()};
    if (request.url == kIssuer + "/keys") {
      json keys = json::array();
      for (const SigningKey& key : shown) keys.push_back(key.jwk());
      return FetchAnswer{.status = keys_status, .body = json({{"keys", keys}}).dump()};
    }
    if (request.url != kIssuer + "/token") return FetchAnswer{.status = 404, .body = ""};
    last = request;
    return token(form_of(request.form));
  }

  [[nodiscard]] FetchAnswer token(const std::map<std::string, std::string>& form) const {
    if (answers_instead) return *answers_instead;
    if (form.at("code") != "c0de" || challenge_of(form.at("code_verifier")) != challenge)
      return {.status = 400, .body = R"({"error":"invalid_grant"})"};
    json claims = {{"iss", kIssuer},
                   {"aud", "pursuit"},
                   {"sub", "8f-21"},
                   {"nonce", nonce},
                   {"iat", clock_.at_ms / 1'000},
                   {"exp", clock_.at_ms / 1'000 + 60},
                   {"preferred_username", "Sara Ali"},
                   {"name", "Sara Ali"},
                   {"locale", "ar-AE"},
                   {"groups", {"boss"}}};
    claims.update(more);
    return {
        .status = 200,
        .body =
            json({{"id_token", signs->sign(claims, algorithm)}, {"token_type", "Bearer"}}).dump()};
  }
  static std::string challenge_of(const std::string& verifier) {
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                       reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size());
    return base64url(hash);
  }

  json metadata = {{"issuer", kIssuer},
                   {"authorization_endpoint", kIssuer + "/auth"},
                   {"token_endpoint", kIssuer + "/token"},
                   {"jwks_uri", kIssuer + "/keys"},
                   {"end_session_endpoint", kIssuer + "/logout"},
                   {"code_challenge_methods_supported", {"plain", "S256"}}};
  std::vector<SigningKey> shown = {SigningKey::ec("k1")};
  const SigningKey* signs = shown.data();
  std::string algorithm = "ES256";
  std::string nonce, challenge;  // of the sign-in that is let in
  json more = json::object();
  std::optional<FetchAnswer> answers_instead;
  bool is_away = false;
  long keys_status = 200;
  mutable FetchRequest last;
  mutable std::map<std::string, int> asked;

 private:
  const SetClock& clock_;
};

class SignInAtAProvider : public testing::Test {
 protected:
  SignInAtAProvider() { client_ = make({}); }

  std::unique_ptr<Client> make(const std::string& secret) {
    ClientOptions options;
    options.client_id = "pursuit";
    options.client_secret = secret;
    options.redirect_uri = "https://pursuit.example.com/api/v1/session/oidc/callback";
    options.home_uri = "https://pursuit.example.com/";
    options.random = [this](std::span<unsigned char> bytes) {
      for (unsigned char& byte : bytes)
        byte = static_cast<unsigned char>((random_ = random_ * 1'664'525u + 1'013'904'223u) >> 24);
    };
    return std::make_unique<Client>(provider_, made_, clock_, *Roles::from_toml(kRules, "roles"),
                                    *access::Sealer::from_text(std::string(64, '7')), options);
  }
  /// Begins, and signs in at the provider.
  Returned begin(const std::string& place = "/today") {
    const auto started = client_->start(place, "old secret");
    EXPECT_TRUE(started) << started.error().detail;
    const auto query = form_of(started->url.substr(started->url.find('?') + 1));
    made_.nonce = query.at("nonce");
    made_.challenge = query.at("code_challenge");
    return {.cookie = started->cookie,
            .code = "c0de",
            .state = query.at("state"),
            .issuer = {},
            .error = {}};
  }
  /// Why a sign-in fails; nothing: it does not.
  std::optional<Trouble::Why> fails() { return fails(begin()); }
  std::optional<Trouble::Why> fails(const Returned& returned) {
    const auto person = client_->finish(returned);
    if (person) return std::nullopt;
    detail_ = person.error().detail;
    return person.error().why;
  }
  int asked(const std::string& path) { return made_.asked[kIssuer + path]; }

  SetClock clock_;
  unsigned random_ = 1;
  MadeProvider made_{clock_};
  Provider provider_{kIssuer, made_, clock_};
  std::unique_ptr<Client> client_;
  std::string detail_;
};

}  // namespace pursuit::oidc::test
