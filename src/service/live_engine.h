// service/live_engine.h: an engine that is read while it changes. Two copies of it: readers use
// one, the writer changes the other, they swap, and the change is made to the first as well
// (left-right concurrency, Ramalhete and Correia). Any number of readers, which never wait for a
// change, however long a refresh takes; one writer.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <shared_mutex>

#include "engine/engine.h"

namespace pursuit::service {

class LiveEngine {
 public:
  /// An engine that does not change while this exists. Short-lived: a writer waits for it before it
  /// can make its next change.
  class View {
   public:
    [[nodiscard]] const engine::Engine& operator*() const { return *engine_; }
    [[nodiscard]] const engine::Engine* operator->() const { return engine_; }
    /// The last change of the store that it contains.
    [[nodiscard]] std::int64_t seq() const { return seq_; }

   private:
    friend class LiveEngine;
    View(std::shared_lock<std::shared_mutex> lock, const engine::Engine* engine, std::int64_t seq)
        : lock_(std::move(lock)), engine_(engine), seq_(seq) {}
    std::shared_lock<std::shared_mutex> lock_;
    const engine::Engine* engine_;
    std::int64_t seq_;
  };

  /// `seq` is the last change in the engine. Its second copy is made beside the first readers; the
  /// first change waits for it.
  LiveEngine(std::unique_ptr<engine::Engine> engine, std::int64_t seq);
  LiveEngine(const LiveEngine&) = delete;
  LiveEngine& operator=(const LiveEngine&) = delete;
  ~LiveEngine();

  [[nodiscard]] View read() const;

  /// Calls `change` on one copy, then, once readers see that one, on the other. It must do the same
  /// to both. The writer only.
  void write(std::int64_t seq, const std::function<void(engine::Engine&)>& change);

  /// Puts two other engines in place of both; the writer only.
  void replace(std::unique_ptr<engine::Engine> first, std::unique_ptr<engine::Engine> second);

 private:
  void change(std::int64_t seq,
              const std::function<void(std::unique_ptr<engine::Engine>&)>& change);
  struct Copy {
    mutable std::shared_mutex mutex;
    std::unique_ptr<engine::Engine> engine;
    std::int64_t seq = 0;
  };
  std::array<Copy, 2> copies_;
  std::future<std::unique_ptr<engine::Engine>> second_;  // until the first change
  std::atomic<unsigned> active_ = 0;
};

}  // namespace pursuit::service
