-- What a campaign needs to change its course: when assignments came to be and from where they go on, who holds them,
-- what was granted and undone, agencies that end or are yet to be established, periods made so far, and the end.

ALTER TABLE campaign ADD COLUMN horizon INTEGER;
ALTER TABLE campaign ADD COLUMN closed INTEGER;

ALTER TABLE agency ADD COLUMN superior TEXT;
ALTER TABLE agency ADD COLUMN until TEXT;
ALTER TABLE agency ADD COLUMN succeeded_by TEXT;
ALTER TABLE agency ADD COLUMN host TEXT;
ALTER TABLE agency ADD COLUMN established INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agency ADD COLUMN passed INTEGER NOT NULL DEFAULT 0;

ALTER TABLE assignment ADD COLUMN initial TEXT NOT NULL DEFAULT '';
ALTER TABLE assignment ADD COLUMN born INTEGER NOT NULL DEFAULT 1;
ALTER TABLE assignment ADD COLUMN opened INTEGER;
ALTER TABLE assignment ADD COLUMN delegate TEXT;
ALTER TABLE assignment ADD COLUMN delegate_from TEXT;
ALTER TABLE assignment ADD COLUMN delegate_until TEXT;
ALTER TABLE assignment ADD COLUMN extended TEXT NOT NULL DEFAULT '';
ALTER TABLE assignment ADD COLUMN blocked TEXT NOT NULL DEFAULT '';
ALTER TABLE assignment ADD COLUMN resume TEXT;

-- Sections of plan texts, named by their content: what an amendment leaves as it was is not written again.
CREATE TABLE plan_part (
  campaign_id INTEGER NOT NULL REFERENCES campaign (id),
  sha256      TEXT    NOT NULL,
  body        TEXT    NOT NULL,
  PRIMARY KEY (campaign_id, sha256)
);
