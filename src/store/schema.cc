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

constexpr std::array kMigrations = {Migration{.version = 1, .sql = kFirst}};

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
  return text;
}

}  // namespace pursuit::store
