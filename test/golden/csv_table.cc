#include "golden/csv_table.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include <zlib.h>

namespace pursuit::golden {
namespace {

base::Result<std::string> read_bytes(const std::string& path) {
  // gzread passes through what is not compressed.
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) return base::fail(base::ErrorCode::kNotFound, "cannot open", path);
  std::string bytes;
  std::array<char, 1 << 16> chunk;
  int got = 0;
  while ((got = gzread(file.get(), chunk.data(), chunk.size())) > 0)
    bytes.append(chunk.data(), static_cast<std::size_t>(got));
  if (got < 0) return base::fail(base::ErrorCode::kIo, "cannot read", path);
  return bytes;
}

/// All records of a CSV text.
std::vector<std::vector<std::string>> split(const std::string& text) {
  std::vector<std::vector<std::string>> records;
  std::vector<std::string> record(1);
  bool quoted = false;
  bool any = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    any = true;
    if (quoted) {
      if (c != '"') {
        record.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        record.back() += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      record.emplace_back();
    } else if (c == '\n') {
      records.push_back(std::move(record));
      record.assign(1, "");
      any = false;
    } else if (c != '\r') {
      record.back() += c;
    }
  }
  if (any) records.push_back(std::move(record));
  return records;
}

}  // namespace

std::optional<std::size_t> CsvTable::column(const std::string& name) const {
  const auto it = std::find(columns.begin(), columns.end(), name);
  if (it == columns.end()) return {};
  return static_cast<std::size_t>(it - columns.begin());
}

base::Result<CsvTable> read_csv(const std::string& path) {
  auto bytes = read_bytes(path);
  if (!bytes) return std::unexpected(bytes.error());
  auto records = split(*bytes);
  if (records.empty()) return base::fail(base::ErrorCode::kInvalidInput, "no header", path);
  CsvTable table;
  table.columns = std::move(records.front());
  for (std::size_t r = 1; r < records.size(); ++r) {
    if (records[r].size() != table.columns.size())
      return base::fail(base::ErrorCode::kInvalidInput, "wrong number of cells",
                        path + " record " + std::to_string(r + 1));
    table.rows.push_back(std::move(records[r]));
  }
  return table;
}

base::Result<CsvTable> read_csv_or_gz(const std::string& path) {
  return read_csv(std::filesystem::exists(path) ? path : path + ".gz");
}

}  // namespace pursuit::golden
