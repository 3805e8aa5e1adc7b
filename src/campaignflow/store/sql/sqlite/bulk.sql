-- Who owes a duty, all at once: the agencies come as one JSON array of their keys, and get numbers in its order.
-- name: add_owed!
INSERT INTO assignment (campaign_id, id, key, duty_id, agency_id, state, version, initial, born, region, single)
SELECT g.campaign_id, :first + m.key, :prefix || g.key || :suffix, :duty_id, g.id, :state, 0,
       :state, :born, coalesce(g.region, ''),
       CASE WHEN g.host IS NOT NULL OR g.until IS NOT NULL THEN 2 ELSE 0 END
FROM json_each(:agencies) m  -- read first: the planner does not know how long it is
CROSS JOIN agency g ON g.campaign_id = :campaign AND g.key = m.value;

-- name: assignments_by_key
SELECT a.key, d.key, g.key, a.state, a.version, a.presumed, a.registered, a.sent, a.counted, a.returned_until,
       a.promised, a.acknowledged, a.nil, a.done, a.parts, a.due_version, a.notice_epoch, a.initial, a.born,
       a.opened, a.delegate, a.delegate_from, a.delegate_until, a.extended, a.blocked, a.resume
FROM assignment a
JOIN duty d ON d.campaign_id = a.campaign_id AND d.id = a.duty_id
JOIN agency g ON g.campaign_id = a.campaign_id AND g.id = a.agency_id
WHERE a.campaign_id = :campaign AND a.key IN (SELECT value FROM json_each(:keys));
