-- Kaplan–Meier beside the completed percentile. Visits one by one, events first at a tie: the
-- product of (1 - 1 / at risk) over tied events telescopes to (1 - events / at risk).

-- @ km
CREATE OR REPLACE TABLE km_sample ENGINE = {engine} AS
SELECT stage, region, nameplate, channel, groupArray((until_ms - entered_ms) * 2 + (kind != 0)) AS x
FROM base JOIN segment USING (seg) WHERE kind = 3 OR until_ms > {lookback_from}
GROUP BY stage, region, nameplate, channel;
CREATE OR REPLACE TABLE km ENGINE = {engine} AS
SELECT stage, rung, region, nameplate, channel,
       arrayFirstIndex(l -> exp(l) <= 1 - {percentile} + 1e-12, arrayCumSum(
         (x, i) -> if(bitAnd(x, 1) = 0, log(1 - 1 / (length(sorted) - i + 1)), 0.),
         sorted, arrayEnumerate(sorted))) AS first,
       if(first = 0, NULL, intDiv(sorted[first], 2) / 3600000) AS km_p90_hours
FROM (
  SELECT stage, 0 AS rung, region, nameplate, channel, arraySort(x) AS sorted FROM km_sample
  UNION ALL SELECT stage, 1, region, nameplate, '', arraySort(groupArrayArray(x)) FROM km_sample
  GROUP BY stage, region, nameplate
  UNION ALL SELECT stage, 2, region, '', '', arraySort(groupArrayArray(x)) FROM km_sample
  GROUP BY stage, region
  UNION ALL SELECT stage, 3, '', '', '', arraySort(groupArrayArray(x)) FROM km_sample
    GROUP BY stage);
CREATE OR REPLACE TABLE completed ENGINE = {engine} AS SELECT * FROM thresholds;
CREATE OR REPLACE TABLE thresholds ENGINE = {engine} AS
SELECT c.*, km.km_p90_hours FROM completed c
  LEFT JOIN km USING (stage, rung, region, nameplate, channel);
