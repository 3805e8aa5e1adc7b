-- name: add_assignments*!
INSERT INTO assignment (campaign_id, id, key, duty_id, agency_id, state, version, initial, born, opened)
VALUES (:campaign, :id, :key, :duty_id, :agency_id, :state, 0, :state, :born, :opened);

-- name: last_assignment_id$
SELECT coalesce(max(id), 0) FROM assignment WHERE campaign_id = :campaign;

-- name: assignment^
SELECT a.key, d.key, g.key, a.state, a.version, a.presumed, a.registered, a.sent, a.counted, a.returned_until,
       a.promised, a.acknowledged, a.nil, a.done, a.parts, a.due_version, a.notice_epoch, a.initial, a.born,
       a.opened, a.delegate, a.delegate_from, a.delegate_until, a.extended, a.blocked, a.resume
FROM assignment a
JOIN duty d ON d.campaign_id = a.campaign_id AND d.id = a.duty_id
JOIN agency g ON g.campaign_id = a.campaign_id AND g.id = a.agency_id
WHERE a.campaign_id = :campaign AND a.key = :key;

-- name: assignments
SELECT a.key, d.key, g.key, a.state, a.version, a.presumed, a.registered, a.sent, a.counted, a.returned_until,
       a.promised, a.acknowledged, a.nil, a.done, a.parts, a.due_version, a.notice_epoch, a.initial, a.born,
       a.opened, a.delegate, a.delegate_from, a.delegate_until, a.extended, a.blocked, a.resume
FROM assignment a
JOIN duty d ON d.campaign_id = a.campaign_id AND d.id = a.duty_id
JOIN agency g ON g.campaign_id = a.campaign_id AND g.id = a.agency_id
WHERE a.campaign_id = :campaign
  AND (:agency IS NULL OR g.key = :agency)
  AND (:duty IS NULL OR d.key = :duty)
  AND (:delegate IS NULL OR a.delegate = :delegate)
  AND (:after IS NULL OR a.id > (SELECT id FROM assignment WHERE campaign_id = :campaign AND key = :after))
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
    blocked = :blocked, resume = :resume
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
