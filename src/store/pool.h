// store/pool.h: connections for reading, opened when they are needed and kept for the next reader.
// Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/connection.h"
#include "store/failure.h"

namespace pursuit::store {

class ReaderPool {
 public:
  ReaderPool(Place place, base::Millis busy_timeout_ms, std::size_t keep)
      : place_(std::move(place)), busy_timeout_ms_(busy_timeout_ms), keep_(keep) {}

  /// Runs `work(connection)` within a snapshot, once. A connection that failed, or was left in the
  /// middle of something, is not used again.
  template <class Work>
  auto read(Work&& work) -> base::Result<std::invoke_result_t<Work, Connection&>> {
    std::unique_ptr<Connection> connection;
    Fault fault = Fault::kNone;
    auto result = guarded(
        place_.shown(),
        [&] {
          connection = begin();
          if constexpr (std::is_void_v<std::invoke_result_t<Work, Connection&>>) {
            work(*connection);
            connection->script("COMMIT");
          } else {
            auto value = work(*connection);
            connection->script("COMMIT");
            return value;
          }
        },
        [&](Fault what) { fault = what; });
    if (fault == Fault::kNone && connection != nullptr) give_back(std::move(connection));
    return result;
  }

 private:
  /// A connection with a snapshot; one from the pool that turns out broken is replaced.
  std::unique_ptr<Connection> begin();
  std::unique_ptr<Connection> take();
  void give_back(std::unique_ptr<Connection> connection);

  Place place_;
  base::Millis busy_timeout_ms_;
  std::size_t keep_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace pursuit::store
