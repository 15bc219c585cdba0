#include "golden/golden_compare.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

namespace pursuit::golden {
namespace {

std::optional<double> number(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return {};
  return value;
}

bool same(const std::string& actual, const std::string& expected, Tolerance tolerance) {
  if (actual == expected) return true;
  const auto a = number(actual);
  const auto e = number(expected);
  if (!a || !e) return false;
  const double scale = std::max(std::abs(*a), std::abs(*e));
  return std::abs(*a - *e) <= std::max(tolerance.absolute, tolerance.relative * scale);
}

/// Collects differences, spells out the first ones and counts the rest.
class Differences {
 public:
  explicit Differences(std::size_t limit) : limit_(limit) {}
  void add(const std::string& line) {
    if (++count_ <= limit_) text_ += line + "\n";
  }
  [[nodiscard]] std::string text() const {
    if (count_ <= limit_) return text_;
    return text_ + "… " + std::to_string(count_) + " differences in all\n";
  }

 private:
  std::size_t limit_;
  std::size_t count_ = 0;
  std::string text_;
};

using RowsByKey = std::map<std::string, const std::vector<std::string>*>;

RowsByKey index_rows(const CsvTable& table, const std::vector<std::string>& key, const char* side,
                     Differences& out) {
  RowsByKey rows;
  for (const auto& row : table.rows) {
    std::string text;
    for (const std::string& name : key) {
      const auto column = table.column(name);
      text += (text.empty() ? "" : " | ") + name + "=" + (column ? row[*column] : "?");
    }
    if (!rows.emplace(text, &row).second) out.add(std::string(side) + " row repeated: " + text);
  }
  return rows;
}

}  // namespace

const std::vector<TableKey>& golden_tables() {
  static const std::vector<TableKey> kTables = {
      {"leads.csv", {"lead_id"}},
      {"visits.csv", {"lead_id", "visit"}},
      {"thresholds.csv", {"stage", "rung", "region", "nameplate", "channel"}},
      {"channels.csv", {"channel"}},
      {"load.csv", {"dealer", "nameplate"}},
      {"load_daily.csv", {"dealer", "nameplate", "day"}},
      {"funnel.csv", {"stage"}},
  };
  return kTables;
}

std::string differences(const CsvTable& actual, const CsvTable& expected,
                        const std::vector<std::string>& key, Tolerance tolerance,
                        std::size_t limit) {
  Differences out(limit);
  std::vector<std::optional<std::size_t>> column;
  for (const std::string& name : expected.columns) {
    column.push_back(actual.column(name));
    if (!column.back()) out.add("column missing: " + name);
  }
  const RowsByKey have = index_rows(actual, key, "actual", out);
  const RowsByKey want = index_rows(expected, key, "expected", out);
  for (const auto& [text, row] : have)
    if (!want.contains(text)) out.add("row not expected: " + text);
  for (const auto& [text, row] : want) {
    const auto it = have.find(text);
    if (it == have.end()) {
      out.add("row missing: " + text);
      continue;
    }
    for (std::size_t c = 0; c < column.size(); ++c) {
      if (!column[c]) continue;
      const std::string& actual_cell = (*it->second)[*column[c]];
      const std::string& expected_cell = (*row)[c];
      if (!same(actual_cell, expected_cell, tolerance))
        out.add(text + ": " + expected.columns[c] + " is '" + actual_cell + "', expected '" +
                expected_cell + "'");
    }
  }
  return out.text();
}

}  // namespace pursuit::golden
