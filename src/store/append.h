// store/append.h: one append, from entries to a committed transaction. The writer's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "model/entry.h"
#include "store/connection.h"
#include "store/import_records.h"
#include "store/records.h"

namespace pursuit::store {

/// Numbers of sources and stages, as far as they have been met. They never change, so a connection
/// that remembers them need not ask.
struct Names {
  std::unordered_map<std::string, std::int64_t> sources;
  std::unordered_map<std::string, std::int64_t> stages;
};

/// What else is to be written with the entries, told what became of them.
using WriteMore = std::function<void(Connection&, const std::vector<AppendResult>&)>;

/// Decides about each entry and writes what is new, and `more`, in one transaction. Throws; then
/// nothing is written.
std::vector<AppendResult> append_entries(Connection& connection, Names& names,
                                         std::span<const model::Entry* const> entries,
                                         base::Millis received_at_ms, const WriteMore& more = {});

/// The row of store_state; the caller holds a transaction.
StoreCounts read_counts(Connection& connection);
void write_counts(Connection& connection, const StoreCounts& counts);

/// Notes which changes an import brought.
void note_range(Connection& connection, std::int64_t import,
                const std::vector<AppendResult>& results);
/// Writes a job over what is kept of it.
void write_job(Connection& connection, const ImportJob& job);

}  // namespace pursuit::store
