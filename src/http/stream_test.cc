// Bodies that are made while they are sent, and streams of events, over real sockets.
#include <atomic>
#include <chrono>
#include <latch>
#include <thread>

#include <gtest/gtest.h>

#include "http/test_server.h"

namespace pursuit::http {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<EventHub> small_hub(std::size_t max_events = 100) {
  EventHub::Options options;
  options.epoch = "e";
  options.max_events = max_events;
  return std::make_shared<EventHub>(std::move(options));
}

Router events_router(std::shared_ptr<EventHub> hub) {
  Router router;
  RouteOptions options = named("events");
  options.query = {"dealer"};
  router.add(Method::kGet, "/events", options, [hub = std::move(hub)](Request& request) {
    const auto dealer = request.query_value("dealer");
    if (!dealer) return event_response(hub);
    return event_response(hub, [wanted = std::string(*dealer)](const Event& event) {
      return !event.labels.empty() && event.labels.front().value == wanted;
    });
  });
  router.add(Method::kGet, "/a", named("a"), [](Request&) { return text_response("a"); });
  return router;
}

void ask_for_events(Client& client, std::string_view last_id = {}, std::string_view query = {}) {
  std::string text = "GET /events";
  text.append(query).append(" HTTP/1.1\r\nHost: h\r\n");
  if (!last_id.empty()) text.append("Last-Event-ID: ").append(last_id).append("\r\n");
  client.send(text.append("\r\n"));
}

TEST(Stream, SendsAProducersBodyInChunks) {
  Router router;
  router.add(Method::kGet, "/export", named("export"), [](Request&) {
    return stream_response("text/csv", [n = 0](std::string& out) mutable -> base::Result<bool> {
      out = "row " + std::to_string(n) + "\n";
      return ++n < 3;
    });
  });
  TestServer test({}, std::move(router));
  Client client(test.endpoint());
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.get("/export");
    EXPECT_EQ(answer.header("transfer-encoding"), "chunked");
    EXPECT_EQ(answer.body, "row 0\nrow 1\nrow 2\n");
    EXPECT_TRUE(answer.is_whole);
  }
  EXPECT_EQ(client.get("/export", "Accept-Encoding: gzip\r\n").header("content-encoding"), "gzip");
  Client old(test.endpoint());
  const Answer plain = old.request("GET /export HTTP/1.0\r\n\r\n");
  EXPECT_EQ(plain.header("transfer-encoding"), "");
  EXPECT_EQ(plain.body, "row 0\nrow 1\nrow 2\n");
}

TEST(Stream, AsksTheProducerOnlyAsTheClientReads) {
  std::atomic<int> made = 0;
  constexpr int kPieces = 1'000;
  Router router;
  router.add(Method::kGet, "/export", named("export"), [&](Request&) {
    return stream_response("application/octet-stream", [&](std::string& out) -> base::Result<bool> {
      out.assign(64u << 10, 'x');
      return ++made < kPieces;
    });
  });
  TestServer test({}, std::move(router));
  Client client(test.endpoint());
  client.shrink_window();
  client.send("GET /export HTTP/1.1\r\nHost: h\r\n\r\n");
  client.read_until("\r\n\r\n");
  // It stands still once the buffers of both ends are full: 64 MB do not fit in.
  int before = -1;
  while (before != made) {
    before = made;
    std::this_thread::sleep_for(200ms);
  }
  EXPECT_LT(made, kPieces);
  Client other(test.endpoint());
  EXPECT_EQ(other.get("/none").status, 404u);
}

TEST(Stream, ABrokenProducerIsSeenByTheClient) {
  Router router;
  router.add(Method::kGet, "/late", named("late"), [](Request&) {
    return stream_response("text/csv", [n = 0](std::string& out) mutable -> base::Result<bool> {
      if (n++ > 0) return base::fail(base::ErrorCode::kIo, "disk on fire");
      out = "row\n";
      return true;
    });
  });
  router.add(Method::kGet, "/early", named("early"), [](Request&) {
    return stream_response("text/csv", [](std::string&) -> base::Result<bool> {
      throw std::runtime_error("disk on fire");
    });
  });
  TestServer test({}, std::move(router));
  Client late(test.endpoint());
  const Answer cut = late.get("/late");
  EXPECT_EQ(cut.body, "row\n");
  EXPECT_FALSE(cut.is_whole);
  Client early(test.endpoint());
  const Answer told = early.get("/early");
  EXPECT_EQ(told.status, 500u);
  EXPECT_FALSE(told.body.contains("fire"));
  for (const std::string& line : test.log().lines()) EXPECT_TRUE(line.contains("fire")) << line;
}

TEST(Events, ArriveAsTheyArePublished) {
  const auto hub = small_hub();
  TestServer test({}, events_router(hub));
  Client client(test.endpoint());
  ask_for_events(client);
  const auto head = client.read_until("\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->contains("Content-Type: text/event-stream"));
  EXPECT_TRUE(client.read_until("retry: 3000\nid: e-0\n\n"));
  hub->publish("lead", "{\"a\":1}");
  EXPECT_TRUE(client.read_until("id: e-1\nevent: lead\ndata: {\"a\":1}\n\n"));
  hub->publish("lead", "2");
  EXPECT_TRUE(client.read_until("data: 2\n\n"));
}

TEST(Events, AreFilteredPerClient) {
  const auto hub = small_hub();
  TestServer test({}, events_router(hub));
  Client client(test.endpoint());
  ask_for_events(client, {}, "?dealer=D2");
  ASSERT_TRUE(client.read_until("id: e-0\n\n"));
  hub->publish("lead", "for D1", {{"dealer", "D1"}});
  hub->publish("lead", "for D2", {{"dealer", "D2"}});
  const auto text = client.read_until("for D2\n\n");
  ASSERT_TRUE(text);
  EXPECT_FALSE(text->contains("for D1"));
}

TEST(Events, GoOnAfterTheLastOneWithoutGaps) {
  const auto hub = small_hub();
  for (int i = 0; i < 50; ++i) hub->publish("n", std::to_string(i));
  TestServer test({}, events_router(hub));
  Client client(test.endpoint());
  ask_for_events(client, "e-20");
  const auto text = client.read_until("id: e-50\nevent: n\ndata: 49\n\n");
  ASSERT_TRUE(text);
  EXPECT_FALSE(text->contains("reset"));
  for (int i = 21; i <= 50; ++i) {
    EXPECT_TRUE(text->contains("id: e-" + std::to_string(i) + "\n")) << i;
  }
  EXPECT_FALSE(text->contains("id: e-20\nevent"));
}

TEST(Events, ResetWhoAsksForWhatIsGone) {
  const auto hub = small_hub(10);
  for (int i = 0; i < 50; ++i) hub->publish("n", "x");
  TestServer test({}, events_router(hub));
  for (const char* id : {"e-20", "other-49", "garbage"}) {
    Client client(test.endpoint());
    ask_for_events(client, id);
    const auto text = client.read_until("event: reset\ndata: {\"reason\":\"unknown_id\"}\n\n");
    ASSERT_TRUE(text) << id;
    EXPECT_TRUE(text->contains("id: e-50\n"));
  }
}

TEST(Events, ResetAndCloseWhoFallsBehind) {
  const auto hub = small_hub(20);
  TestServer test({}, events_router(hub));
  Client client(test.endpoint());
  ask_for_events(client);
  ASSERT_TRUE(client.read_until("id: e-0\n\n"));
  // Far more than fits into the buffers of both ends.
  for (int i = 0; i < 400; ++i) {
    hub->publish("n", std::string(100'000, 'x'));
    std::this_thread::sleep_for(1ms);
  }
  const auto text = client.read_until("event: reset\ndata: {\"reason\":\"behind\"}\n\n");
  ASSERT_TRUE(text);
  EXPECT_TRUE(client.ends());
}

TEST(Events, HeartbeatsKeepAQuietStreamOpen) {
  ServerOptions options;
  options.heartbeat = 50ms;
  options.limits.idle_timeout = 100ms;
  TestServer test(options, events_router(small_hub()));
  Client client(test.endpoint());
  ask_for_events(client);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(client.read_until(":\n\n"));
}

TEST(Events, AClientThatLeavesIsForgotten) {
  TestServer test({}, events_router(small_hub()));
  {
    Client client(test.endpoint());
    ask_for_events(client);
    ASSERT_TRUE(client.read_until("id: e-0\n\n"));
    EXPECT_TRUE(test.wait_for_metric("pursuit_http_streams", 1));
  }
  EXPECT_TRUE(test.wait_for_metric("pursuit_http_streams", 0));
  EXPECT_TRUE(test.wait_for_metric("pursuit_http_connections", 0));
}

TEST(Events, OnlySoManyStreams) {
  ServerOptions options;
  options.limits.streams = 1;
  TestServer test(options, events_router(small_hub()));
  Client first(test.endpoint());
  ask_for_events(first);
  ASSERT_TRUE(first.read_until("id: e-0\n\n"));
  Client second(test.endpoint());
  const Answer answer = second.get("/events");
  EXPECT_EQ(answer.status, 503u);
  EXPECT_NE(answer.header("retry-after"), "");
}

TEST(Events, ReachManyStreams) {
  constexpr int kStreams = 400;
  const auto hub = small_hub();
  TestServer test({}, events_router(hub));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < kStreams; ++i) {
    clients.push_back(std::make_unique<Client>(test.endpoint()));
    ask_for_events(*clients.back());
  }
  for (const auto& client : clients) ASSERT_TRUE(client->read_until("id: e-0\n\n"));
  for (int i = 0; i < 20; ++i) hub->publish("n", std::to_string(i));
  for (const auto& client : clients) {
    const auto text = client->read_until("data: 19\n\n");
    ASSERT_TRUE(text);
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(text->contains("data: " + std::to_string(i) + "\n\n"));
    }
  }
}

TEST(Stop, LetsRequestsEndAndSaysGoodByeToStreams) {
  const auto hub = small_hub();
  Router router = events_router(hub);
  std::latch running(1);
  std::latch may_end(1);
  router.add(Method::kGet, "/slow", named("slow"), [&](Request&) {
    running.count_down();
    may_end.wait();
    return text_response("done");
  });
  TestServer test({}, std::move(router));
  Client idle(test.endpoint());
  EXPECT_EQ(idle.get("/a").status, 200u);
  Client slow(test.endpoint());
  slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  Client stream(test.endpoint());
  ask_for_events(stream);
  ASSERT_TRUE(stream.read_until("id: e-0\n\n"));
  running.wait();

  std::jthread stopper([&] { test.server().stop(30s); });
  EXPECT_TRUE(idle.ends());
  EXPECT_TRUE(stream.read_until("event: end\n"));
  EXPECT_TRUE(stream.ends());
  may_end.count_down();
  const Answer answer = slow.receive();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.header("connection"), "close");
  stopper.join();
}

TEST(Stop, TellsLongHandlersWhenPatienceIsOver) {
  std::latch running(1);
  Router router;
  router.add(Method::kGet, "/endless", named("endless"), [&](Request& request) {
    running.count_down();
    while (!request.stop.stop_requested()) std::this_thread::sleep_for(1ms);
    return text_response("never seen");
  });
  TestServer test({}, std::move(router));
  Client client(test.endpoint());
  client.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n");
  running.wait();
  test.server().stop(50ms);
  EXPECT_EQ(client.receive().status, 0u);
}

}  // namespace
}  // namespace pursuit::http
