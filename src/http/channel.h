// http/channel.h: a socket with one deadline. Belongs to one io thread, which looks at all its
// channels a few times a second: that costs less than a timer for each.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>

#include <boost/asio/ip/tcp.hpp>

#include "base/clock.h"

namespace pursuit::http {

class Channel {
 public:
  Channel(boost::asio::ip::tcp::socket socket, const base::Clock& clock)
      : socket_(std::move(socket)), clock_(clock) {}

  [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }
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
    socket_.cancel(ignored);
  }
  void close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }
  /// Called again and again: an interrupt that came just before the wait began is made up for.
  void check(std::int64_t monotonic_ns) {
    if (monotonic_ns < deadline_ns_) return;
    timed_out_ = true;
    interrupt();
  }

 private:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  boost::asio::ip::tcp::socket socket_;
  const base::Clock& clock_;
  std::int64_t deadline_ns_ = kNever;
  bool timed_out_ = false;
};

}  // namespace pursuit::http
