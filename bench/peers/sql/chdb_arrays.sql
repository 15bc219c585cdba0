-- The book from one shaped table: leads_a, a row per lead with a number, codes for segment, rule
-- key and pair, and `events`, the sorted array of its packed events.

-- @ book
CREATE OR REPLACE TABLE book ENGINE = {engine} AS
WITH grouped AS (SELECT lead, arrayFilter(x -> x < ({t} + 1) * 8, events) AS seen,
                        created_ms, seg, rkey,
                        pair FROM leads_a)
{book_tail};
