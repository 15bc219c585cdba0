#include "ingest/parquet.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/duckdb.h"
#include "base/limits.h"
#include "ingest/csv_header.h"
#include "ingest/parquet_part.h"
#include "ingest/zone_shift.h"

namespace pursuit::ingest {
namespace {

using base::ErrorCode;

using ColumnKind = ParquetColumnKind;
using ColumnPlan = ParquetColumn;

/// A part is whole row groups with at least this many rows: each costs a query of a few
/// milliseconds.
constexpr std::int64_t kRowsPerPart = 400'000;
constexpr std::string_view kMagic = "PAR1";

/// Pages of all columns together that unpack to more than this many times their size are a bomb;
/// one column may, where it holds the same value in every row. Less than the second is harmless.
constexpr std::uint64_t kMaxInflation = 500;
constexpr std::uint64_t kHarmlessBytes = 64u << 20;

struct RowRange {
  std::int64_t begin;
  std::int64_t end;
};

bool is_nested(duckdb_type type) {
  return type == DUCKDB_TYPE_LIST || type == DUCKDB_TYPE_STRUCT || type == DUCKDB_TYPE_MAP ||
         type == DUCKDB_TYPE_ARRAY || type == DUCKDB_TYPE_UNION;
}

bool is_local_time(duckdb_type type) {
  return type == DUCKDB_TYPE_TIMESTAMP || type == DUCKDB_TYPE_TIMESTAMP_S ||
         type == DUCKDB_TYPE_TIMESTAMP_MS || type == DUCKDB_TYPE_TIMESTAMP_NS ||
         type == DUCKDB_TYPE_DATE;
}

ColumnKind kind_of(duckdb_type type, bool instant_wanted) {
  if (instant_wanted && type == DUCKDB_TYPE_TIMESTAMP_TZ) return ColumnKind::kInstant;
  if (instant_wanted && is_local_time(type)) return ColumnKind::kLocalTime;
  return ColumnKind::kText;
}

std::string expression(const std::string& name, duckdb_type type, ColumnKind kind) {
  std::string column = base::quote_identifier(name);
  if (kind == ColumnKind::kInstant || type == DUCKDB_TYPE_VARCHAR) return column;
  if (kind == ColumnKind::kLocalTime) return "CAST(" + column + " AS TIMESTAMP)";
  if (type == DUCKDB_TYPE_TIMESTAMP_TZ)
    return "strftime(" + column + " AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%gZ')";
  return "CAST(" + column + " AS VARCHAR)";
}

class ParquetReader final : public Reader {
 public:
  static base::Result<std::unique_ptr<Reader>> open(const std::string& path,
                                                    const FileMapping& mapping,
                                                    const ReadOptions& options);

  [[nodiscard]] std::uint64_t bytes() const override { return bytes_; }
  [[nodiscard]] std::size_t parts() const override { return ranges_.size(); }
  [[nodiscard]] base::Result<PartEnd> read_part(std::size_t part, RecordSink& sink,
                                                PartRejects& rejects) override;

 private:
  explicit ParquetReader(base::DuckDatabase database, ZoneShift zone)
      : database_(std::move(database)), zone_(std::move(zone)) {}
  base::Result<void> plan(base::DuckConnection& connection, const FileMapping& mapping,
                          const ReadOptions& options);
  base::Result<void> find_ranges(base::DuckConnection& connection);
  base::Result<void> check_sizes(base::DuckConnection& connection) const;
  base::Result<void> read_rows(const std::string& sql, ParquetPart& part);

  base::DuckDatabase database_;
  ZoneShift zone_;
  std::string absolute_path_;
  std::uint64_t bytes_ = 0;
  std::uint64_t max_bytes_ = 0;
  std::uint64_t max_part_bytes_ = 0;
  std::atomic<std::uint64_t> unpacked_bytes_ = 0;  // of all parts that were read
  CsvPlan plan_;
  std::vector<ColumnPlan> columns_;
  std::string select_;            // the query, but for the rows of a part
  std::vector<RowRange> ranges_;  // by part
};

base::Result<void> ParquetReader::plan(base::DuckConnection& connection, const FileMapping& mapping,
                                       const ReadOptions& options) {
  const std::string table = "read_parquet(" + base::quote_literal(absolute_path_) +
                            ", binary_as_string = true, file_row_number = ";
  auto header = connection.query("SELECT * FROM " + table + "false) LIMIT 0");
  if (!header) return std::unexpected(std::move(header.error()));
  std::vector<std::string> names;
  std::vector<duckdb_type> types;
  for (std::size_t c = 0; c < header->columns(); ++c) {
    names.emplace_back(header->name(c));
    types.push_back(header->type(c));
  }
  if (names.size() > base::kMaxColumns)
    return base::fail(ErrorCode::kLimit, "the file has too many columns");
  auto planned = plan_columns(names, mapping, options.want_extras, layout_);
  if (!planned) return std::unexpected(std::move(planned.error()));
  plan_ = std::move(*planned);
  std::string list;
  for (const CsvPlan::Source& source : plan_.sources) {
    const bool extra = source.slot >= layout_.fields.size();
    if (is_nested(types[source.column]) && !extra)
      return base::fail(ErrorCode::kInvalidInput,
                        "the column '" + names[source.column] + "' is nested; it must be plain");
    const bool instant_wanted = !extra && (layout_.fields[source.slot] == Field::kCreatedAt ||
                                           layout_.fields[source.slot] == Field::kAt);
    const ColumnKind kind = kind_of(types[source.column], instant_wanted);
    columns_.push_back({source.slot, kind});
    if (!list.empty()) list += ", ";
    list += expression(names[source.column], types[source.column], kind);
  }
  if (list.empty()) list = "1";
  select_ = "SELECT " + list + " FROM " + table + "true) WHERE file_row_number ";
  return {};
}

base::Result<void> ParquetReader::find_ranges(base::DuckConnection& connection) {
  auto groups = connection.query(
      "SELECT CAST(any_value(row_group_num_rows) AS BIGINT) FROM parquet_metadata(" +
      base::quote_literal(absolute_path_) + ") GROUP BY row_group_id ORDER BY row_group_id");
  if (!groups) return std::unexpected(std::move(groups.error()));
  RowRange range{0, 0};
  while (true) {
    auto chunk = groups->fetch();
    if (!chunk) return std::unexpected(std::move(chunk.error()));
    if (!*chunk) break;
    for (std::size_t i = 0; i < (*chunk)->rows(); ++i) {
      range.end += (*chunk)->values<std::int64_t>(0)[i];
      if (range.end - range.begin < kRowsPerPart) continue;
      ranges_.push_back(range);
      range.begin = range.end;
    }
  }
  if (range.end > range.begin) ranges_.push_back(range);
  return {};
}

base::Result<void> ParquetReader::check_sizes(base::DuckConnection& connection) const {
  auto sums = connection.query(
      "SELECT CAST(coalesce(sum(total_uncompressed_size), 0) AS BIGINT),"
      " CAST(coalesce(sum(total_compressed_size), 0) AS BIGINT) FROM parquet_metadata(" +
      base::quote_literal(absolute_path_) + ")");
  if (!sums) return std::unexpected(std::move(sums.error()));
  auto chunk = sums->fetch();
  if (!chunk) return std::unexpected(std::move(chunk.error()));
  if (!*chunk || (*chunk)->rows() == 0) return {};
  const std::int64_t unpacked = (*chunk)->values<std::int64_t>(0)[0];
  const std::int64_t packed = (*chunk)->values<std::int64_t>(1)[0];
  if (unpacked < 0 || packed < 0)
    return base::fail(ErrorCode::kInvalidInput, "the file says that it is smaller than nothing");
  const auto bytes = static_cast<std::uint64_t>(unpacked);
  const bool bomb =
      bytes > kHarmlessBytes && bytes / kMaxInflation > static_cast<std::uint64_t>(packed);
  if (bomb || bytes > max_bytes_)
    return base::fail(ErrorCode::kLimit, "the file unpacks to more than the limit allows (" +
                                             std::to_string(bytes) + " bytes)");
  return {};
}

base::Result<std::unique_ptr<Reader>> ParquetReader::open(const std::string& path,
                                                          const FileMapping& mapping,
                                                          const ReadOptions& options) {
  std::error_code error;
  const std::vector<std::string> paths = {std::filesystem::absolute(path, error).string()};
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  if (error) {
    const bool missing = error == std::errc::no_such_file_or_directory;
    return base::fail(missing ? ErrorCode::kNotFound : ErrorCode::kIo, error.message(), path);
  }
  auto zone = ZoneShift::load(mapping.time_zone);
  if (!zone) return std::unexpected(std::move(zone.error()));
  auto database = base::DuckDatabase::open({.threads = 1, .paths = paths});
  if (!database) return std::unexpected(std::move(database.error()));
  std::unique_ptr<ParquetReader> reader(new ParquetReader(std::move(*database), std::move(*zone)));
  reader->absolute_path_ = paths.front();
  reader->bytes_ = bytes;
  reader->max_bytes_ = options.max_unpacked_bytes;
  reader->max_part_bytes_ = options.max_part_bytes;
  reader->layout_ = FileLayout{.file = options.file,
                               .path = path,
                               .kind = mapping.kind,
                               .first_line = 1,
                               .fields = {options.wanted.begin(), options.wanted.end()},
                               .present = {},
                               .extra_names = {},
                               .unknown = {}};
  auto connection = reader->database_.connect();
  if (!connection) return std::unexpected(std::move(connection.error()));
  auto done = reader->plan(*connection, mapping, options);
  if (done) done = reader->check_sizes(*connection);
  if (done) done = reader->find_ranges(*connection);
  if (!done) {
    done.error().where = path;
    return std::unexpected(std::move(done.error()));
  }
  return reader;
}

base::Result<void> ParquetReader::read_rows(const std::string& sql, ParquetPart& part) {
  const std::uint64_t before = unpacked_bytes_.load();
  const std::uint64_t left = before < max_bytes_ ? max_bytes_ - before : 0;
  const std::uint64_t max_bytes = std::min(left, max_part_bytes_);
  auto connection = database_.connect();
  if (!connection) return std::unexpected(std::move(connection.error()));
  auto result = connection->query(sql);
  if (!result) return std::unexpected(std::move(result.error()));
  while (true) {
    auto chunk = result->fetch();
    if (!chunk) return std::unexpected(std::move(chunk.error()));
    if (!*chunk) break;
    if (!part.take(**chunk, max_bytes)) {
      return base::fail(ErrorCode::kLimit,
                        "the file, or a row group of it, unpacks to more than the limit allows (" +
                            std::to_string(max_bytes) + " bytes)");
    }
  }
  unpacked_bytes_ += part.unpacked_bytes();
  return {};
}

base::Result<PartEnd> ParquetReader::read_part(std::size_t part, RecordSink& sink,
                                               PartRejects& rejects) {
  const RowRange range = ranges_[part];
  ParquetPart rows(layout_, plan_, columns_, zone_, sink, rejects);
  auto done = read_rows(select_ + ">= " + std::to_string(range.begin) + " AND file_row_number < " +
                            std::to_string(range.end),
                        rows);
  const auto expected = static_cast<std::uint64_t>(range.end - range.begin);
  if (done && rows.rows() != expected)
    done = base::fail(ErrorCode::kInvalidInput, "the file has fewer rows than it says");
  if (!done) {
    done.error().where = layout_.path;
    return std::unexpected(std::move(done.error()));
  }
  return PartEnd{.lines = expected, .records = expected};
}

}  // namespace

bool is_parquet(const std::string& path) {
  std::array<char, 4> head{};
  std::ifstream file(path, std::ios::binary);
  return file.read(head.data(), head.size()) &&
         std::string_view(head.data(), head.size()) == kMagic;
}

base::Result<std::unique_ptr<Reader>> open_parquet(const std::string& path,
                                                   const FileMapping& mapping,
                                                   const ReadOptions& options) {
  return ParquetReader::open(path, mapping, options);
}

}  // namespace pursuit::ingest
