// api/export_rows.h: what a request exports, as rows of a table. The rows may be made on any
// thread, one at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/view.h"
#include "export/row_stream.h"

namespace pursuit::api {

/// A table that can be exported.
struct ExportTable {
  std::string_view name;
  bool is_of_network;                   // for callers who may see everything
  std::vector<std::string> parameters;  // of the query, beside those of every export

  /// Its rows as the request narrows them; texts of the rows are the engine's, which they keep.
  using Rows =
      base::Result<exporting::RowStream> (*)(const Context& context, const http::Request& request,
                                             const std::shared_ptr<const engine::Engine>& engine);
  Rows rows;
};

[[nodiscard]] std::vector<ExportTable> export_tables();

}  // namespace pursuit::api
