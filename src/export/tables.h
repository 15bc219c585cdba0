// export/tables.h: the rows of every result table but leads and visits, cell by cell. Pure
// functions, any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "export/cells.h"
#include "export/columns.h"
#include "export/row_source.h"

namespace pursuit::exporting {

/// A result table: `cells(row, out)` writes the cells of a row, in the order of `columns`.
/// Both functions run on any thread.
struct Table {
  std::string_view name;  // of the file, without extension
  std::span<const Column> columns;
  std::size_t rows = 0;
  std::function<void(std::size_t row, Cells& out)> cells;
  /// Asks for what cells() will touch of a row some way ahead; may be empty.
  std::function<void(std::size_t row)> prefetch;
};

/// thresholds, channels, load, load_daily, funnel, alerts. `source` and `alerts` (source.alerts(),
/// which are made when asked for) must outlive them, unchanged.
[[nodiscard]] std::vector<Table> result_tables(const RowSource& source,
                                               std::span<const engine::AlertRow> alerts);

/// The funnel of some leads: `rows` in place of source.tables().funnel, which must outlive it.
[[nodiscard]] Table funnel_table(const RowSource& source, std::span<const engine::FunnelRow> rows);

}  // namespace pursuit::exporting
