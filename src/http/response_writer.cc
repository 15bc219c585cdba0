#include "http/response_writer.h"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/write.hpp>

#include "http/core.h"

namespace pursuit::http {
namespace {

namespace bhttp = boost::beast::http;

bhttp::response<bhttp::buffer_body> message_of(const Outgoing& outgoing, const Framing& framing) {
  bhttp::response<bhttp::buffer_body> message;
  message.version(11);
  message.result(outgoing.status);
  for (const auto& [name, value] : outgoing.headers) message.insert(name, value);
  message.keep_alive(framing.keep_alive);
  // A client of HTTP/1.0 has to be told that the connection stays.
  if (framing.http_1_0 && framing.keep_alive) message.set(bhttp::field::connection, "keep-alive");
  if (!outgoing.may_have_body()) return message;
  if (framing.length) {
    message.content_length(*framing.length);
  } else if (!framing.http_1_0) {
    message.chunked(true);
  }
  return message;
}

}  // namespace

ResponseWriter::ResponseWriter(Channel& channel, std::chrono::milliseconds write_timeout,
                               const Outgoing& outgoing, const Framing& framing)
    : channel_(channel),
      write_timeout_(write_timeout),
      head_only_(framing.head_only || !outgoing.may_have_body()),
      message_(message_of(outgoing, framing)),
      serializer_(message_) {
  if (head_only_) serializer_.split(true);
}

boost::asio::awaitable<bool> ResponseWriter::write(std::string_view piece, bool last) {
  auto& body = message_.body();
  // An empty chunk would end the body: without data there is none.
  body.data = piece.empty() ? nullptr : const_cast<char*>(piece.data());
  body.size = piece.size();
  body.more = !last;
  const auto done = [this] {
    return head_only_ ? serializer_.is_header_done() : serializer_.is_done();
  };
  while (!done()) {
    channel_.arm(write_timeout_);
    const auto [error, bytes] =
        co_await bhttp::async_write_some(channel_.stream(), serializer_, kTuple);
    bytes_ += bytes;
    if (error == bhttp::error::need_buffer) break;
    if (error) {
      channel_.disarm();
      co_return false;
    }
  }
  channel_.disarm();
  has_ended_ = done();
  co_return true;
}

}  // namespace pursuit::http
