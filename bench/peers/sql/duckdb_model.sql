-- Every result table of semantics.md from `book`, a row per lead that is visible at T. Codes stand
-- for names (stage 0…3 open, 4 won, 5 lost; kind 0 advance, 1 regress, 2 lost, 3 open; category 0
-- none, 1 on_time, 2 delayed, 3 critical; tier 0 Hot, 1 Warm, 2 Cold; band 0 low … 3 critical).

-- @ steps
CREATE OR REPLACE TEMP TABLE base AS
SELECT lead, visit, (cur & 7)::UTINYINT AS stage, cur >> 3 AS entered_ms, nxt >> 3 AS left_ms,
       (CASE WHEN nxt IS NULL THEN 3 WHEN nxt & 7 = 5 THEN 2 WHEN nxt & 7 > cur & 7
         THEN 0 ELSE 1 END
       )::UTINYINT AS kind, seg, rkey, pair
FROM (SELECT lead, unnest(range(1, len(at_open) + 1))::USMALLINT AS visit, seg, rkey, pair,
             unnest(list_select(e, at_open)) AS cur,
             unnest(list_select(e, list_transform(at_open, lambda i: i + 1))) AS nxt
      FROM (SELECT lead, e, seg, rkey, pair,
                   list_filter(range(1, len(e) + 1), lambda i: e[i] & 7 < 4) AS at_open FROM book));

-- @ thresholds
CREATE OR REPLACE TEMP TABLE segment AS
SELECT DISTINCT seg, region, nameplate, channel FROM book;
CREATE OR REPLACE TABLE thresholds AS
SELECT stage, CASE grouping(region, nameplate, channel) WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 3 THEN 2
                ELSE 3 END AS rung, region, nameplate, channel, count(*) AS n,
       quantile_cont(left_ms - entered_ms, {percentile}) / 3600000e0 AS p90_hours
FROM base JOIN segment USING (seg)
WHERE kind = 0 AND left_ms > {lookback_from}
GROUP BY GROUPING SETS ((stage, region, nameplate, channel), (stage, region, nameplate),
                        (stage, region), (stage));
-- The rung that each segment × stage uses: the finest with enough samples, else () if it has any.
CREATE OR REPLACE TEMP TABLE segment_threshold AS
SELECT seg, t.stage AS stage, arg_min(p90_hours, rung) AS threshold_hours,
  min(rung)::UTINYINT AS rung,
       arg_min(n, rung) AS n
FROM segment s JOIN thresholds t
  ON (t.rung = 3 OR t.region = s.region) AND (t.rung >= 2 OR t.nameplate = s.nameplate)
 AND (t.rung >= 1 OR t.channel = s.channel)
WHERE n >= {min_samples} OR rung = 3
GROUP BY seg, t.stage;

-- @ load
-- What changes the load of a pair: a lead opens or closes, or moves into or out of the load stages.
-- A visit is open at midnight d when entered <= d < left, so a change counts from the first
-- midnight at or after it. One double holds both counts (leads + 2^26 × leads in load stages), one
-- BIGINT pair and day.
CREATE OR REPLACE TEMP TABLE load_change AS
SELECT (pair << 16) + ((cur >> 3) + 86399999) // 86400000 AS pair_day, d + dl * 67108864e0 AS change
FROM (SELECT pair, cur, (cur & 7 < 4)::INT - coalesce(prev & 7 < 4, false)::INT AS d,
             (cur & 7 IN (2, 3))::INT - coalesce(prev & 7 IN (2, 3), false)::INT AS dl
      FROM (SELECT pair, unnest(e) AS cur, unnest(list_prepend(NULL, e[:-2])) AS prev FROM book))
WHERE d <> 0 OR dl <> 0;
-- Days that someone asks for (on which a visit was left, the last 90) join as changes by nothing,
-- so that one running sum answers all of them by equality: cheaper here than an ASOF join or a
-- dense grid.
CREATE OR REPLACE TEMP TABLE load_step AS
SELECT pair_day, (total % 67108864)::INT AS open, (total // 67108864)::INT AS in_load_stages
FROM (SELECT pair_day, (sum(change) OVER w)::BIGINT AS total
      FROM (SELECT pair_day, sum(change) AS change
            FROM (FROM load_change
                  UNION ALL
                  SELECT (pair << 16) + left_ms // 86400000, 0e0 FROM base WHERE left_ms IS NOT NULL
                  UNION ALL
                  SELECT (pair << 16) + {last_day} - i, 0e0
                  FROM (SELECT DISTINCT pair FROM book), range(0, 90) r(i))
            GROUP BY pair_day)
      WINDOW w AS (PARTITION BY pair_day >> 16 ORDER BY pair_day ROWS UNBOUNDED PRECEDING));
CREATE OR REPLACE TEMP TABLE pairs AS SELECT DISTINCT pair, dealer, nameplate FROM book;
CREATE OR REPLACE TEMP MACRO relaxation(n, k) AS
  CASE WHEN n < {min_open} THEN 0e0 ELSE {cap} / (1 + exp(-{load_k} * (k / n::DOUBLE - {mid}))) END;
CREATE OR REPLACE TEMP MACRO band(n, k) AS
  CASE WHEN k / n::DOUBLE < 0.5 THEN 0 WHEN k / n::DOUBLE <= 0.6 THEN 1
       WHEN k / n::DOUBLE <= 0.8 THEN 2 ELSE 3 END;
CREATE OR REPLACE TEMP TABLE load_now AS
SELECT pair, count(*) AS open, count(*) FILTER (stage >= 2) AS in_load_stages
FROM book WHERE stage < 4 GROUP BY pair;
CREATE OR REPLACE TABLE load AS
SELECT dealer, nameplate, open, in_load_stages, in_load_stages / open::DOUBLE AS load_factor,
       band(open, in_load_stages) AS band, relaxation(open, in_load_stages) AS relaxation
FROM load_now JOIN pairs USING (pair);
CREATE OR REPLACE TABLE load_daily AS
SELECT dealer, nameplate, day, open, in_load_stages, in_load_stages / open::DOUBLE AS load_factor,
       band(open, in_load_stages) AS band, relaxation(open, in_load_stages) AS relaxation
FROM (SELECT pair_day >> 16 AS pair, (pair_day & 65535)::INT AS day, open, in_load_stages
  FROM load_step
      WHERE open > 0 AND pair_day & 65535 BETWEEN {last_day} - 89 AND {last_day})
        JOIN pairs USING (pair);
-- R by pair and day where it is not 0; day 65535 means "at T".
CREATE OR REPLACE TEMP TABLE relax AS
SELECT pair_day, relaxation(open, in_load_stages) AS r FROM load_step WHERE open >= {min_open}
UNION ALL
SELECT (pair << 16) + 65535, relaxation(open, in_load_stages) FROM load_now
  WHERE open >= {min_open};

-- @ sla
-- Rules resolved once per combination of what they name: most dimensions first, then first in file.
CREATE OR REPLACE TEMP TABLE sla AS
SELECT rkey, rule.stage::UTINYINT AS stage,
       arg_max(hours, specificity * 1000 - position) AS sla_hours
FROM (SELECT DISTINCT rkey {rule_columns} FROM book) b JOIN rule ON {rule_match}
GROUP BY rkey, rule.stage;

-- @ visits
CREATE OR REPLACE TABLE visits AS
SELECT * EXCLUDE (dev, eff),
       eff AS effective_sla_hours, dev AS deviation_hours,
       (CASE WHEN eff IS NULL THEN 0 WHEN dev <= 0 THEN 1 WHEN dev <= {grace} * eff
         THEN 2 ELSE 3 END
       )::UTINYINT AS category
FROM (SELECT *, hours - eff AS dev
      FROM (SELECT lead, visit, b.stage, entered_ms, left_ms, kind,
                   (coalesce(left_ms, {t}) - entered_ms) / 3600000e0 AS hours, sla_hours,
                   sla_hours * (1 + coalesce(r, 0)) AS eff
            FROM base b LEFT JOIN sla s ON b.rkey = s.rkey AND b.stage = s.stage
            LEFT JOIN relax x ON x.pair_day = (b.pair << 16) + coalesce(b.left_ms // 86400000,
              65535)));

-- @ channels
CREATE OR REPLACE TABLE channels AS
WITH c AS (
  SELECT channel, count(*) AS leads,
         count(*) FILTER (stage >= 4 AND entered_ms > {channel_from}) AS closed,
         count(*) FILTER (stage = 4 AND entered_ms > {channel_from}) AS won
  FROM book GROUP BY channel),
inflow AS (
  SELECT channel, period, count(*) / sum(count(*)) OVER (PARTITION BY period) AS share
  FROM (SELECT channel, ({t} - created_ms) // {inflow_period_ms} AS period
        FROM book WHERE created_ms <= {t}) WHERE period < {inflow_periods}
          GROUP BY channel, period),
share AS (SELECT channel, sum(share) / (SELECT count(DISTINCT period) FROM inflow) AS volume_share
          FROM inflow GROUP BY channel),
s AS (
  SELECT c.*, won / nullif(closed, 0) AS rate, coalesce(volume_share, 0) AS volume_share,
         (won + {smoothing} * coalesce(sum(won) OVER () / nullif(sum(closed) OVER (), 0), 0))
           / (closed + {smoothing}) AS smoothed_rate
  FROM c LEFT JOIN share USING (channel))
SELECT *, coalesce(smoothed_rate / nullif(max(smoothed_rate) OVER (), 0), 0) AS conversion,
       coalesce(volume_share / nullif(max(volume_share) OVER (), 0), 0) AS volume
FROM s;

-- @ leads_out
-- Open and closed leads apart: only the former, the fewer, are scored, joined and sorted.
CREATE OR REPLACE TABLE leads_out AS
WITH o AS (
  SELECT b.*, {t} - entered_ms AS in_stage_ms, threshold_hours,
         h.rung AS threshold_rung, h.n AS threshold_n, {t} - last_activity_ms AS idle_ms,
         s.sla_hours, s.sla_hours * (1 + coalesce(r, 0)) AS eff, conversion, volume,
         ({t} - first_ms) / 3600000e0 AS overall_hours, {overall_columns}
  FROM book b JOIN channels c USING (channel)
  LEFT JOIN segment_threshold h ON b.seg = h.seg AND b.stage = h.stage
  LEFT JOIN sla s ON b.rkey = s.rkey AND b.stage = s.stage
  LEFT JOIN relax x ON x.pair_day = (b.pair << 16) + 65535 {overall_join}
  WHERE b.stage < 4),
part AS (
  SELECT *, in_stage_ms / 3600000e0 AS time_in_stage_hours,
         100 * {w_conversion} * conversion / {w_sum} AS c_conversion,
         100 * {w_volume} * volume / {w_sum} AS c_volume,
         100 * {w_recency} / {w_sum} * (1 + exp(-{recency_k} * {recency_m})) / (1 +
           exp({recency_k} *
           (idle_ms / 3600000e0 / coalesce(threshold_hours, eff, {fallback_hours}) - {recency_m})))
           AS c_recency,
         100 * {w_stage} * ((stage + 1) / 4e0) / {w_sum} AS c_stage,
         c_conversion + c_volume + c_recency + c_stage AS score
  FROM o),
every AS (
  SELECT lead, 0::UTINYINT AS state, stage, entered_ms, time_in_stage_hours, threshold_hours,
         threshold_rung, threshold_n,
         coalesce(time_in_stage_hours > threshold_hours, false) AS expired,
         idle_ms >= {dormant_ms} AS dormant, last_activity_ms,
         overall_hours, overall_sla_hours, overall_category, sla_hours, eff AS effective_sla_hours,
         time_in_stage_hours - eff AS deviation_hours,
         (CASE WHEN eff IS NULL THEN 0 WHEN time_in_stage_hours <= eff THEN 1
               WHEN time_in_stage_hours - eff <= {grace} * eff
                 THEN 2 ELSE 3 END)::UTINYINT AS category,
         score, c_conversion, c_volume, c_recency, c_stage,
         (CASE WHEN score >= {hot} THEN 0 WHEN score >= {warm} THEN 1 ELSE 2 END)::UTINYINT AS tier,
         (row_number() OVER (PARTITION BY dealer ORDER BY score DESC, entered_ms,
           lead))::UINTEGER AS rank
         {lead_dimensions}
  FROM part
  UNION ALL BY NAME
  SELECT lead, (b.stage - 3)::UTINYINT AS state, b.stage, entered_ms, last_activity_ms,
         (entered_ms - first_ms) / 3600000e0 AS overall_hours, {overall_columns} {lead_dimensions}
  FROM book b {overall_join} {overall_relax} WHERE b.stage >= 4)
FROM every;

-- @ funnel
CREATE OR REPLACE TABLE funnel AS
WITH v AS (
  SELECT stage, count(*) FILTER (kind = 0) AS advanced, count(*) FILTER (kind = 1) AS regressed,
         count(*) FILTER (kind = 2) AS lost, count(*) FILTER (kind = 3) AS open,
         count(*) FILTER (category = 1 AND left_ms > {lookback_from}) AS kept,
         count(*) FILTER (category > 1 AND (left_ms IS NULL OR left_ms > {lookback_from}))
           AS broken
  FROM visits GROUP BY stage),
m AS (
  SELECT stage, quantile_cont(left_ms - entered_ms, 0.5) / 3600000e0 AS median_hours
  FROM base WHERE kind = 0 AND left_ms > {lookback_from} GROUP BY stage),
reach AS (SELECT reach, count(*) AS leads FROM book GROUP BY reach),
expiry AS (SELECT stage, count(*) FILTER (expired) AS expired FROM leads_out
  WHERE stage < 4 GROUP BY stage)
SELECT s.stage, (SELECT coalesce(sum(leads), 0) FROM reach WHERE reach >= s.stage) AS reached,
       advanced, regressed, lost, open, median_hours, p90_hours,
       kept / nullif(kept + broken, 0) AS compliance, expired
FROM (SELECT unnest(range(0, 5)) AS stage) s LEFT JOIN v ON s.stage = v.stage
  LEFT JOIN m ON s.stage = m.stage
LEFT JOIN (SELECT * FROM thresholds WHERE rung = 3) t ON s.stage = t.stage
LEFT JOIN expiry x ON s.stage = x.stage;
