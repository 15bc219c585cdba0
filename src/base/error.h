// base/error.h: how an expected failure travels: Result<T> carries a value or an Error. No
// exception crosses a room. Plain data, any thread.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace pursuit::base {

/// What kind of failure; decides the exit status and, later, the HTTP status.
enum class ErrorCode : std::uint8_t {
  kInvalidInput,   // bytes from outside that do not mean what they must
  kInvalidPolicy,  // a policy or mapping with an unknown key or a value out of range
  kNotFound,       // a file, lead or column that is not there
  kIo,             // the operating system refused to read or write
  kLimit,          // over a limit of base/limits.h
  kUsage,          // the command line does not make sense
  kConflict,       // at odds with what is already there
  kBusy,           // no room for it now: try again
  kStorage,        // the database refused to read or write; kIo is of files
};

/// One failure, ready to be shown: `where` names file, line and field as far as they are known.
struct Error {
  ErrorCode code;
  std::string message;
  std::string where;

  /// "where: message", or the message alone when there is no place to name.
  [[nodiscard]] std::string text() const {
    return where.empty() ? message : where + ": " + message;
  }
};

template <class T>
using Result = std::expected<T, Error>;

/// Shorthand for returning an Error from a function that returns Result<T>.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message,
                                                 std::string where = {}) {
  return std::unexpected<Error>(Error{code, std::move(message), std::move(where)});
}

}  // namespace pursuit::base
