#include "ingest/open.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "ingest/csv_reader.h"
#include "ingest/file_bytes.h"
#include "ingest/json_lines.h"
#include "ingest/parquet.h"

namespace pursuit::ingest {
namespace {

constexpr std::array<std::string_view, 3> kJsonEndings = {".json", ".jsonl", ".ndjson"};

bool is_json_lines(std::string_view path, std::string_view text) {
  if (path.ends_with(".gz")) path.remove_suffix(3);
  if (std::ranges::any_of(kJsonEndings, [&](std::string_view e) { return path.ends_with(e); })) {
    return true;
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

}  // namespace

base::Result<std::unique_ptr<Reader>> open_file(const std::string& path, const FileMapping& mapping,
                                                const ReadOptions& options) {
  if (is_parquet(path)) return open_parquet(path, mapping, options);
  auto bytes = FileBytes::open(path, {.max_inflated_bytes = options.max_unpacked_bytes});
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  ReadOptions adapted = options;
  if (adapted.part_bytes == 0) {
    // Small enough to share out evenly, large enough that the cost of a part does not show.
    adapted.part_bytes = std::clamp<std::size_t>(bytes->text().size() / 64, 256u << 10, 8u << 20);
  }
  if (is_json_lines(path, bytes->text())) {
    return open_json_lines(std::move(*bytes), mapping, adapted);
  }
  return open_csv(std::move(*bytes), mapping, adapted);
}

}  // namespace pursuit::ingest
