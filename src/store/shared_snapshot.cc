#include "store/shared_snapshot.h"

#include <fmt/format.h>

#include "store/append.h"

namespace pursuit::store {

namespace {

/// Somebody would have to write each time between two beginnings; then one connection must do.
constexpr int kAttempts = 16;

/// What part `part` of so many ends at, of `all`.
std::int64_t end_of(std::int64_t all, std::size_t part, std::size_t parts) {
  return all * static_cast<std::int64_t>(part + 1) / static_cast<std::int64_t>(parts);
}

std::int64_t begin_of(std::int64_t all, std::size_t part, std::size_t parts) {
  return part == 0 ? 0 : end_of(all, part - 1, parts);
}

/// Rows stay where they are until the transaction ends: nobody rewrites the table meanwhile.
void hold_events(Connection& connection) {
  connection.script("LOCK TABLE stage_event IN ACCESS SHARE MODE");
}

}  // namespace

SharedSnapshot::SharedSnapshot(Connection& first, const Place& place, base::Millis busy_timeout_ms,
                               std::size_t parts)
    : connections_{&first}, counts_(read_counts(first)) {
  if (place.postgres) {
    share_postgres(place, busy_timeout_ms, parts);
    return;
  }
  for (int attempt = 0; attempt < kAttempts && !share_sqlite(place, busy_timeout_ms, parts);
       ++attempt) {
    own_.clear();
    connections_.resize(1);
    first.script("COMMIT");
    begin_transaction(first, Use::kRead);
    counts_ = read_counts(first);
  }
}

Connection& SharedSnapshot::open(const Place& place, base::Millis busy_timeout_ms) {
  own_.push_back(std::make_unique<Connection>(place, Use::kRead, busy_timeout_ms));
  begin_transaction(*own_.back(), Use::kRead);
  return *own_.back();
}

void SharedSnapshot::share_postgres(const Place& place, base::Millis busy_timeout_ms,
                                    std::size_t parts) {
  Connection& first = *connections_.front();
  hold_events(first);
  std::string snapshot;
  first.sql() << "SELECT pg_export_snapshot(), pg_relation_size('stage_event') / "
                 "current_setting('block_size')::bigint",
      soci::into(snapshot), soci::into(event_pages_);
  while (connections_.size() < parts) {
    Connection& next = open(place, busy_timeout_ms);
    next.script(fmt::format("SET TRANSACTION SNAPSHOT '{}'", snapshot));
    hold_events(next);
    connections_.push_back(&next);
  }
}

bool SharedSnapshot::share_sqlite(const Place& place, base::Millis busy_timeout_ms,
                                  std::size_t parts) {
  while (connections_.size() < parts) {
    Connection& next = open(place, busy_timeout_ms);
    // Every change has a number: with the same last one, both see the same.
    if (read_counts(next) != counts_) return false;
    connections_.push_back(&next);
  }
  return true;
}

std::string SharedSnapshot::leads_of(std::size_t part) const {
  if (parts() == 1) return {};
  return fmt::format(" WHERE id BETWEEN {} AND {}", begin_of(counts_.leads, part, parts()) + 1,
                     end_of(counts_.leads, part, parts()));
}

std::string SharedSnapshot::events_of(std::size_t part) const {
  if (parts() == 1) return {};
  if (!connections_.front()->postgres()) {
    return fmt::format(" WHERE lead BETWEEN {} AND {}", begin_of(counts_.leads, part, parts()) + 1,
                       end_of(counts_.leads, part, parts()));
  }
  // By where rows lie: a table that events came to in order of time is read once, not per part.
  std::string where =
      fmt::format(" WHERE ctid >= '({},0)'::tid", begin_of(event_pages_, part, parts()));
  if (part + 1 < parts()) {
    where += fmt::format(" AND ctid < '({},0)'::tid", end_of(event_pages_, part, parts()));
  }
  return where;
}

}  // namespace pursuit::store
