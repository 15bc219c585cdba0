#include "access/audit_writer.h"

#include <chrono>
#include <utility>

namespace pursuit::access {
namespace {

constexpr std::size_t kMostWaiting = 100'000;
constexpr std::chrono::milliseconds kGather{250};

}  // namespace

AuditWriter::AuditWriter(store::Accounts& accounts)
    : accounts_(accounts), thread_([this](const std::stop_token& stop) { run(stop); }) {}

AuditWriter::~AuditWriter() {
  thread_.request_stop();
  thread_.join();
}

void AuditWriter::add(AuditEntry entry) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, thread_.get_stop_token(), [&] { return waiting_.size() < kMostWaiting; });
  waiting_.push_back(std::move(entry));
  changed_.notify_all();
}

void AuditWriter::flush() {
  std::unique_lock lock(mutex_);
  hurry_ = true;
  changed_.notify_all();
  changed_.wait(lock, thread_.get_stop_token(),
                [&] { return !hurry_ || (waiting_.empty() && !is_writing_); });
}

bool AuditWriter::write(const std::vector<AuditEntry>& entries) {
  return accounts_
      .write([&](store::AccountRows& rows) -> base::Result<void> {
        for (const AuditEntry& entry : entries) append_audit(rows, entry);
        return {};
      })
      .has_value();
}

void AuditWriter::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, stop, [&] { return !waiting_.empty() || hurry_; });
    // A moment more, so that many lines cost one commit.
    if (!hurry_ && !stop.stop_requested())
      changed_.wait_for(lock, stop, kGather, [&] { return hurry_; });
    std::vector<AuditEntry> entries = std::exchange(waiting_, {});
    is_writing_ = true;
    lock.unlock();
    const bool written = entries.empty() || write(entries);
    lock.lock();
    is_writing_ = false;
    hurry_ = false;
    if (!written) waiting_.insert(waiting_.begin(), entries.begin(), entries.end());
    changed_.notify_all();
    if (stop.stop_requested() && (waiting_.empty() || !written)) return;
    if (!written) changed_.wait_for(lock, stop, kGather, [&] { return hurry_; });
  }
}

}  // namespace pursuit::access
