// access/attempts.h: failed sign-ins, counted, so that guessing is slow and nobody can lock
// somebody else out. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>

namespace pursuit::access {

/// Three counts over a window. Of an account from one address: the usual lock-out, which stops
/// only who is at that address. Of an address: who tries many accounts. Of an account from
/// anywhere: who tries from many addresses; it does not hold for addresses from which the account
/// signed in before, so that its owner still gets in.
struct AttemptLimits {
  std::size_t account_and_address = 8;
  std::size_t address = 50;
  std::size_t account = 100;
  std::int64_t window_ns = 15ll * 60 * 1'000'000'000;
};

class Attempts {
 public:
  explicit Attempts(AttemptLimits limits) : limits_(limits) {}

  struct Attempt {
    std::string account;  // as typed; an unknown one counts as well as a known one
    std::string address;
    bool is_known = false;  // the account signed in from this address before
  };

  /// 0: may try. Else how long to wait, in nanoseconds.
  [[nodiscard]] std::int64_t wait_ns(const Attempt& attempt, std::int64_t now_ns);
  void failed(const Attempt& attempt, std::int64_t now_ns);
  /// Forgets what this account failed from this address.
  void succeeded(const Attempt& attempt);

 private:
  using Times = std::deque<std::int64_t>;  // ascending
  [[nodiscard]] std::int64_t wait_of(const std::string& key, std::size_t limit,
                                     std::int64_t now_ns);
  void forget_old(std::int64_t now_ns);

  const AttemptLimits limits_;
  std::mutex mutex_;  // guards everything below
  std::map<std::string, Times, std::less<>> failures_;
};

}  // namespace pursuit::access
