// The files of imports: how they come, and where they lie.
#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/utf8.h"
#include "imports/imports.h"
#include "imports/safe_name.h"
#include "imports/xlsx.h"

namespace pursuit::imports {
namespace {

namespace fs = std::filesystem;

/// Where a path really leads, if that is a plain file in one of the folders.
std::optional<fs::path> within(const std::string& path, const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    std::error_code error;
    const fs::path root = fs::canonical(folder, error);
    if (error) continue;
    fs::path real = fs::canonical(root / path, error);
    if (error || !fs::is_regular_file(real, error)) continue;
    const auto [end, unused] = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
    if (end == root.end()) return real;
  }
  return std::nullopt;
}

std::unexpected<base::Error> at_odds(std::string why) {
  return base::fail(base::ErrorCode::kConflict, std::move(why));
}

bool may_change(const ImportView& view) { return view.job.state == store::ImportState::kReady; }

}  // namespace

std::string safe_name(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x80 || (byte > 0x20 && byte != 0x7F && c != '/' && c != '\\');
    out += plain ? c : '_';
  }
  const std::size_t first = out.find_first_not_of('.');
  out = first == std::string::npos ? std::string() : out.substr(first);
  constexpr std::size_t kMost = 120;
  // The end is what tells one from another; from the first character that is whole.
  std::string_view rest = out;
  if (rest.size() > kMost) rest.remove_prefix(rest.size() - kMost);
  while (!rest.empty() && (static_cast<unsigned char>(rest.front()) & 0xC0u) == 0x80u)
    rest.remove_prefix(1);
  return rest.empty() ? "file" : std::string(rest);
}

// ── files ─────────────────────────────────────────────────────────────────────────────────────

base::Result<ImportView> Imports::create(const std::string& name, const std::string& author) {
  const base::Millis now_ms = clock_.now_ms();
  store::ImportJob job{.name = name,
                       .author = author,
                       .detail = detail_text({}),
                       .created_ms = now_ms,
                       .updated_ms = now_ms};
  const auto id = store_.add_import_job(job);
  if (!id) return std::unexpected(id.error());
  job.id = *id;
  return ImportView{.job = std::move(job), .detail = {}, .waits = false};
}

base::Result<ImportView> Imports::add_file(std::int64_t id, const std::string& path,
                                           const std::string& name,
                                           std::optional<ingest::FileKind> kind) {
  const std::lock_guard lock(change_);
  auto view = get(id);
  if (!view) return view;
  std::error_code error;
  fs::create_directories(folder_of(id), error);
  fs::permissions(folder_of(id), fs::perms::owner_all, error);
  const std::string to =
      fmt::format("{}/{}-{}", folder_of(id), view->detail.files.size() + 1, safe_name(name));
  fs::rename(path, to, error);
  if (error) return base::fail(base::ErrorCode::kIo, error.message(), name);
  auto added =
      add(std::move(*view),
          {.name = safe_name(name), .path = to, .hash = {}, .origin = {}, .counts = {}}, kind);
  if (!added) fs::remove(to, error);
  return added;
}

base::Result<ImportView> Imports::add_server_file(std::int64_t id, const std::string& path,
                                                  std::optional<ingest::FileKind> kind) {
  const std::lock_guard lock(change_);
  const auto real = within(path, options_.allowed);
  if (!real) {
    return base::fail(base::ErrorCode::kNotFound, "no such file in a folder for imports", "path");
  }
  auto view = get(id);
  if (!view) return view;
  return add(std::move(*view),
             {.name = real->filename(), .path = *real, .hash = {}, .origin = {}, .counts = {}},
             kind);
}

void Imports::discard(std::int64_t id) {
  const std::lock_guard lock(change_);
  auto view = get(id);
  if (!view || !may_change(*view) || !view->detail.files.empty()) return;
  [[maybe_unused]] const auto removed = store_.remove_import_job(id);
  std::error_code error;
  fs::remove_all(folder_of(id), error);
}

base::Result<void> Imports::unpack(std::int64_t id, std::size_t number, ImportFile& file) const {
  std::error_code error;
  fs::create_directories(folder_of(id), error);
  const std::string csv = fmt::format("{}/{}-sheet.csv", folder_of(id), number);
  fs::remove(csv, error);
  if (auto made =
          xlsx_to_csv(file.path, csv, {.max_unpacked_bytes = options_.limits.unpacked_bytes});
      !made) {
    return base::fail(made.error().code, made.error().message, file.name);
  }
  auto hash = hash_file(csv);
  if (!hash) return std::unexpected(hash.error());
  file.path = csv;
  file.hash = std::move(*hash);
  return {};
}

base::Result<ImportView> Imports::add(ImportView view, ImportFile file,
                                      std::optional<ingest::FileKind> kind) {
  if (!may_change(view)) return at_odds("the import has begun");
  if (view.detail.files.size() >= options_.max_files) {
    return base::fail(base::ErrorCode::kLimit,
                      fmt::format("more than {} files in an import", options_.max_files));
  }
  for (const ImportFile& other : view.detail.files) {
    if (other.name == file.name) return at_odds("the import has a file of that name");
  }
  // Path and name are kept as JSON, which has no other bytes.
  if (!base::is_utf8(file.path)) {
    return base::fail(base::ErrorCode::kInvalidInput, "the file's name is not UTF-8", "path");
  }
  std::error_code error;
  file.bytes = fs::file_size(file.path, error);
  if (error) return base::fail(base::ErrorCode::kIo, error.message(), file.name);
  if (file.bytes > options_.max_file_bytes) {
    return base::fail(base::ErrorCode::kLimit,
                      fmt::format("over {} bytes", options_.max_file_bytes), file.name);
  }
  auto hash = hash_file(file.path);
  if (!hash) return std::unexpected(hash.error());
  file.origin = *hash;
  file.hash = std::move(*hash);
  if (is_xlsx(file.path)) {
    if (auto unpacked = unpack(view.job.id, view.detail.files.size() + 1, file); !unpacked) {
      return std::unexpected(unpacked.error());
    }
  }
  auto columns = look_at(file.path, options_.limits);
  if (!columns) {
    const bool over = columns.error().code == base::ErrorCode::kLimit;
    return base::fail(over ? base::ErrorCode::kLimit : base::ErrorCode::kInvalidInput,
                      columns.error().message, file.name);
  }
  file.kind = guess(std::move(*columns), file.name, funnel(), kind).kind;
  view.detail.files.push_back(std::move(file));
  sort_files(view.detail.files);
  return keep(std::move(view));
}

}  // namespace pursuit::imports
