// service/replays.h: the network as it stood at earlier instants, for readers who ask "as of". Each
// instant costs a copy of the engine and a refresh, so a few are kept and the rest made anew. Any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <list>
#include <memory>
#include <mutex>

#include "base/error.h"
#include "base/time.h"
#include "engine/engine.h"
#include "service/live_engine.h"
#include "service/updater.h"

namespace pursuit::service {

class Replays {
 public:
  /// Keeps at most `capacity` instants, those used last.
  Replays(const LiveEngine& live, std::size_t capacity) : live_(live), capacity_(capacity) {}

  /// The engine refreshed at an instant, with every change that was visible when it was made and
  /// matters to it. Asked by several at once it is made once. Fails with kUsage on an instant after
  /// the live one, and as Engine::refresh does.
  [[nodiscard]] base::Result<std::shared_ptr<const engine::Engine>> at(base::Millis as_of_ms);

  /// Forgets the instants whose figures a change has made others.
  void note(const Update& update);
  /// Instants that are kept, or being made.
  [[nodiscard]] std::size_t kept() const;
  /// Forgets all: under another policy.
  void clear();

 private:
  using Made = base::Result<std::shared_ptr<const engine::Engine>>;
  struct Entry {
    base::Millis as_of_ms;
    std::shared_future<Made> made;
  };
  [[nodiscard]] Made make(base::Millis as_of_ms) const;

  const LiveEngine& live_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // used last first
};

}  // namespace pursuit::service
