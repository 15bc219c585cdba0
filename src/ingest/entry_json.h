// ingest/entry_json.h: changes as they are sent: one JSON object a line, its "type" telling what it
// is. An EntryReader belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "model/entry.h"

namespace pursuit::ingest {

/// Of a source and of a source key.
inline constexpr std::size_t kMaxSourceBytes = 256;

/// What is wrong with a line. `field` is empty where it is the line as a whole.
struct EntryError {
  std::string field;
  std::string reason;
};

class EntryReader {
 public:
  EntryReader();
  ~EntryReader();
  EntryReader(EntryReader&&) noexcept;
  EntryReader& operator=(EntryReader&&) noexcept;

  /// Reads one line:
  ///   {"type": "lead", "lead_id": …, "created_at": …, …}   a member that is not ours is kept as an
  ///                                                        attribute; null empties a field
  ///   {"type": "event", "lead_id": …, "stage": …, "at": …, "actor": …}
  ///   {"type": "outcome", "lead_id": …, "outcome": "won" | "lost", "at": …, "reason": …,
  ///    "revenue": …, "transaction_id": …}
  ///   {"type": "signal", "lead_id": …, "kind": …, "at": …, "value": …, "text": …}
  ///   {"type": "cost", "channel": …, "from": …, "to": …, "amount": …, "campaign": …,
  ///    "currency": …}
  ///   {"type": "note", "lead_id": …, "kind": "note" | "call" | "email" | "visit", "at": …,
  ///    "text": …, "actor": …}
  /// each with "source_key", and "source" unless `default_source` is meant. Names, meanings and
  /// limits are those of files (semantics.md, "Files in"); a member that is not known is an error
  /// but for leads. An instant without a zone is UTC.
  [[nodiscard]] std::expected<model::Entry, EntryError> read(std::string_view line,
                                                             std::string_view default_source);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace pursuit::ingest
