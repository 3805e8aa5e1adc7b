-- What a national campaign needs to be counted without being read, and a restored copy to be known as one.

-- A copy that was made from a backup, and by which head; NULL: it is the campaign itself, or somebody confirmed it.
ALTER TABLE campaign ADD COLUMN restored TEXT;

-- Worked out from the other columns when a row is written. `region`: that of its agency. `decided`: the instant that
-- decides between on time and late. `single`: it is judged by itself, since it has terms of its own (1) or its agency
-- may pass it on to another (2).
ALTER TABLE assignment ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE assignment ADD COLUMN decided INTEGER;
ALTER TABLE assignment ADD COLUMN single INTEGER NOT NULL DEFAULT 0;

UPDATE assignment
SET decided = coalesce(counted, done),
    region = coalesce((SELECT g.region FROM agency g
                       WHERE g.campaign_id = assignment.campaign_id AND g.id = assignment.agency_id), ''),
    single = CASE WHEN extended <> '' OR opened IS NOT NULL OR returned_until IS NOT NULL THEN 1 ELSE 0 END
           + CASE WHEN EXISTS (SELECT 1 FROM agency g
                               WHERE g.campaign_id = assignment.campaign_id AND g.id = assignment.agency_id
                                 AND (g.host IS NOT NULL OR g.until IS NOT NULL))
                  THEN 2 ELSE 0 END;

-- Counting by duty, region and state reads this index alone, in its order.
DROP INDEX assignment_by_duty;
CREATE INDEX assignment_by_duty
ON assignment (campaign_id, duty_id, single, region, state, presumed, blocked, decided);

CREATE INDEX assignment_by_delegate ON assignment (campaign_id, delegate) WHERE delegate IS NOT NULL;
