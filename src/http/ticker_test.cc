#include "http/ticker.h"

#include <chrono>
#include <thread>

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

namespace pursuit::http {
namespace {

using namespace std::chrono_literals;

TEST(Ticker, WorksUntilItEnds) {
  boost::asio::io_context context(1);
  int ticks = 0;
  Ticker* self = nullptr;
  Ticker ticker(context, 1ms, [&] {
    if (++ticks == 3) self->end();
  });
  self = &ticker;
  ticker.start();
  context.run();
  EXPECT_EQ(ticks, 3);
}

// Asio takes what was posted first, then finds the tick due, and calls both in this order.
TEST(Ticker, EndsWhenATickIsDueAlready) {
  boost::asio::io_context context(1);
  int ticks = 0;
  Ticker ticker(context, 1ms, [&] { ++ticks; });
  ticker.start();
  std::this_thread::sleep_for(5ms);
  boost::asio::post(context, [&] { ticker.end(); });
  context.run_for(30s);  // bounded, so that a ticker that goes on fails the test
  EXPECT_TRUE(context.stopped());
  EXPECT_EQ(ticks, 0);
}

}  // namespace
}  // namespace pursuit::http
