-- Who owes a duty, all at once: the agencies come as one JSON array of their keys, and get numbers in its order.
-- name: add_owed!
INSERT INTO assignment (campaign_id, id, key, duty_id, agency_id, state, version, initial, born, region, single)
SELECT g.campaign_id, CAST(:first AS BIGINT) + m.place - 1, CAST(:prefix AS TEXT) || g.key || CAST(:suffix AS TEXT), CAST(:duty_id AS BIGINT), g.id, CAST(:state AS TEXT), 0,
       CAST(:state AS TEXT), CAST(:born AS BIGINT), coalesce(g.region, ''),
       CASE WHEN g.host IS NOT NULL OR g.until IS NOT NULL THEN 2 ELSE 0 END
FROM json_array_elements_text(CAST(:agencies AS JSON)) WITH ORDINALITY AS m (agency, place)
JOIN agency g ON g.campaign_id = :campaign AND g.key = m.agency;

-- name: assignments_by_key
-- include: assignment_rows
WHERE a.campaign_id = :campaign AND a.key IN (SELECT json_array_elements_text(CAST(:keys AS JSON)));
