// Every limit over a real socket: what the client is told, and that others are served meanwhile.
#include <array>
#include <chrono>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "http/ready_routes.h"
#include "http/test_server.h"

namespace pursuit::http {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

Router echo_router() {
  Router router;
  RouteOptions small = named("small");
  small.body_limit_bytes = 10;
  router.add(Method::kPost, "/small", small,
             [](Request& request) { return text_response(std::move(request.body)); });
  RouteOptions large = named("large");
  large.body_limit_bytes = 32u << 20;
  router.add(Method::kPost, "/large", large,
             [](Request& request) { return text_response(std::to_string(request.body.size())); });
  router.add(Method::kGet, "/a", named("a"), [](Request&) { return text_response("a"); });
  return router;
}

std::string post(std::string_view path, std::string_view headers, std::string_view body) {
  std::string text = "POST ";
  return text.append(path)
      .append(" HTTP/1.1\r\nHost: h\r\n")
      .append(headers)
      .append("\r\n")
      .append(body);
}

void expect_served(const Endpoint& endpoint) {
  Client client(endpoint);
  EXPECT_EQ(client.get("/a").body, "a");
}

TEST(Limits, LongUrlAndLongHeadersAreToldApart) {
  TestServer test({}, echo_router());
  const auto status = [&](const std::string& text) {
    Client client(test.endpoint());
    const Answer answer = client.request(text);
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_TRUE(client.ends());
    return answer.status;
  };
  EXPECT_EQ(status("GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"), 414u);
  EXPECT_EQ(status("GET /a HTTP/1.1\r\nHost: h\r\nX: " + std::string(17'000, 'a') + "\r\n\r\n"),
            431u);
  std::string many;
  for (int i = 0; i < 101; ++i) many += "X: 1\r\n";
  EXPECT_EQ(status("GET /a HTTP/1.1\r\nHost: h\r\n" + many + "\r\n"), 431u);
  expect_served(test.endpoint());
}

TEST(Limits, SmugglingIsRefusedAndTheConnectionClosed) {
  TestServer test({}, echo_router());
  const std::string next = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const std::string& headers :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"s,
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"s,
        "Content-Length: 0\r\nContent-Length: 44\r\n"s, "Transfer-Encoding: xchunked\r\n"s,
        "Transfer-Encoding:\r\n chunked\r\n"s, "Transfer-Encoding: chunked\r\nHost: other\r\n"s,
        "Content-Length: 5\n"s, "Content-Length: 5\r\nX: \0\r\n"s}) {
    Client client(test.endpoint());
    const Answer answer = client.request(post("/small", headers, "0\r\n\r\n" + next));
    EXPECT_TRUE(answer.status == 400 || answer.status == 501) << headers << answer.status;
    EXPECT_EQ(client.receive().status, 0u) << "a second request was seen behind " << headers;
  }
}

TEST(Limits, MalformedChunksAreRefused) {
  TestServer test({}, echo_router());
  for (const char* body : {"5\nhello\r\n0\r\n\r\n", "g\r\nhello\r\n0\r\n\r\n", "-1\r\n\r\n",
                           "5\r\nhelloX\r\n0\r\n\r\n", "ffffffffffffffffff\r\n",
                           " 5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n"}) {
    Client client(test.endpoint());
    EXPECT_EQ(client.request(post("/small", "Transfer-Encoding: chunked\r\n", body)).status, 400u)
        << body;
    EXPECT_EQ(client.receive().status, 0u);
  }
}

TEST(Limits, BodiesHaveTheLimitOfTheirRoute) {
  TestServer test({}, echo_router());
  const auto status = [&](std::string_view headers, std::string_view body) {
    Client client(test.endpoint());
    return client.request(post("/small", headers, body)).status;
  };
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  EXPECT_EQ(status("Content-Length: 10\r\n", "0123456789"), 200u);
  EXPECT_EQ(status("Content-Length: 11\r\n", "01234567890"), 413u);
  EXPECT_EQ(status("Content-Length: 18446744073709551615\r\n", ""), 413u);
  EXPECT_EQ(status(chunked, "a\r\n0123456789\r\n0\r\n\r\n"), 200u);
  EXPECT_EQ(status(chunked, "5\r\n01234\r\n6\r\n012345\r\n0\r\n\r\n"), 413u);
  EXPECT_EQ(status(chunked, "ffffffff\r\n"), 413u);

  Client client(test.endpoint());
  const std::string body(31u << 20, 'x');
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  EXPECT_EQ(client.request(post("/large", length, body)).body, std::to_string(body.size()));
  EXPECT_EQ(client.get("/a").body, "a");
}

TEST(Limits, AClientInTheMiddleOfALargeBodyGetsTheRefusal) {
  TestServer test({}, echo_router());
  Client client(test.endpoint());
  client.send(post("/small", "Content-Length: 2000000\r\n", std::string(2'000'000, 'x')));
  EXPECT_EQ(client.receive().status, 413u);
}

TEST(Limits, AllBodiesTogetherAreBounded) {
  ServerOptions options;
  options.limits.bodies_bytes = 100'000;
  TestServer test(options, echo_router());
  Client client(test.endpoint());
  const Answer answer =
      client.request(post("/large", "Content-Length: 200000\r\n", std::string(200'000, 'x')));
  EXPECT_EQ(answer.status, 503u);
  EXPECT_NE(answer.header("retry-after"), "");
  // What the first one held is free again.
  Client other(test.endpoint());
  EXPECT_EQ(
      other.request(post("/large", "Content-Length: 90000\r\n", std::string(90'000, 'x'))).status,
      200u);
}

TEST(Limits, CompressedBodiesAreNotTaken) {
  TestServer test({}, echo_router());
  Client client(test.endpoint());
  EXPECT_EQ(
      client.request(post("/small", "Content-Encoding: gzip\r\nContent-Length: 1\r\n", "x")).status,
      415u);
}

TEST(Limits, ExpectContinueIsInvitedOrRefused) {
  TestServer test({}, echo_router());
  Client client(test.endpoint());
  client.send(post("/small", "Expect: 100-continue\r\nContent-Length: 2\r\n", ""));
  EXPECT_EQ(client.receive().status, 100u);
  client.send("hi");
  EXPECT_EQ(client.receive().body, "hi");
  client.send(post("/small", "Expect: 100-continue\r\nContent-Length: 20\r\n", ""));
  EXPECT_EQ(client.receive().status, 413u);
}

// Every byte comes soon after the last; only the whole takes too long.
void expect_timeout(const ServerOptions& options, std::string_view start) {
  TestServer test(options, echo_router());
  Client client(test.endpoint());
  client.send(start);
  client.drip(20ms);
  EXPECT_EQ(client.receive().status, 408u);
  expect_served(test.endpoint());
}

TEST(Limits, SlowHeadersEndInTimeout) {
  ServerOptions options;
  options.limits.header_timeout = 300ms;
  expect_timeout(options, "GET /a HTTP/1.1\r\nHost: h\r\nX: ");
}

TEST(Limits, SlowBodiesEndInTimeout) {
  ServerOptions options;
  options.limits.body_grace = 300ms;
  options.limits.body_bytes_per_second = 1u << 20;
  expect_timeout(options, post("/large", "Content-Length: 100000\r\n", "x"));
}

TEST(Limits, IdleConnectionsAreClosedWithoutAWord) {
  ServerOptions options;
  options.limits.idle_timeout = 200ms;
  TestServer test(options, echo_router());
  Client never_used(test.endpoint());
  EXPECT_EQ(never_used.receive().status, 0u);
  Client used(test.endpoint());
  EXPECT_EQ(used.get("/a").status, 200u);
  EXPECT_EQ(used.receive().status, 0u);
}

TEST(Limits, TooManyConnectionsAreToldToComeBack) {
  ServerOptions options;
  options.limits.connections = 2;
  TestServer test(options, echo_router());
  auto first = std::make_unique<Client>(test.endpoint());
  Client second(test.endpoint());
  EXPECT_EQ(first->get("/a").status, 200u);
  EXPECT_EQ(second.get("/a").status, 200u);
  Client third(test.endpoint());
  const Answer answer = third.receive();
  EXPECT_EQ(answer.status, 503u);
  EXPECT_NE(answer.header("retry-after"), "");
  EXPECT_TRUE(answer.is_whole);
  EXPECT_TRUE(third.ends());
  first.reset();
  EXPECT_TRUE(test.wait_for_metric("pursuit_http_connections", 1));
  expect_served(test.endpoint());
  EXPECT_TRUE(test.wait_for_metric("pursuit_http_connections_refused_total{limit=\"all\"}", 1));
}

TEST(Limits, OneAddressCannotTakeAllConnections) {
  ServerOptions options;
  options.limits.connections_per_address = 1;
  TestServer test(options, echo_router());
  Client first(test.endpoint());
  EXPECT_EQ(first.get("/a").status, 200u);
  Client second(test.endpoint());
  EXPECT_EQ(second.receive().status, 503u);
  EXPECT_TRUE(test.wait_for_metric("pursuit_http_connections_refused_total{limit=\"address\"}", 1));
}

TEST(Limits, AConnectionServesSoManyRequests) {
  ServerOptions options;
  options.limits.requests_per_connection = 2;
  TestServer test(options, echo_router());
  Client client(test.endpoint());
  EXPECT_EQ(client.get("/a").header("connection"), "");
  EXPECT_EQ(client.get("/a").header("connection"), "close");
  EXPECT_TRUE(client.ends());
}

TEST(Limits, ThousandIdleSocketsAndSlowOnesCostOthersNothing) {
  ServerOptions options;
  options.limits.header_timeout = 10min;
  options.limits.idle_timeout = 10min;
  TestServer test(options, echo_router());
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  ASSERT_GE(files.rlim_cur, 2'200u) << "too few descriptors for both ends of the sockets";
  boost::asio::io_context context;
  std::vector<boost::asio::ip::tcp::socket> idle;
  for (int i = 0; i < 1'000; ++i) {
    idle.emplace_back(context);
    idle.back().connect(
        {boost::asio::ip::make_address(test.endpoint().address), test.endpoint().port});
    const std::string_view half = "GET /a HTTP/1.1\r\nHost: ";
    if (i % 2 == 0) boost::asio::write(idle.back(), boost::asio::buffer(half));
  }
  EXPECT_TRUE(test.wait_for_metric("pursuit_http_connections", 1'000));
  Client client(test.endpoint());
  for (int i = 0; i < 200; ++i) ASSERT_EQ(client.get("/a").body, "a");
  // And they are still served themselves.
  const std::string_view rest = "h\r\n\r\n";
  boost::asio::write(idle.at(0), boost::asio::buffer(rest));
  std::array<char, 12> start{};
  boost::asio::read(idle.at(0), boost::asio::buffer(start));
  EXPECT_EQ(std::string_view(start.data(), start.size()), "HTTP/1.1 200");
}

}  // namespace
}  // namespace pursuit::http
