#include "http/listener.h"

#include <array>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "http/connection.h"

namespace pursuit::http {
namespace {

namespace net = boost::asio;
using Tcp = net::ip::tcp;

constexpr int kBacklog = 1'024;
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::size_t kMaxRefusedOpen = 64;
constexpr std::chrono::milliseconds kRefusedLinger{1'000};

std::string refusal_text() {
  static constexpr std::string_view kBody =
      R"({"type":"about:blank","title":"Service Unavailable","status":503,)"
      R"("detail":"too many connections"})";
  return fmt::format(
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
      "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n"
      "Content-Length: {}\r\n\r\n{}",
      kBody.size(), kBody);
}

// One host has 2^64 IPv6 addresses to choose from.
std::string key_of(const net::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return net::ip::make_address_v4(net::ip::v4_mapped, v6).to_string();
  const auto bytes = v6.to_bytes();
  return {bytes.begin(), bytes.begin() + 8};
}

net::awaitable<void> swallow(std::shared_ptr<Tcp::socket> socket) {
  std::array<char, 1'024> sink;
  const auto space = net::buffer(sink);
  for (int reads = 0; reads < 64; ++reads) {
    const auto [error, bytes] = co_await socket->async_read_some(space, kTuple);
    if (error || bytes == 0) break;
  }
}

}  // namespace

ConnectionCount::Added ConnectionCount::add(const std::string& key, const Limits& limits) {
  const std::lock_guard lock(mutex_);
  if (total_ >= limits.connections) return Added::kTooMany;
  std::size_t& of_address = by_address_[key];
  if (of_address >= limits.connections_per_address) return Added::kTooManyOfAddress;
  ++of_address;
  ++total_;
  return Added::kYes;
}

void ConnectionCount::remove(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto of_address = by_address_.find(key);
  if (--of_address->second == 0) by_address_.erase(of_address);
  if (--total_ == 0) none_.notify_all();
}

bool ConnectionCount::wait_for_none(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return none_.wait_for(lock, patience, [this] { return total_ == 0; });
}

void ConnectionCount::wait_for_none() {
  std::unique_lock lock(mutex_);
  none_.wait(lock, [this] { return total_ == 0; });
}

Listener::Listener(Endpoint endpoint, Tcp::acceptor acceptor, Core& core, ConnectionCount& count,
                   std::vector<std::unique_ptr<IoThread>>& threads)
    : endpoint_(std::move(endpoint)),
      acceptor_(std::move(acceptor)),
      core_(core),
      count_(count),
      threads_(threads) {}

base::Result<std::unique_ptr<Listener>> Listener::open(
    const Endpoint& endpoint, Core& core, ConnectionCount& count,
    std::vector<std::unique_ptr<IoThread>>& threads) {
  boost::system::error_code error;
  const auto address = net::ip::make_address(endpoint.address, error);
  if (error) return base::fail(base::ErrorCode::kUsage, "not an IP address", endpoint.address);
  const Tcp::endpoint at(address, endpoint.port);
  Tcp::acceptor acceptor(threads.front()->context);
  acceptor.open(at.protocol(), error);
  if (!error) acceptor.set_option(net::socket_base::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor.set_option(net::ip::v6_only(true), error);
  if (!error) acceptor.bind(at, error);
  if (!error) acceptor.listen(kBacklog, error);
  Tcp::endpoint got;
  if (!error) got = acceptor.local_endpoint(error);
  if (error) {
    return base::fail(base::ErrorCode::kIo, "cannot listen: " + error.message(),
                      fmt::format("{}:{}", endpoint.address, endpoint.port));
  }
  return std::unique_ptr<Listener>(
      new Listener({endpoint.address, got.port()}, std::move(acceptor), core, count, threads));
}

void Listener::start() {
  net::co_spawn(acceptor_.get_executor(), [this] { return accept(); }, net::detached);
}

void Listener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

net::awaitable<void> Listener::accept() {
  net::steady_timer pause(acceptor_.get_executor());
  while (acceptor_.is_open()) {
    IoThread& thread = *threads_[next_thread_++ % threads_.size()];
    Tcp::socket socket(thread.context);
    const auto [error] = co_await acceptor_.async_accept(socket, kTuple);
    if (!error) {
      take(std::move(socket), thread);
    } else if (acceptor_.is_open()) {
      // No descriptor or no memory: asking again at once would only burn the processor.
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(kTuple);
    }
  }
}

void Listener::take(Tcp::socket socket, IoThread& thread) {
  boost::system::error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return;
  std::string key = key_of(peer.address());
  // Behind a proxy of ours stand many clients.
  Limits limits = core_.options.limits;
  if (core_.proxies.has(peer.address())) limits.connections_per_address = limits.connections;
  const auto added = count_.add(key, limits);
  if (added != ConnectionCount::Added::kYes) {
    (added == ConnectionCount::Added::kTooMany ? core_.meters.refused_total
                                               : core_.meters.refused_address)
        .Increment();
    return refuse(std::move(socket));
  }
  // Answers go out whole: waiting for more to fill a packet would only delay them.
  socket.set_option(Tcp::no_delay(true), error);
  auto connection =
      std::make_shared<Connection>(core_, thread, std::move(socket), peer.address().to_string(),
                                   [&count = count_, key = std::move(key)] { count.remove(key); });
  net::post(thread.context, [connection = std::move(connection)] { connection->start(); });
}

void Listener::refuse(Tcp::socket fresh) {
  boost::system::error_code error;
  fresh.non_blocking(true, error);
  const std::string text = refusal_text();
  fresh.write_some(net::buffer(text), error);
  fresh.shutdown(Tcp::socket::shutdown_send, error);
  if (error || refused_open_ >= kMaxRefusedOpen) return;
  // Closed at once, unread bytes would turn into a reset and the client would not see the answer.
  // The socket moves here, so that nothing else touches its io thread's.
  Tcp::socket moved(acceptor_.get_executor());
  const auto protocol = fresh.local_endpoint(error).protocol();
  if (error) return;
  moved.assign(protocol, fresh.release(error), error);
  if (error) return;
  auto socket = std::make_shared<Tcp::socket>(std::move(moved));
  auto timer = std::make_shared<net::steady_timer>(acceptor_.get_executor(), kRefusedLinger);
  timer->async_wait([socket](const boost::system::error_code&) {
    boost::system::error_code ignored;
    socket->close(ignored);
  });
  ++refused_open_;
  net::co_spawn(acceptor_.get_executor(), swallow(socket),
                [this, timer](const std::exception_ptr&) {
                  --refused_open_;
                  timer->cancel();
                });
}

}  // namespace pursuit::http
