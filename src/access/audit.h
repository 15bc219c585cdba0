// access/audit.h: the audit log: who did what, when, from where, each line chained to the one
// before it, so that a line that is changed, added or taken out later shows. Pure functions but for
// the rows they are handed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "store/accounts.h"

namespace pursuit::access {

/// What happened, before it is a line of the log. No secrets, and of customers nothing but ids.
struct AuditEntry {
  base::Millis at_ms = 0;
  std::string who;            // a user's name; empty: nobody known
  std::string what;           // "sign_in", "user.add", a route's name
  std::string subject;        // of what: a user's name, a token's id
  std::string address;        // of the client
  std::string detail = "{}";  // JSON
};

/// SHA-256 over the hash before and every field, each with its length before it; hex.
[[nodiscard]] std::string audit_hash(std::string_view hash_before, const store::AuditRow& line);

/// Adds a line within a transaction of the caller's.
void append_audit(store::AccountRows& rows, const AuditEntry& entry);

/// The end of a chain; kept elsewhere, it shows later whether the end was cut off.
struct AuditHead {
  std::int64_t seq = 0;  // 0: an empty log
  std::string hash;
};

struct AuditVerdict {
  AuditHead head;
  std::optional<std::string> broken;  // where and how, for people; nothing: the chain is whole
};

/// Reads the whole log. With `expected`, the chain must also go through that line.
[[nodiscard]] base::Result<AuditVerdict> verify_audit(const store::Accounts& accounts,
                                                      const std::optional<AuditHead>& expected);

}  // namespace pursuit::access
