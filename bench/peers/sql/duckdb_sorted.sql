-- The book from shaped tables: leads_s with ENUM columns and a number per lead; events_s(lead,
-- packed) sorted by lead and packed (instant × 8 + stage code).

-- @ grouped
CREATE OR REPLACE TEMP TABLE grouped AS
SELECT lead, list(packed ORDER BY packed) AS seen
FROM events_s WHERE packed < ({t} + 1) * 8 GROUP BY lead;

-- @ book
CREATE OR REPLACE TEMP TABLE book AS
WITH coded AS (SELECT * REPLACE ({owner} AS owner) FROM leads_s),
{book_tail}
