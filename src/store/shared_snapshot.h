// store/shared_snapshot.h: several connections that see the same as one another, each of which
// reads a part of all leads and events. Made by one thread; each connection is for one thread;
// throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "store/connection.h"
#include "store/records.h"

namespace pursuit::store {

/// PostgreSQL hands the snapshot of one transaction to others. SQLite does not: there connections
/// begin until all find the same last change, and one does the work alone where others write each
/// time between two beginnings.
class SharedSnapshot {
 public:
  /// `first` has begun to read, and must outlive this; up to `parts` connections in all.
  SharedSnapshot(Connection& first, const Place& place, base::Millis busy_timeout_ms,
                 std::size_t parts);

  [[nodiscard]] std::size_t parts() const { return connections_.size(); }
  [[nodiscard]] Connection& connection(std::size_t part) const { return *connections_[part]; }
  [[nodiscard]] const StoreCounts& counts() const { return counts_; }
  /// ` WHERE …` for the leads of a part: neighbours by number, in the order of the parts. Nothing
  /// where there is one part.
  [[nodiscard]] std::string leads_of(std::size_t part) const;
  /// Of a part's events, whatever leads they are of: as they are quickest to read.
  [[nodiscard]] std::string events_of(std::size_t part) const;

 private:
  void share_postgres(const Place& place, base::Millis busy_timeout_ms, std::size_t parts);
  bool share_sqlite(const Place& place, base::Millis busy_timeout_ms, std::size_t parts);
  Connection& open(const Place& place, base::Millis busy_timeout_ms);

  std::vector<std::unique_ptr<Connection>> own_;
  std::vector<Connection*> connections_;
  StoreCounts counts_;
  std::int64_t event_pages_ = 0;  // of PostgreSQL's table of events
};

}  // namespace pursuit::store
