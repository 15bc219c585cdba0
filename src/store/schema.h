// store/schema.h: the tables, as steps that are only ever added to. Constants.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pursuit::store {

/// One step of the schema. A text that was released never changes: stores remember its checksum.
/// $KEY, $TEXT and $CLUSTERED stand for what the two databases write differently.
struct Migration {
  std::int64_t version;
  std::string_view sql;
};

/// In order of version: 1, 2, …
[[nodiscard]] std::span<const Migration> migrations();

/// A migration's text as SQLite or PostgreSQL takes it.
[[nodiscard]] std::string in_dialect(std::string_view sql, bool postgres);

}  // namespace pursuit::store
