#include "http/head.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

namespace pursuit::http {
namespace {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;

std::unexpected<Refusal> refuse(unsigned status, std::string detail, std::string field = {}) {
  return std::unexpected(Refusal{status, std::move(detail), std::move(field)});
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

// Beast unfolds obsolete line folding and reads past some of the rest; here it is an error.
std::expected<void, Refusal> check_lines(std::string_view head, const Limits& limits) {
  std::size_t lines = 0;
  for (std::size_t begin = 0; begin < head.size(); ++lines) {
    const std::size_t end = head.find('\n', begin);
    if (end == std::string_view::npos || end == begin || head[end - 1] != '\r') {
      return refuse(400, "a line does not end with CR LF");
    }
    const std::string_view line = head.substr(begin, end - 1 - begin);
    for (const char c : line) {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte < 0x20 && c != '\t') || byte == 0x7f) {
        return refuse(400, "the head has a control character");
      }
    }
    if (lines > 0 && (line.starts_with(' ') || line.starts_with('\t'))) {
      return refuse(400, "a header goes on in the next line");
    }
    begin = end + 1;
  }
  // The request line and the empty line are no headers.
  if (lines > limits.header_count + 2) return refuse(431, "too many headers");
  return {};
}

// Whether the request line is well formed up to a version of HTTP that is not served.
bool names_a_version(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  if (std::ranges::count(line, ' ') != 2) return false;
  const std::string_view version = line.substr(line.rfind(' ') + 1);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return version.size() == 8 && version.starts_with("HTTP/") && digit(version[5]) &&
         version[6] == '.' && digit(version[7]);
}

std::expected<void, Refusal> check_host(const Head& head, std::size_t hosts) {
  if (hosts > 1) return refuse(400, "several Host headers", "Host");
  if (hosts == 0) {
    if (head.http_1_0) return {};
    return refuse(400, "no Host header", "Host");
  }
  const auto host = std::ranges::find(head.headers, "host", &NameValue::name);
  if (host->value.find_first_of(" \t,/@?#\\") != std::string::npos) {
    return refuse(400, "not a host", "Host");
  }
  return {};
}

// How long the body is must have exactly one answer (RFC 9112, section 6).
std::expected<void, Refusal> read_framing(const bhttp::fields& fields, Head& head) {
  const auto lengths = fields.count(bhttp::field::content_length);
  const auto codings = fields.count(bhttp::field::transfer_encoding);
  if (lengths > 0 && codings > 0) {
    return refuse(400, "both Content-Length and Transfer-Encoding", "Content-Length");
  }
  if (lengths > 1) return refuse(400, "several Content-Length headers", "Content-Length");
  if (codings > 1) return refuse(400, "several Transfer-Encoding headers", "Transfer-Encoding");
  if (codings == 1) {
    if (head.http_1_0) return refuse(400, "Transfer-Encoding in HTTP/1.0", "Transfer-Encoding");
    const auto coding = fields[bhttp::field::transfer_encoding];
    if (!beast::iequals(coding, "chunked")) {
      return refuse(501, "a transfer coding other than chunked", "Transfer-Encoding");
    }
    head.is_chunked = true;
  }
  if (lengths == 1) {
    const auto text = fields[bhttp::field::content_length];
    std::uint64_t length = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) {
      return refuse(400, "not a length", "Content-Length");
    }
    head.content_length = length;
  }
  return {};
}

std::expected<void, Refusal> read_expect(const bhttp::fields& fields, Head& head) {
  const auto expect = fields.find(bhttp::field::expect);
  if (expect == fields.end()) return {};
  if (!beast::iequals(expect->value(), "100-continue")) {
    return refuse(417, "an expectation other than 100-continue", "Expect");
  }
  head.expects_continue = !head.http_1_0;
  return {};
}

void copy_headers(const bhttp::fields& fields, std::vector<NameValue>& headers) {
  for (const auto& field : fields) {
    const auto text = field.name_string();
    std::string name = lower({text.data(), text.size()});
    const std::string_view value(field.value().data(), field.value().size());
    const auto earlier = std::ranges::find(headers, name, &NameValue::name);
    if (earlier == headers.end()) {
      headers.push_back({std::move(name), std::string(value)});
    } else {
      earlier->value.append(", ").append(value);
    }
  }
}

}  // namespace

std::expected<std::optional<std::size_t>, Refusal> find_head(std::string_view bytes,
                                                             const Limits& limits) {
  const std::size_t line_end = std::min(bytes.find('\n'), bytes.size());
  // Its CR stands before line_end.
  if (line_end > limits.request_line_bytes + 1) return refuse(414, "the request line is too long");
  const std::size_t end = bytes.find("\r\n\r\n");
  const std::size_t head_bytes = end == std::string_view::npos ? bytes.size() : end + 4;
  if (head_bytes - line_end > limits.header_bytes) return refuse(431, "the headers are too long");
  if (end == std::string_view::npos) return std::nullopt;
  return head_bytes;
}

std::expected<Head, Refusal> parse_head(std::string_view bytes, BodyParser& parser,
                                        const Limits& limits) {
  if (auto checked = check_lines(bytes, limits); !checked) {
    return std::unexpected(checked.error());
  }
  beast::error_code error;
  parser.header_limit(static_cast<std::uint32_t>(limits.request_line_bytes + limits.header_bytes));
  parser.body_limit(boost::none);  // the route's own limit is looked at while the body comes in
  parser.put(boost::asio::buffer(bytes), error);
  if (error == bhttp::error::bad_version && names_a_version(bytes)) {
    return refuse(505, "not HTTP/1.0 or HTTP/1.1");
  }
  if (error || !parser.is_header_done()) return refuse(400, "malformed: " + error.message());

  const auto& message = parser.get();
  Head head;
  head.method = std::string(message.method_string());
  head.http_1_0 = message.version() == 10;
  head.keep_alive = message.keep_alive();
  copy_headers(message, head.headers);
  const auto target = message.target();
  auto parsed = parse_target({target.data(), target.size()});
  if (!parsed) return std::unexpected(parsed.error());
  head.target = std::move(*parsed);
  if (head.target.is_asterisk && head.method != "OPTIONS") {
    return refuse(400, "the request target * is for OPTIONS");
  }
  if (auto ok = check_host(head, message.count(bhttp::field::host)); !ok) {
    return std::unexpected(ok.error());
  }
  if (auto ok = read_framing(message, head); !ok) return std::unexpected(ok.error());
  if (auto ok = read_expect(message, head); !ok) return std::unexpected(ok.error());
  return head;
}

}  // namespace pursuit::http
