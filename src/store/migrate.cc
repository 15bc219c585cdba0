#include "store/migrate.h"

#include <array>
#include <map>
#include <string>

#include <fmt/format.h>
#include <openssl/sha.h>

#include "store/failure.h"

namespace pursuit::store {

namespace {

std::string checksum(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  std::string hex;
  for (const unsigned char byte : hash) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::map<std::int64_t, std::string> applied_steps(Connection& connection) {
  std::map<std::int64_t, std::string> applied;
  constexpr std::array kTypes = {Type::kInt, Type::kText};
  connection.bulk().stream("SELECT version, checksum FROM schema_migration", kTypes,
                           [&](const Cells& rows) {
                             for (std::size_t i = 0; i < rows.rows(); ++i) {
                               applied[int_of(rows.row(i)[0])] = text_of(rows.row(i)[1]);
                             }
                           });
  return applied;
}

[[noreturn]] void refuse(std::string message) {
  throw Refusal({.code = base::ErrorCode::kConflict, .message = std::move(message), .where = {}});
}

void compare(const std::map<std::int64_t, std::string>& applied, std::span<const Migration> steps) {
  if (!applied.empty() && applied.rbegin()->first > static_cast<std::int64_t>(steps.size())) {
    refuse(
        fmt::format("the store has schema version {}; this program knows versions up to {}: "
                    "use a newer program",
                    applied.rbegin()->first, steps.size()));
  }
  for (const auto& [version, sum] : applied) {
    if (sum != checksum(steps[static_cast<std::size_t>(version - 1)].sql)) {
      refuse(
          fmt::format("step {} of the store's schema is not the one this program knows: the "
                      "store was made by another build, or altered",
                      version));
    }
  }
}

}  // namespace

void migrate(Connection& connection, std::span<const Migration> steps, base::Millis now_ms) {
  // Two programs that open a new database at once take turns.
  connection.script(connection.postgres() ? "BEGIN; SELECT pg_advisory_xact_lock(7883700901)"
                                          : "BEGIN IMMEDIATE");
  try {
    connection.script(in_dialect(
        "CREATE TABLE IF NOT EXISTS schema_migration (version $KEY, checksum text NOT NULL, "
        "applied_at bigint NOT NULL)",
        connection.postgres()));
    const auto applied = applied_steps(connection);
    compare(applied, steps);
    for (const Migration& step : steps) {
      if (applied.contains(step.version)) continue;
      connection.script(in_dialect(step.sql, connection.postgres()));
      connection.script(fmt::format("INSERT INTO schema_migration VALUES ({}, '{}', {})",
                                    step.version, checksum(step.sql), now_ms));
    }
    connection.script("COMMIT");
  } catch (...) {
    try {
      connection.script("ROLLBACK");
    } catch (const DatabaseError&) {  // NOLINT(bugprone-empty-catch): the first error is the one
    }
    throw;
  }
}

}  // namespace pursuit::store
