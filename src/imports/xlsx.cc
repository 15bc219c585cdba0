#include "imports/xlsx.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <zip.h>

#include "base/time.h"
#include "imports/zip_xml.h"

namespace pursuit::imports {
namespace {

constexpr std::size_t kMaxColumns = 1'024;
constexpr std::size_t kMaxCellBytes = 1u << 20;
constexpr double kDaysTo1970 = 25'569;
constexpr double kDaysFrom1900To1904 = 1'462;

std::string value_of(const Attributes& attributes, std::string_view name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::string() : found->second;
}

std::size_t number_of(std::string_view text, std::size_t otherwise) {
  std::size_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// A cell format that shows a date or a time: letters of one outside quotes and brackets.
bool is_date_format(std::string_view format) {
  bool quoted = false;
  bool bracket = false;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == '[') {
      bracket = true;
    } else if (!quoted && c == ']') {
      bracket = false;
    } else if (!quoted && !bracket && std::string_view("ymdhsYMDHS").contains(c)) {
      return true;
    }
  }
  return false;
}

bool is_built_in_date(std::size_t format) {
  return (format >= 14 && format <= 22) || (format >= 45 && format <= 47);
}

class Workbook {
 public:
  Workbook(const std::string& path, const XlsxLimits& limits)
      : limits_(limits), archive_(path, limits) {
    find_sheet();
    if (archive_.has("xl/styles.xml")) read_styles();
    if (archive_.has("xl/sharedStrings.xml")) read_texts();
  }

  void write(std::FILE* out) {
    std::vector<std::string> cells;
    std::size_t width = 0;
    std::string kind;
    std::string text;
    std::size_t style = 0;
    std::size_t column = 0;
    bool reads = false;
    archive_.parse(sheet_, {.begin =
                                [&](std::string_view name, const Attributes& attributes) {
                                  if (name == "row") {
                                    cells.clear();
                                    column = 0;
                                  } else if (name == "c") {
                                    kind = value_of(attributes, "t");
                                    style = number_of(value_of(attributes, "s"), 0);
                                    column = column_of(value_of(attributes, "r"), column);
                                    text.clear();
                                  } else if (name == "v" || name == "t") {
                                    reads = true;
                                  }
                                },
                            .end =
                                [&](std::string_view name) {
                                  if (name == "v" || name == "t") {
                                    reads = false;
                                  } else if (name == "c") {
                                    if (cells.size() <= column) cells.resize(column + 1);
                                    cells[column++] = shown(kind, style, text);
                                  } else if (name == "row") {
                                    write_row(out, cells, width);
                                  }
                                },
                            .text =
                                [&](std::string_view more) {
                                  if (!reads) return;
                                  if (text.size() + more.size() > kMaxCellBytes) {
                                    refuse("a cell is too long", base::ErrorCode::kLimit);
                                  }
                                  text += more;
                                }});
  }

 private:
  void find_sheet() {
    std::string id;
    archive_.parse("xl/workbook.xml",
                   {.begin =
                        [&](std::string_view name, const Attributes& attributes) {
                          if (name == "workbookPr") {
                            const std::string flag = value_of(attributes, "date1904");
                            from_1904_ = flag == "1" || flag == "true";
                          } else if (name == "sheet" && id.empty()) {
                            id = value_of(attributes, "id");
                          }
                        },
                    .end = {},
                    .text = {}});
    archive_.parse("xl/_rels/workbook.xml.rels",
                   {.begin =
                        [&](std::string_view name, const Attributes& attributes) {
                          if (name != "Relationship" || value_of(attributes, "Id") != id) return;
                          const std::string target = value_of(attributes, "Target");
                          sheet_ = target.starts_with('/') ? target.substr(1) : "xl/" + target;
                        },
                    .end = {},
                    .text = {}});
    if (sheet_.empty()) refuse("the workbook has no sheet");
  }

  void read_styles() {
    std::set<std::size_t> dates;
    bool in_cells = false;
    archive_.parse(
        "xl/styles.xml",
        {.begin =
             [&](std::string_view name, const Attributes& attributes) {
               if (name == "numFmt" && is_date_format(value_of(attributes, "formatCode"))) {
                 dates.insert(number_of(value_of(attributes, "numFmtId"), 0));
               } else if (name == "cellXfs") {
                 in_cells = true;
               } else if (name == "xf" && in_cells) {
                 const std::size_t format = number_of(value_of(attributes, "numFmtId"), 0);
                 is_date_.push_back(is_built_in_date(format) || dates.contains(format));
               }
             },
         .end =
             [&](std::string_view name) {
               if (name == "cellXfs") in_cells = false;
             },
         .text = {}});
  }

  void read_texts() {
    std::uint64_t bytes = 0;
    bool reads = false;
    bool phonetic = false;
    archive_.parse("xl/sharedStrings.xml",
                   {.begin =
                        [&](std::string_view name, const Attributes&) {
                          if (name == "si") texts_.emplace_back();
                          if (name == "rPh") phonetic = true;
                          if (name == "t") reads = !phonetic && !texts_.empty();
                        },
                    .end =
                        [&](std::string_view name) {
                          if (name == "t") reads = false;
                          if (name == "rPh") phonetic = false;
                        },
                    .text =
                        [&](std::string_view more) {
                          if (!reads) return;
                          bytes += more.size();
                          if (bytes > limits_.max_text_bytes ||
                              texts_.back().size() + more.size() > kMaxCellBytes) {
                            refuse("the workbook has too much text", base::ErrorCode::kLimit);
                          }
                          texts_.back() += more;
                        }});
  }

  /// Of a reference like "BC12"; without one, the next column.
  static std::size_t column_of(std::string_view reference, std::size_t next) {
    std::size_t column = 0;
    for (const char c : reference) {
      if (c < 'A' || c > 'Z') break;
      column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
      if (column > kMaxColumns) break;
    }
    const std::size_t found = column == 0 ? next : column - 1;
    if (found >= kMaxColumns) refuse("the sheet has too many columns", base::ErrorCode::kLimit);
    return found;
  }

  [[nodiscard]] std::string shown(const std::string& kind, std::size_t style,
                                  const std::string& text) const {
    if (kind == "s") {
      const std::size_t index = number_of(text, SIZE_MAX);
      if (index >= texts_.size()) refuse("a cell refers to a text that is not there");
      return texts_[index];
    }
    if (kind == "b") return text == "1" ? "true" : "false";
    if (kind == "e") return {};  // an error like #N/A is no value
    if (!kind.empty() && kind != "n") return text;
    double number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || stop != text.data() + text.size()) return text;
    if (style < is_date_.size() && is_date_[style]) return instant(number);
    return fmt::format("{}", number);
  }

  [[nodiscard]] std::string instant(double days) const {
    const double since = days - kDaysTo1970 + (from_1904_ ? kDaysFrom1900To1904 : 0);
    const double ms = std::round(since * 86'400.0) * 1'000.0;
    if (!(ms > static_cast<double>(base::kMinInstantMs) &&
          ms < static_cast<double>(base::kMaxInstantMs))) {
      return fmt::format("{}", days);
    }
    // Without a zone: Excel knows none, the mapping does.
    std::string text = base::format_instant(static_cast<base::Millis>(ms));
    text.resize(19);
    return text;
  }

  static void write_row(std::FILE* out, std::vector<std::string>& cells, std::size_t& width) {
    while (!cells.empty() && cells.back().empty()) cells.pop_back();
    if (cells.empty()) return;  // a blank line is no record
    if (width == 0) width = cells.size();
    cells.resize(std::max(width, cells.size()));
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) line += ',';
      const std::string& cell = cells[i];
      if (cell.find_first_of(",\"\r\n") == std::string::npos) {
        line += cell;
        continue;
      }
      line += '"';
      for (const char c : cell) line += c == '"' ? std::string("\"\"") : std::string(1, c);
      line += '"';
    }
    line += '\n';
    if (std::fwrite(line.data(), 1, line.size(), out) != line.size()) {
      refuse("cannot be written", base::ErrorCode::kIo);
    }
  }

  const XlsxLimits& limits_;
  Archive archive_;
  std::string sheet_;
  bool from_1904_ = false;
  std::vector<bool> is_date_;  // by style
  std::vector<std::string> texts_;
};

}  // namespace

bool is_xlsx(const std::string& path) {
  const std::unique_ptr<zip_t, decltype(&zip_discard)> archive(
      zip_open(path.c_str(), ZIP_RDONLY, nullptr), &zip_discard);
  return archive != nullptr && zip_name_locate(archive.get(), "xl/workbook.xml", 0) >= 0;
}

base::Result<void> xlsx_to_csv(const std::string& path, const std::string& out,
                               const XlsxLimits& limits) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(out.c_str(), "wxe"),
                                                                &std::fclose);
  if (file == nullptr) return base::fail(base::ErrorCode::kIo, "cannot be made", out);
  try {
    Workbook workbook(path, limits);
    workbook.write(file.get());
    if (std::fflush(file.get()) != 0) refuse("cannot be written", base::ErrorCode::kIo);
    return {};
  } catch (const Trouble& trouble) {
    std::remove(out.c_str());
    return base::fail(trouble.code, trouble.message);
  }
}

}  // namespace pursuit::imports
