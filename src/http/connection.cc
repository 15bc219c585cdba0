#include "http/connection.h"

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <fmt/format.h>

#include "http/admit.h"
#include "http/exchange.h"
#include "http/request_log.h"

namespace pursuit::http {
namespace {

namespace net = boost::asio;
namespace bhttp = boost::beast::http;

constexpr std::size_t kReadBytes = 4u << 10;
constexpr std::size_t kBodyReadBytes = 64u << 10;
// How long, and for how much, a closing connection still listens: a client in the middle of sending
// would lose the answer to a reset.
constexpr std::chrono::milliseconds kLinger{2'000};
constexpr std::size_t kLingerBytes = 4u << 20;

std::string_view view(const boost::beast::flat_buffer& buffer) {
  const auto data = buffer.data();
  return {static_cast<const char*>(data.data()), data.size()};
}

}  // namespace

Connection::Connection(Core& core, IoThread& thread, net::ip::tcp::socket socket,
                       std::string peer_address, std::function<void()> at_end)
    : core_(core),
      thread_(thread),
      channel_(std::move(socket), core.tls(), core.clock),
      peer_address_(std::move(peer_address)),
      at_end_(std::move(at_end)),
      buffer_(core.options.limits.request_line_bytes + core.options.limits.header_bytes +
              kBodyReadBytes) {}

Connection::~Connection() = default;

void Connection::start() {
  thread_.connections.insert(this);
  core_.meters.connections.Increment();
  net::co_spawn(
      thread_.context, [self = shared_from_this()] { return self->run(); },
      [self = shared_from_this()](const std::exception_ptr&) {
        self->channel_.close();
        self->thread_.connections.erase(self.get());
        self->core_.meters.connections.Decrement();
        self->at_end_();
      });
}

void Connection::drain() {
  if (is_idle_) channel_.interrupt();
  if (stream_wake_ != nullptr) stream_wake_->cancel();
}

void Connection::abort() {
  is_aborted_ = true;
  channel_.close();
  if (stream_wake_ != nullptr) stream_wake_->cancel();
}

void Connection::check(std::int64_t monotonic_ns) {
  channel_.check(monotonic_ns);
  if (thread_.is_draining && is_idle_) channel_.interrupt();
}

net::awaitable<bool> Connection::shake_hands() {
  auto* const tls = channel_.stream().tls();
  if (tls == nullptr) co_return true;
  channel_.arm(core_.options.limits.header_timeout);
  const auto [error] = co_await tls->async_handshake(net::ssl::stream_base::server, kTuple);
  channel_.disarm();
  co_return !error;
}

net::awaitable<void> Connection::run() {
  bool goes_on = co_await shake_hands();
  while (goes_on && !is_aborted_) goes_on = co_await exchange();
  co_await linger();
}

net::awaitable<bool> Connection::exchange() {
  HeadRead read = co_await read_head();
  if (read.is_closed) co_return false;
  Exchange x;
  x.started_ns = core_.clock.monotonic_ns();
  x.at_ms = core_.clock.now_ms();
  BodyParser parser;
  std::optional<Response> answer = take_head(x, read, parser);
  if (!answer && x.has_body) answer = co_await read_body(x, parser);
  if (answer) {
    settle(x, std::move(*answer));
  } else if (!x.is_settled) {
    co_await handle(x);
  }
  if (!is_aborted_) co_await send(x);
  finish(x);
  co_return x.keep_alive;
}

net::awaitable<Connection::HeadRead> Connection::read_head() {
  const Limits& limits = core_.options.limits;
  HeadRead read;
  is_idle_ = buffer_.size() == 0;
  if (is_idle_) buffer_.shrink_to_fit();
  channel_.arm(is_idle_ ? limits.idle_timeout : limits.header_timeout);
  for (;;) {
    const auto found = find_head(view(buffer_), limits);
    if (!found) {
      read.refusal = found.error();
      break;
    }
    if (*found) {
      read.bytes = **found;
      break;
    }
    read.is_closed = is_idle_ && thread_.is_draining;
    if (read.is_closed) break;
    const auto space = buffer_.prepare(kReadBytes);
    const auto [error, bytes] = co_await channel_.stream().async_read_some(space, kTuple);
    if (error) {
      read.is_closed = is_idle_ || is_aborted_ || !channel_.timed_out();
      if (!read.is_closed) read.refusal = Refusal{408, "the headers took too long", {}};
      break;
    }
    buffer_.commit(bytes);
    if (std::exchange(is_idle_, false)) channel_.arm(limits.header_timeout);
  }
  is_idle_ = false;
  channel_.disarm();
  co_return read;
}

std::expected<Admitted, Response> Connection::admit_client(const std::string& address, Head& head) {
  CallerShares& shares = core_.address_shares;
  const bool limited = core_.options.limits.requests_per_second_of_address > 0;
  if (const auto place = limited ? shares.begin(limit_key(address), core_.clock.monotonic_ns())
                                 : CallerShares::Place();
      !place) {
    core_.meters.over_address_rate.Increment();
    return std::unexpected(over_share_response("more requests a second than one address may send",
                                               place.error().retry_after_s));
  }
  return admit(head, core_.router, core_.options);
}

std::optional<Response> Connection::take_head(Exchange& x, HeadRead& read, BodyParser& parser) {
  x.asked.id = make_id();
  x.keep_alive = ++requests_ < core_.options.limits.requests_per_connection;
  auto refused = [&](const Refusal& refusal) {
    // Where the next request begins is not known.
    x.keep_alive = false;
    has_unread_ = true;
    return refusal_response(refusal);
  };
  if (read.refusal) return refused(*read.refusal);
  const std::string_view bytes = view(buffer_).substr(0, read.bytes);
  auto head = parse_head(bytes, parser, core_.options.limits);
  if (!head) return refused(head.error());
  x.bytes_in = read.bytes;
  buffer_.consume(read.bytes);

  x.method = head->method;
  x.has_body = head->has_body();
  x.is_chunked = head->is_chunked;
  x.content_length = head->content_length.value_or(0);
  x.expects_continue = head->expects_continue;
  x.http_1_0 = head->http_1_0;
  x.keep_alive = x.keep_alive && head->keep_alive;
  const auto id = std::ranges::find(head->headers, "x-request-id", &NameValue::name);
  if (id != head->headers.end() && is_request_id(id->value)) x.asked.id = id->value;

  const auto forwarded = std::ranges::find(head->headers, "x-forwarded-for", &NameValue::name);
  std::string client = core_.proxies.client_of(
      peer_address_, forwarded == head->headers.end() ? std::string_view() : forwarded->value);
  auto admitted = admit_client(client, *head);
  if (!admitted) {
    // Its body is not read, so that nobody makes the server read for nothing.
    if (x.has_body) has_unread_ = true;
    x.keep_alive = x.keep_alive && !x.has_body;
    return std::move(admitted.error());
  }
  x.route = admitted->route;
  x.request = std::move(admitted->request);
  x.request.id = x.asked.id;
  x.request.peer_address = std::move(client);
  x.request.received_at_ms = x.at_ms;
  x.request.stop = core_.stop.get_token();
  x.asked = asked_of(x.request);
  x.asked.is_tls = channel_.stream().tls() != nullptr;
  return std::nullopt;
}

base::Result<void> Connection::open_body_file(Exchange& x) {
  const std::string& folder = x.route->options.body_folder;
  if (folder.empty()) return {};
  auto file = BodyFile::create(folder);
  if (!file) return std::unexpected(file.error());
  x.request.body_file = std::move(*file);
  return {};
}

net::awaitable<std::optional<Response>> Connection::read_body(Exchange& x, BodyParser& parser) {
  const Limits& limits = core_.options.limits;
  const std::size_t limit = x.route->options.body_limit_bytes;
  std::optional<Response> answer;
  auto refuse = [&](unsigned status, std::string detail) {
    x.keep_alive = false;
    has_unread_ = true;
    answer = problem_response(status, std::move(detail));
  };
  if (x.content_length > limit) {
    refuse(413, fmt::format("the body is over the limit of {} bytes", limit));
    co_return answer;
  }
  // Asked first, so that a stranger cannot make the server keep a body.
  co_await authenticate(x);
  if (x.is_settled) {
    x.keep_alive = false;
    has_unread_ = true;
    co_return answer;
  }
  parser.body_limit(limit);
  if (x.expects_continue && buffer_.size() == 0 && !co_await invite_body(x)) {
    refuse(408, "the client is gone");
    co_return answer;
  }
  if (auto opened = open_body_file(x); !opened) {
    refuse(503, "there is no place for the body");
    answer->note = opened.error().text();
    co_return answer;
  }
  const std::int64_t start_ns = core_.clock.monotonic_ns();
  std::size_t received = 0;
  while (!parser.is_done()) {
    const std::int64_t spent_ms = (core_.clock.monotonic_ns() - start_ns) / 1'000'000;
    const auto earned_ms =
        static_cast<std::int64_t>(received * 1'000 / limits.body_bytes_per_second);
    channel_.arm(limits.body_grace + std::chrono::milliseconds(earned_ms - spent_ms));
    const auto [error, bytes] =
        co_await bhttp::async_read_some(channel_.stream(), buffer_, parser, kTuple);
    channel_.disarm();
    x.bytes_in += bytes;
    base::Result<void> kept;
    if (x.request.body_file != nullptr) {
      kept = x.request.body_file->write(parser.get().body());
      parser.get().body().clear();
      received = x.request.body_file->size();
    } else {
      received = parser.get().body().size();
    }
    const std::size_t now = parser.get().body().size();
    const std::size_t all = core_.body_bytes.fetch_add(now - x.body_bytes) + now - x.body_bytes;
    x.body_bytes = now;
    if (!kept) {
      refuse(kept.error().code == base::ErrorCode::kStorage ? 507 : 503,
             "the body could not be kept");
      answer->note = kept.error().text();
    } else if (error == bhttp::error::body_limit || received > limit) {
      refuse(413, fmt::format("the body is over the limit of {} bytes", limit));
    } else if (all > limits.bodies_bytes) {
      refuse(503, "too many large requests at once");
      answer->headers.push_back({"Retry-After", "5"});
    } else if (error && channel_.timed_out()) {
      refuse(408, "the body came too slowly");
    } else if (error) {
      refuse(400, "malformed body: " + error.message());
    }
    if (answer) co_return answer;
  }
  x.request.body = std::move(parser.get().body());
  co_return answer;
}

net::awaitable<bool> Connection::invite_body(Exchange& x) {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  channel_.arm(core_.options.limits.write_timeout);
  const auto [error, bytes] = co_await net::async_write(
      channel_.stream(), net::buffer(kContinue.data(), kContinue.size()), kTuple);
  channel_.disarm();
  x.bytes_out += bytes;
  co_return !error;
}

net::awaitable<void> Connection::linger() {
  boost::system::error_code error;
  if (auto* const tls = channel_.stream().tls(); tls != nullptr && !is_aborted_ && !peer_gone_) {
    // Says that nothing more comes, so that a client can tell the end from one that was cut off. It
    // waits for the client's, which need not come.
    channel_.arm(kLinger);
    co_await tls->async_shutdown(kTuple);
    channel_.disarm();
  }
  channel_.socket().shutdown(net::ip::tcp::socket::shutdown_send, error);
  if (error || is_aborted_ || peer_gone_ || !has_unread_) co_return;
  channel_.arm(kLinger);
  std::array<char, kReadBytes> sink;
  const auto space = net::buffer(sink);
  for (std::size_t total = 0; total < kLingerBytes && !thread_.is_draining;) {
    const auto [failed, bytes] = co_await channel_.stream().async_read_some(space, kTuple);
    if (failed) break;
    total += bytes;
  }
  channel_.disarm();
}

void Connection::finish(const Exchange& x) {
  core_.body_bytes.fetch_sub(x.body_bytes);
  const std::int64_t duration_ns = core_.clock.monotonic_ns() - x.started_ns;
  const bool timed = !std::holds_alternative<EventSubscription>(x.out.body);
  core_.meters.answered(x.route, x.out.status, static_cast<double>(duration_ns) / 1e9, timed);
  core_.meters.bytes_in.Increment(static_cast<double>(x.bytes_in));
  core_.meters.bytes_out.Increment(static_cast<double>(x.bytes_out));
  if (!core_.log) return;
  // A method that is not known is the client's text: not for the log.
  const bool known = method_of(x.method).has_value();
  log_request(*core_.log, {.at_ms = x.at_ms,
                           .id = x.asked.id,
                           .method = known ? std::string_view(x.method) : "other",
                           .route = x.route ? std::string_view(x.route->options.name) : "none",
                           .status = x.out.status,
                           .bytes_in = x.bytes_in,
                           .bytes_out = x.bytes_out,
                           .duration_ns = duration_ns,
                           .caller = x.request.caller.who,
                           .note = x.out.note});
}

std::string Connection::make_id() {
  return fmt::format("{:x}-{:x}", core_.started_ms, core_.next_request.fetch_add(1));
}

}  // namespace pursuit::http
