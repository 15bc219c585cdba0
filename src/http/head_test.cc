#include "http/head.h"

#include <string>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <gtest/gtest.h>

namespace pursuit::http {
namespace {

using namespace std::string_literals;

std::expected<Head, Refusal> parse(const std::string& text, const Limits& limits = {}) {
  const auto found = find_head(text, limits);
  if (!found) return std::unexpected(found.error());
  EXPECT_TRUE(*found) << text;
  BodyParser parser;
  return parse_head(text.substr(0, found->value_or(0)), parser, limits);
}

// A head with these header lines, each with its line end.
std::string head(const std::string& lines) { return "POST /a HTTP/1.1\r\n" + lines + "\r\n"; }

unsigned refusal(const std::string& text, const Limits& limits = {}) {
  const auto parsed = parse(text, limits);
  return parsed ? 0 : parsed.error().status;
}

TEST(Head, ReadsAWellFormedOne) {
  const auto parsed = parse(
      head("Host: h:1\r\nX-A:  1 \r\nx-a: 2\r\nContent-Length: 12\r\nExpect: 100-continue\r\n"));
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(parsed->method, "POST");
  EXPECT_EQ(parsed->content_length, 12u);
  EXPECT_TRUE(parsed->expects_continue);
  EXPECT_TRUE(parsed->keep_alive);
  const std::vector<NameValue> expected = {
      {"host", "h:1"}, {"x-a", "1, 2"}, {"content-length", "12"}, {"expect", "100-continue"}};
  EXPECT_EQ(parsed->headers, expected);
}

TEST(Head, RefusesTwoLengthsForOneBody) {
  const std::string host = "Host: h\r\n";
  EXPECT_EQ(refusal(head(host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")), 400u);
  EXPECT_EQ(refusal(head(host + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")), 400u);
  EXPECT_EQ(refusal(head(host + "Content-Length: 5\r\nContent-Length: 6\r\n")), 400u);
  EXPECT_EQ(refusal(head(host + "Content-Length: 5\r\nContent-Length: 5\r\n")), 400u);
  EXPECT_EQ(refusal(head(host + "Content-Length: 5, 5\r\n")), 400u);
  for (const char* length : {"+5", "-5", "0x5", "5 5", "", "99999999999999999999", "5.0"}) {
    EXPECT_EQ(refusal(head(host + "Content-Length: " + length + "\r\n")), 400u) << length;
  }
}

TEST(Head, RefusesOddTransferCodings) {
  const std::string host = "Host: h\r\n";
  for (const char* coding : {"gzip, chunked", "chunked, chunked", "xchunked", "identity",
                             "chunked;a=b", "\"chunked\"", "chunked,"}) {
    const unsigned status = refusal(head(host + "Transfer-Encoding: " + coding + "\r\n"));
    EXPECT_TRUE(status == 400 || status == 501) << coding << " " << status;
  }
  EXPECT_EQ(refusal(head(host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
            400u);
  EXPECT_EQ(refusal("POST /a HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"), 400u);
  EXPECT_EQ(refusal(head(host + "Transfer-Encoding : chunked\r\n")), 400u);
  EXPECT_EQ(refusal(head(host + "Transfer-Encoding: Chunked\r\n")), 0u);
}

TEST(Head, RefusesLinesThatTwoReadersSplitDifferently) {
  EXPECT_EQ(refusal("GET /a HTTP/1.1\nHost: h\r\n\r\n"), 400u);
  EXPECT_EQ(refusal("GET /a HTTP/1.1\r\nHost: h\nX: y\r\n\r\n"), 400u);
  EXPECT_EQ(refusal(head("Host: h\r\nX: a\rb\r\n")), 400u);
  EXPECT_EQ(refusal(head("Host: h\r\nX: a\r\n b\r\n")), 400u);
  EXPECT_EQ(refusal(head("Host: h\r\nX: a\r\n\tb\r\n")), 400u);
  EXPECT_EQ(refusal(head("Host: h\r\nX: a\0b\r\n"s)), 400u);
  EXPECT_EQ(refusal(head("Host: h\r\nX\0: a\r\n"s)), 400u);
  EXPECT_EQ(refusal(head("Host: h\r\nX : a\r\n")), 400u);
  EXPECT_EQ(refusal(head("Host: h\r\nno colon\r\n")), 400u);
  EXPECT_EQ(refusal(head("Host: h\r\n: a\r\n")), 400u);
  EXPECT_EQ(refusal(head(" Host: h\r\n")), 400u);
  EXPECT_EQ(refusal("\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n"), 400u);
}

TEST(Head, RefusesOddRequestLines) {
  for (const char* line :
       {"GET  /a HTTP/1.1", "GET /a  HTTP/1.1", " GET /a HTTP/1.1", "GET /a HTTP/1.1 ",
        "GET\t/a HTTP/1.1", "GET /a", "GET /a http/1.1", "GE(T /a HTTP/1.1", "/a HTTP/1.1",
        "GET /a b HTTP/1.1", "CONNECT h:1 HTTP/1.1", "GET * HTTP/1.1"}) {
    EXPECT_EQ(refusal(std::string(line) + "\r\nHost: h\r\n\r\n"), 400u) << line;
  }
  EXPECT_EQ(refusal("GET /a HTTP/2.0\r\nHost: h\r\n\r\n"), 505u);
  EXPECT_EQ(refusal("GET /a HTTP/1.2\r\nHost: h\r\n\r\n"), 505u);
  EXPECT_EQ(refusal("GET /a HTTP/1.0\r\n\r\n"), 0u);
}

TEST(Head, WantsOneHost) {
  EXPECT_EQ(refusal(head("")), 400u);
  EXPECT_EQ(refusal(head("Host: a\r\nHost: b\r\n")), 400u);
  EXPECT_EQ(refusal(head("Host: a\r\nhost: a\r\n")), 400u);
  EXPECT_EQ(refusal(head("Host: a, b\r\n")), 400u);
  EXPECT_EQ(refusal(head("Host: a/b\r\n")), 400u);
  EXPECT_EQ(refusal(head("Host: user@a\r\n")), 400u);
}

TEST(Head, RefusesOtherExpectations) {
  EXPECT_EQ(refusal(head("Host: h\r\nExpect: coffee\r\n")), 417u);
}

// Gives the parser these bytes behind those that it has not used, and forgets what it uses.
void put(BodyParser& parser, std::string& unused, std::string_view bytes) {
  unused += bytes;
  boost::system::error_code error;
  while (!parser.is_done() && !error && !unused.empty()) {
    unused.erase(0, parser.put(boost::asio::buffer(unused), error));
  }
  EXPECT_TRUE(!error || error == boost::beast::http::error::need_more) << error.message();
}

// What a body in chunks reads as when it comes in pieces of so many bytes.
std::string body_in_pieces(std::string_view body, std::size_t piece) {
  BodyParser parser;
  EXPECT_TRUE(parse_head(head("Host: h\r\nTransfer-Encoding: chunked\r\n"), parser, {}));
  std::string unused;
  for (std::size_t at = 0; at < body.size(); at += piece)
    put(parser, unused, body.substr(at, piece));
  EXPECT_TRUE(parser.is_done()) << "pieces of " << piece;
  return parser.get().body();
}

TEST(Head, ABodyInChunksMayBeCutAnywhere) {
  for (std::size_t piece = 1; piece < 40; ++piece) {
    EXPECT_EQ(body_in_pieces("2\r\nhi\r\n4;x=y\r\n all\r\n0\r\nA: b\r\n\r\n", piece), "hi all");
    EXPECT_EQ(body_in_pieces("0\r\n\r\n", piece), "");
  }
}

TEST(Head, KeepsToItsLimits) {
  Limits limits;
  limits.request_line_bytes = 40;
  limits.header_bytes = 100;
  limits.header_count = 3;
  EXPECT_EQ(refusal("GET /" + std::string(26, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", limits), 0u);
  EXPECT_EQ(refusal("GET /" + std::string(27, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", limits), 414u);
  // Refused before it is whole.
  EXPECT_EQ(refusal("GET /" + std::string(60, 'a'), limits), 414u);
  EXPECT_EQ(refusal("GET /a HTTP/1.1\r\nHost: h\r\nX: " + std::string(100, 'a'), limits), 431u);
  EXPECT_EQ(refusal(head("Host: h\r\nA: 1\r\nB: 2\r\n"), limits), 0u);
  EXPECT_EQ(refusal(head("Host: h\r\nA: 1\r\nB: 2\r\nC: 3\r\n"), limits), 431u);
}

}  // namespace
}  // namespace pursuit::http
