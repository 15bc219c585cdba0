#include "http/server.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "http/ready_routes.h"
#include "http/test_server.h"

namespace pursuit::http {
namespace {

Router small_router() {
  Router router;
  RouteOptions read = named("lead.read");
  read.query = {"fields", "as_of"};
  router.add(Method::kGet, "/api/v1/leads/{lead_id}", read, [](Request& request) {
    return json_response({{"lead_id", request.parameter("lead_id")},
                          {"fields", request.query_value("fields").value_or("-")},
                          {"who", request.caller.who}});
  });
  router.add(Method::kPost, "/echo", named("echo"),
             [](Request& request) { return text_response(std::move(request.body)); });
  return router;
}

TEST(Server, AnswersWithWhatTheHandlerSays) {
  TestServer test({}, small_router());
  Client client(test.endpoint());
  const Answer answer = client.get("/api/v1/leads/L%2F7%20a?fields=a+b");
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.body, R"({"fields":"a b","lead_id":"L/7 a","who":"local"})");
}

TEST(Server, KeepsTheConnectionForTheNextRequest) {
  TestServer test({}, small_router());
  Client client(test.endpoint());
  for (int i = 0; i < 3; ++i) {
    const Answer answer =
        client.request("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(answer.body, "hello");
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer test({}, small_router());
  Client client(test.endpoint());
  std::string text;
  for (int i = 0; i < 50; ++i) {
    text += "GET /api/v1/leads/" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    text += "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    text += "2\r\nhi\r\n0\r\n\r\n";
  }
  client.send(text);
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(client.receive().body.contains("\"" + std::to_string(i) + "\""));
    EXPECT_EQ(client.receive().body, "hi");
  }
}

TEST(Server, AnswersHeadWithoutABody) {
  TestServer test({}, small_router());
  Client client(test.endpoint());
  const std::string text = "HEAD /api/v1/leads/7 HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::size_t length = client.get("/api/v1/leads/7").body.size();
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.request(text);
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(answer.header("content-length"), std::to_string(length));
  }
  EXPECT_EQ(client.request("HEAD /none HTTP/1.1\r\nHost: h\r\n\r\n").status, 404u);
  EXPECT_EQ(client.get("/api/v1/leads/7").status, 200u);
}

TEST(Server, TellsMethodsAndPathsItDoesNotHave) {
  TestServer test({}, small_router());
  Client client(test.endpoint());
  EXPECT_EQ(client.get("/nothing").status, 404u);
  for (const char* method : {"DELETE", "BREW", "get"}) {
    const Answer answer =
        client.request(std::string(method) + " /api/v1/leads/7 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.status, 405u);
    EXPECT_EQ(answer.header("allow"), "GET, HEAD, OPTIONS");
  }
  const Answer options = client.request("OPTIONS /echo HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(options.status, 204u);
  EXPECT_EQ(options.header("allow"), "POST, OPTIONS");
  EXPECT_EQ(client.request("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").status, 204u);
}

TEST(Server, NamesAQueryParameterItDoesNotKnow) {
  TestServer test({}, small_router());
  Client client(test.endpoint());
  for (const char* target : {"/api/v1/leads/7?evil=1", "/api/v1/leads/7?evil=1&fields=2"}) {
    const Answer answer = client.get(target);
    EXPECT_EQ(answer.status, 400u);
    EXPECT_EQ(nlohmann::json::parse(answer.body)["errors"][0]["field"], "evil");
  }
  EXPECT_EQ(client.get("/api/v1/leads/7?fields=1&fields=2").status, 400u);
}

TEST(Server, TakesOverAWellFormedRequestId) {
  TestServer test({}, small_router());
  Client client(test.endpoint());
  EXPECT_EQ(client.get("/none", "X-Request-Id: abc-1.2_3\r\n").header("x-request-id"), "abc-1.2_3");
  const std::string made = client.get("/none", "X-Request-Id: a b\r\n").header("x-request-id");
  EXPECT_NE(made, "a b");
  EXPECT_NE(made, "");
  EXPECT_NE(client.get("/none").header("x-request-id"), made);
}

TEST(Server, LogsNeitherPathNorQuery) {
  TestServer test({}, small_router());
  {
    Client client(test.endpoint());
    client.get("/api/v1/leads/secret1?fields=secret2", "X-Secret: secret3\r\n");
    client.request("SECRET4 /secret5 HTTP/1.1\r\nHost: secret6\r\n\r\n");
  }
  ASSERT_TRUE(test.wait_for_metric("pursuit_http_connections", 0));
  const auto lines = test.log().lines();
  ASSERT_EQ(lines.size(), 2u);
  for (const std::string& line : lines) {
    EXPECT_FALSE(line.contains("ecret") || line.contains("ECRET")) << line;
  }
  const auto json = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(json["route"], "lead.read");
  EXPECT_EQ(json["status"], 200);
  EXPECT_EQ(json["caller"], "local");
  EXPECT_EQ(nlohmann::json::parse(lines[1])["route"], "none");
}

TEST(Server, AHandlerThatThrowsIsA500WithItsReasonInTheLogAlone) {
  Router router;
  router.add(Method::kGet, "/throws", named("throws"),
             [](Request&) -> Response { throw std::runtime_error("password is hunter2"); });
  TestServer test({}, std::move(router));
  {
    Client client(test.endpoint());
    const Answer answer = client.get("/throws");
    EXPECT_EQ(answer.status, 500u);
    EXPECT_FALSE(answer.body.contains("hunter2"));
  }
  ASSERT_TRUE(test.wait_for_metric("pursuit_http_connections", 0));
  EXPECT_TRUE(test.log().lines().at(0).contains("hunter2"));
}

class OnlyBob final : public Authenticator {
 public:
  std::expected<Caller, Response> authenticate(const Request& request,
                                               const RouteOptions& route) override {
    if (request.header("authorization") == "bob" && route.name != "forbidden") {
      Caller caller;
      caller.who = "bob";
      return caller;
    }
    Response response = problem_response(401, "who are you?");
    response.headers.push_back({"WWW-Authenticate", "Bearer"});
    return std::unexpected(std::move(response));
  }
};

TEST(Server, AsksTheAuthenticatorBeforeItReadsABody) {
  OnlyBob only_bob;
  Router router = small_router();
  Metrics metrics;
  add_ready_routes(router, metrics, [] { return Readiness{}; });
  TestServer test({}, std::move(router), &only_bob);
  Client client(test.endpoint());
  EXPECT_EQ(client.get("/healthz").status, 200u);
  EXPECT_EQ(client.get("/metrics").status, 401u);
  EXPECT_TRUE(client.get("/api/v1/leads/7", "Authorization: bob\r\n").body.contains("bob"));
  // No body is sent, and still there is an answer.
  const Answer answer =
      client.request("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
  EXPECT_EQ(answer.status, 401u);
  EXPECT_EQ(answer.header("www-authenticate"), "Bearer");
}

TEST(Server, ServesOnlyTheHostsItIsToldTo) {
  ServerOptions options;
  options.hosts = {"localhost", "127.0.0.1", "[::1]"};
  TestServer test(options, small_router());
  Client client(test.endpoint());
  const auto status = [&](const std::string& host) {
    return client.request("GET /api/v1/leads/7 HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status;
  };
  EXPECT_EQ(status("LocalHost:8080"), 200u);
  EXPECT_EQ(status("127.0.0.1"), 200u);
  EXPECT_EQ(status("[::1]:80"), 200u);
  EXPECT_EQ(status("evil.example:8080"), 421u);
}

TEST(Server, TellsWhetherItIsReadyAndWhatItCounts) {
  Metrics metrics;
  Router router = small_router();
  Readiness readiness{.is_ready = false, .reason = "loading"};
  add_ready_routes(router, metrics, [&] { return readiness; });
  TestServer test({}, std::move(router));
  Client client(test.endpoint());
  const Answer loading = client.get("/readyz");
  EXPECT_EQ(loading.status, 503u);
  EXPECT_TRUE(loading.body.contains("loading"));
  readiness.is_ready = true;
  EXPECT_EQ(client.get("/readyz").status, 200u);
  metrics.counter("pursuit_test_total", "A test").Increment();
  EXPECT_TRUE(client.get("/metrics").body.contains("pursuit_test_total 1"));
  EXPECT_TRUE(
      test.wait_for_metric(R"(pursuit_http_requests_total{route="readyz",status="5xx"})", 1));
  EXPECT_TRUE(test.wait_for_metric(R"(pursuit_http_request_seconds_count{route="readyz"})", 2));
}

TEST(Server, KeepsAConnectionOfHttp10OnlyIfAsked) {
  TestServer test({}, small_router());
  Client client(test.endpoint());
  const Answer kept =
      client.request("GET /api/v1/leads/7 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.header("connection"), "keep-alive");
  EXPECT_EQ(client.request("GET /api/v1/leads/7 HTTP/1.0\r\n\r\n").status, 200u);
  EXPECT_TRUE(client.ends());
}

TEST(Server, TellsWhereItCannotListen) {
  TestServer test({}, small_router());
  SteadyClock clock;
  LocalUser user;
  Metrics metrics;
  const auto start = [&](const Endpoint& endpoint) {
    ServerOptions options;
    options.listen = {endpoint};
    return Server::start(options, {}, {clock, user, metrics, nullptr});
  };
  const auto taken = start(test.endpoint());
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, base::ErrorCode::kIo);
  const auto name = start({.address = "localhost", .port = 0});
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().code, base::ErrorCode::kUsage);
}

}  // namespace
}  // namespace pursuit::http
