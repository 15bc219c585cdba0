-- Every result table of semantics.md from `book`; codes as in duckdb_model.sql.

-- @ steps
CREATE OR REPLACE TABLE base ENGINE = {engine} AS
SELECT lead, toUInt16(visit) AS visit, toUInt8(bitAnd(cur, 7)) AS stage,
       bitShiftRight(cur, 3) AS entered_ms, if(nxt = 0, {t}, bitShiftRight(nxt, 3)) AS until_ms,
       toUInt8(multiIf(nxt = 0, 3, bitAnd(nxt, 7) = 5, 2, bitAnd(nxt, 7) > stage, 0, 1)) AS kind,
       seg, rkey, pair
FROM book ARRAY JOIN e AS cur, arrayPushBack(arrayPopFront(e), toInt64(0)) AS nxt,
                     arrayCumSum(x -> bitAnd(x, 7) < 4, e) AS visit
WHERE bitAnd(cur, 7) < 4;

-- @ thresholds
-- One pass over the visits; the coarser rungs merge the finest one's samples.
CREATE OR REPLACE TABLE sample ENGINE = {engine} AS
SELECT stage, seg, count() AS n,
       quantilesExactInclusiveState(0.5, {percentile})(until_ms - entered_ms) AS q
FROM base WHERE kind = 0 AND until_ms > {lookback_from} GROUP BY stage, seg;
CREATE OR REPLACE TABLE thresholds ENGINE = {engine} AS
WITH s AS (SELECT stage, n, q, region, nameplate, channel FROM sample JOIN segment USING (seg))
SELECT stage, rung, region, nameplate, channel, n, q[1] / 3600000 AS median_hours,
       q[2] / 3600000 AS p90_hours
FROM (
  SELECT stage, 0 AS rung, region, nameplate, channel, sum(n) AS n,
         quantilesExactInclusiveMerge(0.5, {percentile})(q) AS q
  FROM s GROUP BY stage, region, nameplate, channel
  UNION ALL
  SELECT stage, 1, region, nameplate, '', sum(n), quantilesExactInclusiveMerge(0.5, {percentile})(q)
  FROM s GROUP BY stage, region, nameplate
  UNION ALL
  SELECT stage, 2, region, '', '', sum(n), quantilesExactInclusiveMerge(0.5, {percentile})(q)
  FROM s GROUP BY stage, region
  UNION ALL
  SELECT stage, 3, '', '', '', sum(n), quantilesExactInclusiveMerge(0.5, {percentile})(q)
  FROM s GROUP BY stage);
-- The rung that each segment × stage uses; where none applies there is no row.
CREATE OR REPLACE TABLE segment_threshold ENGINE = {engine} AS
SELECT seg, toUInt8(t.stage) AS stage, argMin(p90_hours, rung) AS threshold_hours,
       min(rung) AS threshold_rung, argMin(n, rung) AS threshold_n
FROM segment s CROSS JOIN thresholds t
WHERE (rung = 3 OR t.region = s.region) AND (rung >= 2 OR t.nameplate = s.nameplate)
  AND (rung >= 1 OR t.channel = s.channel) AND (n >= {min_samples} OR rung = 3)
GROUP BY seg, stage;

-- @ load
-- A visit is open at midnight d when entered <= d < left, so a change counts from the first
-- midnight at or after it. A packed Int64 holds both counts (leads + 2^32 × leads in load stages);
-- sumResample adds the changes up by day in one array per pair, which is faster than grouping by
-- pair and day.
CREATE OR REPLACE TABLE load_step ENGINE = {engine} AS
SELECT pair, day, bitAnd(total, 4294967295) AS open, bitShiftRight(total, 32) AS in_load_stages
FROM (
  SELECT pair, sumResample({first_day}, {last_day} + 1, 1)(change, day) AS changes
  FROM (
    SELECT pair, toUInt16(intDiv(bitShiftRight(cur, 3) + 86399999, 86400000)) AS day,
           (bitAnd(cur, 7) < 4) - (bitAnd(prev, 7) < 4)
             + ((bitAnd(cur, 7) IN (2, 3)) - (bitAnd(prev, 7) IN (2, 3))) * 4294967296 AS change
    FROM book ARRAY JOIN e AS cur, arrayPushFront(arrayPopBack(e), toInt64(6)) AS prev
    WHERE change != 0)
  GROUP BY pair)
ARRAY JOIN arrayCumSum(changes) AS total, range({first_day}, {last_day} + 1) AS day
WHERE open > 0;
CREATE OR REPLACE TABLE load_now ENGINE = {engine} AS
SELECT pair, count() AS open, countIf(stage >= 2) AS in_load_stages, open >= {min_open} AS relaxed
FROM book WHERE stage < 4 GROUP BY pair;
CREATE OR REPLACE TABLE load ENGINE = {engine} AS
SELECT dealer, nameplate, open, in_load_stages, in_load_stages / open AS load_factor,
  {band} AS band,
       {relaxation} AS relaxation
FROM load_now JOIN pairs USING (pair);
CREATE OR REPLACE TABLE load_daily ENGINE = {engine} AS
SELECT dealer, nameplate, day, open, in_load_stages, in_load_stages / open AS load_factor,
  {band} AS band,
       {relaxation} AS relaxation
FROM load_step JOIN pairs USING (pair) WHERE day > {last_day} - 90;
-- R by pair and day where it is not 0; day 65535 means "at T".
CREATE OR REPLACE TABLE relax ENGINE = Join(ANY, LEFT, pair_day) AS
SELECT toUInt64(pair * 65536 + day) AS pair_day, {relaxation} AS r FROM load_step
  WHERE open >= {min_open}
UNION ALL SELECT toUInt64(pair * 65536 + 65535), {relaxation} FROM load_now
  WHERE open >= {min_open};

-- @ sla
-- Rules resolved once per combination of what they name: most dimensions first, then first in file.
-- Hours of 0 mean none, which is what a join without a match gives.
CREATE OR REPLACE TABLE sla ENGINE = {engine} AS
SELECT rkey * 8 + rule.stage AS rule_stage,
       argMax(hours, specificity * 1000 - position) AS sla_hours
FROM rule_key b CROSS JOIN rule WHERE {rule_match} GROUP BY rule_stage;

-- @ visits
CREATE OR REPLACE TABLE visits ENGINE = {engine} AS
SELECT lead, visit, stage, entered_ms, if(kind = 3, NULL, until_ms) AS left_ms, kind,
       (until_ms - entered_ms) / 3600000 AS hours, nullIf(sla.sla_hours, 0) AS sla_hours,
       sla_hours * (1 + joinGet('relax', 'r', pair_day)) AS effective_sla_hours,
         hours - effective_sla_hours AS deviation_hours,
       toUInt8(multiIf(isNull(sla_hours), 0, deviation_hours <= 0, 1,
                       deviation_hours <= {grace} * effective_sla_hours, 2, 3)) AS category
FROM (SELECT *, rkey * 8 + stage AS rule_stage,
             toUInt64(pair * 65536 + if(kind = 3, 65535, intDiv(until_ms, 86400000))) AS pair_day
      FROM base) b
LEFT JOIN sla USING (rule_stage);

-- @ channels
CREATE OR REPLACE TABLE channels ENGINE = {engine} AS
WITH seg_count AS (
  SELECT seg, count() AS leads, countIf(stage >= 4 AND entered_ms > {channel_from}) AS closed,
         countIf(stage = 4 AND entered_ms > {channel_from}) AS won,
         sumMapIf([toUInt8(intDiv({t} - created_ms, {inflow_period_ms}))], [toUInt64(1)],
           created_ms <= {t} AND {t} - created_ms < {inflow_period_ms} * {inflow_periods}) AS period
  FROM book GROUP BY seg),
c AS (SELECT channel, sum(leads) AS leads, sum(closed) AS closed, sum(won) AS won
      FROM seg_count JOIN segment USING (seg) GROUP BY channel),
inflow AS (
  SELECT channel, p, sum(k) AS created
  FROM (SELECT seg, p, k FROM seg_count ARRAY JOIN period.1 AS p, period.2 AS k) x
  JOIN segment USING (seg) GROUP BY channel, p),
share AS (
  SELECT channel, sum(share) / (SELECT uniqExact(p) FROM inflow) AS volume_share
  FROM (SELECT channel, created / sum(created) OVER (PARTITION BY p) AS share FROM inflow)
  GROUP BY channel),
g AS (SELECT sum(closed) AS all_closed, if(all_closed = 0, 0, sum(won) / all_closed) AS g FROM c),
s AS (
  SELECT channel, leads, closed, won, if(closed = 0, NULL, won / closed) AS rate,
         (won + {smoothing} * g.g) / (closed + {smoothing}) AS smoothed_rate, volume_share
  FROM c CROSS JOIN g LEFT JOIN share USING (channel))
SELECT *, ifNull(smoothed_rate / nullIf(max(smoothed_rate) OVER (), 0), 0) AS conversion,
       ifNull(volume_share / nullIf(max(volume_share) OVER (), 0), 0) AS volume
FROM s;

-- @ leads_out
CREATE OR REPLACE TABLE strength ENGINE = {engine} AS
SELECT seg, conversion, volume FROM segment JOIN channels USING (channel);
CREATE OR REPLACE TABLE leads_out ENGINE = {engine} AS
WITH part AS (
  SELECT lead, b.stage AS stage, entered_ms, last_activity_ms {lead_carry}, dealer, conversion,
         volume, ({t} - entered_ms) / 3600000 AS time_in_stage_hours,
         nullIf(h.threshold_hours, 0) AS threshold_hours,
         if(isNull(threshold_hours), NULL, h.threshold_rung) AS threshold_rung,
         if(isNull(threshold_hours), NULL, h.threshold_n) AS threshold_n,
         joinGet('relax', 'r', pair_day) AS r, nullIf(sla.sla_hours, 0) AS sla_hours,
           sla_hours * (1 + r) AS effective_sla_hours,
         ({t} - last_activity_ms) / 3600000 AS idle_hours,
         ({t} - first_ms) / 3600000 AS overall_hours, {overall_columns},
         100 * {w_conversion} * conversion / {w_sum} AS c_conversion,
         100 * {w_volume} * volume / {w_sum} AS c_volume,
         100 * {w_recency} / {w_sum} * (1 + exp(-{recency_k} * {recency_m})) / (1 +
           exp({recency_k} * (idle_hours / coalesce(threshold_hours, effective_sla_hours,
             {fallback_hours}) - {recency_m})))
           AS c_recency,
         100 * {w_stage} * ((b.stage + 1) / 4) / {w_sum} AS c_stage,
         c_conversion + c_volume + c_recency + c_stage AS score
  FROM (SELECT *, rkey * 8 + stage AS rule_stage, rkey * 8 + 6 AS overall_stage,
               toUInt64(pair * 65536 + 65535) AS pair_day FROM book WHERE stage < 4) b
  LEFT JOIN strength c ON b.seg = c.seg
  LEFT JOIN segment_threshold h ON b.seg = h.seg AND b.stage = h.stage
  LEFT JOIN sla ON b.rule_stage = sla.rule_stage
  LEFT JOIN pairs ON b.pair = pairs.pair {overall_join}),
every AS (
  SELECT lead, toUInt8(0) AS state, stage, entered_ms, toNullable(time_in_stage_hours) AS
           time_in_stage_hours, threshold_hours, threshold_rung, threshold_n,
         toNullable(ifNull(time_in_stage_hours > threshold_hours, 0)) AS expired,
         toNullable(idle_hours * 3600000 >= {dormant_ms}) AS dormant, last_activity_ms,
         overall_hours, overall_sla_hours, overall_category, sla_hours, effective_sla_hours,
           time_in_stage_hours - effective_sla_hours AS deviation_hours,
         toNullable(toUInt8(multiIf(isNull(sla_hours), 0, deviation_hours <= 0, 1,
           deviation_hours <= {grace} * effective_sla_hours, 2, 3))) AS category,
         toNullable(score) AS score, toNullable(c_conversion) AS c_conversion,
         toNullable(c_volume) AS c_volume, toNullable(c_recency) AS c_recency,
         toNullable(c_stage) AS c_stage,
         toNullable(toUInt8(multiIf(score >= {hot}, 0, score >= {warm}, 1, 2))) AS tier,
         toNullable(toUInt32(row_number() OVER (PARTITION BY dealer ORDER BY part.score DESC,
           entered_ms,
           lead))) AS rank {lead_carry}
  FROM part
  UNION ALL
  SELECT lead, toUInt8(stage - 3), stage, entered_ms, NULL, NULL, NULL, NULL, NULL, NULL,
         last_activity_ms, (entered_ms - first_ms) / 3600000 AS overall_hours, {overall_columns},
         NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL {lead_carry}
  FROM (SELECT *, rkey * 8 + 6 AS overall_stage,
               toUInt64(pair * 65536 + intDiv(entered_ms, 86400000)) AS pair_day
        FROM book WHERE stage >= 4) b {overall_join})
SELECT * FROM every;

-- @ funnel
CREATE OR REPLACE TABLE funnel ENGINE = {engine} AS
WITH v AS (
  SELECT stage, countIf(kind = 0) AS advanced, countIf(kind = 1) AS regressed,
    countIf(kind = 2) AS lost,
         countIf(kind = 3) AS open, countIf(category = 1 AND left_ms > {lookback_from}) AS kept,
         countIf(category > 1 AND (isNull(left_ms) OR left_ms > {lookback_from})) AS broken
  FROM visits GROUP BY stage),
reached AS (
  SELECT toUInt8(arrayJoin(range(toUInt8(reach + 1)))) AS stage, sum(n) AS reached
  FROM (SELECT reach, count() AS n FROM book WHERE reach >= 0 GROUP BY reach) GROUP BY stage),
x AS (SELECT stage, countIf(expired = 1) AS expired FROM leads_out WHERE stage < 4 GROUP BY stage)
SELECT s.stage AS stage, reached, if(s.stage < 4, v.advanced, NULL) AS advanced,
       if(s.stage < 4, v.regressed, NULL) AS regressed, if(s.stage < 4, v.lost, NULL) AS lost,
       if(s.stage < 4, v.open, NULL) AS open, nullIf(t.median_hours, 0) AS median_hours,
         nullIf(t.p90_hours, 0) AS p90_hours,
       if(kept + broken = 0, NULL, kept / (kept + broken)) AS compliance,
       if(s.stage < 4, x.expired, NULL) AS expired
FROM (SELECT toUInt8(number) AS stage FROM numbers(5)) s
  LEFT JOIN reached ON s.stage = reached.stage
LEFT JOIN v ON s.stage = v.stage LEFT JOIN x ON s.stage = x.stage
LEFT JOIN (SELECT stage, median_hours, p90_hours FROM thresholds
  WHERE rung = 3) t ON s.stage = t.stage;
