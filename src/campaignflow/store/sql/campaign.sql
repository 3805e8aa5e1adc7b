-- name: campaign_keys
SELECT key FROM campaign ORDER BY id;

-- name: head^
SELECT c.id, c.key, c.revision, c.changed, c.next_tick, CAST(j.sequence AS INTEGER), CAST(j.hash AS BLOB)
FROM campaign c
LEFT JOIN journal j
  ON j.campaign_id = c.id
 AND j.sequence = (SELECT max(sequence) FROM journal WHERE campaign_id = c.id)
WHERE c.key = :key;

-- name: next_campaign_id$
SELECT coalesce(max(id), 0) + 1 FROM campaign;

-- name: add_campaign!
INSERT INTO campaign (id, key, revision, changed, next_tick) VALUES (:id, :key, :revision, 1, :next_tick);

-- name: schedule!
UPDATE campaign SET next_tick = :next_tick WHERE id = :campaign;

-- name: add_revision!
INSERT INTO revision (campaign_id, number, applied, digest, header, lifecycles, calendar, plan)
VALUES (:campaign, :number, :applied, :digest, :header, :lifecycles, :calendar, :plan);

-- name: revision_header^
SELECT number, applied, digest, header, lifecycles, calendar, ''
FROM revision
WHERE campaign_id = :campaign AND number = (SELECT revision FROM campaign WHERE id = :campaign);

-- name: revision_whole^
SELECT number, applied, digest, header, lifecycles, calendar, plan
FROM revision
WHERE campaign_id = :campaign AND number = (SELECT revision FROM campaign WHERE id = :campaign);

-- name: add_agencies*!
INSERT INTO agency (campaign_id, id, key, name, kind, region, external)
VALUES (:campaign, :id, :key, :name, :kind, :region, :external);

-- name: agencies
SELECT key, name, kind, region, external FROM agency WHERE campaign_id = :campaign ORDER BY id;

-- name: add_duties*!
INSERT INTO duty (campaign_id, id, key, body) VALUES (:campaign, :id, :key, :body);

-- name: duties
SELECT key, body FROM duty WHERE campaign_id = :campaign ORDER BY id;

-- name: note_change!
UPDATE campaign SET changed = :sequence WHERE id = :campaign;

-- name: replace_duties*!
UPDATE duty SET body = :body WHERE campaign_id = :campaign AND key = :key;
