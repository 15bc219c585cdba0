// export/engine_rows.h: an engine as the source of result files. Reads from any thread while nobody
// writes to the engine.
#pragma once

#include <vector>

#include "engine/engine.h"
#include "export/row_source.h"

namespace pursuit::exporting {

/// The rows of an engine, which must outlive this.
class EngineRows final : public RowSource {
 public:
  explicit EngineRows(const engine::Engine& engine) : engine_(engine) {}

  [[nodiscard]] const model::Policy& policy() const override { return engine_.policy(); }
  [[nodiscard]] const model::LeadTable& leads() const override { return engine_.leads(); }
  [[nodiscard]] const engine::Tables& tables() const override { return engine_.tables(); }
  [[nodiscard]] std::vector<engine::AlertRow> alerts() const override { return engine_.alerts(); }
  [[nodiscard]] engine::LeadFigures figures(base::LeadId lead) const override {
    return engine_.figures(lead);
  }
  void visits(base::LeadId lead, std::vector<engine::VisitFigures>& out) const override {
    engine_.visits(lead, out);
  }
  void prefetch(base::LeadId lead) const override { engine_.prefetch(lead); }
  void prefetch_history(base::LeadId lead) const override { engine_.prefetch_history(lead); }

 private:
  const engine::Engine& engine_;
};

}  // namespace pursuit::exporting
