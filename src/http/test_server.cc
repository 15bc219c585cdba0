#include "http/test_server.h"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <thread>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

namespace pursuit::http {
namespace {

namespace net = boost::asio;

constexpr std::chrono::seconds kPatience{30};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return text;
}

}  // namespace

Client::Client(const Endpoint& endpoint) : socket_(context_), drip_timer_(context_) {
  boost::system::error_code error;
  socket_.connect({net::ip::make_address(endpoint.address), endpoint.port}, error);
  EXPECT_FALSE(error) << error.message();
}

bool Client::send(std::string_view bytes) {
  boost::system::error_code error;
  net::write(socket_, net::buffer(bytes.data(), bytes.size()), error);
  return !error;
}

void Client::drip(std::chrono::milliseconds every) {
  drip_timer_.expires_after(every);
  drip_timer_.async_wait([this, every](boost::system::error_code error) {
    if (!error && send("a")) drip(every);
  });
}

bool Client::read_more() {
  std::string space(16u << 10, '\0');
  std::size_t got = 0;
  bool done = false;
  context_.restart();
  socket_.async_read_some(net::buffer(space), [&](boost::system::error_code, std::size_t bytes) {
    got = bytes;
    done = true;
  });
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!done && context_.run_one_until(end) != 0) {
  }
  if (!done) {
    ADD_FAILURE() << "nothing came";
    drip_timer_.cancel();
    socket_.close();
    context_.run();
    return false;
  }
  buffer_.append(space, 0, got);
  return got > 0;
}

std::optional<std::string> Client::read_until(std::string_view end) {
  std::size_t found = 0;
  for (std::size_t from = 0; (found = buffer_.find(end, from)) == std::string::npos;) {
    // What was searched needs no second look, but for an end that came in part.
    from = buffer_.size() - std::min(buffer_.size(), end.size());
    if (!read_more()) return std::nullopt;
  }
  const std::size_t size = found + end.size();
  std::string text = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return text;
}

Answer Client::receive(bool head_only) {
  Answer answer;
  const auto head = read_until("\r\n\r\n");
  if (!head) return answer;
  std::from_chars(head->data() + 9, head->data() + 12, answer.status);
  for (std::size_t at = head->find("\r\n") + 2; at + 2 < head->size();) {
    const std::size_t end = head->find("\r\n", at);
    const std::size_t colon = head->find(": ", at);
    answer.headers.emplace(lower(head->substr(at, colon - at)),
                           head->substr(colon + 2, end - colon - 2));
    at = end + 2;
  }
  answer.is_whole = true;
  if (head_only || answer.status == 204 || answer.status == 304 || answer.status == 100) {
    return answer;
  }
  if (answer.header("transfer-encoding") == "chunked") {
    for (;;) {
      const auto line = read_until("\r\n");
      std::size_t size = 0;
      if (line) std::from_chars(line->data(), line->data() + line->size(), size, 16);
      while (line && buffer_.size() < size + 2 && read_more()) {
      }
      if (!line || buffer_.size() < size + 2) {
        answer.is_whole = false;
        return answer;
      }
      answer.body.append(buffer_, 0, size);
      buffer_.erase(0, size + 2);
      if (size == 0) return answer;
    }
  }
  const bool has_length = answer.headers.contains("content-length");
  const std::size_t size = has_length ? std::stoul(answer.header("content-length")) : SIZE_MAX;
  while (buffer_.size() < size && read_more()) {
  }
  answer.is_whole = has_length && buffer_.size() >= size;
  answer.body = buffer_.substr(0, size);
  buffer_.erase(0, answer.body.size());
  return answer;
}

Answer Client::get(std::string_view target, std::string_view headers) {
  std::string text = "GET ";
  text.append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers).append("\r\n");
  return request(text);
}

Answer Client::request(std::string_view text) {
  send(text);
  return receive(text.starts_with("HEAD "));
}

bool Client::ends() {
  buffer_.clear();
  while (read_more()) {
    buffer_.clear();
  }
  return socket_.is_open();
}

void Client::shrink_window() { socket_.set_option(net::socket_base::receive_buffer_size(4'096)); }

void Client::close() { socket_.close(); }

class LogLines::Sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    lines_.emplace_back(message.payload.data(), message.payload.size());
  }
  void flush_() override {}
  std::vector<std::string> lines_;
};

LogLines::LogLines()
    : sink_(std::make_shared<Sink>()), logger_(std::make_shared<spdlog::logger>("test", sink_)) {}

std::vector<std::string> LogLines::lines() const { return sink_->lines(); }

TestServer::TestServer(ServerOptions options, Router router, Authenticator* authenticator) {
  auto started =
      Server::start(std::move(options), std::move(router),
                    {.clock = clock_,
                     .authenticator = authenticator != nullptr ? *authenticator : local_user_,
                     .metrics = metrics_,
                     .log = log_.logger()});
  if (!started) {
    ADD_FAILURE() << started.error().text();
    std::abort();
  }
  server_ = std::move(*started);
}

bool TestServer::wait_for_metric(const std::string& line_start, double wanted) {
  for (int tries = 0; tries < 3'000; ++tries) {
    const std::string text = "\n" + metrics_.text();
    const std::size_t at = text.find("\n" + line_start + " ");
    if (at != std::string::npos && std::stod(text.substr(at + line_start.size() + 2)) == wanted) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

RouteOptions named(std::string name) {
  RouteOptions options;
  options.name = std::move(name);
  return options;
}

}  // namespace pursuit::http
