#include "http/caller_share.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace pursuit::http {
namespace {

constexpr std::size_t kManyCallers = 10'000;
/// Looking through all callers is not for every request of a crowd.
constexpr std::int64_t kForgetEveryNs = 1'000'000'000;
/// The name of those that there is no room to tell apart; nobody else has it.
constexpr std::string_view kOthers = "";
constexpr double kNanosPerSecond = 1e9;

}  // namespace

CallerShares::Place::Place(Place&& other) noexcept
    : shares_(std::exchange(other.shares_, nullptr)), who_(std::move(other.who_)) {}

CallerShares::Place& CallerShares::Place::operator=(Place&& other) noexcept {
  if (this != &other) {
    end();
    shares_ = std::exchange(other.shares_, nullptr);
    who_ = std::move(other.who_);
  }
  return *this;
}

void CallerShares::Place::end() {
  CallerShares* const shares = std::exchange(shares_, nullptr);
  if (shares == nullptr) return;
  const std::lock_guard lock(shares->mutex_);
  const auto found = shares->callers_.find(who_);
  --found->second.in_flight;
  if (found->second.in_flight == 0 && found->second.spent <= 0) shares->callers_.erase(found);
}

std::expected<CallerShares::Place, CallerShares::Refused> CallerShares::begin(std::string_view who,
                                                                              std::int64_t now_ns) {
  if (limits_.in_flight == 0 && limits_.per_second == 0) return Place();
  const std::lock_guard lock(mutex_);
  if (callers_.size() >= kManyCallers && now_ns - forgot_ns_ >= kForgetEveryNs) forget_idle(now_ns);
  auto found = callers_.find(who);
  if (found == callers_.end() && callers_.size() >= kMostCallers) {
    who = kOthers;
    found = callers_.find(who);
  }
  if (found == callers_.end())
    found = callers_.emplace(std::string(who), Caller{.at_ns = now_ns}).first;
  Caller& caller = found->second;
  if (limits_.in_flight > 0 && caller.in_flight >= limits_.in_flight)
    return std::unexpected(Refused{.over = Over::kInFlight, .retry_after_s = 1});
  if (limits_.per_second > 0) {
    refill(caller, now_ns);
    const auto rate = static_cast<double>(limits_.per_second);
    const double room = rate * static_cast<double>(limits_.burst_seconds) - caller.spent - 1;
    if (room < 0) {
      const auto wait_s = static_cast<std::int64_t>(std::ceil(-room / rate));
      return std::unexpected(
          Refused{.over = Over::kRate, .retry_after_s = std::max<std::int64_t>(wait_s, 1)});
    }
    caller.spent += 1;
  }
  ++caller.in_flight;
  return Place(this, found->first);
}

std::size_t CallerShares::callers() const {
  const std::lock_guard lock(mutex_);
  return callers_.size();
}

void CallerShares::refill(Caller& caller, std::int64_t now_ns) const {
  const double passed_s = static_cast<double>(now_ns - caller.at_ns) / kNanosPerSecond;
  caller.spent = std::max(0.0, caller.spent - passed_s * static_cast<double>(limits_.per_second));
  caller.at_ns = now_ns;
}

void CallerShares::forget_idle(std::int64_t now_ns) {
  forgot_ns_ = now_ns;
  for (auto it = callers_.begin(); it != callers_.end();) {
    refill(it->second, now_ns);
    const bool is_idle = it->second.in_flight == 0 && it->second.spent <= 0;
    it = is_idle ? callers_.erase(it) : std::next(it);
  }
}

}  // namespace pursuit::http
