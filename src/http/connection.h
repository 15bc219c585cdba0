// http/connection.h: one client's connection: request after request, in order. Everything but start
// happens in its io thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "http/admit.h"
#include "http/channel.h"
#include "http/core.h"
#include "http/head.h"
#include "http/prepare.h"
#include "http/response_writer.h"

namespace pursuit::http {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// `at_end` is called once, in the io thread, when the connection is closed.
  Connection(Core& core, IoThread& thread, boost::asio::ip::tcp::socket socket,
             std::string peer_address, std::function<void()> at_end);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Serves until one side closes.
  void start();
  /// Ends as soon as no request is running; streams say good-bye.
  void drain();
  /// Closes at once.
  void abort();
  /// Looks at the deadline; called a few times a second.
  void check(std::int64_t monotonic_ns);

 private:
  struct Exchange;
  struct HeadRead;

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<bool> shake_hands();
  boost::asio::awaitable<bool> exchange();
  boost::asio::awaitable<HeadRead> read_head();
  std::expected<Admitted, Response> admit_client(const std::string& address, Head& head);
  std::optional<Response> take_head(Exchange& x, HeadRead& read, BodyParser& parser);
  /// A file for the body, where its route wants one.
  base::Result<void> open_body_file(Exchange& x);
  boost::asio::awaitable<std::optional<Response>> read_body(Exchange& x, BodyParser& parser);
  boost::asio::awaitable<bool> invite_body(Exchange& x);
  boost::asio::awaitable<void> authenticate(Exchange& x);
  boost::asio::awaitable<void> handle(Exchange& x);
  void call_handler(Exchange& x) noexcept;
  void ask_authenticator(Exchange& x) noexcept;
  void take_place(Exchange& x);
  void settle(Exchange& x, Response response);
  boost::asio::awaitable<void> send(Exchange& x);
  boost::asio::awaitable<void> send_pieces(Exchange& x);
  boost::asio::awaitable<void> send_events(Exchange& x);
  boost::asio::awaitable<bool> write_events(ResponseWriter& writer, EventHub::Cursor& cursor,
                                            boost::asio::steady_timer& wake, std::string piece);
  void watch_peer();
  boost::asio::awaitable<void> linger();
  void finish(const Exchange& x);
  [[nodiscard]] std::string make_id();
  [[nodiscard]] Framing framing(const Exchange& x, std::optional<std::uint64_t> length) const;

  Core& core_;
  IoThread& thread_;
  Channel channel_;
  const std::string peer_address_;
  std::function<void()> at_end_;
  boost::beast::flat_buffer buffer_;
  std::size_t requests_ = 0;
  bool is_idle_ = false;  // waits for a request of which no byte is there
  bool is_aborted_ = false;
  bool has_unread_ = false;  // of what the client sent, when the connection ends
  bool peer_gone_ = false;
  boost::asio::steady_timer* stream_wake_ = nullptr;  // while events are sent
};

}  // namespace pursuit::http
