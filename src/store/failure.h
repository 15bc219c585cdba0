// store/failure.h: how a database's refusal travels inside this room: as an exception, because SOCI
// throws its own. guarded() turns either into an Error at the room's door. Any thread.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "base/error.h"

namespace pursuit::store {

enum class Fault : std::uint8_t {
  kNone,
  kBusy,      // a lock or timeout: the connection is good
  kBroken,    // no connection any more
  kDiskFull,  // no space left
  kOther,
};

/// What the bulk statements throw.
class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(Fault fault, const std::string& message)
      : std::runtime_error(message), fault_(fault) {}
  [[nodiscard]] Fault fault() const { return fault_; }

 private:
  Fault fault_;
};

/// An expected failure that has to leave several calls at once.
class Refusal : public std::runtime_error {
 public:
  explicit Refusal(base::Error error)
      : std::runtime_error(error.message), error_(std::move(error)) {}
  [[nodiscard]] const base::Error& error() const { return error_; }

 private:
  base::Error error_;
};

/// Faults by SQLite's result code, and by PostgreSQL's five letters.
[[nodiscard]] Fault fault_of_sqlite(int code);
[[nodiscard]] Fault fault_of_sqlstate(const std::string& state);

/// The exception being handled, as an Error and what it means for the connection.
struct Failure {
  base::Error error;
  Fault fault = Fault::kNone;
};
[[nodiscard]] Failure current_failure();

/// Runs `work`; an exception becomes an Error, and where the database is at fault, `place` is its
/// `where`: a Refusal is about what was asked, and names that itself. `on_fault` hears of it.
template <class Work, class OnFault>
auto guarded(const std::string& place, Work&& work, OnFault&& on_fault)
    -> base::Result<std::invoke_result_t<Work>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
      std::forward<Work>(work)();
      return {};
    } else {
      return std::forward<Work>(work)();
    }
  } catch (...) {
    Failure failure = current_failure();
    std::forward<OnFault>(on_fault)(failure.fault);
    if (failure.fault != Fault::kNone) failure.error.where = place;
    return std::unexpected(std::move(failure.error));
  }
}

}  // namespace pursuit::store
