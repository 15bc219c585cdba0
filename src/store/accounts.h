// store/accounts.h: people, their sessions, links and tokens, and the audit log, as rows of the
// store. What they mean is decided above (access/). Accounts: any thread, as a Store; an
// AccountRows belongs to the call that it is handed to.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/access.h"
#include "store/store.h"

namespace pursuit::store {

class Connection;

struct UserRow {
  std::int64_t id = 0;  // from 1; 0: put() gives one
  std::string name;     // of sign-in: lower case, each once
  std::string display_name;
  model::Role role = model::Role::kReadOnly;
  std::string language = "en";
  std::string password;  // Argon2id, encoded; empty: none, so that no password signs in
  bool active = true;
  model::Scope scope;
  std::string totp;            // the sealed secret of the second factor; empty: none
  std::int64_t totp_step = 0;  // of the last code that was used
  std::string subject;         // who it is to an identity provider; empty: nobody
  base::Millis created_at_ms = 0;
  base::Millis password_at_ms = 0;
};

struct SessionRow {
  std::string id;  // SHA-256 of the cookie's secret, hex
  std::int64_t user_id = 0;
  base::Millis created_at_ms = 0;
  base::Millis seen_at_ms = 0;
  base::Millis expires_at_ms = 0;
  std::string address;
  std::string agent;
  bool by_provider = false;      // an identity provider let them in
  std::string provider_session;  // what it calls the session; empty: it did not say
};

/// A link that signs in once.
struct LinkRow {
  std::string id;  // SHA-256 of its secret, hex
  std::int64_t user_id = 0;
  base::Millis created_at_ms = 0;
  base::Millis expires_at_ms = 0;
};

struct TokenRow {
  std::int64_t id = 0;  // from 1; 0: put() gives one
  std::string digest;   // SHA-256 of the token, hex
  std::int64_t user_id = 0;
  std::string name;
  model::Role role = model::Role::kReadOnly;
  model::Scope scope;
  base::Millis created_at_ms = 0;
  base::Millis expires_at_ms = 0;
  base::Millis revoked_at_ms = 0;  // 0: it is not
};

/// One line of the audit log; access/audit.h says what its hash is of.
struct AuditRow {
  std::int64_t seq = 0;  // from 1, without gaps
  base::Millis at_ms = 0;
  std::string who, what, subject, address;
  std::string detail;  // JSON
  std::string hash;    // hex
};

/// What was emptied of a person beside name, phone, e-mail and attributes: rows that held
/// something.
struct ErasedPerson {
  base::Millis erased_at_ms = 0;  // the first time
  bool contact = false;           // name, phone, e-mail or an attribute was there
  std::int64_t notes = 0, signals = 0, actions = 0;
  std::int64_t edits = 0;  // earlier values of the contact
};

/// The rows within one transaction. Its functions throw what Accounts catches.
class AccountRows {
 public:
  explicit AccountRows(Connection& connection) : connection_(connection) {}

  std::optional<UserRow> user(std::int64_t id);
  std::optional<UserRow> user_named(std::string_view name);
  std::optional<UserRow> user_of_subject(std::string_view subject);
  std::vector<UserRow> users();  // in order of id
  void put(UserRow& user);
  /// With its sessions, links and tokens.
  void erase_user(std::int64_t id);

  std::optional<SessionRow> session(std::string_view id);
  std::vector<SessionRow> sessions_of(std::int64_t user_id);
  /// Those that an identity provider calls so (not empty).
  std::vector<SessionRow> sessions_of_provider(std::string_view provider_session);
  void put(const SessionRow& session);
  void erase_session(std::string_view id);
  /// All of a user but `but`; returns how many.
  std::size_t erase_sessions_of(std::int64_t user_id, std::string_view but = {});
  /// Sessions and links that ended before `now_ms`.
  void erase_ended(base::Millis now_ms);

  std::optional<LinkRow> link(std::string_view id);
  void put(const LinkRow& link);
  void erase_link(std::string_view id);
  void erase_links_of(std::int64_t user_id);

  std::optional<TokenRow> token(std::int64_t id);
  std::optional<TokenRow> token_of(std::string_view digest);
  std::vector<TokenRow> tokens();  // in order of id
  void put(TokenRow& token);

  // Of the person behind a lead, by the lead's number (LeadRecord::number).
  /// When they were erased; nothing: they are not.
  std::optional<base::Millis> erased_at(std::uint32_t lead);
  /// What fields of the lead were before later rows changed them, oldest first: JSON objects.
  std::vector<std::string> former_fields(std::uint32_t lead);
  /// Empties what a lead tells of a person: contact, attributes, their earlier values, texts of
  /// notes, signals and actions; it is found by its id alone from then on. Dimensions, events,
  /// outcomes and values stay, and so the figures. What sources send of the lead later is kept
  /// without the person; texts that people write stay until this is called again. Nothing: there
  /// is no such lead.
  std::optional<ErasedPerson> erase_person(std::string_view lead_id, base::Millis now_ms);

  /// The line before the next; nothing in an empty log.
  std::optional<AuditRow> last_audit();
  void add(const AuditRow& line);
  /// Lines below `before_seq` (0: from the newest), the newest first.
  std::vector<AuditRow> audit(std::int64_t before_seq, std::size_t limit);
  /// Lines above `after_seq`, the oldest first.
  std::vector<AuditRow> audit_after(std::int64_t after_seq, std::size_t limit);

 private:
  Connection& connection_;
};

class Accounts {
 public:
  /// `store` outlives it.
  explicit Accounts(Store& store) : store_(store) {}

  using Work = std::function<base::Result<void>(AccountRows&)>;
  /// Runs `work` in one transaction as the only writer. An error of `work` rolls it back and is
  /// returned; kBusy and kStorage as Store::append.
  base::Result<void> write(const Work& work);
  /// Runs `work` in a snapshot.
  base::Result<void> read(const Work& work) const;
  /// After something was erased: what the journal of SQLite still holds of it goes, too, as soon
  /// as no reader needs it. PostgreSQL does so itself when it vacuums.
  void empty_journal();

 private:
  Store& store_;
};

}  // namespace pursuit::store
