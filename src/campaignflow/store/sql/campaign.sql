-- name: campaign_keys
SELECT key FROM campaign ORDER BY id;

-- name: head^
SELECT c.id, c.key, c.revision, c.changed, c.next_tick, coalesce(c.horizon, 0), c.closed, c.restored, CAST(j.sequence AS INTEGER), CAST(j.hash AS BLOB)
FROM campaign c
LEFT JOIN journal j
  ON j.campaign_id = c.id
 AND j.sequence = (SELECT max(sequence) FROM journal WHERE campaign_id = c.id)
WHERE c.key = :key;

-- name: next_campaign_id$
SELECT coalesce(max(id), 0) + 1 FROM campaign;

-- name: add_campaign!
INSERT INTO campaign (id, key, revision, changed, next_tick, horizon)
VALUES (:id, :key, :revision, 1, :next_tick, :horizon);

-- name: schedule!
UPDATE campaign SET next_tick = :next_tick WHERE id = :campaign;

-- name: add_revision!
INSERT INTO revision (campaign_id, number, applied, digest, header, lifecycles, calendar, plan)
VALUES (:campaign, :number, :applied, :digest, :header, :lifecycles, :calendar, :plan);

-- name: revision_header^
SELECT number, applied, digest, header, lifecycles, calendar, ''
FROM revision
WHERE campaign_id = :campaign AND number = coalesce(:number, (SELECT revision FROM campaign WHERE id = :campaign));

-- name: revision_whole^
SELECT number, applied, digest, header, lifecycles, calendar, plan
FROM revision
WHERE campaign_id = :campaign AND number = coalesce(:number, (SELECT revision FROM campaign WHERE id = :campaign));

-- name: put_part!
INSERT INTO plan_part (campaign_id, sha256, body) VALUES (:campaign, :sha256, :body)
ON CONFLICT (campaign_id, sha256) DO NOTHING;

-- name: part$
SELECT body FROM plan_part WHERE campaign_id = :campaign AND sha256 = :sha256;

-- name: run_revision!
UPDATE campaign SET revision = :number, changed = :sequence WHERE id = :campaign;

-- name: set_horizon!
UPDATE campaign SET horizon = :horizon WHERE id = :campaign;

-- name: close_campaign!
UPDATE campaign SET closed = :closed, changed = :sequence WHERE id = :campaign;

-- name: mark_restored!
UPDATE campaign SET restored = :head, changed = coalesce(:sequence, changed) WHERE id = :campaign;

-- name: put_agencies*!
INSERT INTO agency (campaign_id, id, key, name, kind, region, external, superior, until, succeeded_by, host)
VALUES (:campaign, :id, :key, :name, :kind, :region, :external, :superior, :until, :succeeded_by, :host)
ON CONFLICT (campaign_id, key) DO UPDATE
SET name = excluded.name, kind = excluded.kind, region = excluded.region, external = excluded.external,
    superior = excluded.superior, until = excluded.until, succeeded_by = excluded.succeeded_by, host = excluded.host;

-- name: mark_agency!
UPDATE agency SET established = coalesce(:established, established), passed = coalesce(:passed, passed)
WHERE campaign_id = :campaign AND key = :agency;

-- name: agency_ids
SELECT key, id FROM agency WHERE campaign_id = :campaign ORDER BY id;

-- name: duty_ids
SELECT key, id FROM duty WHERE campaign_id = :campaign ORDER BY id;

-- name: agencies
SELECT key, name, kind, region, external, superior, until, succeeded_by, host, established, passed
FROM agency WHERE campaign_id = :campaign ORDER BY id;

-- name: add_duties*!
INSERT INTO duty (campaign_id, id, key, body) VALUES (:campaign, :id, :key, :body);

-- name: duties
SELECT key, body FROM duty WHERE campaign_id = :campaign ORDER BY id;

-- name: note_change!
UPDATE campaign SET changed = :sequence WHERE id = :campaign;

-- name: replace_duties*!
UPDATE duty SET body = :body WHERE campaign_id = :campaign AND key = :key;
