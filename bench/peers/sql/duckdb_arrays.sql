-- The book from one shaped table: leads_a, a row per lead with ENUM columns, a number and `events`,
-- the sorted list of its packed events.

-- @ book
CREATE OR REPLACE TEMP TABLE book AS
WITH coded AS (SELECT * EXCLUDE (events) REPLACE ({owner} AS owner),
                      list_filter(events, lambda x: x < ({t} + 1) * 8) AS seen FROM leads_a),
grouped AS (SELECT NULL),
{book_tail}
