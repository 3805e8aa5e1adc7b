-- Counting without reading: each of these is answered by the index `assignment_by_duty` alone, in its order.

-- name: size$
SELECT count(*) FROM assignment WHERE campaign_id = :campaign;

-- name: buckets
SELECT region, state, presumed, blocked, count(*), count(decided), min(decided), max(decided)
FROM assignment
WHERE campaign_id = :campaign AND duty_id = :duty_id AND single = 0
GROUP BY region, state, presumed, blocked
ORDER BY region, state, presumed, blocked;

-- name: decided_before$
SELECT count(*) FROM assignment
WHERE campaign_id = :campaign AND duty_id = (SELECT id FROM duty WHERE campaign_id = :campaign AND key = :duty)
  AND single = 0 AND region = :region AND state = :state AND presumed = :presumed AND blocked = :blocked
  AND decided < :moment;

-- name: by_agency
SELECT g.key, d.key, a.state, a.presumed, a.blocked, a.decided
FROM assignment a
JOIN duty d ON d.campaign_id = a.campaign_id AND d.id = a.duty_id
JOIN agency g ON g.campaign_id = a.campaign_id AND g.id = a.agency_id
WHERE a.campaign_id = :campaign AND a.single = 0;

-- name: misfiled
SELECT a.key FROM assignment a
JOIN agency g ON g.campaign_id = a.campaign_id AND g.id = a.agency_id
WHERE a.campaign_id = :campaign
  AND (a.region <> coalesce(g.region, '')
    OR coalesce(a.decided, -1) <> coalesce(a.counted, a.done, -1)
    OR a.single <> CASE WHEN a.extended <> '' OR a.opened IS NOT NULL OR a.returned_until IS NOT NULL THEN 1 ELSE 0 END
                 + CASE WHEN g.host IS NOT NULL OR g.until IS NOT NULL THEN 2 ELSE 0 END)
ORDER BY a.id;

-- name: file_again!
UPDATE assignment
SET region = (SELECT coalesce(g.region, '') FROM agency g
              WHERE g.campaign_id = assignment.campaign_id AND g.id = assignment.agency_id),
    single = (single & 1)
           + (SELECT CASE WHEN g.host IS NOT NULL OR g.until IS NOT NULL THEN 2 ELSE 0 END FROM agency g
              WHERE g.campaign_id = assignment.campaign_id AND g.id = assignment.agency_id)
WHERE campaign_id = :campaign
  AND EXISTS (SELECT 1 FROM agency g
              WHERE g.campaign_id = assignment.campaign_id AND g.id = assignment.agency_id
                AND (coalesce(g.region, '') <> assignment.region
                  OR (g.host IS NOT NULL OR g.until IS NOT NULL) <> (assignment.single >= 2)));

-- name: agency^
SELECT key, name, kind, region, external, superior, until, succeeded_by, host, established, passed
FROM agency WHERE campaign_id = :campaign AND key = :key;

-- name: first_agencies
SELECT key, name, kind, region, external, superior, until, succeeded_by, host, established, passed
FROM agency WHERE campaign_id = :campaign ORDER BY id LIMIT :limit;

-- name: moving_agencies
SELECT key, name, kind, region, external, superior, until, succeeded_by, host, established, passed
FROM agency WHERE campaign_id = :campaign AND (host IS NOT NULL OR until IS NOT NULL) ORDER BY id;

-- name: agency_count$
SELECT count(*) FROM agency WHERE campaign_id = :campaign;

-- name: place$
SELECT id FROM agency WHERE campaign_id = :campaign AND key = :key;
