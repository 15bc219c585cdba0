#include "app/system_random.h"

#include <sodium.h>

namespace pursuit::app {

access::Random system_random() {
  return [](std::span<unsigned char> bytes) { randombytes_buf(bytes.data(), bytes.size()); };
}

}  // namespace pursuit::app
