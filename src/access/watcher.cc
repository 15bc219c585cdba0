#include "access/watcher.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace pursuit::access {
namespace {

constexpr std::size_t kLinesAtOnce = 10'000;
/// Sessions also end by themselves, which no line tells.
constexpr int kRoundsBetweenChecks = 60;

bool may_end_something(std::string_view what) {
  static constexpr std::array<std::string_view, 5> kBeginnings = {"user.", "token.", "sign_out",
                                                                  "sign_in", "password."};
  return std::ranges::any_of(kBeginnings, [&](std::string_view b) { return what.starts_with(b); });
}

}  // namespace

Watcher::Watcher(Access& access, std::chrono::milliseconds interval) : access_(access) {
  // Lines before this one are in the identities that will be watched.
  (void)access_.accounts().read([&](store::AccountRows& rows) -> base::Result<void> {
    if (const auto last = rows.last_audit()) last_seq_ = last->seq;
    return {};
  });
  thread_ = std::jthread([this, interval](const std::stop_token& stop) { run(stop, interval); });
}

Watcher::~Watcher() {
  thread_.request_stop();
  thread_.join();
}

Watcher::Flag Watcher::watch(const Identity& identity) {
  auto flag = std::make_shared<std::atomic<bool>>(true);
  const std::lock_guard lock(mutex_);
  std::erase_if(watched_, [](const Watched& one) { return one.flag.expired(); });
  watched_.push_back({.flag = flag, .identity = identity});
  has_new_ = true;
  return flag;
}

bool Watcher::has_news() {
  bool news = false;
  const auto read = access_.accounts().read([&](store::AccountRows& rows) -> base::Result<void> {
    for (;;) {
      const auto lines = rows.audit_after(last_seq_, kLinesAtOnce);
      for (const store::AuditRow& line : lines) news |= may_end_something(line.what);
      if (!lines.empty()) last_seq_ = lines.back().seq;
      if (lines.size() < kLinesAtOnce) return {};
    }
  });
  return news || !read;
}

void Watcher::check_all() {
  std::vector<Watched> all;
  {
    const std::lock_guard lock(mutex_);
    all = watched_;
  }
  for (const Watched& one : all) {
    const auto flag = one.flag.lock();
    if (!flag || !flag->load()) continue;
    // What cannot be asked now is asked again in a later round.
    if (const auto good = access_.is_still(one.identity); good && !*good) flag->store(false);
  }
}

void Watcher::run(const std::stop_token& stop, std::chrono::milliseconds interval) {
  for (int round = 1;; ++round) {
    bool check = false;
    {
      std::unique_lock lock(mutex_);
      stopped_.wait_for(lock, stop, interval, [] { return false; });
      check = std::exchange(has_new_, false);
    }
    if (stop.stop_requested()) return;
    if (has_news() || check || round % kRoundsBetweenChecks == 0) check_all();
  }
}

}  // namespace pursuit::access
