// base/bytes.h: hashing and comparing short byte strings fast; most of what is read is shorter than
// a cache line. Pure functions, any thread. Hashes are for tables in memory only: never stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace pursuit::base {

[[nodiscard]] inline std::uint64_t load_8(const char* p) {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}
[[nodiscard]] inline std::uint32_t load_4(const char* p) {
  std::uint32_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}
[[nodiscard]] inline std::uint64_t load_1(const char* p) { return static_cast<unsigned char>(*p); }

/// Up to eight bytes as a word, the first lowest, zero above; reads nothing beyond `text`.
[[nodiscard]] inline std::uint64_t word_of(std::string_view text) {
  const std::size_t n = text.size();
  const char* p = text.data();
  if (n == 8) return load_8(p);
  // The two loads overlap, and agree where they do.
  if (n >= 4) return load_4(p) | (static_cast<std::uint64_t>(load_4(p + n - 4)) << (8 * (n - 4)));
  if (n == 0) return 0;
  return load_1(p) | (load_1(p + n / 2) << (8 * (n / 2))) | (load_1(p + n - 1) << (8 * (n - 1)));
}

/// Folds the 128-bit product: every bit of the result depends on nearly every bit of both.
[[nodiscard]] inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline constexpr std::uint64_t kHashSeed = 0x9E37'79B9'7F4A'7C15;
inline constexpr std::uint64_t kHashStep = 0xD6E8'FEB8'6659'FD93;

[[nodiscard]] inline std::uint64_t hash_word(std::uint64_t word) {
  return mix(word ^ kHashSeed, kHashStep);
}

[[nodiscard]] inline std::uint64_t hash_bytes(std::string_view text) {
  const char* p = text.data();
  std::size_t n = text.size();
  std::uint64_t state = kHashSeed ^ (n * kHashStep);
  if (n <= 8) return mix(word_of(text) ^ state, kHashStep);
  while (n > 16) {
    state = mix(load_8(p) ^ state, load_8(p + 8) ^ kHashStep);
    p += 16;
    n -= 16;
  }
  // 9 … 16 bytes of `text` are left, or fewer after a step: the last 16 bytes hold them either way.
  const char* end = p + n;
  const char* first = n > 8 ? p : end - 8;
  return mix(mix(load_8(first) ^ state, load_8(end - 8) ^ kHashStep), kHashStep);
}

/// Whether `n` bytes are the same.
[[nodiscard]] inline bool same_bytes(const char* a, const char* b, std::size_t n) {
  if (n > 16) return std::memcmp(a, b, n) == 0;
  if (n >= 8) {
    return ((load_8(a) ^ load_8(b)) | (load_8(a + n - 8) ^ load_8(b + n - 8))) == 0;
  }
  if (n >= 4) {
    return ((load_4(a) ^ load_4(b)) | (load_4(a + n - 4) ^ load_4(b + n - 4))) == 0;
  }
  return word_of({a, n}) == word_of({b, n});
}
[[nodiscard]] inline bool same_bytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && same_bytes(a.data(), b.data(), a.size());
}

}  // namespace pursuit::base
