// A mapping is any text at all: it never crashes the reader, an error says where, and what is
// accepted is the same again when its text is read.
#include "ingest/mapping.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pursuit;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const model::FunnelPolicy funnel;
  const auto mapping = ingest::parse_mapping(text, "fuzz", funnel);
  if (!mapping) {
    PURSUIT_ASSERT(!mapping.error().message.empty());
    PURSUIT_ASSERT(mapping.error().where.starts_with("fuzz"));
    return 0;
  }
  const auto again = ingest::parse_mapping(ingest::mapping_toml(*mapping, funnel), "again", funnel);
  PURSUIT_ASSERT(again.has_value());
  PURSUIT_ASSERT(*again == *mapping);
  return 0;
}
