#include "http/target.h"

#include <algorithm>
#include <utility>

#include <boost/url/encoding_opts.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <simdjson.h>

namespace pursuit::http {
namespace {

namespace urls = boost::urls;

// More would be an attack on whoever looks at them one by one.
constexpr std::size_t kMaxParts = 256;

std::unexpected<Refusal> refuse(std::string detail, std::string field = {}) {
  return std::unexpected(Refusal{400, std::move(detail), std::move(field)});
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::expected<void, Refusal> read_segments(const urls::url_view& url, Target& target) {
  if (url.encoded_path() == "/") return {};
  if (url.encoded_segments().size() > kMaxParts) return refuse("the path has too many segments");
  for (const urls::pct_string_view part : url.encoded_segments()) {
    std::string segment = part.decode();
    if (segment == "." || segment == "..") return refuse("the path has a dot segment");
    if (std::ranges::any_of(segment, is_control)) {
      return refuse("the path has a control character");
    }
    if (!is_utf8(segment)) return refuse("the path is not UTF-8");
    target.segments.push_back(std::move(segment));
  }
  return {};
}

std::expected<void, Refusal> read_query(const urls::url_view& url, Target& target) {
  if (!url.has_query() || url.encoded_query().empty()) return {};
  if (url.encoded_params().size() > kMaxParts) return refuse("the query has too many parameters");
  urls::encoding_opts blanks;
  blanks.space_as_plus = true;
  for (const auto& param : url.encoded_params()) {
    NameValue pair{param.key.decode(blanks), param.value.decode(blanks)};
    if (!is_utf8(pair.name) || !is_utf8(pair.value)) return refuse("the query is not UTF-8");
    if (pair.name.contains('\0') || pair.value.contains('\0')) return refuse("the query has a NUL");
    target.query.push_back(std::move(pair));
  }
  return {};
}

}  // namespace

std::expected<Target, Refusal> parse_target(std::string_view text) {
  Target target;
  if (text == "*") {
    target.is_asterisk = true;
    return target;
  }
  const bool origin_form = text.starts_with('/');
  const auto url = origin_form ? urls::parse_origin_form(text) : urls::parse_absolute_uri(text);
  if (!url) return refuse("the request target is not a valid URL");
  if (!origin_form &&
      !((url->scheme_id() == urls::scheme::http || url->scheme_id() == urls::scheme::https) &&
        url->has_authority() && !url->has_userinfo())) {
    return refuse("the request target is not an http URL");
  }
  if (auto read = read_segments(*url, target); !read) return std::unexpected(read.error());
  if (auto read = read_query(*url, target); !read) return std::unexpected(read.error());
  return target;
}

std::expected<void, Refusal> check_query(const std::vector<NameValue>& query,
                                         const std::vector<std::string>& allowed) {
  for (auto it = query.begin(); it != query.end(); ++it) {
    if (std::ranges::find(allowed, it->name) == allowed.end()) {
      // URLs end up in logs, histories and Referer: a client must not get used to it.
      for (const std::string_view secret : {"token", "access_token", "api_key", "password"}) {
        if (it->name == secret)
          return refuse("a secret does not belong in a URL: send it as Authorization: Bearer",
                        it->name);
      }
      return refuse("unknown query parameter", it->name);
    }
    if (std::find_if(query.begin(), it,
                     [&](const NameValue& earlier) { return earlier.name == it->name; }) != it) {
      return refuse("query parameter given twice", it->name);
    }
  }
  return {};
}

}  // namespace pursuit::http
