#include "export/engine_rows.h"
#include "export/export.h"

namespace pursuit::exporting {

base::Result<ExportReport> write_results(const engine::Engine& engine,
                                         const ExportOptions& options) {
  return write_results(EngineRows(engine), options);
}

}  // namespace pursuit::exporting
