// http/site.h: the files of a web page, read once, served from memory, compressed beforehand. Read
// by one thread, then any.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "http/response.h"
#include "http/router.h"

namespace pursuit::http {

/// One file as it is sent.
struct SiteFile {
  std::string path;  // of the URL: "/assets/index-3f2a.js"; "/" for index.html
  std::string content_type;
  std::string etag;   // by content
  bool is_immutable;  // its name changes with its content: below /assets/
  Shared plain;
  Shared gzip;  // null where compressing gains nothing
};

struct Site {
  std::vector<SiteFile> files;  // by path
};

inline constexpr std::size_t kMaxSiteFiles = 1'000;
inline constexpr std::size_t kMaxSiteBytes = 64u << 20;

/// Reads every file below `folder`. kNotFound: there is no index.html; kLimit: more files or bytes
/// than a page has; kIo: a file cannot be read.
[[nodiscard]] base::Result<Site> read_site(const std::string& folder);

/// Adds a public route for each file, with caching by name or by content and a Content-Security-
/// Policy under which nothing but this site's own files runs.
void add_site_routes(Router& router, Site site);

}  // namespace pursuit::http
