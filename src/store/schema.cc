#include "store/schema.h"

#include <array>

namespace pursuit::store {

namespace {

constexpr std::string_view kFirst = R"sql(
CREATE TABLE store_state (
  id $KEY CHECK (id = 1),
  last_seq bigint NOT NULL, leads bigint NOT NULL, events bigint NOT NULL,
  outcomes bigint NOT NULL, signals bigint NOT NULL, costs bigint NOT NULL, notes bigint NOT NULL
);
INSERT INTO store_state VALUES (1, 0, 0, 0, 0, 0, 0, 0);

CREATE TABLE source (id $KEY, name $TEXT NOT NULL UNIQUE);
CREATE TABLE stage (id $KEY, name $TEXT NOT NULL UNIQUE);

CREATE TABLE lead (
  id $KEY,
  lead_id $TEXT NOT NULL UNIQUE,
  created_at bigint NOT NULL,
  region text NOT NULL, dealer_group text NOT NULL, dealer text NOT NULL, channel text NOT NULL,
  product text NOT NULL, nameplate text NOT NULL, owner text NOT NULL, campaign text NOT NULL,
  value double precision
);
CREATE TABLE contact (
  lead $KEY REFERENCES lead (id),
  name text NOT NULL, phone text NOT NULL, email text NOT NULL, consent text NOT NULL,
  attributes text NOT NULL
);
CREATE TABLE word (
  word $TEXT NOT NULL,
  lead bigint NOT NULL REFERENCES lead (id),
  PRIMARY KEY (word, lead)
) $CLUSTERED;

CREATE TABLE stage_event (
  lead bigint NOT NULL REFERENCES lead (id),
  at bigint NOT NULL,
  stage bigint NOT NULL REFERENCES stage (id),
  seq bigint NOT NULL,
  actor text NOT NULL,
  PRIMARY KEY (lead, at, stage)
) $CLUSTERED;
CREATE TABLE outcome (
  lead bigint NOT NULL REFERENCES lead (id),
  seq bigint NOT NULL,
  at bigint NOT NULL,
  won bigint NOT NULL,
  reason text NOT NULL, revenue double precision, transaction_id text NOT NULL,
  PRIMARY KEY (lead, seq)
) $CLUSTERED;
CREATE TABLE signal (
  lead bigint NOT NULL REFERENCES lead (id),
  seq bigint NOT NULL,
  at bigint NOT NULL,
  kind text NOT NULL, value double precision, text text NOT NULL,
  PRIMARY KEY (lead, seq)
) $CLUSTERED;
CREATE TABLE note (
  lead bigint NOT NULL REFERENCES lead (id),
  seq bigint NOT NULL,
  at bigint NOT NULL,
  kind text NOT NULL, text text NOT NULL, actor text NOT NULL,
  PRIMARY KEY (lead, seq)
) $CLUSTERED;
CREATE TABLE cost (
  seq $KEY,
  channel text NOT NULL, campaign text NOT NULL,
  from_day bigint NOT NULL, to_day bigint NOT NULL,
  amount double precision NOT NULL, currency text NOT NULL
);

CREATE TABLE change_log (
  seq $KEY,
  source bigint NOT NULL REFERENCES source (id),
  source_key $TEXT NOT NULL,
  kind bigint NOT NULL,
  lead bigint,
  digest bigint NOT NULL,
  received_at bigint NOT NULL,
  UNIQUE (source, source_key)
);

CREATE TABLE policy (
  version $KEY,
  text text NOT NULL, hash text NOT NULL, author text NOT NULL, note text NOT NULL,
  at bigint NOT NULL
);
CREATE TABLE run (
  id $KEY,
  kind text NOT NULL, as_of bigint NOT NULL, started bigint NOT NULL, ended bigint,
  status bigint NOT NULL, message text NOT NULL, counts text NOT NULL
);
CREATE TABLE import_file (
  id $KEY,
  file text NOT NULL, kind bigint NOT NULL, status bigint NOT NULL, message text NOT NULL,
  started bigint NOT NULL, ended bigint,
  rows_read bigint NOT NULL, applied bigint NOT NULL, repeated bigint NOT NULL,
  rejected bigint NOT NULL
);
)sql";

// People, how they sign in, and what they did.
constexpr std::string_view kAccess = R"sql(
CREATE TABLE app_user (
  id $KEY,
  name $TEXT NOT NULL UNIQUE,
  display_name text NOT NULL, role text NOT NULL, language text NOT NULL, password text NOT NULL,
  active bigint NOT NULL, scope text NOT NULL, totp text NOT NULL, totp_step bigint NOT NULL,
  subject $TEXT NOT NULL, created_at bigint NOT NULL, password_at bigint NOT NULL
);
CREATE TABLE app_session (
  id $TEXT NOT NULL PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES app_user (id),
  created_at bigint NOT NULL, seen_at bigint NOT NULL, expires_at bigint NOT NULL,
  address text NOT NULL, agent text NOT NULL
);
CREATE INDEX app_session_user ON app_session (user_id);
CREATE TABLE sign_in_link (
  id $TEXT NOT NULL PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES app_user (id),
  created_at bigint NOT NULL, expires_at bigint NOT NULL
);
CREATE TABLE api_token (
  id $KEY,
  digest $TEXT NOT NULL UNIQUE,
  user_id bigint NOT NULL REFERENCES app_user (id),
  name text NOT NULL, role text NOT NULL, scope text NOT NULL,
  created_at bigint NOT NULL, expires_at bigint NOT NULL, revoked_at bigint NOT NULL
);
CREATE TABLE audit (
  seq $KEY,
  at bigint NOT NULL, who text NOT NULL, what text NOT NULL, subject text NOT NULL,
  address text NOT NULL, detail text NOT NULL, hash text NOT NULL
);
$APPEND_ONLY_AUDIT
)sql";

// Rows of the audit log are neither changed nor taken away, whoever asks.
constexpr std::string_view kAppendOnlySqlite = R"sql(
CREATE TRIGGER audit_keeps_rows BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER audit_loses_no_rows BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
)sql";
constexpr std::string_view kAppendOnlyPostgres = R"sql(
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN RAISE EXCEPTION ''the audit log is only added to''; END';
CREATE TRIGGER audit_keeps_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
)sql";

// Actions, and for every lead row and assignment on a lead that was there what the fields that it
// names were before.
constexpr std::string_view kActions = R"sql(
CREATE TABLE action (
  lead bigint NOT NULL REFERENCES lead (id),
  seq bigint NOT NULL,
  kind bigint NOT NULL,
  at bigint NOT NULL,
  author text NOT NULL, text text NOT NULL, value text NOT NULL, until bigint,
  undone bigint NOT NULL, undone_at bigint NOT NULL, undone_by text NOT NULL,
  PRIMARY KEY (lead, seq)
) $CLUSTERED;
CREATE TABLE lead_edit (
  lead bigint NOT NULL REFERENCES lead (id),
  seq bigint NOT NULL,
  fields text NOT NULL,
  PRIMARY KEY (lead, seq)
) $CLUSTERED;
)sql";

// Imports: the jobs, the changes that each brought, and mappings that people saved.
constexpr std::string_view kImports = R"sql(
CREATE TABLE import_job (
  id $KEY,
  state bigint NOT NULL,
  name text NOT NULL, author text NOT NULL, detail text NOT NULL,
  created bigint NOT NULL, updated bigint NOT NULL
);
CREATE TABLE import_range (
  import bigint NOT NULL REFERENCES import_job (id),
  first_seq bigint NOT NULL,
  last_seq bigint NOT NULL,
  PRIMARY KEY (import, first_seq)
) $CLUSTERED;
CREATE TABLE import_mapping (
  name $TEXT PRIMARY KEY,
  text text NOT NULL, author text NOT NULL, at bigint NOT NULL
);
)sql";

// Leads whose person was erased: what sources send of them again is kept without the person.
constexpr std::string_view kErased = R"sql(
CREATE TABLE erased_person (
  lead $KEY REFERENCES lead (id),
  at bigint NOT NULL
);
)sql";

// References of the tables that changes are written to. PostgreSQL looks each one up by a statement
// of its own, which takes longer than to write the row; the numbers are given by the one writer,
// and Store::check looks for rows that refer to nothing. SQLite's own check costs little and stays.
constexpr std::string_view kUnchecked = "$DROP_REFERENCES";
constexpr std::string_view kDropReferencesPostgres = R"sql(
ALTER TABLE contact DROP CONSTRAINT contact_lead_fkey;
ALTER TABLE word DROP CONSTRAINT word_lead_fkey;
ALTER TABLE stage_event DROP CONSTRAINT stage_event_lead_fkey,
  DROP CONSTRAINT stage_event_stage_fkey;
ALTER TABLE outcome DROP CONSTRAINT outcome_lead_fkey;
ALTER TABLE signal DROP CONSTRAINT signal_lead_fkey;
ALTER TABLE note DROP CONSTRAINT note_lead_fkey;
ALTER TABLE change_log DROP CONSTRAINT change_log_source_fkey;
ALTER TABLE action DROP CONSTRAINT action_lead_fkey;
ALTER TABLE lead_edit DROP CONSTRAINT lead_edit_lead_fkey;
)sql";

// The first table of imports, which jobs took the place of and nothing was ever written to; and
// which sessions an identity provider let in, so that it can end them.
constexpr std::string_view kProviderSessions = R"sql(
DROP TABLE import_file;
ALTER TABLE app_session ADD COLUMN by_provider bigint NOT NULL DEFAULT 0;
ALTER TABLE app_session ADD COLUMN provider_session text NOT NULL DEFAULT '';
)sql";

constexpr std::array kMigrations = {
    Migration{.version = 1, .sql = kFirst},           Migration{.version = 2, .sql = kAccess},
    Migration{.version = 3, .sql = kActions},         Migration{.version = 4, .sql = kImports},
    Migration{.version = 5, .sql = kErased},          Migration{.version = 6, .sql = kUnchecked},
    Migration{.version = 7, .sql = kProviderSessions}};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

std::string in_dialect(std::string_view sql, bool postgres) {
  std::string text(sql);
  replace_all(text, "$KEY", postgres ? "bigint PRIMARY KEY" : "INTEGER PRIMARY KEY");
  // Ids and words are compared byte by byte in both, whatever the locale of the server.
  replace_all(text, "$TEXT", postgres ? "text COLLATE \"C\"" : "text");
  replace_all(text, "$CLUSTERED", postgres ? "" : "WITHOUT ROWID");
  replace_all(text, "$APPEND_ONLY_AUDIT", postgres ? kAppendOnlyPostgres : kAppendOnlySqlite);
  replace_all(text, "$DROP_REFERENCES", postgres ? kDropReferencesPostgres : "");
  return text;
}

}  // namespace pursuit::store
