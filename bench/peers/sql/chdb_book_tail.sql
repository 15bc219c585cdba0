SELECT lead, created_ms, seg, rkey, pair {lead_carry}, e, toUInt8(bitAnd(e[-1], 7)) AS stage,
       bitShiftRight(e[-1], 3) AS entered_ms, bitShiftRight(e[1], 3) AS first_ms,
       bitShiftRight(raw[-1], 3) AS last_activity_ms,
       arrayMax(x -> if(bitAnd(x, 7) = 5, -1, toInt8(bitAnd(x, 7))), e) AS reach
FROM (
  -- created_at stands only where no stage event is earlier or at the same instant; then a repeat of
  -- the current stage, an exact duplicate among them, opens no visit.
  SELECT *, if(empty(seen) OR created_ms < bitShiftRight(seen[1], 3),
               arrayPushFront(seen, created_ms * 8), seen) AS raw,
         arrayFilter((x, p) -> bitAnd(x, 7) != bitAnd(p, 7), raw,
                     arrayPushFront(arrayPopBack(raw), toInt64(6))) AS e
  FROM grouped WHERE notEmpty(seen) OR created_ms <= {t})
