-- Kaplan–Meier beside the completed percentile: the smallest duration at which the product over
-- durations of (1 - advances / at risk) is at most 1 - p, over visits open at T or left in the
-- look-back.

-- @ km
CREATE OR REPLACE TABLE thresholds AS
WITH grouped AS (
  SELECT stage, CASE grouping(region, nameplate, channel) WHEN 0 THEN 0 WHEN 1 THEN 1 WHEN 3 THEN 2
                  ELSE 3 END AS rung, region, nameplate, channel, ms,
         count(*) FILTER (kind = 0) AS advances, count(*) AS n
  FROM (SELECT stage, seg, kind, coalesce(left_ms, {t}) - entered_ms AS ms FROM base
        WHERE left_ms IS NULL OR left_ms > {lookback_from}) JOIN segment USING (seg)
  GROUP BY GROUPING SETS ((stage, region, nameplate, channel, ms), (stage, region, nameplate, ms),
                          (stage, region, ms), (stage, ms))),
risk AS (
  SELECT *, sum(n) OVER (PARTITION BY stage, rung, region, nameplate,
    channel ORDER BY ms DESC) AS at_risk
  FROM grouped),
curve AS (
  SELECT *, exp(sum(CASE WHEN advances < at_risk
    THEN ln(1 - advances / at_risk) ELSE -1e3 END) OVER (
           PARTITION BY stage, rung, region, nameplate, channel ORDER BY ms)) AS survival
  FROM risk WHERE advances > 0),
km AS (
  SELECT stage, rung, region, nameplate, channel, min(ms) / 3600000e0 AS km_p90_hours FROM curve
  WHERE survival <= 1 - {percentile} + 1e-12 GROUP BY stage, rung, region, nameplate, channel)
SELECT t.*, km_p90_hours
FROM thresholds t LEFT JOIN km k ON t.stage = k.stage AND t.rung = k.rung
 AND t.region IS NOT DISTINCT FROM k.region AND t.nameplate IS NOT DISTINCT FROM k.nameplate
 AND t.channel IS NOT DISTINCT FROM k.channel;
