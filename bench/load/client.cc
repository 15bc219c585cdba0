#include "load/client.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

namespace pursuit::load {
namespace {

namespace net = boost::asio;
namespace bhttp = boost::beast::http;

constexpr auto kTuple = net::as_tuple(net::use_awaitable);
constexpr std::uint64_t kMaxAnswerBytes = 64u << 20;
constexpr std::size_t kReadBytes = 32u << 10;

}  // namespace

double ms_since(Steady::time_point from) {
  return std::chrono::duration<double, std::milli>(Steady::now() - from).count();
}

double Latencies::percentile(double p) const {
  if (ms_.empty()) return 0;
  const double rank = p * static_cast<double>(ms_.size() - 1);
  const auto at = ms_.begin() + std::lround(rank);
  std::ranges::nth_element(ms_, at);
  return *at;
}

std::string Latencies::json() const {
  return fmt::format(R"({{"n":{},"p50_ms":{:.3f},"p99_ms":{:.3f},"max_ms":{:.3f}}})", count(),
                     percentile(0.5), percentile(0.99), percentile(1));
}

net::awaitable<bool> HttpClient::connect(std::uint16_t port, unsigned source) {
  using net::ip::address_v4;
  boost::system::error_code error;
  if (socket_.open(net::ip::tcp::v4(), error)) co_return false;
  if (socket_.bind({address_v4(0x7F00'0000u + source), 0}, error)) co_return false;
  if (socket_.set_option(net::ip::tcp::no_delay(true), error)) co_return false;
  const net::ip::tcp::endpoint server(address_v4::loopback(), port);
  const auto [failed] = co_await socket_.async_connect(server, kTuple);
  co_return !failed;
}

net::awaitable<bool> HttpClient::send(std::string_view bytes) {
  const auto [error, sent] =
      co_await net::async_write(socket_, net::buffer(bytes.data(), bytes.size()), kTuple);
  co_return !error && sent == bytes.size();
}

net::awaitable<bool> HttpClient::read_some(std::string& text) {
  std::array<char, kReadBytes> bytes{};
  const auto space = net::buffer(bytes);
  const auto [error, count] = co_await socket_.async_read_some(space, kTuple);
  text.append(bytes.data(), count);
  co_return !error;
}

net::awaitable<std::optional<Reply>> HttpClient::ask(std::string_view request) {
  if (!co_await send(request)) co_return std::nullopt;
  bhttp::response_parser<bhttp::string_body> parser;
  parser.body_limit(kMaxAnswerBytes);
  const auto [error, count] = co_await bhttp::async_read(socket_, buffer_, parser, kTuple);
  if (error || count == 0) co_return std::nullopt;
  co_return Reply{.status = parser.get().result_int(), .body = std::move(parser.get().body())};
}

std::string get_text(std::string_view target, std::string_view token) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n",
                     target, token);
}

std::string post_text(std::string_view target, std::string_view token, std::string_view body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
      "Authorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{}",
      target, token, body.size(), body);
}

}  // namespace pursuit::load
