#include "access/seal.h"

#include <vector>

#include <sodium.h>

namespace pursuit::access {
namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string to_text(const std::vector<unsigned char>& from) {
  std::string text(sodium_base64_encoded_len(from.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), from.data(), from.size(), kVariant);
  text.pop_back();  // its own NUL
  return text;
}

std::optional<std::vector<unsigned char>> of_text(std::string_view text, int variant) {
  std::vector<unsigned char> out(text.size());
  if (text.empty()) return out;  // libsodium takes no null, not even of length 0
  std::size_t size = 0;
  if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        variant) != 0)
    return std::nullopt;
  out.resize(size);
  return out;
}

}  // namespace

base::Result<Sealer> Sealer::from_text(std::string_view key) {
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r' || key.back() == ' '))
    key.remove_suffix(1);
  Sealer sealer;
  std::size_t size = 0;
  if (key.size() == 64 &&
      sodium_hex2bin(sealer.key_.data(), sealer.key_.size(), key.data(), key.size(), nullptr, &size,
                     nullptr) == 0 &&
      size == sealer.key_.size())
    return sealer;
  for (const int variant : {sodium_base64_VARIANT_ORIGINAL, kVariant}) {
    const auto read = of_text(key, variant);
    if (!read || read->size() != sealer.key_.size()) continue;
    std::copy(read->begin(), read->end(), sealer.key_.begin());
    return sealer;
  }
  return base::fail(base::ErrorCode::kUsage, "not 32 bytes in hex or base64", "secret_key");
}

std::string Sealer::seal(std::string_view secret, std::string_view purpose,
                         const Random& random) const {
  std::vector<unsigned char> out(kNonce + secret.size() + kTag);
  random(std::span(out).first(kNonce));
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + kNonce, &size, bytes(secret),
                                             secret.size(), bytes(purpose), purpose.size(), nullptr,
                                             out.data(), key_.data());
  return to_text(out);
}

std::optional<std::string> Sealer::open(std::string_view sealed, std::string_view purpose) const {
  const auto in = of_text(sealed, kVariant);
  if (!in || in->size() < kNonce + kTag) return std::nullopt;
  std::string secret(in->size() - kNonce - kTag, '\0');
  unsigned long long size = 0;
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(secret.data()), &size, nullptr, in->data() + kNonce,
      in->size() - kNonce, bytes(purpose), purpose.size(), in->data(), key_.data());
  if (failed != 0) return std::nullopt;
  return secret;
}

}  // namespace pursuit::access
