#include "store/accounts.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "store/account_tables.h"
#include "store/failure.h"
#include "store/store_impl.h"

namespace pursuit::store {

namespace {

using Row = std::span<const Cell>;
using nlohmann::json;

std::string text(const Cell& cell) { return std::string(text_of(cell)); }

std::string scope_text(const model::Scope& scope) {
  return json({{"everything", scope.everything},
               {"markets", scope.markets},
               {"dealer_groups", scope.dealer_groups},
               {"dealers", scope.dealers},
               {"owner", scope.owner}})
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

model::Scope scope_of(const Cell& cell) {
  const json from = json::parse(text_of(cell));
  return {.everything = from.at("everything"),
          .markets = from.at("markets"),
          .dealer_groups = from.at("dealer_groups"),
          .dealers = from.at("dealers"),
          .owner = from.at("owner")};
}

/// A role that this program does not know may do the least.
model::Role role_at(const Cell& cell) {
  return model::role_of(text_of(cell)).value_or(model::Role::kReadOnly);
}

UserRow user_at(Row row) {
  return {.id = int_of(row[0]),
          .name = text(row[1]),
          .display_name = text(row[2]),
          .role = role_at(row[3]),
          .language = text(row[4]),
          .password = text(row[5]),
          .active = int_of(row[6]) != 0,
          .scope = scope_of(row[7]),
          .totp = text(row[8]),
          .totp_step = int_of(row[9]),
          .subject = text(row[10]),
          .created_at_ms = int_of(row[11]),
          .password_at_ms = int_of(row[12])};
}

SessionRow session_at(Row row) {
  return {.id = text(row[0]),
          .user_id = int_of(row[1]),
          .created_at_ms = int_of(row[2]),
          .seen_at_ms = int_of(row[3]),
          .expires_at_ms = int_of(row[4]),
          .address = text(row[5]),
          .agent = text(row[6]),
          .by_provider = int_of(row[7]) != 0,
          .provider_session = text(row[8])};
}

LinkRow link_at(Row row) {
  return {.id = text(row[0]),
          .user_id = int_of(row[1]),
          .created_at_ms = int_of(row[2]),
          .expires_at_ms = int_of(row[3])};
}

TokenRow token_at(Row row) {
  return {.id = int_of(row[0]),
          .digest = text(row[1]),
          .user_id = int_of(row[2]),
          .name = text(row[3]),
          .role = role_at(row[4]),
          .scope = scope_of(row[5]),
          .created_at_ms = int_of(row[6]),
          .expires_at_ms = int_of(row[7]),
          .revoked_at_ms = int_of(row[8])};
}

AuditRow audit_at(Row row) {
  return {.seq = int_of(row[0]),
          .at_ms = int_of(row[1]),
          .who = text(row[2]),
          .what = text(row[3]),
          .subject = text(row[4]),
          .address = text(row[5]),
          .detail = text(row[6]),
          .hash = text(row[7])};
}

/// The rows of a table whose column `column` is `key`.
template <class Make>
auto rows_where(Connection& connection, const Table& table, std::string_view column, Cell key,
                Make make) {
  std::vector<Type> types;
  std::string names;
  for (const Column& one : table.columns) {
    types.push_back(one.type);
    names += (names.empty() ? "t." : ", t.") + std::string(one.name);
  }
  const std::string from = std::string(table.name) + " t";
  const std::string where = fmt::format("t.{} = {{0}}", column);
  const std::array key_type = {std::holds_alternative<std::int64_t>(key) ? Type::kInt
                                                                         : Type::kText};
  Cells keys(1);
  keys.add({key});
  std::vector<decltype(make(Row{}))> found;
  connection.bulk().find(
      {.columns = names, .from = from, .where = where, .keys = key_type, .results = types}, keys,
      [&](std::size_t, Row row) { found.push_back(make(row)); });
  return found;
}

template <class Make>
auto row_where(Connection& connection, const Table& table, std::string_view column, Cell key,
               Make make) {
  auto found = rows_where(connection, table, column, key, make);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

/// All rows that the end of a SELECT (WHERE, ORDER, LIMIT: numbers alone) leaves.
template <class Make>
auto rows_by(Connection& connection, const Table& table, const std::string& end, Make make) {
  std::vector<Type> types;
  std::string names;
  for (const Column& one : table.columns) {
    types.push_back(one.type);
    names += (names.empty() ? "" : ", ") + std::string(one.name);
  }
  std::vector<decltype(make(Row{}))> found;
  connection.bulk().stream(fmt::format("SELECT {} FROM {} {}", names, table.name, end), types,
                           [&](const Cells& rows) {
                             for (std::size_t i = 0; i < rows.rows(); ++i)
                               found.push_back(make(rows.row(i)));
                           });
  return found;
}

std::int64_t next_id(Connection& connection, const Table& table) {
  long long last = 0;
  connection.sql() << fmt::format("SELECT coalesce(max(id), 0) FROM {}", table.name),
      soci::into(last);
  return last + 1;
}

void erase(Connection& connection, const Table& table, Cell key) {
  Cells keys(1);
  keys.add({key});
  connection.bulk().erase(table, keys);
}

}  // namespace

std::optional<UserRow> AccountRows::user(std::int64_t id) {
  return row_where(connection_, tables::kUser, "id", id, user_at);
}
std::optional<UserRow> AccountRows::user_named(std::string_view name) {
  return row_where(connection_, tables::kUser, "name", name, user_at);
}
std::optional<UserRow> AccountRows::user_of_subject(std::string_view subject) {
  return row_where(connection_, tables::kUser, "subject", subject, user_at);
}
std::vector<UserRow> AccountRows::users() {
  return rows_by(connection_, tables::kUser, "ORDER BY id", user_at);
}

void AccountRows::put(UserRow& user) {
  if (user.id == 0) user.id = next_id(connection_, tables::kUser);
  const std::string scope = scope_text(user.scope);
  Cells row(tables::kUserColumns.size());
  row.add({user.id, std::string_view(user.name), std::string_view(user.display_name),
           model::role_name(user.role), std::string_view(user.language),
           std::string_view(user.password), static_cast<std::int64_t>(user.active),
           std::string_view(scope), std::string_view(user.totp), user.totp_step,
           std::string_view(user.subject), user.created_at_ms, user.password_at_ms});
  connection_.bulk().upsert(tables::kUser, row);
}

void AccountRows::erase_user(std::int64_t id) {
  erase_sessions_of(id);
  erase_links_of(id);
  for (const TokenRow& token : rows_where(connection_, tables::kToken, "user_id", id, token_at))
    erase(connection_, tables::kToken, token.id);
  erase(connection_, tables::kUser, id);
}

std::optional<SessionRow> AccountRows::session(std::string_view id) {
  return row_where(connection_, tables::kSession, "id", id, session_at);
}
std::vector<SessionRow> AccountRows::sessions_of(std::int64_t user_id) {
  auto found = rows_where(connection_, tables::kSession, "user_id", user_id, session_at);
  std::ranges::sort(found, std::ranges::greater{}, &SessionRow::created_at_ms);
  return found;
}

std::vector<SessionRow> AccountRows::sessions_of_provider(std::string_view provider_session) {
  return rows_where(connection_, tables::kSession, "provider_session", provider_session,
                    session_at);
}

void AccountRows::put(const SessionRow& session) {
  Cells row(tables::kSessionColumns.size());
  row.add({std::string_view(session.id), session.user_id, session.created_at_ms, session.seen_at_ms,
           session.expires_at_ms, std::string_view(session.address),
           std::string_view(session.agent), std::int64_t{session.by_provider},
           std::string_view(session.provider_session)});
  connection_.bulk().upsert(tables::kSession, row);
}

void AccountRows::erase_session(std::string_view id) { erase(connection_, tables::kSession, id); }

std::size_t AccountRows::erase_sessions_of(std::int64_t user_id, std::string_view but) {
  std::size_t erased = 0;
  for (const SessionRow& session : sessions_of(user_id)) {
    if (session.id == but) continue;
    erase_session(session.id);
    ++erased;
  }
  return erased;
}

void AccountRows::erase_ended(base::Millis now_ms) {
  for (const Table* table : {&tables::kSession, &tables::kLink})
    connection_.script(fmt::format("DELETE FROM {} WHERE expires_at <= {}", table->name, now_ms));
}

std::optional<LinkRow> AccountRows::link(std::string_view id) {
  return row_where(connection_, tables::kLink, "id", id, link_at);
}

void AccountRows::put(const LinkRow& link) {
  Cells row(tables::kLinkColumns.size());
  row.add({std::string_view(link.id), link.user_id, link.created_at_ms, link.expires_at_ms});
  connection_.bulk().upsert(tables::kLink, row);
}

void AccountRows::erase_link(std::string_view id) { erase(connection_, tables::kLink, id); }

void AccountRows::erase_links_of(std::int64_t user_id) {
  for (const LinkRow& link : rows_where(connection_, tables::kLink, "user_id", user_id, link_at))
    erase_link(link.id);
}

std::optional<TokenRow> AccountRows::token(std::int64_t id) {
  return row_where(connection_, tables::kToken, "id", id, token_at);
}
std::optional<TokenRow> AccountRows::token_of(std::string_view digest) {
  return row_where(connection_, tables::kToken, "digest", digest, token_at);
}
std::vector<TokenRow> AccountRows::tokens() {
  return rows_by(connection_, tables::kToken, "ORDER BY id", token_at);
}

void AccountRows::put(TokenRow& token) {
  if (token.id == 0) token.id = next_id(connection_, tables::kToken);
  const std::string scope = scope_text(token.scope);
  Cells row(tables::kTokenColumns.size());
  row.add({token.id, std::string_view(token.digest), token.user_id, std::string_view(token.name),
           model::role_name(token.role), std::string_view(scope), token.created_at_ms,
           token.expires_at_ms, token.revoked_at_ms});
  connection_.bulk().upsert(tables::kToken, row);
}

std::optional<AuditRow> AccountRows::last_audit() {
  auto last = audit(0, 1);
  return last.empty() ? std::nullopt : std::optional(std::move(last.front()));
}

void AccountRows::add(const AuditRow& line) {
  Cells row(tables::kAuditColumns.size());
  row.add({line.seq, line.at_ms, std::string_view(line.who), std::string_view(line.what),
           std::string_view(line.subject), std::string_view(line.address),
           std::string_view(line.detail), std::string_view(line.hash)});
  connection_.bulk().insert(tables::kAudit, row);
}

std::vector<AuditRow> AccountRows::audit(std::int64_t before_seq, std::size_t limit) {
  const std::string where =
      before_seq > 0 ? fmt::format("WHERE seq < {} ", before_seq) : std::string();
  return rows_by(connection_, tables::kAudit,
                 fmt::format("{}ORDER BY seq DESC LIMIT {}", where, limit), audit_at);
}

std::vector<AuditRow> AccountRows::audit_after(std::int64_t after_seq, std::size_t limit) {
  return rows_by(connection_, tables::kAudit,
                 fmt::format("WHERE seq > {} ORDER BY seq LIMIT {}", after_seq, limit), audit_at);
}

base::Result<void> Accounts::write(const Work& work) {
  return store_.impl_->write([&](Connection& connection) {
    Transaction transaction(connection, Use::kWrite);
    AccountRows rows(connection);
    if (const auto done = work(rows); !done) throw Refusal(done.error());
    transaction.commit();
  });
}

void Accounts::empty_journal() {
  // A reader that stays longer than the busy timeout leaves it to the next checkpoint.
  [[maybe_unused]] const auto done = store_.impl_->write([](Connection& connection) {
    if (!connection.postgres()) connection.script("PRAGMA wal_checkpoint(TRUNCATE)");
  });
}

base::Result<void> Accounts::read(const Work& work) const {
  return store_.impl_->readers.read([&](Connection& connection) {
    AccountRows rows(connection);
    if (const auto done = work(rows); !done) throw Refusal(done.error());
  });
}

}  // namespace pursuit::store
