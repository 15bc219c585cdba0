-- Shaped tables, made outside the measured time.

-- @ shape
CREATE TABLE segment ENGINE = {engine} AS
SELECT rowNumberInAllBlocks() AS seg, * FROM (SELECT DISTINCT region, nameplate, channel
  FROM leads);
CREATE TABLE pairs ENGINE = {engine} AS
SELECT toUInt64(rowNumberInAllBlocks()) AS pair, * FROM (SELECT DISTINCT dealer, nameplate
  FROM leads);
CREATE TABLE rule_key ENGINE = {engine} AS SELECT DISTINCT {rule_key} AS rkey {rule_columns}
  FROM leads;
CREATE TABLE numbered ENGINE = {engine} AS
SELECT toUInt32(rowNumberInAllBlocks()) AS lead, * FROM (
  SELECT lead_id, toUnixTimestamp64Milli(created_at) AS created_ms, segment.seg AS seg,
    {rule_key} AS rkey,
         pairs.pair AS pair
  FROM leads JOIN segment USING (region, nameplate, channel) JOIN pairs USING (dealer, nameplate)
  ORDER BY pair, lead_id);
CREATE TABLE leads_a ENGINE = {engine} AS
SELECT lead, created_ms, seg, rkey, pair, arraySort(ev) AS events
FROM numbered LEFT JOIN (
  SELECT lead_id, groupUniqArray(toUnixTimestamp64Milli(at) * 8 + transform(stage,
           ['Created', 'Contacted', 'Experiencing', 'Deciding', 'Converted', 'Lost'],
           [0, 1, 2, 3, 4, 5], 5)) AS ev
  FROM events GROUP BY lead_id) g USING (lead_id) ORDER BY lead;
