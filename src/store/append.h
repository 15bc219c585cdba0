// store/append.h: one append, from entries to a committed transaction. The writer's thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "model/entry.h"
#include "store/connection.h"
#include "store/records.h"

namespace pursuit::store {

/// Numbers of sources and stages, as far as they have been met. They never change, so a connection
/// that remembers them need not ask.
struct Names {
  std::unordered_map<std::string, std::int64_t> sources;
  std::unordered_map<std::string, std::int64_t> stages;
};

/// Decides about each entry and writes what is new in one transaction. Throws; then nothing is
/// written.
std::vector<AppendResult> append_entries(Connection& connection, Names& names,
                                         std::span<const model::Entry* const> entries,
                                         base::Millis received_at_ms);

/// The row of store_state; the caller holds a transaction.
StoreCounts read_counts(Connection& connection);

}  // namespace pursuit::store
