#include "store/scan.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/parallel.h"
#include "store/failure.h"
#include "store/shared_snapshot.h"
#include "store/store_impl.h"
#include "store/tables.h"

namespace pursuit::store {

namespace {

/// A sink's error ends the scan from inside the stream.
void or_refuse(const base::Result<void>& result) {
  if (!result) throw Refusal(result.error());
}

/// Streams `sql` and hands blocks of rows, each made by `row_of`, to `take`.
template <class Row, class RowOf, class Take>
void stream_rows(Connection& connection, const std::string& sql, std::span<const Type> types,
                 RowOf row_of, Take take) {
  std::vector<Row> rows;
  rows.reserve(kBlockRows);
  connection.bulk().stream(sql, types, [&](const Cells& cells) {
    rows.clear();
    for (std::size_t i = 0; i < cells.rows(); ++i) rows.push_back(row_of(cells.row(i)));
    or_refuse(take(std::span<const Row>(rows)));
  });
}

using Row = std::span<const Cell>;

/// Of a stage's number, where it shares one with a lead's.
constexpr unsigned kStageBits = 31;

std::uint32_t lead_at(const Cell& cell) { return static_cast<std::uint32_t>(int_of(cell)); }

std::optional<double> real_at(const Cell& cell) {
  const auto* value = std::get_if<double>(&cell);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

ScannedLead lead_row(Row row) {
  ScannedLead lead{.lead = lead_at(row[0]),
                   .created_at_ms = int_of(row[2]),
                   .lead_id = text_of(row[1]),
                   .dimensions = {}};
  for (std::size_t d = 0; d < model::kDimensions; ++d) lead.dimensions[d] = text_of(row[3 + d]);
  return lead;
}

/// Numbers of stages go from 1 without gaps.
std::vector<std::string> stage_names(Connection& connection) {
  std::vector<std::string> names;
  const soci::rowset<std::string> rows = connection.sql().prepare
                                         << "SELECT name FROM stage ORDER BY id";
  for (const std::string& name : rows) names.push_back(name);
  return names;
}

void scan_leads(Connection& connection, const std::string& where, unsigned part, ScanSink& sink) {
  stream_rows<ScannedLead>(
      connection,
      "SELECT id, lead_id, created_at, region, dealer_group, dealer, channel, product, nameplate,"
      " owner FROM lead" +
          where + " ORDER BY id",
      std::span(tables::kRecordTypes).first(10), lead_row,
      [&](std::span<const ScannedLead> rows) { return sink.leads(part, rows); });
}

void scan_events(Connection& connection, const std::string& where, unsigned part, ScanSink& sink) {
  // Lead and stage in one number: a column less is a tenth less to do for PostgreSQL.
  static_assert(kStageBits + 32 < 64);
  stream_rows<ScannedEvent>(
      connection,
      fmt::format("SELECT (lead << {}) | stage, at FROM stage_event{}", kStageBits, where),
      tables::kTwoInts,
      [](Row row) {
        const auto both = static_cast<std::uint64_t>(int_of(row[0]));
        const std::uint64_t stage = both & ((std::uint64_t{1} << kStageBits) - 1);
        return ScannedEvent{.lead = static_cast<std::uint32_t>(both >> kStageBits),
                            .stage = static_cast<std::uint32_t>(stage - 1),
                            .at_ms = int_of(row[1])};
      },
      [&](std::span<const ScannedEvent> rows) { return sink.events(part, rows); });
}

void scan_rest(Connection& connection, ScanSink& sink) {
  constexpr std::array kOutcome = {Type::kInt, Type::kInt, Type::kInt, Type::kReal};
  stream_rows<ScannedOutcome>(
      connection, "SELECT lead, at, won, revenue FROM outcome", kOutcome,
      [](Row row) {
        return ScannedOutcome{.lead = lead_at(row[0]),
                              .won = int_of(row[2]) != 0,
                              .at_ms = int_of(row[1]),
                              .revenue = real_at(row[3])};
      },
      [&](std::span<const ScannedOutcome> rows) { return sink.outcomes(rows); });
  constexpr std::array kSignal = {Type::kInt, Type::kInt, Type::kText, Type::kReal};
  stream_rows<ScannedSignal>(
      connection, "SELECT lead, at, kind, value FROM signal", kSignal,
      [](Row row) {
        return ScannedSignal{.lead = lead_at(row[0]),
                             .at_ms = int_of(row[1]),
                             .kind = text_of(row[2]),
                             .value = real_at(row[3])};
      },
      [&](std::span<const ScannedSignal> rows) { return sink.signals(rows); });
  constexpr std::array kNote = {Type::kInt, Type::kInt, Type::kText};
  stream_rows<ScannedNote>(
      connection, "SELECT lead, at, kind FROM note", kNote,
      [](Row row) {
        return ScannedNote{
            .lead = lead_at(row[0]), .at_ms = int_of(row[1]), .kind = text_of(row[2])};
      },
      [&](std::span<const ScannedNote> rows) { return sink.notes(rows); });
  stream_rows<ScannedSnooze>(
      connection,
      fmt::format("SELECT lead, at, until FROM action WHERE kind = {} AND undone = 0",
                  static_cast<int>(model::ActionKind::kSnooze)),
      tables::kThreeInts,
      [](Row row) {
        return ScannedSnooze{
            .lead = lead_at(row[0]), .at_ms = int_of(row[1]), .until_ms = int_of(row[2])};
      },
      [&](std::span<const ScannedSnooze> rows) { return sink.snoozes(rows); });
}

/// Calls `work(part)` for each part on a thread of its own; throws what the first of them threw.
template <class Work>
void for_each_part(base::ThreadPool& pool, std::size_t parts, Work&& work) {
  std::vector<std::exception_ptr> errors(parts);
  pool.parallel_for(parts, [&](std::size_t part, unsigned) {
    try {
      work(part);
    } catch (...) {
      errors[part] = std::current_exception();
    }
  });
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace

base::Result<StoreCounts> Store::scan(ScanSink& sink) const {
  return impl_->readers.read([&](Connection& connection) {
    const SharedSnapshot snapshot(connection, impl_->place, impl_->options.busy_timeout_ms,
                                  std::max(sink.parts(), 1u));
    const std::vector<std::string> names = stage_names(connection);
    const std::vector<std::string_view> views(names.begin(), names.end());
    or_refuse(sink.begin(snapshot.counts(), views));
    base::ThreadPool pool(static_cast<unsigned>(snapshot.parts()));
    for_each_part(pool, snapshot.parts(), [&](std::size_t part) {
      scan_leads(snapshot.connection(part), snapshot.leads_of(part), static_cast<unsigned>(part),
                 sink);
    });
    for_each_part(pool, snapshot.parts(), [&](std::size_t part) {
      scan_events(snapshot.connection(part), snapshot.events_of(part), static_cast<unsigned>(part),
                  sink);
    });
    scan_rest(connection, sink);
    return snapshot.counts();
  });
}

}  // namespace pursuit::store
