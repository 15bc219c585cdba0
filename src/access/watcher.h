// access/watcher.h: for what outlives its request (a stream of events): whether who opened it may
// still have it. A thread of its own looks at the audit log every second, since every change of
// people, tokens and sessions is a line of it. watch() from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "access/access.h"

namespace pursuit::access {

class Watcher {
 public:
  using Flag = std::shared_ptr<const std::atomic<bool>>;

  /// `access` outlives it.
  explicit Watcher(Access& access, std::chrono::milliseconds interval = std::chrono::seconds(1));
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher();

  /// True as long as session or token is good and its user may do and see what they did. Once false
  /// it stays so. Watched as long as somebody keeps it.
  [[nodiscard]] Flag watch(const Identity& identity);

 private:
  struct Watched {
    std::weak_ptr<std::atomic<bool>> flag;
    Identity identity;
  };
  void run(const std::stop_token& stop, std::chrono::milliseconds interval);
  /// Whether the log has lines that may end something; also when it cannot be read.
  bool has_news();
  void check_all();

  Access& access_;
  std::int64_t last_seq_ = 0;  // read so far; of the thread
  std::mutex mutex_;           // guards watched_ and has_new_
  std::condition_variable_any stopped_;
  std::vector<Watched> watched_;
  bool has_new_ = false;  // somebody who may have been ended before they were watched
  std::jthread thread_;
};

}  // namespace pursuit::access
