// http/ticker.h: something that is done again and again in the thread of an io_context, until it is
// told to end. Belongs to that thread.
#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace pursuit::http {

class Ticker {
 public:
  Ticker(boost::asio::io_context& context, std::chrono::milliseconds period,
         std::function<void()> work)
      : timer_(context), period_(period), work_(std::move(work)) {}

  void start() {
    timer_.expires_after(period_);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error || has_ended_) return;
      work_();
      start();
    });
  }
  /// No work after it. A tick that is due already cannot be cancelled any more: it comes, finds the
  /// end, and must not begin the next one, or the context would never run out of work.
  void end() {
    has_ended_ = true;
    timer_.cancel();
  }

 private:
  boost::asio::steady_timer timer_;
  std::chrono::milliseconds period_;
  std::function<void()> work_;
  bool has_ended_ = false;
};

}  // namespace pursuit::http
