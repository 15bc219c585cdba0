// http/channel.h: a socket, with TLS or without, and one deadline. Belongs to one io thread, which
// looks at all its channels a few times a second: that costs less than a timer for each.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "base/clock.h"
#include "http/tls.h"

namespace pursuit::http {

/// What is read from and written to: the socket, or TLS over it.
class Stream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using executor_type = Socket::executor_type;

  /// Without `tls`: as it comes.
  Stream(Socket socket, TlsContext tls) : socket_(std::move(socket)), context_(std::move(tls)) {
    if (context_) tls_ = std::make_unique<boost::asio::ssl::stream<Socket&>>(socket_, *context_);
  }
  [[nodiscard]] executor_type get_executor() { return socket_.get_executor(); }
  [[nodiscard]] Socket& socket() { return socket_; }
  /// Nothing: it has no TLS.
  [[nodiscard]] boost::asio::ssl::stream<Socket&>* tls() { return tls_.get(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (tls_) return tls_->async_read_some(buffers, std::forward<Token>(token));
    return socket_.async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (tls_) return tls_->async_write_some(buffers, std::forward<Token>(token));
    return socket_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  Socket socket_;
  TlsContext context_;  // of this connection, also when the server has another certificate by now
  std::unique_ptr<boost::asio::ssl::stream<Socket&>> tls_;
};

class Channel {
 public:
  Channel(boost::asio::ip::tcp::socket socket, TlsContext tls, const base::Clock& clock)
      : stream_(std::move(socket), std::move(tls)), clock_(clock) {}

  [[nodiscard]] Stream& stream() { return stream_; }
  [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return stream_.socket(); }
  [[nodiscard]] const base::Clock& clock() const { return clock_; }

  /// What waits for the socket fails after `timeout`, unless disarm() or another arm() comes first.
  void arm(std::chrono::milliseconds timeout) {
    deadline_ns_ = clock_.monotonic_ns() + std::chrono::nanoseconds(timeout).count();
    timed_out_ = false;
  }
  void disarm() { deadline_ns_ = kNever; }
  /// Whether the last deadline passed.
  [[nodiscard]] bool timed_out() const { return timed_out_; }

  /// Fails what waits for the socket; the socket stays usable.
  void interrupt() {
    boost::system::error_code ignored;
    socket().cancel(ignored);
  }
  void close() {
    boost::system::error_code ignored;
    socket().close(ignored);
  }
  /// Called again and again: an interrupt that came just before the wait began is made up for.
  void check(std::int64_t monotonic_ns) {
    if (monotonic_ns < deadline_ns_) return;
    timed_out_ = true;
    interrupt();
  }

 private:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  Stream stream_;
  const base::Clock& clock_;
  std::int64_t deadline_ns_ = kNever;
  bool timed_out_ = false;
};

}  // namespace pursuit::http
