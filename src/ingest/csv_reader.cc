#include "ingest/csv_reader.h"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

#include <simdjson.h>

#include "base/limits.h"
#include "ingest/csv_header.h"
#include "ingest/csv_record.h"
#include "ingest/csv_scan.h"

namespace pursuit::ingest {
namespace {

constexpr std::size_t kFetchBytes = 1u << 20;

// What a file's parts have in common.
struct CsvShape {
  char delimiter = ',';
  std::uint32_t columns = 0;
  CsvPlan plan;
};

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

// Reads one part. Rows without quotes are cut at the marks of csv_scan.h, a window at a time; any
// other record, and one that reaches out of the window, is read by csv_record.h.
class CsvPart {
 public:
  CsvPart(const FileBytes& bytes, const CsvShape& shape, const FileLayout& layout, RecordSink& sink,
          PartRejects& rejects)
      : bytes_(bytes),
        text_(bytes.text()),
        shape_(shape),
        sink_(sink),
        rejects_(rejects),
        batch_(layout),
        marks_(std::make_unique_for_overwrite<CsvMarks>()) {
    for (const auto& [slot, text] : shape.plan.constants) batch_.texts_to_fill(slot).fill(text);
    for (const auto& [column, slot] : shape.plan.sources) {
      targets_.push_back({column, batch_.texts_to_fill(slot).data()});
    }
  }

  // Reads the records that begin in [begin, end), `begin` being the start of one. Returns where the
  // next one begins.
  base::Result<std::size_t> read(std::size_t begin, std::size_t end) {
    std::size_t fetched = begin;
    at_ = begin;
    while (at_ < end) {
      if (at_ >= fetched) {
        fetched = std::min(at_ + kFetchBytes, end);
        if (!bytes_.fetch(at_, fetched)) {
          return base::fail(base::ErrorCode::kIo, "the file cannot be read to its end",
                            bytes_.path());
        }
      }
      if (!read_window(std::min(end, fetched))) read_one_record();
    }
    deliver();
    return at_;
  }
  [[nodiscard]] PartEnd totals() const { return {.lines = line_, .records = records_}; }

 private:
  struct Target {
    std::uint32_t column;
    std::string_view* texts;
  };

  // Takes the whole rows up to the first quote, at most up to `end`; false if there are none.
  bool read_window(std::size_t end) {
    const char* const window = text_.data() + at_;
    scan_csv(window, text_.data() + end, shape_.delimiter, *marks_);
    if (marks_->rows == 0) return false;
    const std::size_t size = std::size_t{marks_->at[marks_->row_end[marks_->rows - 1]]} + 1;
    const bool check_rows = marks_->beyond_ascii && !is_utf8({window, size});
    std::uint32_t first = 0;  // mark of the row
    std::size_t begin = 0;    // of the row, within the window
    for (std::uint32_t row = 0; row < marks_->rows; ++row) {
      const std::uint32_t last = marks_->row_end[row];
      const std::size_t line_end = marks_->at[last];
      std::size_t row_end = line_end;
      if (row_end > begin && window[row_end - 1] == '\r') --row_end;
      const std::string_view raw{window + begin, row_end - begin};
      if (check_rows && !is_utf8(raw)) [[unlikely]] {
        refuse(RejectReason::kNotUtf8, raw);
      } else if (last - first + 1 != shape_.columns) [[unlikely]] {
        refuse_columns(raw, last - first + 1);
      } else if (!raw.empty()) {
        take_row(window, first, begin, row_end);
      }
      ++line_;
      begin = line_end + 1;
      first = last + 1;
    }
    at_ += size;
    return true;
  }

  void take_row(const char* window, std::uint32_t first, std::size_t begin, std::size_t end) {
    const std::uint16_t* const marks = marks_->at.data() + first;
    const std::uint32_t last_column = shape_.columns - 1;
    for (const Target& target : targets_) {
      const std::size_t from =
          target.column == 0 ? begin : std::size_t{marks[target.column - 1]} + 1;
      const std::size_t to = target.column == last_column ? end : marks[target.column];
      target.texts[rows_] = {window + from, to - from};
    }
    finish_row({window + begin, end - begin});
  }

  void finish_row(std::string_view raw) {
    batch_.raws_to_fill()[rows_] = raw;
    batch_.lines_to_fill()[rows_] = line_;
    ++records_;
    if (++rows_ == RecordBatch::kRows) deliver();
  }

  void deliver() {
    if (rows_ == 0) return;
    batch_.set_rows(rows_);
    sink_.take(batch_, rejects_);
    rows_ = 0;
    undoubled_.clear();
  }

  void refuse(RejectReason reason, std::string_view raw) {
    ++records_;
    rejects_.add(line_, kWholeRecord, reason, raw);
  }

  void refuse_columns(std::string_view raw, std::size_t columns) {
    if (raw.empty()) return;  // a blank line
    refuse(columns < shape_.columns ? RejectReason::kMissingColumns : RejectReason::kExtraColumns,
           raw);
  }

  void read_one_record() {
    read_csv_record(text_, at_, shape_.delimiter, record_);
    if (!record_.text.empty()) take_record();
    at_ = record_.end;
    line_ += record_.lines;
  }

  void take_record() {
    switch (record_.status) {
      case CsvStatus::kGood:
        break;
      case CsvStatus::kOpenQuote:
        return refuse(RejectReason::kOpenQuote, record_.text);
      case CsvStatus::kTextAfterQuote:
        return refuse(RejectReason::kTextAfterQuote, record_.text);
      case CsvStatus::kTooLong:
        return refuse(RejectReason::kTooLong, record_.text);
    }
    if (record_.text.find('\0') != std::string_view::npos) {
      return refuse(RejectReason::kNul, record_.text);
    }
    if (!is_utf8(record_.text)) return refuse(RejectReason::kNotUtf8, record_.text);
    if (record_.fields.size() != shape_.columns) {
      return refuse_columns(record_.text, record_.fields.size());
    }
    for (const Target& target : targets_) {
      const CsvField& field = record_.fields[target.column];
      if (field.text.size() > base::kMaxFieldBytes) {
        return refuse(RejectReason::kFieldTooLong, record_.text);
      }
      target.texts[rows_] = field.doubled ? undoubled(field.text) : field.text;
    }
    finish_row(record_.text);
  }

  // Makes one quote of two; the result is good until the batch has been delivered.
  std::string_view undoubled(std::string_view text) {
    std::string& out = undoubled_.emplace_back();
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
      out += text[i];
      if (text[i] == '"') ++i;
    }
    return out;
  }

  const FileBytes& bytes_;
  std::string_view text_;
  const CsvShape& shape_;
  RecordSink& sink_;
  PartRejects& rejects_;
  RecordBatch batch_;
  std::unique_ptr<CsvMarks> marks_;
  std::vector<Target> targets_;
  CsvRecord record_;
  std::deque<std::string> undoubled_;
  std::size_t at_ = 0;
  std::size_t rows_ = 0;       // in the batch
  std::uint64_t line_ = 0;     // within the part
  std::uint64_t records_ = 0;  // delivered or rejected
};

class CsvReader final : public Reader {
 public:
  CsvReader(FileBytes bytes, FileLayout layout, CsvShape shape, std::size_t data_begin,
            const ReadOptions& options)
      : bytes_(std::move(bytes)), shape_(std::move(shape)) {
    layout_ = std::move(layout);
    const std::size_t part_bytes = std::max<std::size_t>(options.part_bytes, 1);
    for (std::size_t at = data_begin; at < bytes_.text().size(); at += part_bytes) {
      places_.push_back(at);
    }
    spans_.resize(places_.size());
    places_.push_back(bytes_.text().size());
    exact_ = options.exact_parts;
    if (exact_) find_exact_places();
  }

  [[nodiscard]] std::uint64_t bytes() const override { return bytes_.text().size(); }
  [[nodiscard]] std::size_t parts() const override { return spans_.size(); }

  [[nodiscard]] base::Result<PartEnd> read_part(std::size_t part, RecordSink& sink,
                                                PartRejects& rejects) override {
    CsvPart reader(bytes_, shape_, layout_, sink, rejects);
    const std::size_t begin = part == 0 || exact_ ? places_[part] : line_start(places_[part]);
    const auto end = reader.read(begin, places_[part + 1]);
    if (!end) return std::unexpected(end.error());
    spans_[part] = {begin, *end};
    bytes_.forget(begin, *end);
    return reader.totals();
  }

  [[nodiscard]] bool parts_agree() const override {
    for (std::size_t part = 1; part < spans_.size(); ++part) {
      if (spans_[part].begin != spans_[part - 1].end) return false;
    }
    return true;
  }

 private:
  struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  // Where the first line begins that begins at `place` or later.
  [[nodiscard]] std::size_t line_start(std::size_t place) const {
    const std::size_t line_end = bytes_.text().find('\n', place - 1);
    return line_end == std::string_view::npos ? bytes_.text().size() : line_end + 1;
  }

  // Moves each place to the first record that begins there or later. Between quotes records are
  // lines; only the records that have some are read one by one.
  void find_exact_places() {
    const std::string_view text = bytes_.text();
    CsvRecord scratch;
    std::size_t part = 1;
    std::size_t at = places_.front();  // a record begins here
    while (part < spans_.size()) {
      const std::size_t quote = std::min(text.find('"', at), text.size());
      std::size_t quoted_line = quote;
      while (quoted_line > at && text[quoted_line - 1] != '\n') --quoted_line;
      while (part < spans_.size() && places_[part] <= quoted_line) {
        places_[part] = std::min(line_start(places_[part]), quoted_line);
        ++part;
      }
      at = quoted_line;
      if (at >= text.size()) break;
      at = end_of_csv_record(text, at, shape_.delimiter, scratch);
      for (; part < spans_.size() && places_[part] <= at; ++part) places_[part] = at;
    }
    for (; part < spans_.size(); ++part) places_[part] = text.size();
  }

  FileBytes bytes_;
  CsvShape shape_;
  std::vector<std::size_t> places_;  // where parts begin, more or less; one more for the end
  std::vector<Span> spans_;          // what has been read, by part
  bool exact_ = false;
};

}  // namespace

base::Result<std::unique_ptr<Reader>> open_csv(FileBytes bytes, const FileMapping& mapping,
                                               const ReadOptions& options) {
  auto header = read_csv_header(bytes.text(), mapping, bytes.path());
  if (!header) return std::unexpected(std::move(header.error()));
  FileLayout layout{.file = options.file,
                    .path = bytes.path(),
                    .kind = mapping.kind,
                    .first_line = header->lines + 1,
                    .fields = {options.wanted.begin(), options.wanted.end()},
                    .present = {},
                    .extra_names = {},
                    .unknown = {}};
  auto plan = plan_columns(header->columns, mapping, options.want_extras, layout);
  if (!plan) return std::unexpected(std::move(plan.error()));
  CsvShape shape{.delimiter = header->delimiter,
                 .columns = static_cast<std::uint32_t>(header->columns.size()),
                 .plan = std::move(*plan)};
  return std::make_unique<CsvReader>(std::move(bytes), std::move(layout), std::move(shape),
                                     header->data_begin, options);
}

}  // namespace pursuit::ingest
