raw AS (
  SELECT * EXCLUDE (seen),
         CASE WHEN coalesce(len(seen), 0) = 0 THEN CASE WHEN created_ms <= {t}
           THEN [created_ms * 8] END
              WHEN created_ms < seen[1] >> 3
                THEN list_prepend(created_ms * 8, seen) ELSE seen END AS raw
  FROM coded {seen_join}),
-- A repeat of the current stage, an exact duplicate among them, opens no visit.
run AS (
  SELECT *, list_filter(raw, lambda x, i: i = 1 OR x & 7 <> raw[i - 1] & 7) AS e
  FROM raw WHERE raw IS NOT NULL)
SELECT lead, created_ms, region, channel, dealer, nameplate {book_dimensions}, e,
       (e[-1] & 7)::UTINYINT AS stage, e[-1] >> 3 AS entered_ms, raw[1] >> 3 AS first_ms,
       raw[-1] >> 3 AS last_activity_ms,
       list_max(list_transform(e, lambda x: CASE WHEN x & 7 = 5 THEN -1 ELSE x & 7 END)) AS reach,
       (enum_code(region)::BIGINT << 32) | (enum_code(nameplate)::BIGINT << 16) |
         enum_code(channel) AS seg,
       (enum_code(dealer)::BIGINT << 16) | enum_code(nameplate) AS pair, {rule_key} AS rkey
FROM run;
