// A policy is any text at all: it never crashes the reader, an error says where, and what is
// accepted is the same again when its resolved text is read.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "model/policy_toml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pursuit;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = model::parse_policy(text, "fuzz");
  if (!policy) {
    PURSUIT_ASSERT(!policy.error().message.empty());
    PURSUIT_ASSERT(policy.error().where.starts_with("fuzz"));
    return 0;
  }
  const std::string resolved = model::resolved_toml(*policy);
  const auto again = model::parse_policy(resolved, "resolved");
  PURSUIT_ASSERT(again.has_value());
  PURSUIT_ASSERT(*again == *policy);
  PURSUIT_ASSERT(model::resolved_toml(*again) == resolved);
  return 0;
}
