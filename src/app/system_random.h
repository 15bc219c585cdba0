// app/system_random.h: the real source of random bytes. Any thread.
#pragma once

#include "access/secret.h"

namespace pursuit::app {

/// The operating system's, through libsodium.
[[nodiscard]] access::Random system_random();

}  // namespace pursuit::app
