-- name: append!
INSERT INTO journal (campaign_id, sequence, kind, subject, recorded, body, hash)
VALUES (:campaign, :sequence, :kind, :subject, :recorded, :body, :hash);

-- name: events
SELECT body FROM journal
WHERE campaign_id = :campaign AND (:until IS NULL OR recorded <= :until)
ORDER BY sequence;

-- name: events_of
SELECT body FROM journal
WHERE campaign_id = :campaign AND subject IN (:key, :duty)
ORDER BY sequence;

-- name: events_of_kind
SELECT body FROM journal
WHERE campaign_id = :campaign AND kind = :kind AND (:until IS NULL OR recorded <= :until)
ORDER BY sequence;

-- name: chain
SELECT sequence, body, hash FROM journal WHERE campaign_id = :campaign ORDER BY sequence;

-- name: index
SELECT sequence, kind, subject, recorded FROM journal WHERE campaign_id = :campaign ORDER BY sequence;
