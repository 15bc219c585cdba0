// http/head.h: the raw bytes of a request's head → its parts, by the letter of RFC 9112. What two
// readers of one connection could understand differently is refused. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "http/options.h"
#include "http/request.h"
#include "http/target.h"

namespace pursuit::http {

/// Reads a body behind its head; Beast decodes the chunks.
using BodyParser = boost::beast::http::request_parser<boost::beast::http::string_body>;

/// The bytes up to and with the empty line, once they are all there; nothing as long as they are
/// not. Refused as soon as the request line or the headers are over their limit, so that no more of
/// them is kept.
[[nodiscard]] std::expected<std::optional<std::size_t>, Refusal> find_head(std::string_view bytes,
                                                                           const Limits& limits);

struct Head {
  std::string method;
  Target target;
  std::vector<NameValue> headers;  // names in lower case; repeated ones joined by ", "
  bool http_1_0 = false;
  bool keep_alive = true;  // as the client wishes
  bool expects_continue = false;
  bool is_chunked = false;
  std::optional<std::uint64_t> content_length;
  [[nodiscard]] bool has_body() const { return is_chunked || content_length.value_or(0) > 0; }
};

/// Reads a whole head, as found by find_head. `parser` is new; it is ready for the body afterwards.
[[nodiscard]] std::expected<Head, Refusal> parse_head(std::string_view head, BodyParser& parser,
                                                      const Limits& limits);

}  // namespace pursuit::http
