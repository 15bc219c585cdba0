#include "store/scan.h"

#include <string>
#include <vector>

#include "store/failure.h"
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

std::uint32_t lead_at(const Cell& cell) { return static_cast<std::uint32_t>(int_of(cell)); }

std::optional<double> real_at(const Cell& cell) {
  const auto* value = std::get_if<double>(&cell);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

ScannedLead lead_row(Row row) {
  ScannedLead lead{.lead = lead_at(row[0]),
                   .created_at_ms = int_of(row[2]),
                   .lead_id = text_of(row[1]),
                   .dimensions = {},
                   .campaign = text_of(row[10]),
                   .value = real_at(row[11])};
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

void scan_leads(Connection& connection, ScanSink& sink) {
  stream_rows<ScannedLead>(
      connection,
      "SELECT id, lead_id, created_at, region, dealer_group, dealer, channel, product, nameplate,"
      " owner, campaign, value FROM lead ORDER BY id",
      std::span(tables::kRecordTypes).first(12), lead_row,
      [&](std::span<const ScannedLead> rows) { return sink.leads(rows); });
}

void scan_events(Connection& connection, ScanSink& sink) {
  stream_rows<ScannedEvent>(
      connection, "SELECT lead, at, stage FROM stage_event", tables::kThreeInts,
      [](Row row) {
        return ScannedEvent{.lead = lead_at(row[0]),
                            .stage = static_cast<std::uint32_t>(int_of(row[2]) - 1),
                            .at_ms = int_of(row[1])};
      },
      [&](std::span<const ScannedEvent> rows) { return sink.events(rows); });
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
}

}  // namespace

base::Result<StoreCounts> Store::scan(ScanSink& sink) const {
  return impl_->readers.read([&](Connection& connection) {
    const StoreCounts counts = read_counts(connection);
    const std::vector<std::string> names = stage_names(connection);
    const std::vector<std::string_view> views(names.begin(), names.end());
    or_refuse(sink.begin(counts, views));
    scan_leads(connection, sink);
    scan_events(connection, sink);
    scan_rest(connection, sink);
    return counts;
  });
}

}  // namespace pursuit::store
