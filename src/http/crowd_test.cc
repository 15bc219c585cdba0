// More requests at once than there is room for: of one caller, and of all.
#include <atomic>
#include <chrono>
#include <semaphore>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "http/test_server.h"

namespace pursuit::http {
namespace {

/// Whoever a header names.
class ByHeader final : public Authenticator {
 public:
  [[nodiscard]] std::expected<Caller, Response> authenticate(
      const Request& request, const RouteOptions& /*route*/) override {
    Caller caller;
    caller.who = request.header("x-who").value_or("");
    if (const auto token = request.header("x-token"))
      caller.token_id = static_cast<unsigned char>((*token)[0]);
    return caller;
  }
};

/// A route that holds its requests until it is told to let one go.
class Crowd : public testing::Test {
 protected:
  Router router() {
    Router router;
    router.add(Method::kGet, "/wait", named("wait"), [this](Request&) {
      ++inside_;
      gate_.acquire();
      return text_response("done");
    });
    router.add(Method::kGet, "/quick", named("quick"),
               [](Request&) { return text_response("quick"); });
    RouteOptions open = named("open");
    open.is_public = true;
    router.add(Method::kGet, "/open", std::move(open), [](Request&) { return text_response("o"); });
    return router;
  }
  static void begin(Client& client, const std::string& who) {
    client.send("GET /wait HTTP/1.1\r\nHost: h\r\nX-Who: " + who + "\r\n\r\n");
  }
  /// Waits until so many requests are in their handler.
  [[nodiscard]] bool wait_for_inside(int count) const {
    for (int tries = 0; tries < 3'000 && inside_ != count; ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return inside_ == count;
  }

  ByHeader by_header_;
  std::atomic<int> inside_ = 0;
  std::counting_semaphore<> gate_{0};
};

TEST_F(Crowd, ACallerWithTooManyRequestsIsRefusedAndOthersAreNot) {
  ServerOptions options;
  options.worker_threads = 4;
  options.limits.requests_per_caller = 2;
  TestServer test(options, router(), &by_header_);
  Client first(test.endpoint());
  Client second(test.endpoint());
  begin(first, "amal");
  begin(second, "amal");
  ASSERT_TRUE(wait_for_inside(2));
  Client third(test.endpoint());
  const Answer refused = third.get("/quick", "X-Who: amal\r\n");
  EXPECT_EQ(refused.status, 429u);
  EXPECT_EQ(refused.header("retry-after"), "1");
  EXPECT_EQ(refused.header("content-type"), "application/problem+json");
  // The connection goes on, and so does everyone else; what is public is of no caller.
  EXPECT_EQ(third.get("/quick", "X-Who: badr\r\n").status, 200u);
  EXPECT_EQ(third.get("/open", "X-Who: amal\r\n").status, 200u);
  gate_.release(2);
  EXPECT_EQ(first.receive().status, 200u);
  EXPECT_EQ(second.receive().status, 200u);
  EXPECT_EQ(third.get("/quick", "X-Who: amal\r\n").status, 200u);
  EXPECT_TRUE(
      test.wait_for_metric("pursuit_http_requests_over_share_total{limit=\"in_flight\"}", 1));
}

TEST_F(Crowd, WhoHasNoNameIsCountedByAddress) {
  ServerOptions options;
  options.worker_threads = 4;
  options.limits.requests_per_caller = 1;
  TestServer test(options, router(), &by_header_);
  Client first(test.endpoint());
  begin(first, "");
  ASSERT_TRUE(wait_for_inside(1));
  EXPECT_EQ(Client(test.endpoint()).get("/quick").status, 429u);
  gate_.release();
  EXPECT_EQ(first.receive().status, 200u);
}

TEST_F(Crowd, ATokenHasALimitOfItsOwnBesideItsAccounts) {
  ServerOptions options;
  options.limits.requests_per_second_of_token = 1;  // two at once
  TestServer test(options, router(), &by_header_);
  Client client(test.endpoint());
  int refused = 0;
  for (int i = 0; i < 20; ++i) {
    const Answer answer = client.get("/quick", "X-Who: amal\r\nX-Token: a\r\n");
    if (answer.status == 200) continue;
    ++refused;
    EXPECT_EQ(answer.status, 429u);
    EXPECT_FALSE(answer.header("retry-after").empty());
    EXPECT_NE(answer.body.find("one token"), std::string::npos) << answer.body;
  }
  EXPECT_GE(refused, 1);
  EXPECT_EQ(client.get("/quick", "X-Who: amal\r\nX-Token: b\r\n").status, 200u);
  EXPECT_EQ(client.get("/quick", "X-Who: amal\r\n").status, 200u);
  EXPECT_TRUE(test.wait_for_metric("pursuit_http_requests_over_share_total{limit=\"token_rate\"}",
                                   refused));
}

TEST_F(Crowd, AnAddressHasALimitWhoeverItIs) {
  ServerOptions options;
  options.limits.requests_per_second_of_address = 1;  // two at once
  options.trusted_proxies = {"127.0.0.1"};
  TestServer test(options, router(), &by_header_);
  Client client(test.endpoint());
  const auto ask = [&](const std::string& path, const std::string& who, const std::string& from) {
    return client.get(path, "X-Who: " + who + "\r\nX-Forwarded-For: " + from + "\r\n").status;
  };
  int refused = 0;
  for (int i = 0; i < 20; ++i) {
    // Under another name each time, on public routes too, and where there is nothing.
    const char* const paths[] = {"/quick", "/open", "/nothing"};
    refused += ask(paths[i % 3], "caller " + std::to_string(i), "192.0.2.1") == 429 ? 1 : 0;
  }
  EXPECT_GE(refused, 1);
  EXPECT_EQ(ask("/quick", "amal", "192.0.2.2"), 200u);
  EXPECT_EQ(ask("/quick", "amal", "2001:db8::1"), 200u);
  int refused_of_network = 0;
  for (int i = 2; i < 20; ++i) {
    refused_of_network += ask("/quick", "amal", "2001:db8::" + std::to_string(i)) == 429 ? 1 : 0;
  }
  EXPECT_GE(refused_of_network, 1);
  EXPECT_TRUE(test.wait_for_metric("pursuit_http_requests_over_share_total{limit=\"address_rate\"}",
                                   refused + refused_of_network));
}

TEST_F(Crowd, RequestsThatFindNoPlaceInTheQueueAreToldToComeBack) {
  ServerOptions options;
  options.worker_threads = 1;
  options.limits.queued_requests = 1;
  TestServer test(options, router(), &by_header_);
  Client first(test.endpoint());
  Client second(test.endpoint());
  begin(first, "amal");
  ASSERT_TRUE(wait_for_inside(1));
  begin(second, "badr");
  ASSERT_TRUE(test.wait_for_metric("pursuit_http_worker_queue", 1));
  const Answer refused = Client(test.endpoint()).get("/quick");
  EXPECT_EQ(refused.status, 503u);
  EXPECT_EQ(refused.header("retry-after"), "1");
  gate_.release(2);
  EXPECT_EQ(first.receive().status, 200u);
  EXPECT_EQ(second.receive().status, 200u);
  EXPECT_EQ(Client(test.endpoint()).get("/quick").status, 200u);
}

TEST(ErrorResponse, AFullDiskIsToldFromAStoreThatFails) {
  using base::ErrorCode;
  for (const ErrorCode code : {ErrorCode::kStorage, ErrorCode::kIo}) {
    const Response full = error_response({code, "cannot write (no space left)", "/a/path"});
    EXPECT_EQ(full.status, 507u);
    // The path is for the log alone.
    EXPECT_EQ(std::get<Problem>(full.body).detail.find("path"), std::string::npos);
    EXPECT_NE(full.note.find("path"), std::string::npos);
  }
  const Response failed = error_response({ErrorCode::kStorage, "disk I/O error", "store"});
  EXPECT_EQ(failed.status, 503u);
  EXPECT_EQ(failed.headers.front().name, "Retry-After");
  EXPECT_EQ(error_response({ErrorCode::kIo, "gone", ""}).status, 500u);
}

}  // namespace
}  // namespace pursuit::http
