#include "http/site.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "http/gzip.h"

namespace pursuit::http {
namespace {

namespace fs = std::filesystem;

struct Type {
  std::string_view extension;
  std::string_view content_type;
};
constexpr std::array kTypes = {
    Type{".html", "text/html; charset=utf-8"},
    Type{".js", "text/javascript; charset=utf-8"},
    Type{".css", "text/css; charset=utf-8"},
    Type{".json", "application/json"},
    Type{".svg", "image/svg+xml"},
    Type{".png", "image/png"},
    Type{".ico", "image/x-icon"},
    Type{".woff2", "font/woff2"},
    Type{".txt", "text/plain; charset=utf-8"},
    Type{".webmanifest", "application/manifest+json"},
};

// Scripts, styles, images and connections of this site alone; nothing inline, nothing framed.
constexpr std::string_view kContentSecurity =
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

std::string_view type_of(const std::string& path) {
  const auto found = std::ranges::find_if(
      kTypes, [&](const Type& type) { return path.ends_with(type.extension); });
  return found == kTypes.end() ? "application/octet-stream" : found->content_type;
}

/// FNV-1a: tells one build from the next; nobody gains from forging it.
std::string tag_of(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return fmt::format("{:016x}-{:x}", hash, bytes.size());
}

SiteFile file_of(std::string path, std::string bytes) {
  SiteFile file;
  file.content_type = type_of(path);
  file.etag = tag_of(bytes);
  file.is_immutable = path.starts_with("/assets/");
  file.path = path == "/index.html" ? "/" : std::move(path);
  if (is_compressible(file.content_type)) {
    std::string packed = gzip(std::string_view(bytes));
    if (packed.size() < bytes.size()) {
      file.gzip = std::make_shared<const std::string>(std::move(packed));
    }
  }
  file.plain = std::make_shared<const std::string>(std::move(bytes));
  return file;
}

base::Result<std::string> bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in && !in.eof()) return base::fail(base::ErrorCode::kIo, "cannot be read", path.string());
  return bytes;
}

Response answer(const SiteFile& file, const Request& request) {
  Response response;
  response.content_type = file.content_type;
  response.etag = file.etag;
  response.may_compress = false;  // done already
  response.headers = {{"Content-Security-Policy", std::string(kContentSecurity)},
                      {"Cross-Origin-Opener-Policy", "same-origin"},
                      {"Vary", "Accept-Encoding"}};
  if (file.is_immutable) {
    response.headers.push_back({"Cache-Control", "public, max-age=31536000, immutable"});
  }
  if (file.gzip && accepts_gzip(request.header("accept-encoding").value_or(""))) {
    response.headers.push_back({"Content-Encoding", "gzip"});
    response.body = file.gzip;
  } else {
    response.body = file.plain;
  }
  return response;
}

}  // namespace

base::Result<Site> read_site(const std::string& folder) {
  std::error_code error;
  const fs::path root(folder);
  if (!fs::is_regular_file(root / "index.html", error))
    return base::fail(base::ErrorCode::kNotFound, "holds no index.html", folder);
  Site site;
  std::size_t bytes = 0;
  for (auto entry = fs::recursive_directory_iterator(root, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    const auto size = entry->file_size(error);
    if (error) break;
    bytes += size;
    if (bytes > kMaxSiteBytes || site.files.size() == kMaxSiteFiles)
      return base::fail(base::ErrorCode::kLimit, "too large for a web page", folder);
    auto text = bytes_of(entry->path());
    if (!text) return std::unexpected(text.error());
    site.files.push_back(
        file_of("/" + entry->path().lexically_relative(root).generic_string(), std::move(*text)));
  }
  if (error) return base::fail(base::ErrorCode::kIo, error.message(), folder);
  std::ranges::sort(site.files, {}, &SiteFile::path);
  return site;
}

void add_site_routes(Router& router, Site site) {
  for (SiteFile& file : site.files) {
    RouteOptions options;
    options.name = "site";
    options.run_on = RunOn::kInline;
    options.is_public = true;
    const auto shared = std::make_shared<const SiteFile>(std::move(file));
    router.add(Method::kGet, shared->path, std::move(options),
               [shared](Request& request) { return answer(*shared, request); });
  }
}

}  // namespace pursuit::http
