#include "oidc/token_maker.h"

#include <array>
#include <utility>
#include <vector>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include "base/assert.h"

namespace pursuit::oidc::test {
namespace {

using nlohmann::json;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string text_of(const BIGNUM* number, int size) {
  std::string out(static_cast<std::size_t>(size), '\0');
  PURSUIT_ASSERT(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), size) == size);
  return out;
}

std::string number_of(EVP_PKEY* key, const char* name, int size) {
  BIGNUM* number = nullptr;
  PURSUIT_ASSERT(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  const std::string out = text_of(number, size > 0 ? size : BN_num_bytes(number));
  BN_free(number);
  return base64url(out);
}

std::string two_parts(const json& header, const json& claims) {
  return base64url(header.dump()) + "." + base64url(claims.dump());
}

/// r and s side by side, of the DER that OpenSSL writes.
std::string raw_ec(const std::string& der, int half) {
  const unsigned char* at = bytes(der);
  ECDSA_SIG* const signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  PURSUIT_ASSERT(signature != nullptr);
  const std::string out =
      text_of(ECDSA_SIG_get0_r(signature), half) + text_of(ECDSA_SIG_get0_s(signature), half);
  ECDSA_SIG_free(signature);
  return out;
}

}  // namespace

std::string base64url(std::string_view from) {
  std::string out(sodium_base64_encoded_len(from.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                  '\0');
  sodium_bin2base64(out.data(), out.size(), bytes(from), from.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  out.pop_back();
  return out;
}

SigningKey::SigningKey(std::string id, bool is_rsa, EVP_PKEY* key)
    : id_(std::move(id)), is_rsa_(is_rsa), key_(key, &EVP_PKEY_free) {
  PURSUIT_ASSERT(key != nullptr);
}

SigningKey SigningKey::rsa(std::string id, unsigned bits) {
  return {std::move(id), true, EVP_RSA_gen(bits)};
}

SigningKey SigningKey::ec(std::string id, const char* curve) {
  return {std::move(id), false, EVP_EC_gen(curve)};
}

json SigningKey::jwk() const {
  json key = {{"use", "sig"}};
  if (!id_.empty()) key["kid"] = id_;
  if (is_rsa_) {
    key["kty"] = "RSA";
    key["n"] = number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0);
    key["e"] = number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0);
    return key;
  }
  const int half = (EVP_PKEY_get_bits(key_.get()) + 7) / 8;
  key["kty"] = "EC";
  key["crv"] = half == 32 ? "P-256" : "P-384";
  key["x"] = number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, half);
  key["y"] = number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, half);
  return key;
}

std::string SigningKey::pem() const {
  BIO* const out = BIO_new(BIO_s_mem());
  PURSUIT_ASSERT(PEM_write_bio_PUBKEY(out, key_.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(out);
  return text;
}

std::string SigningKey::signature(std::string_view text, bool pss) const {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* options = nullptr;
  PURSUIT_ASSERT(EVP_DigestSignInit(context, &options, EVP_sha256(), nullptr, key_.get()) == 1);
  if (pss) {
    PURSUIT_ASSERT(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1);
    PURSUIT_ASSERT(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1);
  }
  std::size_t size = 0;
  PURSUIT_ASSERT(EVP_DigestSign(context, nullptr, &size, bytes(text), text.size()) == 1);
  std::string out(size, '\0');
  PURSUIT_ASSERT(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                                bytes(text), text.size()) == 1);
  out.resize(size);
  EVP_MD_CTX_free(context);
  return is_rsa_ ? out : raw_ec(out, (EVP_PKEY_get_bits(key_.get()) + 7) / 8);
}

std::string SigningKey::sign_with(const json& header, const json& claims) const {
  const std::string text = two_parts(header, claims);
  return text + "." + base64url(signature(text, header.value("alg", "") == "PS256"));
}

std::string SigningKey::sign(const json& claims, std::string_view algorithm) const {
  json header = {{"alg", algorithm}, {"typ", "JWT"}};
  if (!id_.empty()) header["kid"] = id_;
  return sign_with(header, claims);
}

std::string sign_hs256(const json& header, const json& claims, std::string_view secret) {
  const std::string text = two_parts(header, claims);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes(text), text.size(),
       mac.data(), &size);
  return text + "." + base64url({reinterpret_cast<const char*>(mac.data()), size});
}

}  // namespace pursuit::oidc::test
