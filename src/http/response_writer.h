// http/response_writer.h: sends one response, whole or piece by piece. Belongs to its connection's
// io thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>

#include "http/channel.h"
#include "http/prepare.h"

namespace pursuit::http {

/// How the end of a body is told, and what follows.
struct Framing {
  std::optional<std::uint64_t> length;  // nothing: in chunks, or to the end of the connection
  bool http_1_0 = false;
  bool keep_alive = true;
  bool head_only = false;
};

class ResponseWriter {
 public:
  ResponseWriter(Channel& channel, std::chrono::milliseconds write_timeout,
                 const Outgoing& outgoing, const Framing& framing);
  ResponseWriter(const ResponseWriter&) = delete;
  ResponseWriter& operator=(const ResponseWriter&) = delete;

  /// Sends `piece`, before the first one the headers. Returns when the socket took all of it. False
  /// when the client is gone or takes nothing. `piece` must stay until then.
  boost::asio::awaitable<bool> write(std::string_view piece, bool last);

  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] bool has_ended() const { return has_ended_; }

 private:
  Channel& channel_;
  const std::chrono::milliseconds write_timeout_;
  const bool head_only_;
  boost::beast::http::response<boost::beast::http::buffer_body> message_;
  boost::beast::http::response_serializer<boost::beast::http::buffer_body> serializer_;
  std::size_t bytes_ = 0;
  bool has_ended_ = false;  // the client knows that the body is whole
};

}  // namespace pursuit::http
