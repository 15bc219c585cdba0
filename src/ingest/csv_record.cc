#include "ingest/csv_record.h"

#include <algorithm>

#include "base/limits.h"

namespace pursuit::ingest {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

std::string_view without_cr(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// Ends the record at the end of the line it begins in.
void end_with_line(std::string_view text, std::size_t begin, CsvRecord& out) {
  const std::size_t line_end = std::min(text.find('\n', begin), text.size());
  out.text = without_cr(text.substr(begin, line_end - begin));
  out.end = std::min(line_end + 1, text.size());
  out.lines = 1;
}

// Position of the next delimiter or LF from `at` on; text.size() if there is none.
std::size_t find_field_end(std::string_view text, std::size_t at, char delimiter) {
  while (at < text.size() && text[at] != delimiter && text[at] != '\n') ++at;
  return at;
}

// Reads a quoted field whose opening quote is at `open`. Returns the position of the closing quote,
// or kNowhere if there is none before `limit`.
std::size_t find_closing_quote(std::string_view text, std::size_t open, std::size_t limit,
                               bool& doubled) {
  const std::string_view within = text.substr(0, limit);
  for (std::size_t at = open + 1;; at += 2) {
    at = within.find('"', at);
    if (at == kNowhere) return kNowhere;
    if (at + 1 >= text.size() || text[at + 1] != '"') return at;
    if (at + 1 >= limit) return kNowhere;  // the pair straddles the limit
    doubled = true;
  }
}

bool ends_field(std::string_view text, std::size_t at, char delimiter) {
  return at == text.size() || text[at] == delimiter || text[at] == '\n' ||
         (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] == '\n'));
}

}  // namespace

void read_csv_record(std::string_view text, std::size_t begin, char delimiter, CsvRecord& out) {
  out.fields.clear();
  out.status = CsvStatus::kGood;
  // One byte more than a record may have: what goes on beyond it is too long.
  const std::size_t limit = begin + std::min(text.size() - begin, base::kMaxLineBytes + 1);
  std::size_t at = begin;
  for (;;) {
    CsvField field;
    std::size_t field_end = 0;
    if (at < text.size() && text[at] == '"') {
      const std::size_t close = find_closing_quote(text, at, limit, field.doubled);
      if (close == kNowhere) {
        out.status = limit == text.size() ? CsvStatus::kOpenQuote : CsvStatus::kTooLong;
        end_with_line(text, begin, out);
        return;
      }
      field.text = text.substr(at + 1, close - at - 1);
      if (!ends_field(text, close + 1, delimiter)) out.status = CsvStatus::kTextAfterQuote;
      field_end = find_field_end(text, close + 1, delimiter);
    } else {
      field_end = find_field_end(text, at, delimiter);
      field.text = text.substr(at, field_end - at);
      if (field_end == text.size() || text[field_end] == '\n') field.text = without_cr(field.text);
    }
    if (out.fields.size() <= base::kMaxColumns) out.fields.push_back(field);
    at = field_end;
    if (at == text.size() || text[at] == '\n') break;
    ++at;
  }
  out.end = std::min(at + 1, text.size());
  out.text = without_cr(text.substr(begin, at - begin));
  out.lines = 1 + static_cast<std::uint64_t>(std::ranges::count(out.text, '\n'));
  if (out.text.size() > base::kMaxLineBytes) out.status = CsvStatus::kTooLong;
  if (out.text.empty()) out.fields.clear();
}

std::size_t end_of_csv_record(std::string_view text, std::size_t begin, char delimiter,
                              CsvRecord& scratch) {
  read_csv_record(text, begin, delimiter, scratch);
  return scratch.end;
}

}  // namespace pursuit::ingest
