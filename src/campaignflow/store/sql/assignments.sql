-- name: add_assignments*!
INSERT INTO assignment (campaign_id, id, key, duty_id, agency_id, state, version, initial, born, opened, region, single)
SELECT CAST(:campaign AS INTEGER), CAST(:id AS INTEGER), CAST(:key AS TEXT), d.id, g.id, CAST(:state AS TEXT), 0,
       CAST(:state AS TEXT), CAST(:born AS INTEGER), CAST(:opened AS INTEGER), coalesce(g.region, ''),
       CAST(:single AS INTEGER) + CASE WHEN g.host IS NOT NULL OR g.until IS NOT NULL THEN 2 ELSE 0 END
FROM duty d JOIN agency g ON g.campaign_id = d.campaign_id
WHERE d.campaign_id = :campaign AND d.key = :duty AND g.key = :agency;

-- name: last_assignment_id$
SELECT coalesce(max(id), 0) FROM assignment WHERE campaign_id = :campaign;

-- name: assignment^
-- include: assignment_rows
WHERE a.campaign_id = :campaign AND a.key = :key;

-- name: assignments
-- include: assignment_rows
WHERE a.campaign_id = :campaign
  AND a.id > CASE WHEN CAST(:after AS TEXT) IS NULL THEN 0 ELSE
               coalesce((SELECT id FROM assignment WHERE campaign_id = :campaign AND key = :after), 4611686018427387904)
             END
ORDER BY a.id LIMIT :limit;

-- name: assignments_of_agency
-- include: assignment_rows
WHERE a.campaign_id = :campaign
  AND a.agency_id = (SELECT id FROM agency WHERE campaign_id = :campaign AND key = :agency)
  AND (CAST(:duty AS TEXT) IS NULL OR d.key = :duty)
ORDER BY a.id;

-- name: assignments_of_duty
-- include: assignment_rows
WHERE a.campaign_id = :campaign
  AND a.duty_id = (SELECT id FROM duty WHERE campaign_id = :campaign AND key = :duty)
ORDER BY a.id;

-- name: assignments_of_delegate
-- include: assignment_rows
WHERE a.campaign_id = :campaign AND a.delegate = :delegate
ORDER BY a.id;

-- name: singles
-- include: assignment_columns
FROM duty d
CROSS JOIN assignment a
JOIN agency g ON g.campaign_id = a.campaign_id AND g.id = a.agency_id
WHERE d.campaign_id = :campaign AND a.campaign_id = d.campaign_id AND a.duty_id = d.id AND a.single > 0
ORDER BY a.id;

-- name: keys_like
SELECT key FROM assignment
WHERE campaign_id = :campaign AND key LIKE '%' || :text || '%' ESCAPE '!'
ORDER BY id LIMIT 200;

-- name: save!
UPDATE assignment
SET state = :state, version = :version, presumed = :presumed, registered = :registered, sent = :sent,
    counted = :counted, returned_until = :returned_until, promised = :promised, acknowledged = :acknowledged,
    nil = :nil, done = :done, parts = :parts, due_version = :due_version, notice_epoch = :notice_epoch,
    opened = :opened, delegate = :delegate, delegate_from = :delegate_from, delegate_until = :delegate_until, extended = :extended,
    blocked = :blocked, resume = :resume, decided = :decided, single = (single & 2) + :single
WHERE campaign_id = :campaign AND key = :key AND version = :version_before;

-- name: populated
SELECT DISTINCT d.key, a.state, a.presumed, a.blocked
FROM assignment a
JOIN duty d ON d.campaign_id = a.campaign_id AND d.id = a.duty_id
WHERE a.campaign_id = :campaign;

-- name: tally
SELECT state, count(*) FROM assignment
WHERE campaign_id = :campaign AND duty_id = (SELECT id FROM duty WHERE campaign_id = :campaign AND key = :duty)
GROUP BY state;

-- name: move!
UPDATE assignment
SET state = :after, presumed = :presumed_after, blocked = '', version = version + 1
WHERE campaign_id = :campaign
  AND duty_id = (SELECT id FROM duty WHERE campaign_id = :campaign AND key = :duty)
  AND state = :state AND presumed = :presumed AND blocked = :blocked;

-- name: cancel!
UPDATE assignment
SET resume = state, state = 'cancelled', version = version + 1
WHERE campaign_id = :campaign
  AND duty_id = (SELECT id FROM duty WHERE campaign_id = :campaign AND key = :duty) AND state = :state;

-- name: migrate!
UPDATE assignment SET state = :to, version = version + 1
WHERE campaign_id = :campaign
  AND duty_id = (SELECT id FROM duty WHERE campaign_id = :campaign AND key = :duty) AND state = :state;
