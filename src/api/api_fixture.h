// api/api_fixture.h: for tests: the routes over a store in a folder of their own, on a free port of
// loopback, at an instant that stands still. One thread.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "api/api.h"
#include "api/publisher.h"
#include "http/test_server.h"
#include "service/service.h"
#include "store/store.h"

namespace pursuit::api::test {

/// Stands at an instant until it is set; its monotonic side goes on with the machine's.
class StillClock final : public base::Clock {
 public:
  [[nodiscard]] base::Millis now_ms() const override { return now_ms_; }
  [[nodiscard]] std::int64_t monotonic_ns() const override {
    return http::SteadyClock().monotonic_ns();
  }
  void set(base::Millis now_ms) { now_ms_ = now_ms; }

 private:
  std::atomic<base::Millis> now_ms_ = 1'780'272'000'000;  // 2026-06-01
};

/// Whoever says so in a header is a caller of that dealer, market or name; else everything is seen.
class ByHeader final : public http::Authenticator {
 public:
  [[nodiscard]] std::expected<http::Caller, http::Response> authenticate(
      const http::Request& request, const http::RouteOptions& /*route*/) override {
    http::Caller caller;
    caller.who = request.header("x-who").value_or("local");
    const auto dealer = request.header("x-dealer");
    const auto market = request.header("x-market");
    caller.scope.everything = !dealer && !market;
    if (dealer && !dealer->empty()) caller.scope.dealers = {std::string(*dealer)};
    if (market && !market->empty()) caller.scope.markets = {std::string(*market)};
    return caller;
  }
};

class ApiTest : public testing::Test {
 protected:
  ApiTest() {
    folder_ = std::filesystem::temp_directory_path() /
              ("pursuit_api_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~ApiTest() override {
    events_->close();
    server_.reset();
    service_.reset();
    access_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  [[nodiscard]] std::string db() const { return (folder_ / "store.db").string(); }

  void start(ExportLimits exports = {}, service::ServiceOptions options = {},
             http::Limits limits = {}) {
    auto store = store::Store::open({.url = db(), .busy_timeout_ms = 100});
    ASSERT_TRUE(store) << store.error().text();
    store_ = std::move(*store);
    options.threads = 2;
    auto service = service::Service::start(*store_, clock_, options, {},
                                           [this](const service::Update& update) {
                                             if (const service::Service* self = running_)
                                               publisher_->publish(*self, update);
                                           });
    ASSERT_TRUE(service) << service.error().text();
    service_ = std::move(*service);
    publisher_->begin(*service_);
    running_ = service_.get();
    access_ = std::make_unique<access::Access>(*store_, clock_, access::AccessOptions{});
    context_ = std::make_unique<Context>(Context{.service = *service_,
                                                 .events = events_,
                                                 .access = *access_,
                                                 .exports = std::move(exports),
                                                 .oidc_label = {}});
    http::Router router;
    add_routes(router, *context_);
    http::ServerOptions server_options;
    server_options.worker_threads = 8;
    server_options.limits = limits;
    server_ = std::make_unique<http::TestServer>(server_options, std::move(router), &by_header_);
  }

  http::Answer get(const std::string& target, const std::string& headers = {}) {
    return http::Client(server_->endpoint()).get(target, headers);
  }
  http::Answer send(const std::string& method, const std::string& target, const std::string& body,
                    const std::string& headers = {}) {
    return http::Client(server_->endpoint()).request(text_of(method, target, body, headers));
  }
  static std::string text_of(const std::string& method, const std::string& target,
                             const std::string& body, const std::string& headers = {}) {
    return method + " " + target + " HTTP/1.1\r\nHost: h\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  http::Answer change(const std::string& lines) {
    return send("POST", "/api/v1/changes?source=test&wait=visible", lines);
  }
  static std::string lead_line(const std::string& id, const std::string& dealer,
                               const std::string& market = "UAE") {
    return R"({"type":"lead","source_key":"lead )" + id + R"(","lead_id":")" + id +
           R"(","created_at":"2026-05-20T00:00:00Z","dealer":")" + dealer + R"(","region":")" +
           market + R"(","nameplate":"Terra","channel":"web","name":"Name )" + id + "\"}\n";
  }
  static std::string event_line(const std::string& id, const std::string& stage,
                                const std::string& at) {
    return R"({"type":"event","source_key":"event )" + id + stage + at + R"(","lead_id":")" + id +
           R"(","stage":")" + stage + R"(","at":")" + at + "\"}\n";
  }

  std::filesystem::path folder_;
  StillClock clock_;
  ByHeader by_header_;
  std::shared_ptr<http::EventHub> events_ =
      std::make_shared<http::EventHub>(http::EventHub::Options{.epoch = "test"});
  std::unique_ptr<Publisher> publisher_ = std::make_unique<Publisher>(*events_);
  std::unique_ptr<store::Store> store_;
  std::atomic<service::Service*> running_ = nullptr;
  std::unique_ptr<service::Service> service_;
  std::unique_ptr<access::Access> access_;
  std::unique_ptr<Context> context_;
  std::unique_ptr<http::TestServer> server_;
};

}  // namespace pursuit::api::test
