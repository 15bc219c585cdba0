// http/test_server.h: for tests: a server on a free port of loopback, and a client that sends bytes
// as they are. One thread.
#pragma once

#include <chrono>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "http/metrics.h"
#include "http/server.h"

namespace pursuit::http {

class SteadyClock final : public base::Clock {
 public:
  [[nodiscard]] base::Millis now_ms() const override { return 1'780'000'000'000; }
  [[nodiscard]] std::int64_t monotonic_ns() const override {
    return std::chrono::steady_clock::now().time_since_epoch().count();
  }
};

/// An answer as it came, body without chunks.
struct Answer {
  unsigned status = 0;
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool is_whole = false;  // the end of the body was seen, not just the end of the connection
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

/// A blocking client. What it waits for comes within 30 s or counts as never.
class Client {
 public:
  explicit Client(const Endpoint& endpoint);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() = default;

  /// Sends the bytes; false when the server has closed.
  bool send(std::string_view bytes);
  /// While the client waits for something to come, it sends a byte every so often.
  void drip(std::chrono::milliseconds every);
  /// The next answer; status 0 when the connection ended instead. `head_only`: of a HEAD.
  Answer receive(bool head_only = false);
  Answer get(std::string_view target, std::string_view headers = {});
  Answer request(std::string_view text);
  /// Reads until the text so far ends with `end` or contains it; everything read since the last
  /// call. Nothing when the connection ended first.
  std::optional<std::string> read_until(std::string_view end);
  /// Whether the server has closed the connection, waited for.
  bool ends();
  /// A small window, so that what is not read holds up the server soon.
  void shrink_window();
  void close();

 private:
  bool read_more();
  boost::asio::io_context context_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer drip_timer_;
  std::string buffer_;
};

/// Keeps log lines.
class LogLines {
 public:
  LogLines();
  [[nodiscard]] std::shared_ptr<spdlog::logger> logger() const { return logger_; }
  [[nodiscard]] std::vector<std::string> lines() const;

 private:
  class Sink;
  std::shared_ptr<Sink> sink_;
  std::shared_ptr<spdlog::logger> logger_;
};

/// A server with options and a router; by default everybody is the local user.
class TestServer {
 public:
  TestServer(ServerOptions options, Router router, Authenticator* authenticator = nullptr);
  [[nodiscard]] Server& server() { return *server_; }
  [[nodiscard]] const Endpoint& endpoint() const { return server_->endpoints().front(); }
  [[nodiscard]] Metrics& metrics() { return metrics_; }
  [[nodiscard]] const LogLines& log() const { return log_; }
  /// The value of a metric's line in the text, "name{labels}"; waits until `wanted` is true of it.
  bool wait_for_metric(const std::string& line_start, double wanted);

 private:
  SteadyClock clock_;
  LocalUser local_user_;
  Metrics metrics_;
  LogLines log_;
  std::unique_ptr<Server> server_;
};

/// RouteOptions with a name.
[[nodiscard]] RouteOptions named(std::string name);

}  // namespace pursuit::http
