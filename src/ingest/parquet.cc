#include "ingest/parquet.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/duckdb.h"
#include "base/limits.h"
#include "ingest/csv_header.h"
#include "ingest/zone_shift.h"

namespace pursuit::ingest {
namespace {

using base::ErrorCode;

/// A part is whole row groups with at least this many rows: each costs a query of a few
/// milliseconds.
constexpr std::int64_t kRowsPerPart = 400'000;
constexpr std::string_view kMagic = "PAR1";

enum class ColumnKind : std::uint8_t { kText, kInstant, kLocalTime };

/// A column of the query, by its place there.
struct ColumnPlan {
  std::uint32_t slot;
  ColumnKind kind;
};

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

/// Whether an inlined string has a NUL among its characters; beyond them it is padded with them.
bool has_nul_inlined(const duckdb_string_t& value) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  const char* chars = value.value.inlined.inlined;
  const std::uint32_t n = value.value.inlined.length;
  std::uint64_t low = base::load_8(chars);
  std::uint64_t high = base::load_4(chars + 8);
  if (n < 8) low |= ~std::uint64_t{0} << (8 * n);
  high |= n <= 8 ? ~std::uint64_t{0} : ~std::uint64_t{0} << (8 * (n - 8));
  return (((low - kOnes) & ~low) | ((high - kOnes) & ~high)) & (kOnes << 7);
}

bool has_nul(const duckdb_string_t& value, std::string_view text) {
  return text.data() == value.value.inlined.inlined ? has_nul_inlined(value)
                                                    : text.find('\0') != std::string_view::npos;
}

base::Millis millis_of_micros(std::int64_t micros) {
  return micros / 1'000 - (micros % 1'000 < 0 ? 1 : 0);
}

bool in_range(base::Millis at_ms) {
  return at_ms >= base::kMinInstantMs && at_ms < base::kMaxInstantMs;
}

/// Turns the chunks of one part into batches.
class ParquetPart {
 public:
  ParquetPart(const FileLayout& layout, const CsvPlan& plan, std::span<const ColumnPlan> columns,
              const ZoneShift& zone, RecordSink& sink, PartRejects& rejects)
      : layout_(layout),
        columns_(columns),
        zone_(zone),
        sink_(sink),
        rejects_(rejects),
        batch_(layout) {
    for (const auto& [slot, text] : plan.constants) batch_.texts_to_fill(slot).fill(text);
  }

  void take(const base::DuckChunk& chunk) {
    for (std::size_t begin = 0; begin < chunk.rows(); begin += RecordBatch::kRows) {
      const std::size_t rows = std::min(RecordBatch::kRows, chunk.rows() - begin);
      bad_rows_ = 0;
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        if (columns_[c].kind == ColumnKind::kText) {
          take_texts(chunk, c, begin, rows);
        } else {
          take_instants(chunk, c, begin, rows);
        }
      }
      for (std::size_t row = 0; row < rows; ++row) batch_.lines_to_fill()[row] = line_ + row;
      batch_.set_rows(rows);
      if (bad_rows_ > 0) [[unlikely]]
        refuse_bad_rows(rows);
      if (batch_.rows() > 0) sink_.take(batch_, rejects_);
      line_ += rows;
    }
  }
  [[nodiscard]] std::uint64_t rows() const { return line_; }

 private:
  struct Bad {
    bool is = false;
    RejectReason reason = RejectReason::kNul;
    std::uint32_t slot = 0;
  };

  void take_texts(const base::DuckChunk& chunk, std::size_t column, std::size_t begin,
                  std::size_t rows) {
    const auto* values = chunk.values<duckdb_string_t>(column) + begin;
    const std::uint64_t* validity = chunk.validity(column);
    auto& texts = batch_.texts_to_fill(columns_[column].slot);
    for (std::size_t row = 0; row < rows; ++row) {
      if (!base::is_valid(validity, begin + row)) {
        texts[row] = {};
        continue;
      }
      const std::string_view text = base::view_of(values[row]);
      texts[row] = text;
      if (has_nul(values[row], text)) [[unlikely]] {
        mark(row, RejectReason::kNul, columns_[column].slot);
      } else if (text.size() > base::kMaxFieldBytes) [[unlikely]] {
        mark(row, RejectReason::kFieldTooLong, columns_[column].slot);
        texts[row] = text.substr(0, kMaxRejectTextBytes);
      }
    }
  }

  void take_instants(const base::DuckChunk& chunk, std::size_t column, std::size_t begin,
                     std::size_t rows) {
    const auto* micros = chunk.values<std::int64_t>(column) + begin;
    const std::uint64_t* validity = chunk.validity(column);
    const bool local = columns_[column].kind == ColumnKind::kLocalTime;
    auto& instants = batch_.instants_to_fill(columns_[column].slot);
    for (std::size_t row = 0; row < rows; ++row) {
      instants[row] = base::kNoInstant;
      if (!base::is_valid(validity, begin + row)) continue;
      base::Millis at_ms = millis_of_micros(micros[row]);
      if (in_range(at_ms) && local) at_ms = zone_.to_instant(at_ms);
      if (in_range(at_ms)) {
        instants[row] = at_ms;
      } else {
        mark(row, RejectReason::kBadInstant, columns_[column].slot);
      }
    }
  }

  void mark(std::size_t row, RejectReason reason, std::uint32_t slot) {
    if (bad_rows_++ == 0) bad_.assign(RecordBatch::kRows, {});
    if (!bad_[row].is) bad_[row] = {true, reason, slot};
  }

  /// Rejects the rows that are marked and closes the gaps.
  void refuse_bad_rows(std::size_t rows) {
    std::size_t kept = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      if (bad_[row].is) {
        const Field field =
            bad_[row].slot < layout_.fields.size() ? layout_.fields[bad_[row].slot] : kWholeRecord;
        rejects_.add(line_ + row, field, bad_[row].reason, batch_.raw(row));
        continue;
      }
      for (const ColumnPlan& column : columns_) {
        if (column.kind == ColumnKind::kText) {
          auto& texts = batch_.texts_to_fill(column.slot);
          texts[kept] = texts[row];
        } else {
          auto& instants = batch_.instants_to_fill(column.slot);
          instants[kept] = instants[row];
        }
      }
      batch_.lines_to_fill()[kept++] = line_ + row;
    }
    batch_.set_rows(kept);
  }

  const FileLayout& layout_;
  std::span<const ColumnPlan> columns_;
  ZoneShift zone_;
  RecordSink& sink_;
  PartRejects& rejects_;
  RecordBatch batch_;
  std::size_t bad_rows_ = 0;
  std::vector<Bad> bad_;    // by row of the batch, where bad_rows_ > 0
  std::uint64_t line_ = 0;  // of the batch's first row, within the part
};

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
  base::Result<void> read_rows(const std::string& sql, ParquetPart& part) const;

  base::DuckDatabase database_;
  ZoneShift zone_;
  std::string absolute_path_;
  std::uint64_t bytes_ = 0;
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
  if (done) done = reader->find_ranges(*connection);
  if (!done) {
    done.error().where = path;
    return std::unexpected(std::move(done.error()));
  }
  return reader;
}

base::Result<void> ParquetReader::read_rows(const std::string& sql, ParquetPart& part) const {
  auto connection = database_.connect();
  if (!connection) return std::unexpected(std::move(connection.error()));
  auto result = connection->query(sql);
  if (!result) return std::unexpected(std::move(result.error()));
  while (true) {
    auto chunk = result->fetch();
    if (!chunk) return std::unexpected(std::move(chunk.error()));
    if (!*chunk) return {};
    part.take(**chunk);
  }
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
