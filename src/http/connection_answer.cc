// The second half of an exchange: the handler is called and what it answers is sent.
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "http/connection.h"
#include "http/exchange.h"

namespace pursuit::http {
namespace {

namespace net = boost::asio;

constexpr std::size_t kEventBytes = 8u << 10;  // of events copied together for one write

Response busy_response(std::string detail) {
  Response response = problem_response(503, std::move(detail));
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

Response broken_response(std::string_view what) {
  Response response = problem_response(500, "the server could not do this");
  response.note = "exception: ";
  response.note += what;
  return response;
}

std::string comment_or_fields(std::string_view name, std::string_view id, std::string_view data) {
  std::string frame = "id: ";
  frame.append(id).append("\nevent: ").append(name).append("\ndata: ").append(data);
  return frame.append("\n\n");
}

}  // namespace

void Connection::settle(Exchange& x, Response response) {
  x.out = prepare(std::move(response), x.asked, core_.clock.now_ms());
  x.is_settled = true;
}

// Nothing that a handler or an authenticator throws leaves this room.
void Connection::ask_authenticator(Exchange& x) noexcept {
  if (x.is_authenticated || x.route->options.is_public) return;
  try {
    auto caller = core_.authenticator.authenticate(x.request, x.route->options);
    if (!caller) return settle(x, std::move(caller.error()));
    x.request.caller = std::move(*caller);
    x.is_authenticated = true;
    take_place(x);
  } catch (const std::exception& error) {
    settle(x, broken_response(error.what()));
  } catch (...) {
    settle(x, broken_response("of an unknown type"));
  }
}

void Connection::take_place(Exchange& x) {
  const Caller& caller = x.request.caller;
  const std::int64_t now_ns = core_.clock.monotonic_ns();
  if (caller.token_id != 0) {
    const auto token = core_.token_shares.begin(std::to_string(caller.token_id), now_ns);
    if (!token) {
      core_.meters.over_token_rate.Increment();
      return settle(x, over_share_response("more requests a second than one token may send",
                                           token.error().retry_after_s));
    }
  }
  auto place = core_.shares.begin(caller.who.empty() ? x.request.peer_address : caller.who, now_ns);
  if (place) {
    x.place = std::move(*place);
    return;
  }
  const bool too_fast = place.error().over == CallerShares::Over::kRate;
  (too_fast ? core_.meters.over_rate : core_.meters.over_in_flight).Increment();
  settle(x, over_share_response(too_fast ? "more requests a second than one caller may send"
                                         : "more requests at once than one caller may have",
                                place.error().retry_after_s));
}

void Connection::call_handler(Exchange& x) noexcept {
  ask_authenticator(x);
  if (x.is_settled) return;
  try {
    settle(x, x.route->handler(x.request));
  } catch (const std::exception& error) {
    settle(x, broken_response(error.what()));
  } catch (...) {
    settle(x, broken_response("of an unknown type"));
  }
}

net::awaitable<void> Connection::authenticate(Exchange& x) {
  auto job = [this, &x] { ask_authenticator(x); };
  if (x.route->options.run_on == RunOn::kInline || x.route->options.is_public) {
    job();
    co_return;
  }
  const bool ran = co_await core_.workers.run(job);
  if (!ran) settle(x, busy_response("too many requests wait"));
}

net::awaitable<void> Connection::handle(Exchange& x) {
  auto job = [this, &x] { call_handler(x); };
  if (x.route->options.run_on == RunOn::kInline) {
    job();
    co_return;
  }
  const bool ran = co_await core_.workers.run(job);
  if (!ran) settle(x, busy_response("too many requests wait"));
}

Framing Connection::framing(const Exchange& x, std::optional<std::uint64_t> length) const {
  return {.length = length,
          .http_1_0 = x.http_1_0,
          .keep_alive = x.keep_alive,
          .head_only = x.method == "HEAD"};
}

net::awaitable<void> Connection::send(Exchange& x) {
  x.keep_alive = x.keep_alive && !thread_.is_draining;
  if (std::holds_alternative<Producer>(x.out.body)) {
    co_await send_pieces(x);
  } else if (std::holds_alternative<EventSubscription>(x.out.body)) {
    co_await send_events(x);
  }
  // The two above may have settled for an error instead.
  const auto* own = std::get_if<std::string>(&x.out.body);
  const auto* shared = std::get_if<Shared>(&x.out.body);
  if (own == nullptr && shared == nullptr) co_return;
  const std::string_view text = own != nullptr ? *own : **shared;
  ResponseWriter writer(channel_, core_.options.limits.write_timeout, x.out,
                        framing(x, text.size()));
  const bool sent = co_await writer.write(text, true);
  x.keep_alive = x.keep_alive && sent;
  x.bytes_out += writer.bytes();
}

net::awaitable<void> Connection::send_pieces(Exchange& x) {
  Producer& producer = std::get<Producer>(x.out.body);
  std::string piece;
  base::Result<bool> more = true;
  auto job = [&]() noexcept {
    piece.clear();
    try {
      more = producer(piece);
    } catch (const std::exception& error) {
      more = base::fail(base::ErrorCode::kIo, error.what());
    } catch (...) {
      more = base::fail(base::ErrorCode::kIo, "an exception of an unknown type");
    }
  };
  const bool head_only = x.method == "HEAD";
  if (!head_only) co_await core_.workers.run_admitted(job);
  if (!more) {
    Response response = error_response(more.error());
    settle(x, std::move(response));
    co_return;
  }
  if (x.http_1_0) x.keep_alive = false;
  ResponseWriter writer(channel_, core_.options.limits.write_timeout, x.out,
                        framing(x, std::nullopt));
  for (;;) {
    const bool last = !*more || head_only;
    const bool sent = co_await writer.write(piece, last);
    if (!sent || last || is_aborted_) break;
    co_await core_.workers.run_admitted(job);
    if (!more) {
      x.out.note = more.error().text();
      break;
    }
  }
  x.keep_alive = x.keep_alive && writer.has_ended();
  x.bytes_out += writer.bytes();
}

net::awaitable<void> Connection::send_events(Exchange& x) {
  if (core_.streams.fetch_add(1) >= core_.options.limits.streams) {
    core_.streams.fetch_sub(1);
    settle(x, busy_response("too many streams are open"));
    co_return;
  }
  core_.meters.streams.Increment();
  x.place.end();  // streams have a limit of their own
  x.keep_alive = false;
  const auto wake = std::make_shared<net::steady_timer>(thread_.context);
  auto& subscription = std::get<EventSubscription>(x.out.body);
  // Called in the thread of whoever publishes.
  auto call = [weak = std::weak_ptr(wake), &context = thread_.context] {
    net::post(context, [weak] {
      if (const auto timer = weak.lock()) timer->cancel();
    });
  };
  EventHub::Cursor cursor(subscription.hub, subscription.filter, std::move(call));
  const std::string last_id(x.request.header("last-event-id").value_or(""));
  const bool resumed = cursor.resume(last_id);
  std::string first = "retry: " + std::to_string(core_.options.retry.count()) + "\n";
  if (resumed) {
    // An id without data tells a client that gets no event at all where it was.
    first.append("id: ").append(cursor.position()).append("\n\n");
  } else {
    first += comment_or_fields("reset", cursor.position(), R"({"reason":"unknown_id"})");
  }
  ResponseWriter writer(channel_, core_.options.limits.write_timeout, x.out,
                        framing(x, std::nullopt));
  if (x.method == "HEAD") {
    co_await writer.write({}, true);
  } else {
    watch_peer();
    stream_wake_ = wake.get();
    co_await write_events(writer, cursor, *wake, std::move(first));
    stream_wake_ = nullptr;
    if (!writer.has_ended()) is_aborted_ = true;
  }
  x.bytes_out += writer.bytes();
  core_.meters.streams.Decrement();
  core_.streams.fetch_sub(1);
}

net::awaitable<bool> Connection::write_events(ResponseWriter& writer, EventHub::Cursor& cursor,
                                              net::steady_timer& wake, std::string piece) {
  std::vector<std::shared_ptr<const Event>> events;
  bool sent = co_await writer.write(piece, false);
  while (sent && !is_aborted_ && !peer_gone_) {
    const auto taken = cursor.take(kEventBytes, events);
    std::string().swap(piece);  // an idle stream keeps no buffer
    bool last = false;
    if (taken == EventHub::Taken::kEvents && events.size() == 1) {
      sent = co_await writer.write(events.front()->frame, false);  // shared, not copied
      continue;
    }
    if (taken == EventHub::Taken::kEvents) {
      for (const auto& event : events) piece += event->frame;
    } else if (taken == EventHub::Taken::kBehind) {
      // Its id is the end of the ring: having read everything anew, the client goes on from there.
      (void)cursor.resume({});
      piece = comment_or_fields("reset", cursor.position(), R"({"reason":"behind"})");
      last = true;
    } else if (taken == EventHub::Taken::kClosed || thread_.is_draining) {
      piece = comment_or_fields("end", cursor.position(), "{}");
      last = true;
    } else {
      wake.expires_after(core_.options.heartbeat);
      const auto [interrupted] = co_await wake.async_wait(kTuple);
      if (interrupted) continue;
      piece = ":\n\n";
    }
    sent = co_await writer.write(piece, last);
    if (last) break;
  }
  co_return sent;
}

void Connection::watch_peer() {
  channel_.socket().async_wait(net::ip::tcp::socket::wait_read,
                               [self = shared_from_this()](const boost::system::error_code& error) {
                                 boost::system::error_code failed;
                                 if (error || self->stream_wake_ == nullptr) return;
                                 if (self->channel_.socket().available(failed) > 0 && !failed)
                                   return;
                                 self->peer_gone_ = true;
                                 self->channel_.interrupt();
                                 self->stream_wake_->cancel();
                               });
}

}  // namespace pursuit::http
