// access/audit_writer.h: lines of the audit log that need not be durable before an answer: they are
// gathered and written by a thread of its own, some times a second. add() from any thread; start
// and end belong to who owns it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "access/audit.h"

namespace pursuit::access {

class AuditWriter {
 public:
  /// `accounts` outlives it.
  explicit AuditWriter(store::Accounts& accounts);
  AuditWriter(const AuditWriter&) = delete;
  AuditWriter& operator=(const AuditWriter&) = delete;
  /// Writes what waits.
  ~AuditWriter();

  /// Waits only when the database has refused so long that the memory for lines is used up.
  void add(AuditEntry entry);
  /// Returns when everything added before is written, or was refused.
  void flush();

 private:
  void run(const std::stop_token& stop);
  /// Whether they are in.
  bool write(const std::vector<AuditEntry>& entries);

  store::Accounts& accounts_;
  std::mutex mutex_;  // guards everything up to the thread
  std::condition_variable_any changed_;
  std::vector<AuditEntry> waiting_;
  bool is_writing_ = false;
  bool hurry_ = false;
  std::jthread thread_;
};

}  // namespace pursuit::access
