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

}  // namespace
}  // namespace pursuit::http
