#include "service/live_engine.h"

#include <mutex>
#include <utility>

namespace pursuit::service {

LiveEngine::LiveEngine(std::unique_ptr<engine::Engine> engine, std::int64_t seq) {
  copies_[0].engine = std::move(engine);
  for (Copy& copy : copies_) copy.seq = seq;
  second_ = std::async(std::launch::async, [this] { return copies_[0].engine->clone(); });
}

LiveEngine::~LiveEngine() = default;

LiveEngine::View LiveEngine::read() const {
  while (true) {
    const Copy& copy = copies_[active_.load(std::memory_order_acquire)];
    // Fails only while the writer has the copy, which then is not the active one any more.
    std::shared_lock lock(copy.mutex, std::try_to_lock);
    if (lock.owns_lock()) return {std::move(lock), copy.engine.get(), copy.seq};
  }
}

void LiveEngine::write(std::int64_t seq, const std::function<void(engine::Engine&)>& change) {
  this->change(seq, [&](std::unique_ptr<engine::Engine>& engine) { change(*engine); });
}

void LiveEngine::replace(std::unique_ptr<engine::Engine> first,
                         std::unique_ptr<engine::Engine> second) {
  std::array<std::unique_ptr<engine::Engine>, 2> next = {std::move(first), std::move(second)};
  std::size_t used = 0;
  change(copies_[active_].seq,
         [&](std::unique_ptr<engine::Engine>& engine) { engine = std::move(next[used++]); });
}

void LiveEngine::change(std::int64_t seq,
                        const std::function<void(std::unique_ptr<engine::Engine>&)>& change) {
  if (second_.valid()) copies_[1].engine = second_.get();
  const unsigned front = active_.load(std::memory_order_relaxed);
  for (const unsigned i : {1 - front, front}) {
    Copy& copy = copies_[i];
    const std::unique_lock lock(copy.mutex);  // waits for readers that came before the swap
    change(copy.engine);
    copy.seq = seq;
    active_.store(1 - front, std::memory_order_release);
  }
}

}  // namespace pursuit::service
