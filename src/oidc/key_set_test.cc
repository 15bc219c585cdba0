// Signatures: what a provider's keys made, and what forgers try.
#include "oidc/key_set.h"

#include <gtest/gtest.h>

#include "oidc/token_maker.h"

namespace pursuit::oidc {
namespace {

using nlohmann::json;
using test::SigningKey;

const json kClaims = {{"sub", "sara"}, {"admin", false}};

KeySet set_of(std::initializer_list<json> keys) {
  return *KeySet::from_json(json({{"keys", json(keys)}}).dump());
}

base::Result<std::string> check(const KeySet& keys, const std::string& token) {
  const auto header = header_of(token);
  if (!header) return std::unexpected(header.error());
  return keys.verify(token, *header);
}

std::vector<std::string> parts_of(const std::string& token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  return {token.substr(0, first), token.substr(first + 1, second - first - 1),
          token.substr(second + 1)};
}

class Keys : public testing::Test {
 protected:
  // Made once: RSA takes its time.
  static const SigningKey& rsa() {
    static const SigningKey kKey = SigningKey::rsa("rsa-1");
    return kKey;
  }
  const SigningKey ec_ = SigningKey::ec("ec-1");
};

TEST_F(Keys, TakeWhatTheyMade) {
  const KeySet keys = set_of({rsa().jwk(), ec_.jwk()});
  ASSERT_EQ(keys.size(), 2u);
  for (const auto& token :
       {rsa().sign(kClaims, "RS256"), rsa().sign(kClaims, "PS256"), ec_.sign(kClaims, "ES256")}) {
    const auto payload = check(keys, token);
    ASSERT_TRUE(payload) << payload.error().text();
    EXPECT_EQ(json::parse(*payload), kClaims);
  }
}

TEST_F(Keys, RefuseWhatWasAltered) {
  const KeySet keys = set_of({rsa().jwk(), ec_.jwk()});
  const json others = {{"sub", "sara"}, {"admin", true}};
  for (const auto& [token, other] :
       {std::pair{rsa().sign(kClaims, "RS256"), rsa().sign(others, "RS256")},
        std::pair{ec_.sign(kClaims, "ES256"), ec_.sign(others, "ES256")}}) {
    const auto one = parts_of(token);
    const auto two = parts_of(other);
    EXPECT_FALSE(check(keys, one[0] + "." + two[1] + "." + one[2]));
    EXPECT_FALSE(check(keys, one[0] + "." + one[1] + "."));
    EXPECT_FALSE(check(keys, one[0] + "." + one[1] + "." + one[2].substr(0, one[2].size() / 2)));
    EXPECT_FALSE(check(keys, one[0] + "." + one[1] + "." + test::base64url(std::string(64, '\0'))));
    EXPECT_FALSE(check(keys, one[0] + "." + one[1]));
    EXPECT_FALSE(check(keys, token + "." + one[2]));
  }
  EXPECT_FALSE(check(keys, ""));
  EXPECT_FALSE(check(keys, ".."));
  EXPECT_FALSE(check(keys, std::string(40'000, 'a') + ".a.a"));
}

TEST_F(Keys, RefuseTokensOfOtherKeys) {
  const KeySet keys = set_of({rsa().jwk(), ec_.jwk()});
  EXPECT_FALSE(check(keys, SigningKey::rsa("rsa-1").sign(kClaims, "RS256")));
  EXPECT_FALSE(check(keys, SigningKey::ec("ec-1").sign(kClaims, "ES256")));
  EXPECT_FALSE(check(keys, SigningKey::ec("ec-9").sign(kClaims, "ES256")));
}

TEST_F(Keys, RefuseTokensThatNobodySigned) {
  const KeySet keys = set_of({rsa().jwk(), ec_.jwk()});
  const auto signed_part = parts_of(rsa().sign(kClaims, "RS256"));
  for (const char* const name : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string head =
        test::base64url(json({{"alg", name}, {"kid", "rsa-1"}}).dump()) + "." + signed_part[1];
    EXPECT_FALSE(check(keys, head + ".")) << name;
    EXPECT_FALSE(check(keys, head + "." + signed_part[2])) << name;
  }
  const std::string without = test::base64url(R"({"kid":"rsa-1"})");
  EXPECT_FALSE(check(keys, without + "." + signed_part[1] + "." + signed_part[2]));
  const std::string list = test::base64url(R"({"alg":["RS256"],"kid":"rsa-1"})");
  EXPECT_FALSE(check(keys, list + "." + signed_part[1] + "." + signed_part[2]));
}

TEST_F(Keys, RefuseAPublicKeyAsTheSecretOfHmac) {
  const json shared = {{"kty", "oct"}, {"kid", "rsa-1"}, {"k", test::base64url(rsa().pem())}};
  for (const KeySet& keys : {set_of({rsa().jwk()}), set_of({rsa().jwk(), shared})}) {
    EXPECT_EQ(keys.size(), 1u);
    for (const char* const name : {"HS256", "HS384", "HS512", "RS256"}) {
      const json header = {{"alg", name}, {"kid", "rsa-1"}};
      EXPECT_FALSE(check(keys, test::sign_hs256(header, kClaims, rsa().pem()))) << name;
    }
  }
}

TEST_F(Keys, AreUsedForTheirOwnKindAlone) {
  json pinned = rsa().jwk();
  pinned["alg"] = "PS256";
  EXPECT_FALSE(check(set_of({pinned}), rsa().sign(kClaims, "RS256")));
  EXPECT_TRUE(check(set_of({pinned}), rsa().sign(kClaims, "PS256")));
  // A header that names the other key's algorithm for this one.
  const KeySet both = set_of({rsa().jwk(), ec_.jwk()});
  EXPECT_FALSE(check(both, rsa().sign_with({{"alg", "ES256"}, {"kid", "rsa-1"}}, kClaims)));
  EXPECT_FALSE(check(both, ec_.sign_with({{"alg", "RS256"}, {"kid", "ec-1"}}, kClaims)));
  EXPECT_FALSE(check(both, rsa().sign(kClaims, "RS512")));
}

TEST_F(Keys, LeaveOutWhatIsTooWeakOrForSomethingElse) {
  json for_encryption = rsa().jwk();
  for_encryption["use"] = "enc";
  const SigningKey weak = SigningKey::rsa("weak", 1'024);
  const SigningKey other_curve = SigningKey::ec("p384", "P-384");
  const KeySet keys = set_of({for_encryption, weak.jwk(), other_curve.jwk(),
                              json{{"kty", "RSA"}, {"kid", "x"}, {"n", "!"}, {"e", 3}},
                              json{{"kty", "EC"}, {"crv", "P-256"}, {"x", "AA"}, {"y", "AA"}},
                              json(nullptr), json("text")});
  EXPECT_EQ(keys.size(), 0u);
  EXPECT_FALSE(check(keys, weak.sign(kClaims, "RS256")));
  EXPECT_FALSE(check(keys, other_curve.sign(kClaims, "ES256")));
}

TEST_F(Keys, WithoutANameMustBePlain) {
  const SigningKey nameless = SigningKey::ec("");
  const std::string token = nameless.sign(kClaims, "ES256");
  EXPECT_TRUE(check(set_of({nameless.jwk()}), token));
  EXPECT_TRUE(check(set_of({nameless.jwk(), rsa().jwk()}), token));
  EXPECT_FALSE(check(set_of({nameless.jwk(), ec_.jwk()}), token));
}

TEST_F(Keys, RefuseExtensionsThatMustBeUnderstood) {
  const json header = {{"alg", "ES256"}, {"kid", "ec-1"}, {"b64", false}, {"crit", {"b64"}}};
  EXPECT_FALSE(check(set_of({ec_.jwk()}), ec_.sign_with(header, kClaims)));
}

TEST_F(Keys, RefuseTextThatIsNoBase64url) {
  // cjose's decoder ends the process on some of them.
  for (const char* const text : {"e=30", "e30==", "=", "====", "e30=a", "eyJhb", "a", "e+30",
                                 "e/30", "e 30", "e30\n", "\xC3\xA9"}) {
    for (const std::string& token :
         {std::string(text) + ".e30.AAAA", "e30." + std::string(text) + ".AAAA",
          "e30.e30." + std::string(text)})
      EXPECT_FALSE(header_of(token)) << token;
    for (const char* const name : {"n", "e", "x", "y"}) {
      for (json key : {SigningKey::rsa("r").jwk(), SigningKey::ec("e").jwk()}) {
        if (!key.contains(name)) continue;
        key[name] = text;
        const auto set = KeySet::from_json(json({{"keys", {key}}}).dump());
        ASSERT_TRUE(set);
        EXPECT_EQ(set->size(), 0u) << name << " " << text;
      }
    }
  }
}

TEST_F(Keys, AreADocumentOfKeys) {
  for (const char* const text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":1})", "\xff"})
    EXPECT_FALSE(KeySet::from_json(text)) << text;
  json many = json::array();
  for (int i = 0; i < 101; ++i) many.push_back(json::object());
  EXPECT_EQ(KeySet::from_json(json({{"keys", many}}).dump()).error().code, base::ErrorCode::kLimit);
}

}  // namespace
}  // namespace pursuit::oidc
