#include "http/prepare.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "http/gzip.h"

namespace pursuit::http {
namespace {

constexpr std::size_t kWorthCompressing = 1u << 10;

struct Default {
  std::string_view name;
  std::string_view value;
};
// For answers of an API: nothing in them is to be run, framed or guessed at. Pages set their own.
constexpr std::array kDefaults = {
    Default{"X-Content-Type-Options", "nosniff"},
    Default{"Referrer-Policy", "no-referrer"},
    Default{"X-Frame-Options", "DENY"},
    Default{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    Default{"Cross-Origin-Resource-Policy", "same-origin"},
};

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return lower(x) == lower(y);
  });
}

class HeaderList {
 public:
  explicit HeaderList(std::vector<NameValue> own) : list_(std::move(own)) {
    // A line break in a value would be a second header: response splitting.
    for (NameValue& header : list_) {
      std::ranges::replace_if(
          header.value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    }
  }
  void add(std::string_view name, std::string value) {
    list_.push_back({std::string(name), std::move(value)});
  }
  void add_default(std::string_view name, std::string_view value) {
    const bool there = std::ranges::any_of(
        list_, [&](const NameValue& header) { return same_name(header.name, name); });
    if (!there) add(name, std::string(value));
  }
  [[nodiscard]] std::vector<NameValue> take() { return std::move(list_); }

 private:
  std::vector<NameValue> list_;
};

std::string problem_text(const Problem& problem, unsigned status, const std::string& id) {
  nlohmann::ordered_json json = {
      {"type", problem.type},
      {"title", problem.title.empty() ? std::string(status_text(status)) : problem.title},
      {"status", status}};
  if (!problem.detail.empty()) json["detail"] = problem.detail;
  json["instance"] = id;
  if (!problem.errors.empty()) {
    auto& errors = json["errors"] = nlohmann::ordered_json::array();
    for (const FieldError& error : problem.errors) {
      errors.push_back({{"field", error.field}, {"reason", error.reason}});
    }
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Weak comparison (RFC 9110, section 13.1.2): W/ does not count.
bool has_tag(std::string_view if_none_match, std::string_view etag) {
  if (if_none_match == "*") return true;
  const std::string quoted = fmt::format("\"{}\"", etag);
  return if_none_match.contains(quoted);
}

void compress(Outgoing& out, HeaderList& headers, const Asked& asked) {
  headers.add("Vary", "Accept-Encoding");
  if (!accepts_gzip(asked.accept_encoding)) return;
  if (auto* producer = std::get_if<Producer>(&out.body)) {
    out.body = gzip(std::move(*producer));
  } else {
    const auto* own = std::get_if<std::string>(&out.body);
    const std::string& text = own != nullptr ? *own : *std::get<Shared>(out.body);
    if (text.size() < kWorthCompressing) return;
    out.body = gzip(std::string_view(text));
  }
  headers.add("Content-Encoding", "gzip");
}

}  // namespace

std::string http_date(base::Millis at_ms) {
  static constexpr std::array kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::int64_t day = base::day_of(at_ms);
  const base::CivilDate date = base::civil_of_day(day);
  const std::int64_t second = (at_ms - day * base::kMillisPerDay) / base::kMillisPerSecond;
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[static_cast<std::size_t>(((day % 7) + 7) % 7)], date.day,
                     kMonths[date.month - 1], date.year, second / 3600, second / 60 % 60,
                     second % 60);
}

Asked asked_of(const Request& request) {
  return {.id = request.id,
          .may_be_304 = request.method == Method::kGet,
          .if_none_match = std::string(request.header("if-none-match").value_or("")),
          .accept_encoding = std::string(request.header("accept-encoding").value_or(""))};
}

Outgoing prepare(Response response, const Asked& asked, base::Millis now_ms) {
  Outgoing out;
  out.status = response.status;
  out.note = std::move(response.note);
  HeaderList headers(std::move(response.headers));
  std::visit(
      [&](auto&& body) {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, Problem>) {
          response.content_type = "application/problem+json";
          out.body = problem_text(body, out.status, asked.id);
        } else {
          out.body = std::forward<decltype(body)>(body);
        }
      },
      std::move(response.body));

  const bool has_etag = !response.etag.empty() && out.status == 200;
  if (has_etag) headers.add("ETag", fmt::format("W/\"{}\"", response.etag));
  if (has_etag && asked.may_be_304 && has_tag(asked.if_none_match, response.etag)) {
    out.status = 304;
    out.body = std::string();
    headers.add("Vary", "Accept-Encoding");
  } else if (!std::holds_alternative<EventSubscription>(out.body) && response.may_compress &&
             out.may_have_body() && is_compressible(response.content_type)) {
    compress(out, headers, asked);
  }
  if (out.may_have_body() && !response.content_type.empty()) {
    headers.add_default("Content-Type", response.content_type);
  }
  headers.add("Date", http_date(now_ms));
  if (!asked.id.empty()) headers.add("X-Request-Id", asked.id);
  headers.add_default("Cache-Control", has_etag ? "private, no-cache" : "no-store");
  for (const auto& [name, value] : kDefaults) headers.add_default(name, value);
  if (asked.is_tls) headers.add_default("Strict-Transport-Security", "max-age=31536000");
  out.headers = headers.take();
  return out;
}

}  // namespace pursuit::http
