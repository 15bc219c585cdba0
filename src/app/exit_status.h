// app/exit_status.h: how a command of the program ends, in one place. Plain data, any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <utility>

#include "base/error.h"

namespace pursuit::app {

/// The status with which the program ends.
enum class ExitStatus : std::uint8_t {
  kOk = 0,
  kRowsRejected = 1,   // done, but some rows could not be taken in: see rejects.csv
  kUsage = 2,          // the command line does not make sense; nothing was done
  kInput = 3,          // a file, policy or mapping cannot be read, or the lead is not known
  kOutput = 4,         // the file system refused a result
  kInterrupted = 130,  // by SIGINT or SIGTERM; no result file is half written
};

[[nodiscard]] constexpr int code_of(ExitStatus status) { return static_cast<int>(status); }

/// A failure and the status that it ends the program with: the same refusal of the file system
/// means something else when reading than when writing.
struct Failure {
  ExitStatus status;
  base::Error error;
};

template <class T>
using Outcome = std::expected<T, Failure>;

[[nodiscard]] inline std::unexpected<Failure> fail(ExitStatus status, base::Error error) {
  return std::unexpected(Failure{status, std::move(error)});
}

}  // namespace pursuit::app
