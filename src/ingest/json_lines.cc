#include "ingest/json_lines.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "ingest/csv_header.h"
#include "ingest/json_row.h"

namespace pursuit::ingest {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::size_t kFetchBytes = 1u << 20;
constexpr std::size_t kSampleBytes = 1u << 20;
constexpr std::size_t kSampleLines = 1'000;

/// The line that begins at `begin`, without its end.
std::string_view line_at(std::string_view text, std::size_t begin) {
  return text.substr(begin, text.find('\n', begin) - begin);
}

struct JsonShape {
  std::vector<std::string> names;  // by slot; empty where no member fills it
  CsvPlan plan;
};

/// The members that occur in the first lines, in the order of first sight.
std::vector<std::string> sample_columns(std::string_view text, std::size_t begin) {
  std::vector<std::string> columns;
  JsonRowParser parser({});
  const std::size_t sample_end = begin + kSampleBytes;
  for (std::size_t lines = 0; lines < kSampleLines && begin < text.size() && begin < sample_end;
       ++lines) {
    const std::string_view line = line_at(text, begin);
    for (const std::string_view name : parser.member_names(line)) {
      if (std::ranges::find(columns, name) == columns.end() && columns.size() < base::kMaxColumns)
        columns.emplace_back(name);
    }
    parser.forget();
    begin += line.size() + 1;
  }
  return columns;
}

/// A member may be left out where it is null, so one that is merely useful may come later.
void add_optional_columns(const FileMapping& mapping, const FileLayout& layout,
                          std::vector<std::string>& columns) {
  for (const Field field : layout.fields) {
    const std::string& name = mapping.of(field).column;
    if (!name.empty() && !is_indispensable(mapping.kind, field) &&
        std::ranges::find(columns, name) == columns.end())
      columns.push_back(name);
  }
}

class JsonPart {
 public:
  JsonPart(const FileBytes& bytes, const JsonShape& shape, const FileLayout& layout,
           RecordSink& sink, PartRejects& rejects)
      : bytes_(bytes),
        layout_(layout),
        sink_(sink),
        rejects_(rejects),
        parser_(shape.names),
        values_(shape.names.size()),
        batch_(layout) {
    for (const auto& [slot, text] : shape.plan.constants) batch_.texts_to_fill(slot).fill(text);
    for (const CsvPlan::Source& source : shape.plan.sources)
      targets_.push_back({source.slot, batch_.texts_to_fill(source.slot).data()});
  }

  base::Result<PartEnd> read(std::size_t begin, std::size_t end) {
    const std::string_view text = bytes_.text();
    std::size_t fetched = begin;
    while (begin < end) {
      if (begin >= fetched) {
        fetched = std::min(begin + kFetchBytes, end);
        if (!bytes_.fetch(begin, fetched))
          return base::fail(base::ErrorCode::kIo, "the file cannot be read to its end",
                            bytes_.path());
      }
      const std::string_view line = line_at(text, begin);
      take(line, text.size() - begin);
      begin += line.size() + 1;
      ++line_;
    }
    deliver();
    return PartEnd{.lines = line_, .records = records_};
  }

 private:
  struct Target {
    std::size_t slot;
    std::string_view* texts;
  };

  void take(std::string_view line, std::size_t readable) {
    const JsonRowEnd end = parser_.parse(line, readable, values_);
    if (end.state == JsonRowEnd::State::kBlank) return;
    ++records_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (end.state == JsonRowEnd::State::kRejected) {
      const Field field =
          end.slot < layout_.fields.size() ? layout_.fields[end.slot] : kWholeRecord;
      rejects_.add(line_, field, end.reason, line);
      return;
    }
    for (const Target& target : targets_) target.texts[rows_] = values_[target.slot];
    batch_.raws_to_fill()[rows_] = line;
    batch_.lines_to_fill()[rows_] = line_;
    if (++rows_ == RecordBatch::kRows) deliver();
  }

  void deliver() {
    if (rows_ > 0) {
      batch_.set_rows(rows_);
      sink_.take(batch_, rejects_);
    }
    rows_ = 0;
    parser_.forget();
  }

  const FileBytes& bytes_;
  const FileLayout& layout_;
  RecordSink& sink_;
  PartRejects& rejects_;
  JsonRowParser parser_;
  std::vector<std::string_view> values_;  // of one line, by slot
  RecordBatch batch_;
  std::vector<Target> targets_;
  std::size_t rows_ = 0;       // in the batch
  std::uint64_t line_ = 0;     // within the part
  std::uint64_t records_ = 0;  // delivered or rejected
};

class JsonLinesReader final : public Reader {
 public:
  JsonLinesReader(FileBytes bytes, FileLayout layout, JsonShape shape, std::size_t data_begin,
                  std::size_t part_bytes)
      : bytes_(std::move(bytes)), shape_(std::move(shape)) {
    layout_ = std::move(layout);
    // A line end is one wherever it stands: JSON has none inside of a string.
    const std::string_view text = bytes_.text();
    std::size_t at = data_begin;
    while (at < text.size()) {
      places_.push_back(at);
      const std::size_t line_end = text.find('\n', at + std::max<std::size_t>(part_bytes, 1));
      at = line_end == std::string_view::npos ? text.size() : line_end + 1;
    }
    places_.push_back(text.size());
  }

  [[nodiscard]] std::uint64_t bytes() const override { return bytes_.text().size(); }
  [[nodiscard]] std::size_t parts() const override { return places_.size() - 1; }
  [[nodiscard]] base::Result<PartEnd> read_part(std::size_t part, RecordSink& sink,
                                                PartRejects& rejects) override {
    JsonPart reader(bytes_, shape_, layout_, sink, rejects);
    auto end = reader.read(places_[part], places_[part + 1]);
    bytes_.forget(places_[part], places_[part + 1]);
    return end;
  }

 private:
  FileBytes bytes_;
  JsonShape shape_;
  std::vector<std::size_t> places_;  // where parts begin; one more for the end
};

}  // namespace

base::Result<std::unique_ptr<Reader>> open_json_lines(FileBytes bytes, const FileMapping& mapping,
                                                      const ReadOptions& options) {
  const std::string_view text = bytes.text();
  const std::size_t begin = text.starts_with(kUtf8Mark) ? kUtf8Mark.size() : 0;
  if (text.find_first_not_of(" \t\r\n", begin) == std::string_view::npos)
    return base::fail(base::ErrorCode::kInvalidInput, "the file is empty", bytes.path());
  FileLayout layout{.file = options.file,
                    .path = bytes.path(),
                    .kind = mapping.kind,
                    .first_line = 1,
                    .fields = {options.wanted.begin(), options.wanted.end()},
                    .present = {},
                    .extra_names = {},
                    .unknown = {}};
  std::vector<std::string> columns = sample_columns(text, begin);
  if (columns.empty())
    return base::fail(base::ErrorCode::kInvalidInput,
                      "none of the first lines is a JSON object; is this a file of JSON lines?",
                      bytes.path());
  add_optional_columns(mapping, layout, columns);
  auto plan = plan_columns(columns, mapping, options.want_extras, layout);
  if (!plan) return std::unexpected(std::move(plan.error()));
  JsonShape shape{.names = std::vector<std::string>(layout.slots()), .plan = std::move(*plan)};
  for (const CsvPlan::Source& source : shape.plan.sources)
    shape.names[source.slot] = columns[source.column];
  return std::make_unique<JsonLinesReader>(std::move(bytes), std::move(layout), std::move(shape),
                                           begin, options.part_bytes);
}

}  // namespace pursuit::ingest
