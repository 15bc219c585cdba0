// serve_load: what clients of a running `pursuit serve` do, in one process: writers that post
// changes, readers that ask for pages, streams that listen, and sockets that never finish a
// request. Prints one JSON line of what they saw; bench/serve tells it what to do.

#include <chrono>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "load/change_rows.h"
#include "load/client.h"

namespace pursuit::load {
namespace {

namespace net = boost::asio;
using Seconds = std::chrono::duration<double>;

constexpr auto kTuple = net::as_tuple(net::use_awaitable);

struct Plan {
  std::uint16_t port = 0;
  std::string token;
  std::string read_token;  // of the readers, if not that one
  double seconds = 5;
  double warm_up_seconds = 1;
  std::uint32_t known_leads = 0;
  std::uint32_t run = 0;
  unsigned writers = 0;
  std::size_t batch = 1'000;
  bool new_leads = false;
  double changes_per_second = 0;  // of all writers; 0: as fast as they are answered
  unsigned readers = 0;
  double think_ms = 0;
  std::vector<std::string> pages;  // asked for in turn
  unsigned streams = 0;
  std::vector<std::string> stream_targets;  // shared out in turn
  unsigned slow_sockets = 0;
};

/// The load of one run; everything on one thread.
class Load {
 public:
  Load(const Plan& plan, net::io_context& context)
      : plan_(plan), context_(context), rows_(plan.known_leads, plan.run) {}

  net::awaitable<void> run();
  [[nodiscard]] std::string json() const;

 private:
  [[nodiscard]] bool counts() const { return Steady::now() >= counts_from_; }
  [[nodiscard]] bool ended() const { return Steady::now() >= ends_at_; }
  net::awaitable<void> pause(Seconds time) {
    net::steady_timer timer(context_);
    timer.expires_after(std::chrono::duration_cast<Steady::duration>(time));
    co_await timer.async_wait(kTuple);
  }
  /// 1,000 connections to an address of clients.
  unsigned next_source() { return 2 + connections_++ / 1'000; }

  net::awaitable<void> write(unsigned number);
  net::awaitable<void> read(unsigned number);
  net::awaitable<void> listen(unsigned number);
  net::awaitable<void> dawdle();
  void take_event(std::string_view frame);

  const Plan& plan_;
  net::io_context& context_;
  ChangeRows rows_;
  unsigned connections_ = 0;
  unsigned streams_open_ = 0;
  unsigned slow_open_ = 0;
  std::uint64_t slow_closed_ = 0;
  Steady::time_point counts_from_ = Steady::time_point::max();
  Steady::time_point ends_at_ = Steady::time_point::max();
  std::unordered_map<std::string, Steady::time_point> sent_;  // of a lead, when it last was
  std::uint64_t changes_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t failed_ = 0;
  Latencies posts_;
  Latencies pages_;
  Latencies events_;
};

net::awaitable<void> Load::write(unsigned number) {
  HttpClient client(context_.get_executor());
  const std::string target = "/api/v1/changes?source=load";
  if (!co_await client.connect(plan_.port, next_source())) {
    ++failed_;
    co_return;
  }
  const Seconds step(plan_.changes_per_second == 0 ? 0
                                                   : static_cast<double>(plan_.batch) *
                                                         plan_.writers / plan_.changes_per_second);
  // The writers take turns within a step.
  co_await pause(step * number / plan_.writers);
  auto next = Steady::now();
  while (!ended()) {
    const Batch batch = plan_.new_leads ? rows_.new_leads(plan_.batch) : rows_.events(plan_.batch);
    const std::string request = post_text(target, plan_.token, batch.body);
    const auto from = Steady::now();
    if (plan_.streams > 0) {
      for (const std::string& lead : batch.leads) sent_[lead] = from;
    }
    const auto reply = co_await client.ask(request);
    const bool good = reply && reply->status == 200;
    const bool busy = reply && (reply->status == 429 || reply->status == 503);
    if (!good && !busy) {
      ++failed_;
      if (!reply) co_return;
    }
    if (!good) ++refused_;
    if (counts() && good && !ended()) {
      changes_ += plan_.batch;
      posts_.add(ms_since(from));
    }
    if (step.count() == 0) continue;
    next += std::chrono::duration_cast<Steady::duration>(step);
    co_await pause(std::max(Seconds(0), Seconds(next - Steady::now())));
  }
}

net::awaitable<void> Load::read(unsigned number) {
  HttpClient client(context_.get_executor());
  if (!co_await client.connect(plan_.port, next_source())) {
    ++failed_;
    co_return;
  }
  const Seconds think(plan_.think_ms / 1'000);
  co_await pause(think * number / std::max(plan_.readers, 1u));
  for (std::size_t i = number; !ended(); ++i) {
    const std::string request = get_text(plan_.pages[i % plan_.pages.size()],
                                         plan_.read_token.empty() ? plan_.token : plan_.read_token);
    const auto from = Steady::now();
    const auto reply = co_await client.ask(request);
    if (!reply || reply->status != 200) {
      ++failed_;
      if (!reply) co_return;
    } else if (counts()) {
      pages_.add(ms_since(from));
    }
    if (think.count() > 0) co_await pause(think);
  }
}

void Load::take_event(std::string_view frame) {
  static constexpr std::string_view kName = "\"lead_id\":\"";
  if (!counts()) return;
  const std::size_t at = frame.find(kName);
  if (at == std::string_view::npos) return;
  const std::size_t begin = at + kName.size();
  const auto found = sent_.find(std::string(frame.substr(begin, frame.find('"', begin) - begin)));
  if (found != sent_.end()) events_.add(ms_since(found->second));
}

net::awaitable<void> Load::listen(unsigned number) {
  HttpClient client(context_.get_executor());
  const std::string target = plan_.stream_targets[number % plan_.stream_targets.size()];
  if (!co_await client.connect(plan_.port, next_source())) {
    ++failed_;
    co_return;
  }
  if (!co_await client.send(get_text(target, plan_.token))) ++failed_;
  ++streams_open_;
  std::string text;
  while (!ended() && co_await client.read_some(text)) {
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find("\n\n", begin)) != std::string::npos;) {
      take_event(std::string_view(text).substr(begin, end - begin));
      begin = end + 2;
    }
    text.erase(0, begin);
  }
  if (!ended()) ++failed_;
}

/// Asks a letter a second, as slow-loris does, and begins again when it is thrown out.
net::awaitable<void> Load::dawdle() {
  static constexpr std::string_view kStart = "GET /api/v1/queue HTTP/1.1\r\nHost: localhost\r\nX: ";
  while (!ended()) {
    HttpClient client(context_.get_executor());
    if (co_await client.connect(plan_.port, next_source()) && co_await client.send(kStart)) {
      ++slow_open_;
      while (!ended() && co_await client.send("a")) co_await pause(Seconds(1));
      --slow_open_;
      ++slow_closed_;
    }
    co_await pause(Seconds(1));
  }
}

net::awaitable<void> Load::run() {
  for (unsigned i = 0; i < plan_.streams; ++i) {
    net::co_spawn(context_, listen(i), net::detached);
    if (i % 100 == 99) co_await pause(Seconds(0.02));  // not all at the door at once
  }
  for (unsigned i = 0; i < plan_.slow_sockets; ++i) {
    net::co_spawn(context_, dawdle(), net::detached);
    if (i % 100 == 99) co_await pause(Seconds(0.02));
  }
  co_await pause(Seconds(0.3));
  const auto now = Steady::now();
  counts_from_ = now + std::chrono::duration_cast<Steady::duration>(Seconds(plan_.warm_up_seconds));
  ends_at_ = counts_from_ + std::chrono::duration_cast<Steady::duration>(Seconds(plan_.seconds));
  for (unsigned i = 0; i < plan_.writers; ++i) net::co_spawn(context_, write(i), net::detached);
  for (unsigned i = 0; i < plan_.readers; ++i) net::co_spawn(context_, read(i), net::detached);
  co_await pause(Seconds(plan_.warm_up_seconds + plan_.seconds));
  context_.stop();
}

std::string Load::json() const {
  return fmt::format(
      R"({{"seconds":{},"changes":{},"changes_per_second":{:.0f},"posts":{},"refused":{},)"
      R"("pages":{},"pages_per_second":{:.0f},"events":{},"streams":{},"slow_open":{},)"
      R"("slow_closed":{},"failed":{}}})",
      plan_.seconds, changes_, static_cast<double>(changes_) / plan_.seconds, posts_.json(),
      refused_, pages_.json(), static_cast<double>(pages_.count()) / plan_.seconds, events_.json(),
      streams_open_, slow_open_, slow_closed_, failed_);
}

}  // namespace
}  // namespace pursuit::load

int main(int argc, char** argv) {
  pursuit::load::Plan plan;
  CLI::App app("Clients of a running pursuit serve");
  app.add_option("--port", plan.port)->required();
  app.add_option("--token", plan.token, "of who may read and write everything")->required();
  app.add_option("--read-token", plan.read_token, "of who asks for pages, if somebody else");
  app.add_option("--seconds", plan.seconds, "measured, after the warm-up");
  app.add_option("--warm-up", plan.warm_up_seconds);
  app.add_option("--known-leads", plan.known_leads, "leads of the sample in the store");
  app.add_option("--run", plan.run, "sets the keys of this run apart");
  app.add_option("--writers", plan.writers);
  app.add_option("--batch", plan.batch, "rows of one request");
  app.add_flag("--new-leads", plan.new_leads, "send new leads with their events");
  app.add_option("--changes-per-second", plan.changes_per_second);
  app.add_option("--readers", plan.readers);
  app.add_option("--think-ms", plan.think_ms, "between two pages of one reader");
  app.add_option("--page", plan.pages, "paths, asked for in turn");
  app.add_option("--streams", plan.streams);
  app.add_option("--stream-target", plan.stream_targets, "paths, shared out in turn");
  app.add_option("--slow-sockets", plan.slow_sockets);
  CLI11_PARSE(app, argc, argv);
  if (plan.pages.empty()) plan.pages = {"/api/v1/queue"};
  if (plan.stream_targets.empty()) plan.stream_targets = {"/api/v1/stream"};
  boost::asio::io_context context(1);
  pursuit::load::Load load(plan, context);
  boost::asio::co_spawn(context, load.run(), boost::asio::detached);
  context.run();
  fmt::print("{}\n", load.json());
  return 0;
}
