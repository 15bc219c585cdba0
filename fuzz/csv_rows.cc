// CSV text cut into parts of any size: the same records and rejects as in one part, each value a
// piece of the text or free of doubled quotes.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "ingest/csv_reader.h"
#include "model/policy.h"

namespace {

using pursuit::ingest::Field;
using pursuit::ingest::FileKind;
using pursuit::ingest::PartRejects;
using pursuit::ingest::RecordBatch;

[[noreturn]] void differ(const char* what) {
  std::fprintf(stderr, "differs: %s\n", what);
  std::abort();
}

// Line, reason (-1: none), text.
using Row = std::tuple<std::uint64_t, int, std::string>;

class Collector final : public pursuit::ingest::RecordSink {
 public:
  void take(const RecordBatch& batch, PartRejects&) override {
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      std::string text = batch.raw(row);
      for (std::size_t slot = 0; slot < batch.layout().slots(); ++slot) {
        text += '\1';
        text += batch.texts(slot)[row];
      }
      rows.emplace_back(batch.line_in_part(row), -1, std::move(text));
    }
  }
  std::vector<Row> rows;
};

constexpr std::array kFields = {Field::kLeadId, Field::kStage, Field::kAt};

// Whether the parts agreed.
bool read(std::string_view text, std::size_t part_bytes, bool exact, std::vector<Row>& rows) {
  static const auto kMapping = pursuit::ingest::identity_mapping(pursuit::model::FunnelPolicy{});
  auto reader = pursuit::ingest::open_csv(
      pursuit::ingest::FileBytes::of_text(text, "fuzz"), kMapping.of(FileKind::kEvents),
      {.wanted = kFields, .want_extras = true, .exact_parts = exact, .part_bytes = part_bytes});
  rows.clear();
  if (!reader) return true;
  pursuit::ingest::Rejects rejects;
  std::vector<std::uint64_t> lines = {(*reader)->layout().first_line};
  std::vector<Row> found;
  for (std::size_t part = 0; part < (*reader)->parts(); ++part) {
    Collector sink;
    PartRejects part_rejects;
    const auto end = (*reader)->read_part(part, sink, part_rejects);
    if (!end) differ("text in memory cannot be read");
    rejects.take(0, part, std::move(part_rejects));
    for (Row& row : sink.rows) {
      std::get<0>(row) += lines.back();
      found.push_back(std::move(row));
    }
    lines.push_back(lines.back() + end->lines);
  }
  if (!(*reader)->parts_agree()) return false;
  rejects.finish({lines});
  for (const auto& reject : rejects.kept()) {
    found.emplace_back(reject.line, static_cast<int>(reject.reason), reject.text);
  }
  std::ranges::sort(found);
  rows = std::move(found);
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<Row> whole;
  std::vector<Row> cut;
  if (!read(text, size + 1, false, whole)) differ("one part does not agree with itself");
  for (const std::size_t part_bytes : {std::size_t{1}, std::size_t{5}, size / 3 + 1}) {
    if (read(text, part_bytes, false, cut) && cut != whole) differ("parts that agree");
    if (!read(text, part_bytes, true, cut) || cut != whole) differ("exact parts");
  }
  return 0;
}
