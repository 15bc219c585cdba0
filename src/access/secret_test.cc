// Secrets, passwords, codes and what is sealed: pure functions all.

#include "access/secret.h"

#include <gtest/gtest.h>

#include "access/password.h"
#include "access/seal.h"
#include "access/totp.h"

namespace pursuit::access {
namespace {

/// Bytes that differ from call to call, the same in every run.
Random counting() {
  return [n = 0](std::span<unsigned char> bytes) mutable {
    for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(++n);
  };
}

TEST(Secret, IsFortyThreeCharactersThatAUrlTakes) {
  const Random random = counting();
  const std::string first = make_secret(random);
  EXPECT_EQ(first.size(), 43u);
  EXPECT_EQ(first.find_first_of("+/=&?#"), std::string::npos);
  EXPECT_NE(first, make_secret(random));
}

TEST(Secret, DigestIsSha256) {
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_NE(csrf_of("abc"), digest_of("abc"));
}

TEST(Secret, ComparesWhole) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("abc", "ab"));
  EXPECT_FALSE(same_secret("", "a"));
}

TEST(Password, IsTakenByLengthNotByKindsOfCharacters) {
  EXPECT_FALSE(why_not("seven green lanterns", "sara"));
  EXPECT_FALSE(why_not("xkqzvbnwjmpr", "sara"));
  EXPECT_TRUE(why_not("Sh0rt!Pass", "sara"));
  EXPECT_TRUE(why_not(std::string(257, 'x'), "sara"));
  // Eleven characters of Arabic are more than eleven bytes, and still too few; twelve are enough.
  EXPECT_TRUE(why_not("مصباحأخضركب", "sara"));
  EXPECT_FALSE(why_not("مصباحأخضركبير", "sara"));
}

TEST(Password, IsRefusedWhenEverybodyTriesItFirst) {
  for (const char* common : {"password1234", "PASSWORD1234", "qwertyuiop12", "111111111111",
                             "abababababab", "administrator", "sara12345678"})
    EXPECT_TRUE(why_not(common, "sara")) << common;
}

TEST(Password, IsKnownByItsHashAlone) {
  const auto hash = hash_password("seven green lanterns");
  ASSERT_TRUE(hash.has_value());
  EXPECT_TRUE(hash->starts_with("$argon2id$"));
  EXPECT_EQ(hash->find("lanterns"), std::string::npos);
  EXPECT_TRUE(is_password(*hash, "seven green lanterns"));
  EXPECT_FALSE(is_password(*hash, "seven green lantern"));
  EXPECT_FALSE(is_password(*hash, std::string("seven green lanterns") + std::string(300, ' ')));
  EXPECT_NE(*hash, *hash_password("seven green lanterns"));  // a salt of its own
}

TEST(Password, NobodyHasTheEmptyHash) {
  EXPECT_FALSE(is_password({}, ""));
  EXPECT_FALSE(is_password({}, "a password that nobody has"));
}

TEST(Totp, GivesTheCodesOfRfc6238) {
  constexpr std::string_view kKey = "12345678901234567890";
  EXPECT_EQ(totp_code(kKey, 59 / 30), "287082");
  EXPECT_EQ(totp_code(kKey, 1'111'111'109 / 30), "081804");
  EXPECT_EQ(totp_code(kKey, 1'234'567'890 / 30), "005924");
  EXPECT_EQ(totp_code(kKey, 20'000'000'000 / 30), "353130");
}

TEST(Totp, ACodeIsGoodForItsStepAndTheNeighboursAndOnce) {
  constexpr std::string_view kKey = "12345678901234567890";
  constexpr base::Millis kNow = 1'234'567'890'000;
  constexpr std::int64_t kStep = kNow / 30'000;
  for (const std::int64_t step : {kStep - 1, kStep, kStep + 1})
    EXPECT_EQ(totp_step(kKey, totp_code(kKey, step), kNow, 0), step);
  EXPECT_FALSE(totp_step(kKey, totp_code(kKey, kStep + 2), kNow, 0));
  EXPECT_FALSE(totp_step(kKey, totp_code(kKey, kStep), kNow, kStep));
  EXPECT_TRUE(totp_step(kKey, totp_code(kKey, kStep + 1), kNow, kStep));
  EXPECT_FALSE(totp_step(kKey, "", kNow, 0));
}

TEST(Totp, WritesKeysAsRfc4648) {
  EXPECT_EQ(base32("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(base32("f"), "MY");
  EXPECT_EQ(totp_url("sara&x", "foobar"),
            "otpauth://totp/Pursuit:sara%26x?secret=MZXW6YTBOI&issuer=Pursuit");
}

TEST(Sealer, OpensWhatItSealedForThatPurposeAlone) {
  const auto sealer = Sealer::from_text(std::string(64, 'a'));
  ASSERT_TRUE(sealer.has_value());
  const Random random = counting();
  const std::string sealed = sealer->seal("a secret", "totp 1", random);
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_EQ(sealer->open(sealed, "totp 1"), "a secret");
  EXPECT_FALSE(sealer->open(sealed, "totp 2"));
  EXPECT_NE(sealed, sealer->seal("a secret", "totp 1", random));
  const auto other = Sealer::from_text(std::string(64, 'b'));
  EXPECT_FALSE(other->open(sealed, "totp 1"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string altered = sealed;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(sealer->open(altered, "totp 1"), "a secret") << i;
  }
  EXPECT_FALSE(sealer->open("", "totp 1"));
  EXPECT_FALSE(sealer->open("short", "totp 1"));
}

TEST(Sealer, TakesAKeyInHexOrBase64) {
  const auto hex = Sealer::from_text(std::string(64, '0') + "\n");
  const auto base64 = Sealer::from_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
  ASSERT_TRUE(hex && base64);
  EXPECT_EQ(base64->open(hex->seal("x", "p", counting()), "p"), "x");
  for (const char* wrong : {"", "abc", "AAAA"})
    EXPECT_EQ(Sealer::from_text(wrong).error().code, base::ErrorCode::kUsage) << wrong;
}

}  // namespace
}  // namespace pursuit::access
