// What an ID token must say, claim by claim.
#include "oidc/id_token.h"

#include <gtest/gtest.h>

namespace pursuit::oidc {
namespace {

using nlohmann::json;

constexpr std::int64_t kNow = 1'780'000'000;
const Expected kExpected = {.issuer = "https://id.example.com",
                            .client_id = "pursuit",
                            .nonce = "n0nce",
                            .now_ms = kNow * 1'000};

json good() {
  return {{"iss", "https://id.example.com"},
          {"aud", "pursuit"},
          {"sub", "8f-21"},
          {"nonce", "n0nce"},
          {"iat", kNow - 2},
          {"exp", kNow + 300}};
}

json with(const char* claim, const json& value) {
  json claims = good();
  claims[claim] = value;
  return claims;
}

/// The claim that is complained of; empty: none.
std::string wrong_in(const json& claims) {
  const auto checked = check_claims(claims.dump(), kExpected);
  return checked ? "" : checked.error().where;
}

TEST(IdToken, IsTakenWhenEverythingIsAsItMustBe) {
  EXPECT_EQ(wrong_in(good()), "");
  EXPECT_EQ(wrong_in(with("aud", {"pursuit"})), "");
  EXPECT_EQ(wrong_in(with("azp", "pursuit")), "");
  json shared = with("aud", {"other", "pursuit"});
  shared["azp"] = "pursuit";
  EXPECT_EQ(wrong_in(shared), "");
  EXPECT_EQ(wrong_in(with("exp", kNow - 59)), "") << "clocks differ by less than a minute";
  EXPECT_EQ(wrong_in(with("iat", kNow + 59)), "");
  EXPECT_EQ(wrong_in(with("iat", static_cast<double>(kNow) - 0.5)), "");
  EXPECT_EQ(wrong_in(with("nbf", kNow)), "");
}

TEST(IdToken, IsRefusedByTheClaimThatIsWrong) {
  const std::vector<std::pair<std::string, json>> wrong = {
      {"iss", "https://id.example.com/"},
      {"iss", "https://evil.example.com"},
      {"iss", nullptr},
      {"aud", "other"},
      {"aud", json::array()},
      {"aud", {"other", "third"}},
      {"aud", 7},
      {"azp", "other"},
      {"azp", nullptr},
      {"exp", kNow - 60},
      {"exp", "later"},
      {"exp", nullptr},
      {"exp", -1},
      {"exp", 1e300},
      {"iat", kNow + 61},
      {"iat", kNow - 700},
      {"iat", nullptr},
      {"nbf", kNow + 61},
      {"nbf", "now"},
      {"nonce", "another"},
      {"nonce", ""},
      {"nonce", nullptr},
      {"sub", ""},
      {"sub", "with blank"},
      {"sub", "line\nbreak"},
      {"sub", std::string(256, 's')},
      {"sub", 12},
  };
  for (const auto& [claim, value] : wrong)
    EXPECT_EQ(wrong_in(with(claim.c_str(), value)), claim) << value;
  for (const char* const claim : {"iss", "aud", "exp", "iat", "nonce", "sub"}) {
    json claims = good();
    claims.erase(claim);
    EXPECT_EQ(wrong_in(claims), claim);
  }
  EXPECT_EQ(wrong_in(with("aud", {"pursuit", "other"})), "azp") << "others, and no azp";
}

TEST(IdToken, OfNoNonceIsNeverTaken) {
  Expected nothing = kExpected;
  nothing.nonce.clear();
  EXPECT_FALSE(check_claims(with("nonce", "").dump(), nothing));
  json without = good();
  without.erase("nonce");
  EXPECT_FALSE(check_claims(without.dump(), nothing));
}

json good_logout() {
  return {{"iss", kExpected.issuer},
          {"aud", "pursuit"},
          {"sub", "8f-21"},
          {"sid", "5e55"},
          {"jti", "1d"},
          {"iat", kNow - 2},
          {"exp", kNow + 100},
          {"events", {{"http://schemas.openid.net/event/backchannel-logout", json::object()}}}};
}

/// The claim of a logout token that is complained of; empty: none.
std::string wrong_in_logout(const json& claims) {
  const auto checked = check_logout_claims(claims.dump(), kExpected);
  return checked ? "" : checked.error().where;
}

TEST(LogoutToken, NamesAPersonOrASession) {
  EXPECT_EQ(wrong_in_logout(good_logout()), "");
  for (const char* const name : {"sub", "sid"}) {
    json claims = good_logout();
    claims.erase(name);
    EXPECT_EQ(wrong_in_logout(claims), "") << name;
  }
  json claims = good_logout();
  claims.erase("sub");
  claims.erase("sid");
  EXPECT_EQ(wrong_in_logout(claims), "sub");
}

TEST(LogoutToken, IsRefusedByTheClaimThatIsWrong) {
  const std::vector<std::pair<std::string, json>> wrong = {
      {"iss", "https://evil.example.com"},
      {"aud", "other"},
      {"iat", kNow - 700},
      {"exp", kNow - 61},
      {"nonce", "n0nce"},  // of an ID token
      {"events", json::object()},
      {"events", {{"http://schemas.openid.net/event/backchannel-logout", 1}}},
      {"events", "http://schemas.openid.net/event/backchannel-logout"},
      {"sub", "a b"},
      {"sub", 7},
      {"sid", ""},
      {"sid", std::string(256, 'x')},
      {"jti", ""},
      {"jti", nullptr}};
  for (const auto& [name, value] : wrong) {
    json claims = good_logout();
    claims[name] = value;
    EXPECT_EQ(wrong_in_logout(claims), name) << value;
  }
  for (const char* const name : {"iss", "aud", "iat", "exp", "events", "jti"}) {
    json claims = good_logout();
    claims.erase(name);
    EXPECT_EQ(wrong_in_logout(claims), name);
  }
  // Neither kind is taken for the other.
  EXPECT_EQ(wrong_in_logout(good()), "nonce");
  EXPECT_EQ(wrong_in(good_logout()), "nonce");
}

TEST(IdToken, IsAJsonObject) {
  for (const char* const text : {"", "[]", "null", "\"text\"", "{\"iss\":", "\xff\xfe"})
    EXPECT_FALSE(check_claims(text, kExpected)) << text;
}

TEST(IdToken, HasTextsAtAnyDepth) {
  using Texts = std::vector<std::string>;
  const json claims = {{"groups", {"a", 1, "b", "", std::string(300, 'x')}},
                       {"one", "text"},
                       {"realm_access", {{"roles", {"r"}}}},
                       {"with.dot", "whole"}};
  EXPECT_EQ(texts_of(claims, "groups"), (Texts{"a", "b"}));
  EXPECT_EQ(texts_of(claims, "one"), (Texts{"text"}));
  EXPECT_EQ(texts_of(claims, "realm_access.roles"), (Texts{"r"}));
  EXPECT_EQ(texts_of(claims, "with.dot"), (Texts{"whole"}));
  for (const char* const name : {"none", "realm_access", "realm_access.none", "one.deeper", "."})
    EXPECT_EQ(texts_of(claims, name), Texts{}) << name;
}

}  // namespace
}  // namespace pursuit::oidc
