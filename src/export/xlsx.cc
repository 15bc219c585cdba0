#include "export/xlsx.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

#include <xlsxwriter.h>

#include "base/time.h"
#include "base/utf8.h"
#include "export/output_file.h"

namespace pursuit::exporting {
namespace {

/// Day 0 of Excel's calendar, for days from March 1900 on: the format counts a 29 February 1900.
constexpr double kDaysTo1970 = 25'569;
constexpr double kFirstDay = 61;
constexpr std::size_t kMaxTextBytes = 32'767;  // of a cell

/// Bytes of the UTF-8 character at the beginning; 0: there is none that a sheet may hold.
std::size_t character_at(std::string_view text) {
  const base::Character character = base::first_character(text);
  // XML has no place for these two.
  return character.code == 0xFFFE || character.code == 0xFFFF ? 0 : character.bytes;
}

/// The text as a sheet can hold it: UTF-8, and not longer than a cell may be.
const char* cell_text(std::string_view text, std::string& out) {
  out.clear();
  while (!text.empty()) {
    const std::size_t length = character_at(text);
    const std::string_view next = length == 0 ? base::kReplacement : text.substr(0, length);
    if (text.front() != '\0') {
      if (out.size() + next.size() > kMaxTextBytes) break;
      out += next;
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out.c_str();
}

double width_of(const ParquetColumn& column) {
  constexpr double kInstantWidth = 21;
  constexpr double kTextWidth = 18;
  const double name = static_cast<double>(column.name.size()) + 3;
  return std::max(name, column.type == ParquetType::kInstant ? kInstantWidth
                        : column.type == ParquetType::kText  ? kTextWidth
                                                             : 12.0);
}

class Sheet final : public RowSink, public Cells {
 public:
  Sheet(lxw_workbook* book, lxw_worksheet* sheet, std::size_t max_rows)
      : sheet_(sheet), max_rows_(max_rows) {
    instant_ = workbook_add_format(book);
    format_set_num_format(instant_, "yyyy-mm-dd hh:mm:ss\"Z\"");
    date_ = workbook_add_format(book);
    format_set_num_format(date_, "yyyy-mm-dd");
    header_ = workbook_add_format(book);
    format_set_bold(header_);
  }

  void head(const std::vector<ParquetColumn>& columns, bool right_to_left) {
    const auto last = static_cast<lxw_col_t>(columns.size() - 1);
    for (lxw_col_t c = 0; c <= last; ++c) {
      worksheet_set_column(sheet_, c, c, width_of(columns[c]), nullptr);
      keep(worksheet_write_string(sheet_, 0, c, columns[c].name.c_str(), header_));
    }
    worksheet_freeze_panes(sheet_, 1, 0);
    if (right_to_left) worksheet_right_to_left(sheet_);
  }
  [[nodiscard]] bool is_full() const { return row_ > max_rows_; }
  /// The first thing that went wrong.
  [[nodiscard]] lxw_error error() const { return error_; }
  [[nodiscard]] std::size_t rows() const { return row_; }

  Cells& begin_row() override {
    ++row_;
    column_ = 0;
    return *this;
  }
  void end_row() override {}
  Cells& text(std::string_view value) override {
    const lxw_col_t column = column_++;
    if (value.empty() || is_full()) return *this;
    keep(worksheet_write_string(sheet_, at(), column, cell_text(value, text_), nullptr));
    return *this;
  }
  Cells& count(std::uint64_t value) override { return put(static_cast<double>(value), nullptr); }
  Cells& number(double value) override {
    if (!std::isfinite(value)) return absent();
    return put(value, nullptr);
  }
  Cells& flag(bool value) override {
    const lxw_col_t column = column_++;
    if (!is_full()) keep(worksheet_write_boolean(sheet_, at(), column, value ? 1 : 0, nullptr));
    return *this;
  }
  Cells& instant(base::Millis at_ms) override {
    if (at_ms == base::kNoInstant) return absent();
    const double days =
        static_cast<double>(at_ms) / static_cast<double>(base::kMillisPerDay) + kDaysTo1970;
    if (days < kFirstDay) return text(base::format_instant(at_ms));
    return put(days, instant_);
  }
  Cells& date(std::int64_t day) override {
    const double days = static_cast<double>(day) + kDaysTo1970;
    if (days < kFirstDay) return text(base::format_date(static_cast<std::int32_t>(day)));
    return put(days, date_);
  }
  Cells& absent() override {
    ++column_;
    return *this;
  }

 private:
  [[nodiscard]] lxw_row_t at() const { return static_cast<lxw_row_t>(row_); }
  void keep(lxw_error error) {
    if (error_ == LXW_NO_ERROR) error_ = error;
  }
  Cells& put(double value, lxw_format* format) {
    const lxw_col_t column = column_++;
    if (!is_full()) keep(worksheet_write_number(sheet_, at(), column, value, format));
    return *this;
  }

  lxw_worksheet* sheet_;
  const std::size_t max_rows_;
  lxw_format* instant_ = nullptr;
  lxw_format* date_ = nullptr;
  lxw_format* header_ = nullptr;
  std::size_t row_ = 0;  // the header is row 0
  lxw_col_t column_ = 0;
  lxw_error error_ = LXW_NO_ERROR;
  std::string text_;
};

base::Result<void> fill(const RowStream& rows, const XlsxOptions& options, Sheet& sheet) {
  for (std::size_t begin = 0; begin < rows.items; begin += rows.block_items) {
    if (options.gives_up && options.gives_up())
      return base::fail(base::ErrorCode::kBusy, "given up");
    const std::size_t end = std::min(begin + rows.block_items, rows.items);
    if (auto done = rows.write(begin, end, sheet); !done) return done;
    if (sheet.is_full()) {
      return base::fail(base::ErrorCode::kLimit,
                        "over the " + std::to_string(options.max_rows) + " rows of a sheet");
    }
  }
  return {};
}

base::Result<void> refused(const std::string& path, lxw_error error, int error_number) {
  if (error_number != 0) return file_failure("cannot write", path, error_number);
  return base::fail(base::ErrorCode::kIo, lxw_strerror(error), path);
}

}  // namespace

base::Result<void> write_xlsx(const std::string& path, const RowStream& rows,
                              const XlsxOptions& options) {
  std::string scratch = options.scratch;  // the library's interface wants it not const
  lxw_workbook_options book_options{};
  book_options.constant_memory = LXW_TRUE;
  book_options.tmpdir = scratch.empty() ? nullptr : scratch.data();
  errno = 0;
  lxw_workbook* const book = workbook_new_opt(path.c_str(), &book_options);
  if (book == nullptr) return file_failure("cannot create the file", path, errno);
  lxw_worksheet* const page = workbook_add_worksheet(book, options.sheet.c_str());
  if (page == nullptr || page->optimize_tmpfile == nullptr) {
    const int error_number = errno;
    lxw_workbook_free(book);
    return refused(path, LXW_ERROR_CREATING_TMPFILE, error_number);
  }
  Sheet sheet(book, page, options.max_rows);
  sheet.head(rows.columns, options.right_to_left);
  if (auto filled = fill(rows, options, sheet); !filled) {
    lxw_workbook_free(book);
    return filled;
  }
  const auto last = static_cast<lxw_col_t>(rows.columns.size() - 1);
  worksheet_autofilter(page, 0, 0, static_cast<lxw_row_t>(sheet.rows()), last);
  // The library does not look whether the rows that it set aside were written.
  errno = 0;
  if (std::fflush(page->optimize_tmpfile) != 0 || std::ferror(page->optimize_tmpfile) != 0) {
    const int error_number = errno == 0 ? EIO : errno;
    lxw_workbook_free(book);
    return refused(path, LXW_ERROR_CREATING_TMPFILE, error_number);
  }
  errno = 0;
  const lxw_error closed = workbook_close(book);  // frees it
  if (sheet.error() != LXW_NO_ERROR) return refused(path, sheet.error(), 0);
  if (closed != LXW_NO_ERROR) return refused(path, closed, errno);
  return {};
}

}  // namespace pursuit::exporting
