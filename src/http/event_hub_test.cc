#include "http/event_hub.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace pursuit::http {
namespace {

using Taken = EventHub::Taken;

std::shared_ptr<EventHub> hub_of(std::size_t max_events, std::size_t max_bytes = 1u << 20) {
  EventHub::Options options;
  options.epoch = "e1";
  options.max_events = max_events;
  options.max_bytes = max_bytes;
  return std::make_shared<EventHub>(std::move(options));
}

std::string take_all(EventHub::Cursor& cursor, Taken end = Taken::kNone) {
  std::string text;
  std::vector<std::shared_ptr<const Event>> events;
  Taken taken = Taken::kEvents;
  while ((taken = cursor.take(1'000, events)) == Taken::kEvents) {
    for (const auto& event : events) text += std::to_string(event->number) + " ";
  }
  EXPECT_EQ(taken, end);
  return text;
}

TEST(EventHub, WritesAFrameThatABrowserReads) {
  const auto hub = hub_of(10);
  EventHub::Cursor cursor(hub, {}, [] {});
  ASSERT_TRUE(cursor.resume({}));
  hub->publish("lead", "one\ntwo\r\nthree\rfour");
  hub->publish("na\nme", "");
  std::vector<std::shared_ptr<const Event>> events;
  ASSERT_EQ(cursor.take(1'000, events), Taken::kEvents);
  EXPECT_EQ(events.at(0)->frame,
            "id: e1-1\nevent: lead\ndata: one\ndata: two\ndata: three\ndata: four\n\n");
  EXPECT_EQ(events.at(1)->frame, "id: e1-2\nevent: na me\ndata: \n\n");
}

TEST(EventHub, ResumesWithoutGapsOrTellsThatItCannot) {
  const auto hub = hub_of(4);
  for (int i = 0; i < 10; ++i) hub->publish("n", "x");  // 7 to 10 are kept
  EventHub::Cursor cursor(hub, {}, [] {});
  ASSERT_TRUE(cursor.resume("e1-8"));
  EXPECT_EQ(take_all(cursor), "9 10 ");
  ASSERT_TRUE(cursor.resume("e1-6"));
  EXPECT_EQ(take_all(cursor), "7 8 9 10 ");
  ASSERT_TRUE(cursor.resume("e1-10"));
  EXPECT_EQ(take_all(cursor), "");
  for (const char* id : {"e1-5", "e1-0", "e1-11", "e0-9", "9", "e1-", "e1-9x", "e1--1",
                         "e1-18446744073709551615", "e1-99999999999999999999"}) {
    EXPECT_FALSE(cursor.resume(id)) << id;
    EXPECT_EQ(cursor.position(), "e1-10");
    EXPECT_EQ(take_all(cursor), "") << id;
  }
}

TEST(EventHub, TellsAClientThatFellBehind) {
  const auto hub = hub_of(4);
  EventHub::Cursor cursor(hub, {}, [] {});
  ASSERT_TRUE(cursor.resume({}));
  for (int i = 0; i < 4; ++i) hub->publish("n", "x");
  EXPECT_EQ(take_all(cursor), "1 2 3 4 ");
  for (int i = 0; i < 5; ++i) hub->publish("n", "x");
  EXPECT_EQ(take_all(cursor, Taken::kBehind), "");
}

TEST(EventHub, IsBoundedByBytesToo) {
  const auto hub = hub_of(1'000, 10'000);
  for (int i = 0; i < 100; ++i) hub->publish("n", std::string(1'000, 'x'));
  EXPECT_LE(hub->kept_bytes(), 10'000u);
  EXPECT_EQ(hub->kept_events(), 9u);
  hub->publish("n", std::string(50'000, 'x'));  // one is kept whatever its size
  EXPECT_EQ(hub->kept_events(), 1u);
}

TEST(EventHub, FiltersByLabels) {
  const auto hub = hub_of(1'000);
  EventHub::Cursor cursor(
      hub, [](const Event& event) { return event.labels.at(0).value == "D2"; }, [] {});
  ASSERT_TRUE(cursor.resume({}));
  for (int i = 0; i < 200; ++i) hub->publish("n", "x", {{"dealer", "D" + std::to_string(i % 100)}});
  EXPECT_EQ(take_all(cursor), "3 103 ");
  EXPECT_EQ(cursor.position(), "e1-200");
}

TEST(EventHub, WakesOnceWhoFoundNothing) {
  const auto hub = hub_of(10);
  int wakes = 0;
  EventHub::Cursor cursor(hub, {}, [&] { ++wakes; });
  ASSERT_TRUE(cursor.resume({}));
  hub->publish("n", "x");
  EXPECT_EQ(wakes, 0);
  EXPECT_EQ(take_all(cursor), "1 ");
  hub->publish("n", "x");
  hub->publish("n", "x");
  EXPECT_EQ(wakes, 1);
}

TEST(EventHub, EndsWhenClosed) {
  const auto hub = hub_of(10);
  EventHub::Cursor cursor(hub, {}, [] {});
  ASSERT_TRUE(cursor.resume({}));
  hub->publish("n", "x");
  hub->close();
  EXPECT_EQ(hub->publish("n", "x"), 0u);
  EXPECT_EQ(take_all(cursor, Taken::kClosed), "1 ");
}

TEST(EventHub, LosesNothingBetweenThreads) {
  constexpr int kEvents = 20'000;
  const auto hub = hub_of(kEvents);
  std::atomic<bool> woken = false;
  EventHub::Cursor cursor(hub, {}, [&] {
    woken = true;
    woken.notify_one();
  });
  ASSERT_TRUE(cursor.resume({}));
  std::jthread publisher([&] {
    for (int i = 0; i < kEvents; ++i) hub->publish("n", "x");
    hub->close();
  });
  std::vector<std::shared_ptr<const Event>> events;
  std::uint64_t expected = 1;
  for (;;) {
    woken = false;
    const Taken taken = cursor.take(1'000, events);
    if (taken == Taken::kClosed) break;
    ASSERT_NE(taken, Taken::kBehind);
    if (taken == Taken::kNone) woken.wait(false);
    for (const auto& event : events) ASSERT_EQ(event->number, expected++);
  }
  EXPECT_EQ(expected, kEvents + 1u);
}

}  // namespace
}  // namespace pursuit::http
