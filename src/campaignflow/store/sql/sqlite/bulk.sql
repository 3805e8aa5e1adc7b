-- Who owes a duty, all at once: the agencies come as one JSON array of their keys, and get numbers in its order.
-- name: add_owed!
INSERT INTO assignment (campaign_id, id, key, duty_id, agency_id, state, version, initial, born, region, single)
SELECT g.campaign_id, :first + m.key, :prefix || g.key || :suffix, :duty_id, g.id, :state, 0,
       :state, :born, coalesce(g.region, ''),
       CASE WHEN g.host IS NOT NULL OR g.until IS NOT NULL THEN 2 ELSE 0 END
FROM json_each(:agencies) m  -- read first: the planner does not know how long it is
CROSS JOIN agency g ON g.campaign_id = :campaign AND g.key = m.value;

-- name: assignments_by_key
-- include: assignment_rows
WHERE a.campaign_id = :campaign AND a.key IN (SELECT value FROM json_each(:keys));
