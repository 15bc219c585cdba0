#include "access/secret.h"

#include <array>

#include <openssl/sha.h>
#include <sodium.h>

namespace pursuit::access {

std::string make_secret(const Random& random) {
  std::array<unsigned char, 32> bytes{};
  random(bytes);
  std::array<char, 64> text{};
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text.data();
}

std::string digest_of(std::string_view secret) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), hash.data());
  std::array<char, 2 * SHA256_DIGEST_LENGTH + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  return hex.data();
}

std::string csrf_of(std::string_view session_secret) {
  return digest_of("csrf " + std::string(session_secret));
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace pursuit::access
