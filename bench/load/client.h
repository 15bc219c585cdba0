// load/client.h: one HTTP/1.1 connection of the load driver, and what is measured of many. One
// thread: everything runs on one io_context.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

namespace pursuit::load {

using Steady = std::chrono::steady_clock;

/// Milliseconds from an instant to now.
[[nodiscard]] double ms_since(Steady::time_point from);

/// Durations in milliseconds, with their percentiles.
class Latencies {
 public:
  void add(double ms) { ms_.push_back(ms); }
  [[nodiscard]] std::size_t count() const { return ms_.size(); }
  /// p in [0, 1], the nearest rank; nothing: 0.
  [[nodiscard]] double percentile(double p) const;
  /// {"n":…,"p50_ms":…,"p99_ms":…,"max_ms":…}
  [[nodiscard]] std::string json() const;

 private:
  mutable std::vector<double> ms_;
};

struct Reply {
  unsigned status = 0;
  std::string body;
};

class HttpClient {
 public:
  explicit HttpClient(const boost::asio::any_io_executor& executor) : socket_(executor) {}

  /// Connects to 127.0.0.1 from an address of its own, 127.0.0.`source`: as clients of many
  /// machines do.
  boost::asio::awaitable<bool> connect(std::uint16_t port, unsigned source);
  /// Sends a whole request and reads the whole answer; nothing when the connection broke.
  boost::asio::awaitable<std::optional<Reply>> ask(std::string_view request);
  boost::asio::awaitable<bool> send(std::string_view bytes);
  /// Appends what has come to `text`; false at the end.
  boost::asio::awaitable<bool> read_some(std::string& text);

 private:
  boost::asio::ip::tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
};

/// A request without a body, or with one of JSON lines, by the bearer of a token.
[[nodiscard]] std::string get_text(std::string_view target, std::string_view token);
[[nodiscard]] std::string post_text(std::string_view target, std::string_view token,
                                    std::string_view body);

}  // namespace pursuit::load
