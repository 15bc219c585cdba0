// access/totp.h: one-time codes by time (RFC 6238: SHA-1, 30 s, 6 digits, as every authenticator
// app has them). Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/secret.h"
#include "base/time.h"

namespace pursuit::access {

/// 160 random bits.
[[nodiscard]] std::string make_totp_key(const Random& random);

/// The six digits of a step (30 s since 1970).
[[nodiscard]] std::string totp_code(std::string_view key, std::int64_t step);

/// The step whose code is `code`: the present one or a neighbour, since clocks differ, but none up
/// to `last_step`, since a code is good once. Nothing: it is none of them.
[[nodiscard]] std::optional<std::int64_t> totp_step(std::string_view key, std::string_view code,
                                                    base::Millis now_ms, std::int64_t last_step);

/// RFC 4648, without padding: how a key is typed.
[[nodiscard]] std::string base32(std::string_view bytes);

/// What a QR code for an app holds. `name` is escaped.
[[nodiscard]] std::string totp_url(std::string_view name, std::string_view key);

}  // namespace pursuit::access
