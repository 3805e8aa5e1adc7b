-- name: append!
INSERT INTO journal (campaign_id, sequence, kind, subject, recorded, body, hash)
VALUES (:campaign, :sequence, :kind, :subject, :recorded, :body, :hash);

-- name: events
SELECT body FROM journal
WHERE campaign_id = :campaign AND (CAST(:until AS INTEGER) IS NULL OR recorded <= :until)
ORDER BY sequence;

-- name: events_of
SELECT body FROM journal
WHERE campaign_id = :campaign AND subject IN (:key, :duty, :agency)
ORDER BY sequence;

-- name: events_of_kind
SELECT body FROM journal
WHERE campaign_id = :campaign AND kind = :kind AND (CAST(:until AS INTEGER) IS NULL OR recorded <= :until)
ORDER BY sequence;

-- As bytes, so that a row that somebody spoilt can be read and named, whatever is in it.
-- name: chain
SELECT CAST(sequence AS INTEGER), CAST(body AS BLOB), CAST(hash AS BLOB)
FROM journal WHERE campaign_id = :campaign ORDER BY sequence;

-- name: index
SELECT CAST(sequence AS INTEGER), CAST(kind AS BLOB), CAST(subject AS BLOB), recorded
FROM journal WHERE campaign_id = :campaign ORDER BY sequence;

-- name: hash_of$
SELECT hash FROM journal WHERE campaign_id = :campaign AND sequence = :sequence;
