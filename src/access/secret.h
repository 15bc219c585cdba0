// access/secret.h: secrets that the program makes, and what is kept in their place. Pure functions,
// any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace pursuit::access {

/// Fills with bytes that nobody can foresee. Any thread.
using Random = std::function<void(std::span<unsigned char>)>;

/// 256 random bits as 43 letters, digits, '-' and '_'.
[[nodiscard]] std::string make_secret(const Random& random);

/// What is stored of a secret: its SHA-256, hex. Enough for 256 random bits; not for a password.
[[nodiscard]] std::string digest_of(std::string_view secret);

/// The token that a page sends beside the cookie, made of the cookie's secret: known to who can
/// read the answer of GET /session, and to nobody else.
[[nodiscard]] std::string csrf_of(std::string_view session_secret);

/// Whether two texts are equal, in a time that does not tell where they differ.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);

}  // namespace pursuit::access
