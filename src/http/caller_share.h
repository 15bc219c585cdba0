// http/caller_share.h: how much of the server one caller (an account, a token, an address) may take
// at a time. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace pursuit::http {

class CallerShares {
 public:
  struct Limits {
    std::size_t in_flight = 0;      // requests at once; 0: any number
    std::size_t per_second = 0;     // on average; 0: any number
    std::size_t burst_seconds = 2;  // of requests that may come at once after a pause
  };
  enum class Over : std::uint8_t { kInFlight, kRate };
  struct Refused {
    Over over;
    std::int64_t retry_after_s;  // at least 1
  };

  /// A request that is counted as long as this lives.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept;
    Place& operator=(Place&& other) noexcept;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { end(); }
    void end();

   private:
    friend class CallerShares;
    Place(CallerShares* shares, std::string who) : shares_(shares), who_(std::move(who)) {}
    CallerShares* shares_ = nullptr;
    std::string who_;
  };

  explicit CallerShares(Limits limits) : limits_(limits) {}

  /// Callers that are told apart; those beyond share what one may take, until others are forgotten.
  static constexpr std::size_t kMostCallers = 100'000;

  /// Begins a request of a caller at a monotonic instant.
  [[nodiscard]] std::expected<Place, Refused> begin(std::string_view who, std::int64_t now_ns);
  /// Callers that are remembered: those with requests, or who had some lately.
  [[nodiscard]] std::size_t callers() const;

 private:
  struct Caller {
    std::size_t in_flight = 0;
    double spent = 0;  // requests of the burst that have not come back yet
    std::int64_t at_ns = 0;
  };
  void refill(Caller& caller, std::int64_t now_ns) const;
  void forget_idle(std::int64_t now_ns);

  const Limits limits_;
  mutable std::mutex mutex_;  // guards everything below
  std::map<std::string, Caller, std::less<>> callers_;
  std::int64_t forgot_ns_ = INT64_MIN / 2;  // when forget_idle() was last called
};

}  // namespace pursuit::http
