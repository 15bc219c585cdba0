-- The book from plain tables leads and events. A lead row joins its events as one more packed value
-- (instant × 8 + 7, which sorts behind stage events of the same instant), so that one GROUP BY makes the
-- sorted array and brings the lead's own columns: no join of millions of ids.

-- @ book
CREATE OR REPLACE TABLE book ENGINE = {engine} AS
WITH grouped AS (
  SELECT lead, arraySort(groupArray(packed)) AS seen, max(created) AS created_ms, max(seg_) AS seg,
         max(rkey_) AS rkey, max(pair_) AS pair {lead_any}
  FROM (
    SELECT lead_id AS lead, toUnixTimestamp64Milli(at) * 8 + transform(stage,
             ['Created', 'Contacted', 'Experiencing', 'Deciding', 'Converted', 'Lost'],
             [0, 1, 2, 3, 4, 5], 5) AS packed, 0 AS created, toUInt64(0) AS seg_, toUInt64(0) AS rkey_,
           toUInt64(0) AS pair_ {lead_blank}
    FROM events WHERE at <= fromUnixTimestamp64Milli({t}, 'UTC')
    UNION ALL
    SELECT lead_id, toUnixTimestamp64Milli(created_at) * 8 + 7, toUnixTimestamp64Milli(created_at),
           cityHash64(region, nameplate, channel), {rule_key},
           bitAnd(cityHash64(dealer, nameplate), 281474976710655) {lead_text}
    FROM leads)
  GROUP BY lead)
{book_tail};
CREATE OR REPLACE TABLE segment ENGINE = {engine} AS
SELECT DISTINCT cityHash64(region, nameplate, channel) AS seg, region, nameplate, channel FROM leads;
CREATE OR REPLACE TABLE pairs ENGINE = {engine} AS
SELECT DISTINCT bitAnd(cityHash64(dealer, nameplate), 281474976710655) AS pair, dealer, nameplate
FROM leads;
CREATE OR REPLACE TABLE rule_key ENGINE = {engine} AS
SELECT DISTINCT {rule_key} AS rkey {rule_columns} FROM leads;
