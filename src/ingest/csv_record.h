// ingest/csv_record.h: one CSV record at a time, exactly as RFC 4180 has it: what the fast reader
// falls back on where quotes, odd bytes or the end of the text are near. Pure, any thread.
//
// What RFC 4180 leaves open: a quote inside a field that did not begin with one is a character like
// any other; a record ends at LF, a CR before it belongs to the line end; a quoted field that is
// not closed within base::kMaxLineBytes, or at all, spoils the line it is opened in and no other:
// the next record begins on the next line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pursuit::ingest {

struct CsvField {
  std::string_view text;  // without the quotes around it
  bool doubled = false;   // holds doubled quotes, each of which means one
};

enum class CsvStatus : std::uint8_t { kGood, kOpenQuote, kTextAfterQuote, kTooLong };

struct CsvRecord {
  std::vector<CsvField> fields;  // empty for a blank line
  std::string_view text;         // without the line end
  std::size_t end = 0;           // where the next record begins
  std::uint64_t lines = 1;       // that the record covers
  CsvStatus status = CsvStatus::kGood;
};

/// Reads the record that begins at `begin` (< text.size()) into `out`, whose memory is used again.
/// The fields of a record that is not good mean nothing.
void read_csv_record(std::string_view text, std::size_t begin, char delimiter, CsvRecord& out);

/// Where the record that begins at `begin` ends: read_csv_record(…).end.
[[nodiscard]] std::size_t end_of_csv_record(std::string_view text, std::size_t begin,
                                            char delimiter, CsvRecord& scratch);

}  // namespace pursuit::ingest
