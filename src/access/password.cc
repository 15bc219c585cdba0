#include "access/password.h"

#include <algorithm>
#include <array>
#include <set>

#include <sodium.h>

#include "access/common_passwords.h"

namespace pursuit::access {
namespace {

constexpr auto kOperations = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr auto kMemory = crypto_pwhash_MEMLIMIT_INTERACTIVE;
constexpr std::size_t kLeastKinds = 5;  // of characters: fewer is one key held down, or a few

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// Code points of UTF-8: a length in bytes would be kinder to some scripts than to others.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

/// A hash of no password, for checks that must take as long as others and come out false.
const std::string& nobodys_hash() {
  static const std::string kHash = [] {
    const auto made = hash_password("a password that nobody has");
    return made ? *made : std::string();
  }();
  return kHash;
}

}  // namespace

std::optional<std::string> why_not(std::string_view password, std::string_view user_name) {
  if (characters(password) < kLeastPasswordCharacters)
    return "shorter than " + std::to_string(kLeastPasswordCharacters) + " characters";
  if (password.size() > kMostPasswordBytes)
    return "longer than " + std::to_string(kMostPasswordBytes) + " bytes";
  if (password.find('\0') != std::string_view::npos) return "has a character that none can type";
  const std::string plain = lower(password);
  if (is_common(plain)) return "one of those that are tried first";
  if (std::set<char>(plain.begin(), plain.end()).size() < kLeastKinds)
    return "too few different characters";
  if (user_name.size() >= 3 && plain.contains(lower(user_name)) &&
      plain.size() < user_name.size() + kLeastPasswordCharacters)
    return "little more than the user's name";
  return std::nullopt;
}

base::Result<std::string> hash_password(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), kOperations, kMemory) != 0)
    return base::fail(base::ErrorCode::kBusy, "no memory to hash a password");
  return std::string(hash.data());
}

bool verify_argon2id(const std::string& hash, std::string_view password) {
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool is_password(const std::string& hash, std::string_view password, const VerifyHash& verify) {
  const std::string& against = hash.empty() ? nobodys_hash() : hash;
  // What nobody can have chosen costs as much as what somebody could have.
  const std::string_view given = password.substr(0, kMostPasswordBytes);
  const bool same = verify(against, given);
  return same && !hash.empty() && given.size() == password.size();
}

}  // namespace pursuit::access
