#include "ingest/csv_header.h"

#include <algorithm>
#include <array>

#include <simdjson.h>

#include "base/limits.h"
#include "ingest/csv_record.h"

namespace pursuit::ingest {
namespace {

using base::ErrorCode;
using namespace std::string_view_literals;

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::array kDelimiters = {',', ';', '\t', '|'};
constexpr std::size_t kNamesShown = 50;

// The encoding that the first bytes announce, where it is not UTF-8.
std::string_view foreign_encoding(std::string_view text) {
  if (text.starts_with("\xFF\xFE\0\0"sv)) return "UTF-32 (little endian)";
  if (text.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32 (big endian)";
  if (text.starts_with("\xFF\xFE")) return "UTF-16 (little endian)";
  if (text.starts_with("\xFE\xFF")) return "UTF-16 (big endian)";
  return {};
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string undoubled(const CsvField& field) {
  std::string out;
  for (std::size_t i = 0; i < field.text.size(); ++i) {
    out += field.text[i];
    if (field.doubled && field.text[i] == '"') ++i;
  }
  return out;
}

bool mapping_knows(const FileMapping& mapping, std::string_view column) {
  return !column.empty() && std::ranges::any_of(mapping.sources, [&](const FieldSource& source) {
    return source.column == column;
  });
}

// Skips blank lines before the header; the text's size if there is nothing else.
std::size_t first_line(std::string_view text, std::uint64_t& lines) {
  std::size_t at = text.starts_with(kUtf8Mark) ? kUtf8Mark.size() : 0;
  while (at < text.size() && (text[at] == '\n' || text[at] == '\r')) lines += text[at++] == '\n';
  return at;
}

std::string names_of(std::span<const std::string> columns) {
  std::string out;
  for (std::size_t i = 0; i < std::min(columns.size(), kNamesShown); ++i) {
    out += (i > 0 ? ", " : "") + columns[i];
  }
  if (columns.size() > kNamesShown) {
    out += " and " + std::to_string(columns.size() - kNamesShown) + " more";
  }
  return out;
}

}  // namespace

base::Result<CsvHeader> read_csv_header(std::string_view text, const FileMapping& mapping,
                                        const std::string& path) {
  const auto refuse = [&](std::string message) {
    return base::fail(ErrorCode::kInvalidInput, std::move(message), path);
  };
  if (const auto encoding = foreign_encoding(text); !encoding.empty()) {
    return refuse("the file is in " + std::string(encoding) + "; it must be in UTF-8");
  }
  CsvHeader header;
  std::uint64_t blank_lines = 0;
  const std::size_t begin = first_line(text, blank_lines);
  if (begin >= text.size()) return refuse("the file is empty");
  CsvRecord record;
  int best = -1;
  bool spoilt = false;
  for (const char delimiter : kDelimiters) {
    if (mapping.delimiter && delimiter != kDelimiters.front()) break;  // there is nothing to try
    const char used = mapping.delimiter.value_or(delimiter);
    read_csv_record(text, begin, used, record);
    const std::string_view line = record.text;
    if (line.find('\0') != std::string_view::npos) {
      return refuse("the header has NUL bytes; the file must be text in UTF-8, not UTF-16");
    }
    if (!simdjson::validate_utf8(line.data(), line.size())) {
      return refuse("the header is not UTF-8 (Latin-1 or Windows-1252?)");
    }
    if (record.status != CsvStatus::kGood) {
      spoilt = true;
      continue;
    }
    std::vector<std::string> columns;
    int known = 0;
    for (const CsvField& field : record.fields) {
      columns.emplace_back(trimmed(undoubled(field)));
      if (mapping_knows(mapping, columns.back())) ++known;
    }
    if (known < best || (known == best && columns.size() <= header.columns.size())) continue;
    best = known;
    header = {used, std::move(columns), record.end, blank_lines + record.lines};
  }
  // A delimiter that is not used at all hides the quotes, but then nothing is known either.
  if (best < 0 || (best == 0 && spoilt)) {
    return refuse("the header has a quote that is not closed, or text after one");
  }
  if (header.columns.size() > base::kMaxColumns) {
    return base::fail(ErrorCode::kLimit,
                      "the header has more than " + std::to_string(base::kMaxColumns) + " columns",
                      path);
  }
  return header;
}

base::Result<CsvPlan> plan_columns(std::span<const std::string> columns, const FileMapping& mapping,
                                   bool want_extras, FileLayout& layout) {
  CsvPlan plan;
  std::string missing;
  std::vector<bool> taken(columns.size(), false);
  layout.present.assign(layout.fields.size(), false);
  for (std::uint32_t slot = 0; slot < layout.fields.size(); ++slot) {
    const FieldSource& source = mapping.of(layout.fields[slot]);
    if (source.constant) {
      plan.constants.emplace_back(slot, *source.constant);
      layout.present[slot] = true;
      continue;
    }
    const auto found =
        source.column.empty() ? columns.end() : std::ranges::find(columns, source.column);
    if (found == columns.end()) {
      if (mapping.needs_column(layout.fields[slot])) {
        missing += (missing.empty() ? "'" : ", '") + source.column + "'";
      }
      continue;
    }
    if (std::find(found + 1, columns.end(), source.column) != columns.end()) {
      return base::fail(ErrorCode::kInvalidInput,
                        "the column '" + source.column +
                            "' is there twice; the columns are: " + names_of(columns),
                        layout.path);
    }
    const auto column = static_cast<std::uint32_t>(found - columns.begin());
    plan.sources.push_back({column, slot});
    taken[column] = true;
    layout.present[slot] = true;
  }
  if (!missing.empty()) {
    return base::fail(ErrorCode::kInvalidInput,
                      "there is no column " + missing + "; the columns are: " + names_of(columns),
                      layout.path);
  }
  for (std::uint32_t column = 0; column < columns.size(); ++column) {
    if (taken[column] || mapping_knows(mapping, columns[column])) continue;
    if (want_extras) {
      plan.sources.push_back({column, static_cast<std::uint32_t>(layout.slots())});
      layout.extra_names.push_back(columns[column]);
    } else {
      layout.unknown.push_back(columns[column]);
    }
  }
  std::ranges::sort(plan.sources, {}, &CsvPlan::Source::column);
  return plan;
}

}  // namespace pursuit::ingest
