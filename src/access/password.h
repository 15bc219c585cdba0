// access/password.h: passwords: which are taken, how they are kept (Argon2id), how one is checked.
// Any thread; a check takes a core and 64 MiB for about a tenth of a second.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pursuit::access {

inline constexpr std::size_t kLeastPasswordCharacters = 12;
inline constexpr std::size_t kMostPasswordBytes = 256;

/// Why a password is not taken, in words for the one who chose it; nothing: it is. By length and
/// by lists of what everybody tries first, not by kinds of characters (NIST SP 800-63B, 5.1.1.2).
[[nodiscard]] std::optional<std::string> why_not(std::string_view password,
                                                 std::string_view user_name);

/// What is kept: algorithm, cost, salt and hash. kBusy: no memory for it now.
[[nodiscard]] base::Result<std::string> hash_password(std::string_view password);

/// Whether a password is that of a hash: the work itself, Argon2id.
using VerifyHash = std::function<bool(const std::string& hash, std::string_view password)>;
[[nodiscard]] bool verify_argon2id(const std::string& hash, std::string_view password);

/// Whether `password` is the one of `hash`. With an empty hash: no, after as much work: `verify` is
/// called once, whatever is given.
[[nodiscard]] bool is_password(const std::string& hash, std::string_view password,
                               const VerifyHash& verify = verify_argon2id);

}  // namespace pursuit::access
