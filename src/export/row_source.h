// export/row_source.h: where the rows of the result files come from: an engine, or figures made by
// hand. Reads from any thread while nobody writes.
#pragma once

#include <vector>

#include "base/ids.h"
#include "engine/daily_loads.h"
#include "model/lead_table.h"
#include "model/policy.h"

namespace pursuit::exporting {

/// The part of engine::Engine that result files are made of; same names, same meaning.
class RowSource {
 public:
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  virtual ~RowSource() = default;

  [[nodiscard]] virtual const model::Policy& policy() const = 0;
  [[nodiscard]] virtual const model::LeadTable& leads() const = 0;
  [[nodiscard]] virtual const engine::Tables& tables() const = 0;
  [[nodiscard]] virtual std::vector<engine::AlertRow> alerts() const = 0;
  [[nodiscard]] virtual engine::LeadFigures figures(base::LeadId lead) const = 0;
  virtual void visits(base::LeadId lead, std::vector<engine::VisitFigures>& out) const = 0;
  virtual void prefetch(base::LeadId lead) const = 0;
  virtual void prefetch_history(base::LeadId lead) const = 0;
};

}  // namespace pursuit::exporting
