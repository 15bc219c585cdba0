// access/seal.h: secrets that have to be read again are kept encrypted, with a key from outside the
// store: XChaCha20-Poly1305. Any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "access/secret.h"
#include "base/error.h"

namespace pursuit::access {

class Sealer {
 public:
  /// `key` is 32 bytes as 64 hex digits or 43 to 44 characters of base64. kUsage: it is neither.
  static base::Result<Sealer> from_text(std::string_view key);

  /// Text to store. `purpose` says what it is of ("totp 12"); moved elsewhere it does not open.
  [[nodiscard]] std::string seal(std::string_view secret, std::string_view purpose,
                                 const Random& random) const;
  /// Nothing: it was sealed with another key or for another purpose, or altered.
  [[nodiscard]] std::optional<std::string> open(std::string_view sealed,
                                                std::string_view purpose) const;

 private:
  Sealer() = default;
  std::array<unsigned char, 32> key_{};
};

}  // namespace pursuit::access
