// Requests over the network, to a server of loopback that answers as it is told.
#include "oidc/fetch.h"

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace pursuit::oidc {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Answers each connection with the next of its texts; an empty one: says nothing until the other
/// side goes.
class Answers {
 public:
  explicit Answers(std::vector<std::string> texts)
      : acceptor_(context_, {asio::ip::make_address("127.0.0.1"), 0}),
        thread_([this, texts = std::move(texts)] { run(texts); }) {}
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;
  ~Answers() { end(); }

  [[nodiscard]] std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + path;
  }
  /// The heads of all requests, once all answers are given.
  [[nodiscard]] const std::vector<std::string>& heads() {
    end();
    return heads_;
  }

 private:
  /// A client that never came is not waited for.
  void end() {
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }
  void run(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      boost::system::error_code error;
      tcp::socket socket(context_);
      acceptor_.accept(socket, error);
      if (error) return;
      std::string head;
      asio::read_until(socket, asio::dynamic_buffer(head), "\r\n\r\n", error);
      heads_.push_back(head);
      if (text.empty()) {
        char byte = 0;
        while (!error) socket.read_some(asio::buffer(&byte, 1), error);
      } else {
        asio::write(socket, asio::buffer(text), error);
      }
    }
  }

  asio::io_context context_;
  tcp::acceptor acceptor_;
  std::vector<std::string> heads_;
  std::thread thread_;
};

std::string answer(const std::string& status, const std::string& body,
                   const std::string& headers = {}) {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(Fetch, GivesStatusAndBody) {
  Answers server({answer("200 OK", "{}"), answer("404 Not Found", "none")});
  const NetworkFetch fetch("");
  const auto found = fetch.fetch({.url = server.url("/a"), .form = {}, .basic = {}});
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->status, 200);
  EXPECT_EQ(found->body, "{}");
  const auto sent =
      fetch.fetch({.url = server.url("/token"), .form = "code=x%26y", .basic = "me:s%3Acret"});
  ASSERT_TRUE(sent) << sent.error().text();
  EXPECT_EQ(sent->status, 404);
  const auto& heads = server.heads();
  EXPECT_TRUE(heads.at(0).starts_with("GET /a HTTP/1.1\r\n"));
  EXPECT_TRUE(heads.at(1).starts_with("POST /token HTTP/1.1\r\n"));
  EXPECT_TRUE(heads.at(1).contains("Authorization: Basic bWU6cyUzQWNyZXQ=\r\n")) << heads.at(1);
  EXPECT_TRUE(heads.at(1).contains("application/x-www-form-urlencoded"));
}

TEST(Fetch, FollowsNoRedirect) {
  const Answers server({answer("302 Found", "", "Location: http://127.0.0.1:1/secret\r\n")});
  const auto found = NetworkFetch("").fetch({.url = server.url(), .form = {}, .basic = {}});
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->status, 302);
}

TEST(Fetch, TakesNoMoreThanItsLimit) {
  FetchLimits limits;
  limits.body_bytes = 100;
  const Answers server({answer("200 OK", std::string(100, 'x')),
                        answer("200 OK", std::string(101, 'x')),
                        "HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'x')});
  const NetworkFetch fetch("", limits);
  const FetchRequest request{.url = server.url(), .form = {}, .basic = {}};
  EXPECT_EQ(fetch.fetch(request)->body.size(), 100u);
  EXPECT_EQ(fetch.fetch(request).error().code, base::ErrorCode::kLimit);
  EXPECT_EQ(fetch.fetch(request).error().code, base::ErrorCode::kLimit);
}

TEST(Fetch, WaitsNoLongerThanItsLimit) {
  FetchLimits limits;
  limits.total_ms = 100;
  const Answers server({""});
  const auto late = NetworkFetch("", limits).fetch({.url = server.url(), .form = {}, .basic = {}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, base::ErrorCode::kIo);
}

TEST(Fetch, TellsThatNobodyIsThere) {
  std::string url;
  {
    const Answers server({});
    url = server.url();
  }
  const auto nobody = NetworkFetch("").fetch({.url = url, .form = {}, .basic = {}});
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, base::ErrorCode::kIo);
}

TEST(Fetch, AsksWhatIsSafeToAskAlone) {
  for (const char* const url :
       {"https://id.example.com", "https://id.example.com:8443/realms/a?x=1",
        "http://127.0.0.1:8080/a", "http://127.9.9.9/", "http://[::1]:8080/",
        "http://localhost/realms"})
    EXPECT_TRUE(may_fetch(url)) << url;
  for (const char* const url :
       {"", "id.example.com", "/path", "http://id.example.com", "http://10.0.0.1/",
        "ftp://127.0.0.1/", "file:///etc/passwd", "https://user:word@id.example.com/",
        "https://id.example.com/#part", "http://localhost.example.com/",
        "http://127.0.0.1.example/", "https://", "https:///path", "http://[::ffff:10.0.0.1]/",
        "javascript:alert(1)", "http://127.0.0.1@evil.example.com/", "http://127.0.0.1#@evil/",
        "https://a b/", "https://id.example.com/\n",
        // 10.0.0.1 and 0.0.0.0, as nobody writes them.
        "http://0x0a000001/", "http://012.0.0.1/", "http://10.1/", "http://167772161/",
        "http://0xa.0.0.1/", "http://[::ffff:a00:1]/", "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/", "http://0/", "http://[::]/"}) {
    EXPECT_FALSE(may_fetch(url)) << url;
    EXPECT_FALSE(NetworkFetch("").fetch({.url = url, .form = {}, .basic = {}})) << url;
  }
}

}  // namespace
}  // namespace pursuit::oidc
