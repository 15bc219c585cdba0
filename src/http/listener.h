// http/listener.h: accepts connections at one address and deals them out to the io threads, within
// the limits on their number. Belongs to the first io thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/error.h"
#include "http/core.h"

namespace pursuit::http {

/// Counts connections, in all and by address. Any thread.
class ConnectionCount {
 public:
  enum class Added : std::uint8_t { kYes, kTooMany, kTooManyOfAddress };
  /// Counts one more unless that is over a limit. `key` groups addresses.
  [[nodiscard]] Added add(const std::string& key, const Limits& limits);
  void remove(const std::string& key);
  /// Waits until there is none, at most for `patience`. Whether there is none.
  bool wait_for_none(std::chrono::milliseconds patience);
  void wait_for_none();

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t total_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;
};

class Listener {
 public:
  /// Binds and listens.
  [[nodiscard]] static base::Result<std::unique_ptr<Listener>> open(
      const Endpoint& endpoint, Core& core, ConnectionCount& count,
      std::vector<std::unique_ptr<IoThread>>& threads);

  /// Begins to accept; before the io threads start.
  void start();
  /// In the first io thread: accepts no more.
  void close();
  /// With the port it got.
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  Listener(Endpoint endpoint, boost::asio::ip::tcp::acceptor acceptor, Core& core,
           ConnectionCount& count, std::vector<std::unique_ptr<IoThread>>& threads);
  boost::asio::awaitable<void> accept();
  void take(boost::asio::ip::tcp::socket socket, IoThread& thread);
  void refuse(boost::asio::ip::tcp::socket socket);

  Endpoint endpoint_;
  boost::asio::ip::tcp::acceptor acceptor_;
  Core& core_;
  ConnectionCount& count_;
  std::vector<std::unique_ptr<IoThread>>& threads_;
  std::size_t next_thread_ = 0;
  std::size_t refused_open_ = 0;  // refused sockets that are being closed with care
};

}  // namespace pursuit::http
