#include "access/attempts.h"

#include <algorithm>

#include "access/secret.h"

namespace pursuit::access {
namespace {

/// Above so many keys those whose window is over are dropped; above twice as many, all.
constexpr std::size_t kMostKeys = 100'000;

// Digests: what people type into a field for names is at times their password.
std::string of_account(const Attempts::Attempt& a) { return "a" + digest_of(a.account); }
std::string of_address(const Attempts::Attempt& a) { return "i" + digest_of(a.address); }
std::string of_both(const Attempts::Attempt& a) {
  return "b" + digest_of(a.account + '\0' + a.address);
}

}  // namespace

std::int64_t Attempts::wait_of(const std::string& key, std::size_t limit, std::int64_t now_ns) {
  const auto found = failures_.find(key);
  if (found == failures_.end()) return 0;
  Times& times = found->second;
  while (!times.empty() && times.front() <= now_ns - limits_.window_ns) times.pop_front();
  if (times.size() < limit) return 0;
  return times[times.size() - limit] + limits_.window_ns - now_ns;
}

std::int64_t Attempts::wait_ns(const Attempt& attempt, std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  std::int64_t wait = std::max(wait_of(of_both(attempt), limits_.account_and_address, now_ns),
                               wait_of(of_address(attempt), limits_.address, now_ns));
  if (!attempt.is_known)
    wait = std::max(wait, wait_of(of_account(attempt), limits_.account, now_ns));
  return wait;
}

void Attempts::failed(const Attempt& attempt, std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  if (failures_.size() >= kMostKeys) forget_old(now_ns);
  const std::size_t most =
      std::max({limits_.account_and_address, limits_.address, limits_.account});
  for (const std::string& key : {of_both(attempt), of_address(attempt), of_account(attempt)}) {
    Times& times = failures_[key];
    times.push_back(now_ns);
    if (times.size() > most) times.pop_front();
  }
}

void Attempts::succeeded(const Attempt& attempt) {
  const std::lock_guard lock(mutex_);
  failures_.erase(of_both(attempt));
}

void Attempts::forget_old(std::int64_t now_ns) {
  std::erase_if(failures_, [&](const auto& entry) {
    return entry.second.empty() || entry.second.back() <= now_ns - limits_.window_ns;
  });
  if (failures_.size() >= 2 * kMostKeys) failures_.clear();
}

}  // namespace pursuit::access
