#include "reference/reference_input.h"

#include "golden/csv_table.h"
#include "model/policy_toml.h"

namespace pursuit::reference {
namespace {

using golden::CsvTable;
using golden::GoldenSet;

/// A cell by our name of its column; empty where the source has none.
std::string cell(const GoldenSet& set, const CsvTable& table, const std::vector<std::string>& row,
                 const std::string& ours) {
  if (const auto it = set.constants.find(ours); it != set.constants.end()) return it->second;
  const auto renamed = set.column.find(ours);
  const auto column = table.column(renamed == set.column.end() ? ours : renamed->second);
  return column ? row[*column] : "";
}

base::Result<Millis> instant(const std::string& text) {
  const auto parsed = base::parse_instant(text);
  if (!parsed) return base::fail(base::ErrorCode::kInvalidInput, "no instant: " + text);
  return parsed->at_ms;
}

base::Result<void> add_leads(const GoldenSet& set, const CsvTable& table, Input& input) {
  for (const auto& row : table.rows) {
    const auto created = instant(cell(set, table, row, "created_at"));
    if (!created) return std::unexpected(created.error());
    InputLead lead{cell(set, table, row, "lead_id"), *created, {}};
    for (std::size_t d = 0; d < model::kDimensions; ++d)
      lead.dims[d] = cell(set, table, row, std::string(model::kDimensionNames[d]));
    input.leads.push_back(std::move(lead));
  }
  return {};
}

base::Result<void> add_events(const GoldenSet& set, const CsvTable& table, Input& input) {
  for (const auto& row : table.rows) {
    std::string stage = cell(set, table, row, "stage");
    if (!set.stages.empty()) {
      const auto ours = set.stages.find(stage);
      if (ours == set.stages.end()) continue;
      stage = ours->second;
    }
    const auto code = input.policy.funnel.code_of(stage);
    if (!code) return base::fail(base::ErrorCode::kInvalidInput, "no stage: " + stage);
    const auto at = instant(cell(set, table, row, "at"));
    if (!at) return std::unexpected(at.error());
    input.events.push_back({cell(set, table, row, "lead_id"), *code, *at});
  }
  return {};
}

}  // namespace

base::Result<Input> read_input(const GoldenSet& set) {
  Input input;
  auto policy = model::read_policy_file(set.policy);
  if (!policy) return std::unexpected(policy.error());
  input.policy = *std::move(policy);
  const auto as_of = instant(set.as_of);
  if (!as_of) return std::unexpected(as_of.error());
  input.as_of_ms = *as_of;
  const auto leads = golden::read_csv(set.leads);
  if (!leads) return std::unexpected(leads.error());
  const auto events = golden::read_csv(set.events);
  if (!events) return std::unexpected(events.error());
  if (auto added = add_leads(set, *leads, input); !added) return std::unexpected(added.error());
  if (auto added = add_events(set, *events, input); !added) return std::unexpected(added.error());
  return input;
}

}  // namespace pursuit::reference
