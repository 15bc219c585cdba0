-- Shaped tables, made outside the measured time: a number per lead, ENUM columns, events as
-- (lead, packed) in order.

-- @ shape
CREATE OR REPLACE TABLE leads_s AS
SELECT (row_number() OVER (ORDER BY dealer, nameplate, lead_id) - 1)::INTEGER AS lead, lead_id,
       epoch_ms(created_at) AS created_ms, region::region_t AS region,
       dealer_group::dealer_group_t AS dealer_group, dealer::dealer_t AS dealer,
       channel::channel_t AS channel, product::product_t AS product,
       nameplate::nameplate_t AS nameplate, owner
FROM leads ORDER BY lead;
CREATE OR REPLACE TABLE events_s AS
SELECT DISTINCT lead, epoch_ms("at") * 8 + CASE stage WHEN 'Created' THEN 0 WHEN 'Contacted' THEN 1
         WHEN 'Experiencing' THEN 2 WHEN 'Deciding' THEN 3 WHEN 'Converted'
           THEN 4 ELSE 5 END AS packed
FROM events JOIN leads_s USING (lead_id) ORDER BY lead, packed;
