#include "property/compare_tables.h"

#include <algorithm>
#include <cmath>

#include "golden/golden_compare.h"
#include "reference/reference_csv.h"

namespace pursuit::property {
namespace {

using golden::CsvTable;

CsvTable without(CsvTable table, const std::string& name) {
  const auto column = table.column(name);
  if (!column) return table;
  const auto at = static_cast<std::ptrdiff_t>(*column);
  table.columns.erase(table.columns.begin() + at);
  for (auto& row : table.rows) row.erase(row.begin() + at);
  return table;
}

/// The key cells of every row, in the order of rows.
std::vector<std::vector<std::string>> keys(const CsvTable& table,
                                           const std::vector<std::string>& key) {
  std::vector<std::vector<std::string>> out;
  for (const auto& row : table.rows) {
    out.emplace_back();
    for (const std::string& name : key) out.back().push_back(row[table.column(name).value()]);
  }
  return out;
}

std::vector<golden::TableKey> tables_and_keys() {
  std::vector<golden::TableKey> tables = golden::golden_tables();
  tables.push_back({"alerts.csv", {"rule", "subject"}});
  return tables;
}

std::string as_line(const std::vector<std::string>& row) {
  std::string line;
  for (const std::string& cell : row) line += (line.empty() ? "" : ",") + cell;
  return line;
}

}  // namespace

std::string differences_from_reference(const Tables& actual, const reference::Output& expected) {
  constexpr golden::Tolerance kTolerance{.relative = 1e-12, .absolute = 1e-11};
  const Tables reference = reference::to_tables(expected, reference::Contributions::kAll);
  std::string text;
  for (const auto& [file, key] : tables_and_keys()) {
    const auto it = actual.find(file);
    if (it == actual.end()) continue;
    const CsvTable want = without(reference.at(file), "rank");
    const std::string found = golden::differences(it->second, want, key, kTolerance);
    if (!found.empty())
      text += file + ":\n" + found;
    else if (keys(it->second, key) != keys(want, key))
      text += file + ": rows in another order\n";
  }
  return text;
}

std::string differences_in_bits(const Tables& actual, const Tables& expected) {
  std::string text;
  for (const auto& [file, want] : expected) {
    const CsvTable& have = actual.at(file);
    if (have.rows.size() != want.rows.size())
      text += file + ": " + std::to_string(have.rows.size()) + " rows, not " +
              std::to_string(want.rows.size()) + "\n";
    for (std::size_t i = 0; i < std::min(have.rows.size(), want.rows.size()); ++i)
      if (have.rows[i] != want.rows[i])
        text +=
            file + ":\n  " + as_line(have.rows[i]) + "\n  not\n  " + as_line(want.rows[i]) + "\n";
  }
  return text;
}

bool hangs_on_rounding(const reference::Output& out, const model::Policy& policy) {
  std::vector<double> cutoffs = {policy.tier.hot, policy.tier.warm};
  for (const model::Override& o : policy.overrides)
    if (o.tier) cutoffs.insert(cutoffs.end(), {o.tier->hot, o.tier->warm});
  return std::any_of(out.leads.begin(), out.leads.end(), [&](const auto& lead) {
    return lead.second.score && std::any_of(cutoffs.begin(), cutoffs.end(), [&](double c) {
             return std::abs(*lead.second.score - c) < 1e-9;
           });
  });
}

}  // namespace pursuit::property
