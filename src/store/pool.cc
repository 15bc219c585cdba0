#include "store/pool.h"

namespace pursuit::store {

std::unique_ptr<Connection> ReaderPool::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  std::unique_ptr<Connection> connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

std::unique_ptr<Connection> ReaderPool::begin() {
  while (std::unique_ptr<Connection> kept = take()) {
    try {
      begin_transaction(*kept, Use::kRead);
      return kept;
    } catch (const DatabaseError& error) {
      if (error.fault() != Fault::kBroken) throw;
    }
  }
  auto fresh = std::make_unique<Connection>(place_, Use::kRead, busy_timeout_ms_);
  begin_transaction(*fresh, Use::kRead);
  return fresh;
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  // A refusal from inside leaves the snapshot open; one from inside a stream, the stream.
  if (!connection->idle()) return;
  const std::lock_guard lock(mutex_);
  if (idle_.size() < keep_) idle_.push_back(std::move(connection));
}

}  // namespace pursuit::store
