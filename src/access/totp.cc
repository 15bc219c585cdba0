#include "access/totp.h"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace pursuit::access {
namespace {

constexpr std::int64_t kStepMs = 30'000;
constexpr std::size_t kKeyBytes = 20;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace

std::string make_totp_key(const Random& random) {
  std::array<unsigned char, kKeyBytes> bytes{};
  random(bytes);
  return {bytes.begin(), bytes.end()};
}

std::string totp_code(std::string_view key, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), counter.data(), counter.size(),
       mac.data(), &size);
  // RFC 4226, section 5.3: the last four bits say which four bytes.
  const std::size_t at = mac[size - 1] & 0x0Fu;
  const std::uint32_t number = (static_cast<std::uint32_t>(mac[at] & 0x7Fu) << 24) |
                               (static_cast<std::uint32_t>(mac[at + 1]) << 16) |
                               (static_cast<std::uint32_t>(mac[at + 2]) << 8) | mac[at + 3];
  return fmt::format("{:06}", number % 1'000'000);
}

std::optional<std::int64_t> totp_step(std::string_view key, std::string_view code,
                                      base::Millis now_ms, std::int64_t last_step) {
  const std::int64_t now = now_ms / kStepMs;
  std::optional<std::int64_t> found;
  for (const std::int64_t step : {now - 1, now, now + 1}) {
    if (same_secret(totp_code(key, step), code) && step > last_step && !found) found = step;
  }
  return found;
}

std::string base32(std::string_view bytes) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : bytes) {
    pending = (pending << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) out += kLetters[(pending >> (bits - 5)) & 31u];
  }
  if (bits > 0) out += kLetters[(pending << (5 - bits)) & 31u];
  return out;
}

std::string totp_url(std::string_view name, std::string_view key) {
  return fmt::format("otpauth://totp/Pursuit:{}?secret={}&issuer=Pursuit", escaped(name),
                     base32(key));
}

}  // namespace pursuit::access
