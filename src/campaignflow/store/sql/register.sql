-- name: contacts
SELECT id, agency, role, name, email, phone, since, until FROM contact WHERE campaign_id = :campaign ORDER BY id;

-- name: put_contacts*!
INSERT INTO contact (campaign_id, id, agency, role, name, email, phone, since, until)
VALUES (:campaign, :id, :agency, :role, :name, :email, :phone, :since, :until)
ON CONFLICT (campaign_id, id) DO UPDATE
SET agency = excluded.agency, role = excluded.role, name = excluded.name, email = excluded.email,
    phone = excluded.phone, since = excluded.since, until = excluded.until;

-- name: put_blob!
INSERT INTO blob (campaign_id, sha256, size, bytes) VALUES (:campaign, :sha256, :size, :content)
ON CONFLICT (campaign_id, sha256) DO NOTHING;

-- name: blobs
SELECT sha256, size, bytes FROM blob WHERE campaign_id = :campaign ORDER BY sha256;
