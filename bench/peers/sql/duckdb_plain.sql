-- The book from plain tables: leads(lead_id, created_at, …) and events(lead_id, stage, "at"). An
-- event is one BIGINT, instant × 8 + stage code, so that one sort orders it as semantics.md says.
-- Lists, not windows: grouping into lists and sorting each is 1.35 × as fast here as lag() OVER
-- (PARTITION BY lead_id ORDER BY at, stage), with the lead id as text or as a number.

-- @ codes
CREATE OR REPLACE TYPE region_t AS ENUM (SELECT DISTINCT region FROM leads ORDER BY 1);
CREATE OR REPLACE TYPE dealer_group_t AS ENUM (SELECT DISTINCT dealer_group FROM leads ORDER BY 1);
CREATE OR REPLACE TYPE dealer_t AS ENUM (SELECT DISTINCT dealer FROM leads ORDER BY 1);
CREATE OR REPLACE TYPE channel_t AS ENUM (SELECT DISTINCT channel FROM leads ORDER BY 1);
CREATE OR REPLACE TYPE product_t AS ENUM (SELECT DISTINCT product FROM leads ORDER BY 1);
CREATE OR REPLACE TYPE nameplate_t AS ENUM (SELECT DISTINCT nameplate FROM leads ORDER BY 1);

-- @ grouped
CREATE OR REPLACE TEMP TABLE grouped AS
SELECT lead_id AS lead, list(packed ORDER BY packed) AS seen
FROM (SELECT lead_id, epoch_ms("at") * 8 + CASE stage WHEN 'Created' THEN 0 WHEN 'Contacted' THEN 1
        WHEN 'Experiencing' THEN 2 WHEN 'Deciding' THEN 3 WHEN 'Converted'
          THEN 4 ELSE 5 END AS packed
      FROM events WHERE epoch_ms("at") <= {t})
GROUP BY lead_id;

-- @ book
CREATE OR REPLACE TEMP TABLE book AS
WITH coded AS (
  SELECT lead_id AS lead, epoch_ms(created_at) AS created_ms, region::region_t AS region,
         dealer_group::dealer_group_t AS dealer_group, dealer::dealer_t AS dealer,
         channel::channel_t AS channel, product::product_t AS product,
         nameplate::nameplate_t AS nameplate, {owner} AS owner
  FROM leads),
{book_tail}
