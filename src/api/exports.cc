// GET /api/v1/export/…: tables whole, as CSV, XLSX or Parquet. An export is of one instant: a small
// one is made while the live engine is looked at, a large one of a copy of it, so that changes do
// not wait for a slow client.
#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "api/api.h"
#include "api/export_rows.h"
#include "api/tables.h"
#include "api/temporary_file.h"
#include "api/view.h"
#include "export/csv_stream.h"
#include "export/parquet_stream.h"
#include "export/xlsx.h"

namespace pursuit::api {
namespace {

using exporting::RowStream;

constexpr std::size_t kPieceBytes = 64u << 10;

enum class Format : std::uint8_t { kCsv, kXlsx, kParquet };
constexpr std::array<std::string_view, 3> kFormatNames = {"csv", "xlsx", "parquet"};
constexpr std::array<std::string_view, 3> kContentTypes = {
    "text/csv; charset=utf-8; header=present",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.apache.parquet"};

/// Exports that run, counted; one that may run holds a place until it ends.
class Places {
 public:
  explicit Places(std::size_t count) : free_(static_cast<std::ptrdiff_t>(count)) {}

  /// Nothing when none is free.
  [[nodiscard]] static std::shared_ptr<void> take(const std::shared_ptr<Places>& places) {
    if (places->free_.fetch_sub(1) <= 0) {
      places->free_.fetch_add(1);
      return nullptr;
    }
    return {places.get(), [places](void*) { places->free_.fetch_add(1); }};
  }

 private:
  std::atomic<std::ptrdiff_t> free_;
};

struct Options {
  Format format = Format::kCsv;
  bool byte_order_mark = false;
  bool right_to_left = false;
};

template <std::size_t N>
base::Result<std::size_t> choice_of(const http::Request& request, std::string_view name,
                                    const std::array<std::string_view, N>& choices) {
  const auto text = request.query_value(name);
  if (!text) return std::size_t{0};
  const auto found = std::ranges::find(choices, *text);
  if (found == choices.end()) {
    std::string all;
    for (const std::string_view choice : choices)
      all.append(all.empty() ? "" : ", ").append(choice);
    return base::fail(base::ErrorCode::kInvalidInput, "none of " + all, std::string(name));
  }
  return static_cast<std::size_t>(found - choices.begin());
}

base::Result<Options> options_of(const http::Request& request) {
  static constexpr std::array<std::string_view, 2> kFlags = {"false", "true"};
  static constexpr std::array<std::string_view, 2> kLanguages = {"en", "ar"};
  const auto format = choice_of(request, "format", kFormatNames);
  if (!format) return std::unexpected(format.error());
  const auto bom = choice_of(request, "bom", kFlags);
  if (!bom) return std::unexpected(bom.error());
  const auto language = choice_of(request, "lang", kLanguages);
  if (!language) return std::unexpected(language.error());
  return Options{.format = static_cast<Format>(*format),
                 .byte_order_mark = *bom == 1,
                 .right_to_left = *language == 1};
}

/// Rows that need the live engine no more, and what they are of.
struct Taken {
  RowStream rows;
  base::Millis as_of_ms = 0;
  std::shared_ptr<void> place;  // of a large one
};

base::Error none_free() {
  return {base::ErrorCode::kBusy, "as many exports run as may run at once", {}};
}

base::Result<Taken> take(const Context& context, const http::Request& request,
                         const ExportTable& table, const std::shared_ptr<Places>& places) {
  auto view = view_of(context, request);
  if (!view) return std::unexpected(view.error());
  Taken taken{.rows = {}, .as_of_ms = view->engine().as_of_ms(), .place = nullptr};
  std::shared_ptr<const engine::Engine> engine = view->replay();
  if (!engine) {
    const std::shared_ptr<const engine::Engine> borrowed(std::shared_ptr<void>(), &view->engine());
    auto rows = table.rows(context, request, borrowed);
    if (!rows) return std::unexpected(rows.error());
    if (rows->items <= context.exports.rows_in_memory) {
      auto made = recorded(*rows);
      if (!made) return std::unexpected(made.error());
      taken.rows = std::move(*made);
      return taken;
    }
    taken.place = Places::take(places);
    if (!taken.place) return std::unexpected(none_free());
    engine = view->engine().clone();
  }
  {
    const View done = std::move(*view);  // the writer goes on from here
  }
  auto rows = table.rows(context, request, engine);
  if (!rows) return std::unexpected(rows.error());
  taken.rows = std::move(*rows);
  return taken;
}

/// `pursuit-queue-2026-06-01T080000Z.csv`: of what the server made alone, so that no name is odd.
std::string disposition(const ExportTable& table, const Taken& taken, Format format) {
  std::string instant = base::format_instant(taken.as_of_ms).substr(0, 19) + "Z";
  std::erase(instant, ':');
  return "attachment; filename=\"pursuit-" + std::string(table.name) + "-" + instant + "." +
         std::string(kFormatNames[static_cast<std::size_t>(format)]) + "\"";
}

/// Makes a file of the rows when it is first asked, then hands it on in pieces.
class FileOfRows {
 public:
  FileOfRows(Taken taken, Options options, std::string name, const ExportLimits& limits,
             std::stop_token stop)
      : taken_(std::move(taken)),
        options_(options),
        name_(std::move(name)),
        limits_(limits),
        stop_(std::move(stop)) {}

  base::Result<bool> operator()(std::string& out) {
    if (!file_) {
      if (auto made = make(); !made) return std::unexpected(made.error());
    }
    return file_->read(out, kPieceBytes);
  }

 private:
  base::Result<void> make() {
    auto file = TemporaryFile::create(limits_.scratch);
    if (!file) return std::unexpected(file.error());
    file_.emplace(std::move(*file));
    const auto gives_up = [this] { return stop_.stop_requested(); };
    base::Result<void> written;
    if (options_.format == Format::kParquet) {
      const auto bytes = exporting::write_parquet_rows(file_->path(), taken_.rows, gives_up);
      if (!bytes) written = std::unexpected(bytes.error());
    } else {
      written = exporting::write_xlsx(file_->path(), taken_.rows,
                                      {.sheet = name_,
                                       .right_to_left = options_.right_to_left,
                                       .scratch = file_->folder(),
                                       .gives_up = gives_up,
                                       .max_rows = limits_.sheet_rows});
    }
    if (!written) return written;
    taken_.rows = {};  // and the engine with it
    return file_->open();
  }

  Taken taken_;
  const Options options_;
  const std::string name_;
  const ExportLimits limits_;
  const std::stop_token stop_;
  std::optional<TemporaryFile> file_;
};

/// A sheet has only so much room, which is looked at before anything is sent.
std::optional<http::Response> refuse_rows(const Taken& taken, Format format,
                                          const ExportLimits& limits) {
  if (format != Format::kXlsx) return std::nullopt;
  const auto rows = count_rows(taken.rows);
  if (!rows) return http::error_response(rows.error());
  if (*rows <= limits.sheet_rows) return std::nullopt;
  const std::string reason = std::to_string(*rows) + " rows are more than the " +
                             std::to_string(limits.sheet_rows) +
                             " of a sheet: narrow them, or take csv or parquet";
  return http::problem_response(422, reason, {{.field = "format", .reason = reason}});
}

http::Response answer(const Context& context, const http::Request& request,
                      const ExportTable& table, const std::shared_ptr<Places>& places) {
  if (table.is_of_network && !request.caller.scope.is_whole()) return of_whole_network();
  const auto options = options_of(request);
  if (!options) return http::error_response(options.error());
  auto taken = take(context, request, table, places);
  if (!taken) return http::error_response(taken.error());
  const ExportLimits& limits = context.exports;
  if (auto refused = refuse_rows(*taken, options->format, limits)) return std::move(*refused);
  const std::string file_name = disposition(table, *taken, options->format);
  http::Producer producer;
  if (options->format == Format::kCsv) {
    producer = [stream = exporting::CsvStream(std::move(taken->rows), options->byte_order_mark),
                place = taken->place](std::string& out) mutable { return stream.next(out); };
  } else {
    if (!taken->place) taken->place = Places::take(places);
    if (!taken->place) return http::error_response(none_free());
    producer =
        FileOfRows(std::move(*taken), *options, std::string(table.name), limits, request.stop);
  }
  http::Response response = http::stream_response(
      std::string(kContentTypes[static_cast<std::size_t>(options->format)]), std::move(producer));
  response.headers.push_back({"Content-Disposition", file_name});
  return response;
}

}  // namespace

void add_export_routes(http::Router& router, Context& context) {
  const auto places = std::make_shared<Places>(context.exports.running);
  for (ExportTable& table : export_tables()) {
    const std::string name(table.name);
    std::vector<std::string> parameters = table.parameters;
    parameters.insert(parameters.end(), {"format", "bom", "lang"});
    router.add(http::Method::kGet, "/api/v1/export/" + name,
               {.name = "export." + name,
                .query = std::move(parameters),
                .permission = model::Permission::kExport},
               [&context, places, table = std::move(table)](http::Request& request) {
                 return answer(context, request, table, places);
               });
  }
}

}  // namespace pursuit::api
