#include "access/audit.h"

#include <vector>

#include <fmt/format.h>

#include "access/secret.h"

namespace pursuit::access {
namespace {

constexpr std::size_t kLinesAtOnce = 10'000;

/// What is wrong with `line` behind `head`; nothing: it is as it should be.
std::optional<std::string> fault_of(const AuditHead& head, const store::AuditRow& line) {
  if (line.seq != head.seq + 1) return fmt::format("line {} is missing", head.seq + 1);
  if (audit_hash(head.hash, line) != line.hash)
    return fmt::format("line {} is not what was written, or the one before it is not", line.seq);
  return std::nullopt;
}

}  // namespace

std::string audit_hash(std::string_view hash_before, const store::AuditRow& line) {
  std::string text;
  const auto add = [&](std::string_view part) { text += fmt::format("{}:{};", part.size(), part); };
  add(hash_before);
  add(std::to_string(line.seq));
  add(std::to_string(line.at_ms));
  for (const std::string* part :
       {&line.who, &line.what, &line.subject, &line.address, &line.detail})
    add(*part);
  return digest_of(text);
}

void append_audit(store::AccountRows& rows, const AuditEntry& entry) {
  const auto last = rows.last_audit();
  store::AuditRow line{.seq = last ? last->seq + 1 : 1,
                       .at_ms = entry.at_ms,
                       .who = entry.who,
                       .what = entry.what,
                       .subject = entry.subject,
                       .address = entry.address,
                       .detail = entry.detail,
                       .hash = {}};
  line.hash = audit_hash(last ? std::string_view(last->hash) : std::string_view(), line);
  rows.add(line);
}

base::Result<AuditVerdict> verify_audit(const store::Accounts& accounts,
                                        const std::optional<AuditHead>& expected) {
  AuditVerdict verdict;
  const auto read = accounts.read([&](store::AccountRows& rows) -> base::Result<void> {
    for (;;) {
      const std::vector<store::AuditRow> lines = rows.audit_after(verdict.head.seq, kLinesAtOnce);
      for (const store::AuditRow& line : lines) {
        verdict.broken = fault_of(verdict.head, line);
        if (!verdict.broken && expected && expected->seq == line.seq && expected->hash != line.hash)
          verdict.broken = fmt::format("line {} is not the one that was expected", line.seq);
        if (verdict.broken) return {};
        verdict.head = {.seq = line.seq, .hash = line.hash};
      }
      if (lines.size() < kLinesAtOnce) break;
    }
    if (expected && expected->seq > verdict.head.seq)
      verdict.broken = fmt::format("the log ends with line {}; line {} was there", verdict.head.seq,
                                   expected->seq);
    return {};
  });
  if (!read) return std::unexpected(read.error());
  return verdict;
}

}  // namespace pursuit::access
