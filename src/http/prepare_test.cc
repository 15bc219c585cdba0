#include "http/prepare.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include "http/gzip.h"
#include "http/request_log.h"

namespace pursuit::http {
namespace {

std::string header(const Outgoing& out, std::string_view name) {
  const auto found = std::ranges::find(out.headers, name, &NameValue::name);
  return found == out.headers.end() ? "" : found->value;
}

const std::string& text(const Outgoing& out) { return std::get<std::string>(out.body); }

std::string gunzip(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(1u << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

Asked asking(std::string accept_encoding) {
  Asked asked;
  asked.accept_encoding = std::move(accept_encoding);
  return asked;
}

TEST(Prepare, WritesProblemsAsRfc9457Says) {
  Asked asked;
  asked.id = "r-1";
  const Outgoing out =
      prepare(problem_response(400, "no", {{"as_of", "not an instant"}}), asked, 0);
  EXPECT_EQ(header(out, "Content-Type"), "application/problem+json");
  EXPECT_EQ(nlohmann::json::parse(text(out)),
            nlohmann::json::parse(R"({"type":"about:blank","title":"Bad Request","status":400,
              "detail":"no","instance":"r-1",
              "errors":[{"field":"as_of","reason":"not an instant"}]})"));
}

TEST(Prepare, MapsErrorsToStatuses) {
  using base::ErrorCode;
  const std::pair<ErrorCode, unsigned> expected[] = {
      {ErrorCode::kInvalidInput, 400}, {ErrorCode::kUsage, 400}, {ErrorCode::kInvalidPolicy, 422},
      {ErrorCode::kNotFound, 404},     {ErrorCode::kLimit, 413}, {ErrorCode::kConflict, 409},
      {ErrorCode::kBusy, 503},         {ErrorCode::kIo, 500},    {ErrorCode::kStorage, 503}};
  for (const auto& [code, status] : expected) {
    const Outgoing out = prepare(error_response({code, "secret", "field"}), {}, 0);
    EXPECT_EQ(out.status, status);
    EXPECT_EQ(text(out).contains("secret"), status < 500);
    EXPECT_EQ(out.note.contains("secret"), status >= 500);
  }
}

TEST(Prepare, AddsWhatEveryResponseHas) {
  const Outgoing out = prepare(text_response("x"), {}, 784'111'777'000);
  EXPECT_EQ(header(out, "Date"), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(header(out, "Cache-Control"), "no-store");
  EXPECT_EQ(header(out, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(out, "X-Frame-Options"), "DENY");
  EXPECT_EQ(header(out, "Referrer-Policy"), "no-referrer");
  EXPECT_NE(header(out, "Content-Security-Policy"), "");
  EXPECT_EQ(header(out, "Server"), "");
}

TEST(Prepare, LetsAHandlerReplaceADefault) {
  Response response = text_response("x");
  response.headers = {{"cache-control", "public, max-age=60"}};
  const Outgoing out = prepare(std::move(response), {}, 0);
  EXPECT_EQ(header(out, "cache-control"), "public, max-age=60");
  EXPECT_EQ(header(out, "Cache-Control"), "");
}

TEST(Prepare, LetsNoHeaderBecomeTwo) {
  Response response = text_response("x");
  response.headers = {{"Location", "/a\r\nSet-Cookie: b=c"}};
  EXPECT_EQ(header(prepare(std::move(response), {}, 0), "Location"), "/a  Set-Cookie: b=c");
}

TEST(Prepare, AnswersNotModifiedToWhoHasIt) {
  for (const auto& [if_none_match, status] :
       std::initializer_list<std::pair<const char*, unsigned>>{{"W/\"v7\"", 304},
                                                               {"\"v7\"", 304},
                                                               {"\"v6\", W/\"v7\"", 304},
                                                               {"*", 304},
                                                               {"\"v6\"", 200},
                                                               {"v7", 200},
                                                               {"\"v77\"", 200},
                                                               {"", 200}}) {
    Response response = text_response("x");
    response.etag = "v7";
    Asked asked;
    asked.may_be_304 = true;
    asked.if_none_match = if_none_match;
    const Outgoing out = prepare(std::move(response), asked, 0);
    EXPECT_EQ(out.status, status) << if_none_match;
    EXPECT_EQ(header(out, "ETag"), "W/\"v7\"");
    EXPECT_EQ(text(out).empty(), status == 304);
  }
}

TEST(Prepare, CompressesWhatIsWorthItForWhoWantsIt) {
  const std::string large(5'000, 'a');
  const Outgoing packed = prepare(text_response(large), asking("br, gzip;q=0.5"), 0);
  EXPECT_EQ(header(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(packed, "Vary"), "Accept-Encoding");
  EXPECT_EQ(gunzip(text(packed)), large);
  for (const char* refused : {"", "br", "gzip;q=0", "gzip; q=0.0", "xgzip"}) {
    const Outgoing plain = prepare(text_response(large), asking(refused), 0);
    EXPECT_EQ(text(plain), large) << refused;
    EXPECT_EQ(header(plain, "Vary"), "Accept-Encoding");
  }
  EXPECT_EQ(text(prepare(text_response("small"), asking("gzip"), 0)), "small");
  EXPECT_EQ(text(prepare(text_response(large, "image/png"), asking("gzip"), 0)), large);
  Response secret = text_response(large);
  secret.may_compress = false;
  EXPECT_EQ(text(prepare(std::move(secret), asking("gzip"), 0)), large);
}

TEST(Gzip, CompressesPieceByPiece) {
  Producer producer = gzip([n = 0](std::string& out) mutable -> base::Result<bool> {
    out.append(70'000, static_cast<char>('a' + n));
    return ++n < 5;
  });
  std::string packed;
  while (*producer(packed)) {
  }
  std::string expected;
  for (char c = 'a'; c < 'f'; ++c) expected.append(70'000, c);
  EXPECT_EQ(gunzip(packed), expected);
}

TEST(RequestLog, IsOneLineOfJson) {
  const std::string line = request_line({.at_ms = 0,
                                         .id = "r",
                                         .method = "GET",
                                         .route = "lead.read",
                                         .status = 500,
                                         .bytes_in = 10,
                                         .bytes_out = 20,
                                         .duration_ns = 1'234'567,
                                         .caller = "a\n\"b\xff",
                                         .note = "x"});
  EXPECT_FALSE(line.contains('\n'));
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["at"], "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(json["level"], "error");
  EXPECT_EQ(json["ms"], 1.234);
  EXPECT_EQ(json["caller"], "a\n\"b\xEF\xBF\xBD");
}

}  // namespace
}  // namespace pursuit::http
