// Raw bytes → request: whatever comes in, what a handler sees is decoded, bounded and the same
// however the bytes were cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>

#include "http/admit.h"

namespace {

using namespace pursuit::http;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kBodyLimit = 4'096;

[[noreturn]] void broken(const char* what) {
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

Limits small_limits() {
  Limits limits;
  limits.request_line_bytes = 512;
  limits.header_bytes = 1'024;
  limits.header_count = 20;
  return limits;
}

Router small_router() {
  Router router;
  const auto add = [&](Method method, const char* pattern) {
    RouteOptions options;
    options.name = pattern;
    options.query = {"a", "b"};
    router.add(method, pattern, std::move(options), [](Request&) { return empty_response(); });
  };
  add(Method::kGet, "/");
  add(Method::kGet, "/a/{x}");
  add(Method::kPost, "/a/{x}");
  add(Method::kGet, "/f/{file...}");
  return router;
}

/// Whether a folder's parent is among the names of a path. A name may well end in two dots.
bool has_dot_segment(std::string_view path) {
  return path == ".." || path.starts_with("../") || path.contains("/../") || path.ends_with("/..");
}

void check_request(const Admitted& admitted) {
  for (const std::string& segment : admitted.request.segments) {
    if (segment == "." || segment == ".." || segment.contains('\0')) broken("segment");
  }
  for (const NameValue& parameter : admitted.request.parameters) {
    if (parameter.value.empty()) broken("empty parameter");
    if (parameter.name == "file" &&
        (parameter.value.starts_with('/') || has_dot_segment(parameter.value) ||
         parameter.value.contains('\\'))) {
      broken("a tail that leaves its folder");
    }
  }
  if (admitted.request.query.size() > 2) broken("query");
  for (const NameValue& header : admitted.request.headers) {
    if (header.name.empty() || header.value.find_first_of("\r\n") != std::string::npos) {
      broken("header");
    }
  }
}

// The body and how many bytes it took, or nothing when it is malformed or not whole: then no
// handler sees it. Which of the two is not told, for it may depend on the cuts: Beast looks for the
// end of a chunk's quoted text past the chunk's line, and counts the chunk again at each look.
std::optional<std::string> read_body(BodyParser& parser, std::string_view rest, std::size_t step) {
  boost::system::error_code error;
  parser.body_limit(kBodyLimit);
  std::size_t used = 0;
  for (std::size_t end = 0; !parser.is_done() && end < rest.size();) {
    end = std::min(end + step, rest.size());
    // One call takes one piece: a chunk's head, its data.
    for (error = {}; !parser.is_done() && !error && used < end;) {
      used += parser.put(boost::asio::buffer(rest.data() + used, end - used), error);
    }
    if (error && error != boost::beast::http::error::need_more) return std::nullopt;
  }
  if (!parser.is_done()) return std::nullopt;
  if (parser.get().body().size() > kBodyLimit) broken("body over its limit");
  return std::to_string(used) + " " + parser.get().body();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Limits kLimits = small_limits();
  static const Router kRouter = small_router();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto found = find_head(bytes, kLimits);
  if (!found || !*found) return 0;
  const std::string_view text = bytes.substr(0, **found);
  if (text.size() > kLimits.request_line_bytes + kLimits.header_bytes + 2) broken("head too long");
  BodyParser whole;
  BodyParser cut;
  auto head = parse_head(text, whole, kLimits);
  if (parse_head(text, cut, kLimits).has_value() != head.has_value()) broken("not repeatable");
  if (!head) return 0;
  if (head->is_chunked && head->content_length) broken("two lengths");
  // A connection answers 413 to a length over the route's limit and reads none of it.
  const bool fits = head->content_length.value_or(0) <= kBodyLimit;
  if (head->has_body() && fits) {
    const std::string_view rest = bytes.substr(text.size());
    const auto body = read_body(whole, rest, rest.size() + 1);
    const auto again = read_body(cut, rest, 1 + size % 7);
    if (body != again) broken("a body depends on how its bytes were cut");
  }
  if (const auto admitted = admit(*head, kRouter, ServerOptions{})) check_request(*admitted);
  return 0;
}
