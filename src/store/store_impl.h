// store/store_impl.h: what a Store holds. Any thread; the writer's part under its mutex.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "store/append.h"
#include "store/pool.h"
#include "store/store.h"

namespace pursuit::store {

struct Store::Impl {
  explicit Impl(const StoreOptions& given)
      : options(given),
        place(Place::of(given.url)),
        readers(place, given.busy_timeout_ms, given.readers) {}

  /// Runs `work(connection)` as the only writer, on a connection that is opened when there is none.
  template <class Work>
  auto write(Work&& work) -> base::Result<std::invoke_result_t<Work, Connection&>> {
    const std::lock_guard lock(write_mutex);
    auto result = guarded(
        place.shown(),
        [&] {
          if (writer == nullptr) {
            writer =
                std::make_unique<Connection>(place, Use::kWrite, options.busy_timeout_ms, false);
          }
          return work(*writer);
        },
        [&](Fault fault) { on_fault(fault); });
    if (result) disk_full = false;
    return result;
  }

  /// After anything worse than a lock the next write starts on a new connection.
  void on_fault(Fault fault) {
    if (fault == Fault::kDiskFull) disk_full = true;
    const bool good = fault == Fault::kNone || fault == Fault::kBusy;
    if (!good || (writer != nullptr && !writer->idle())) {
      writer.reset();
      names = {};
    }
  }

  StoreOptions options;
  Place place;
  std::mutex write_mutex;
  std::unique_ptr<Connection> writer;
  Names names;
  std::atomic<bool> disk_full = false;
  ReaderPool readers;
};

}  // namespace pursuit::store
