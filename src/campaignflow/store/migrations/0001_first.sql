-- The first schema. Every table leads with the campaign; instants are microseconds since the epoch (UTC), dates are
-- ISO text in the plan's zone, hashes are hexadecimal.

-- `changed` is the sequence of the event that last changed the duties or their deadlines: what caches go by.
CREATE TABLE campaign (
  id        INTEGER NOT NULL PRIMARY KEY,
  key       TEXT    NOT NULL UNIQUE,
  revision  INTEGER NOT NULL,
  changed   INTEGER NOT NULL,
  next_tick INTEGER
);

CREATE TABLE revision (
  campaign_id INTEGER NOT NULL REFERENCES campaign (id),
  number      INTEGER NOT NULL,
  applied     INTEGER NOT NULL,
  digest      TEXT    NOT NULL,
  header      TEXT    NOT NULL,
  lifecycles  TEXT    NOT NULL,
  calendar    TEXT    NOT NULL,
  plan        TEXT    NOT NULL,
  PRIMARY KEY (campaign_id, number)
);

CREATE TABLE agency (
  campaign_id INTEGER NOT NULL REFERENCES campaign (id),
  id          INTEGER NOT NULL,
  key         TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  region      TEXT,
  external    INTEGER NOT NULL,
  PRIMARY KEY (campaign_id, id),
  UNIQUE (campaign_id, key)
);

CREATE TABLE duty (
  campaign_id INTEGER NOT NULL REFERENCES campaign (id),
  id          INTEGER NOT NULL,
  key         TEXT    NOT NULL,
  body        TEXT    NOT NULL,
  PRIMARY KEY (campaign_id, id),
  UNIQUE (campaign_id, key)
);

CREATE TABLE assignment (
  campaign_id    INTEGER NOT NULL REFERENCES campaign (id),
  id             INTEGER NOT NULL,
  key            TEXT    NOT NULL,
  duty_id        INTEGER NOT NULL,
  agency_id      INTEGER NOT NULL,
  state          TEXT    NOT NULL,
  version        INTEGER NOT NULL,
  presumed       TEXT    NOT NULL DEFAULT '',
  registered     INTEGER,
  sent           INTEGER,
  counted        INTEGER,
  returned_until INTEGER,
  promised       TEXT,
  acknowledged   INTEGER,
  nil            INTEGER NOT NULL DEFAULT 0,
  done           INTEGER,
  parts          TEXT    NOT NULL DEFAULT '',
  due_version    INTEGER NOT NULL DEFAULT 0,
  notice_epoch   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (campaign_id, id),
  UNIQUE (campaign_id, key),
  FOREIGN KEY (campaign_id, duty_id) REFERENCES duty (campaign_id, id),
  FOREIGN KEY (campaign_id, agency_id) REFERENCES agency (campaign_id, id)
);

CREATE INDEX assignment_by_duty ON assignment (campaign_id, duty_id);
CREATE INDEX assignment_by_agency ON assignment (campaign_id, agency_id);

CREATE TABLE journal (
  campaign_id INTEGER NOT NULL REFERENCES campaign (id),
  sequence    INTEGER NOT NULL,
  kind        TEXT    NOT NULL,
  subject     TEXT,
  recorded    INTEGER NOT NULL,
  body        TEXT    NOT NULL,
  hash        TEXT    NOT NULL,
  PRIMARY KEY (campaign_id, sequence)
);

CREATE INDEX journal_by_subject ON journal (campaign_id, subject, sequence);

CREATE TABLE contact (
  campaign_id INTEGER NOT NULL REFERENCES campaign (id),
  id          TEXT    NOT NULL,
  agency      TEXT    NOT NULL,
  role        TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  email       TEXT    NOT NULL,
  phone       TEXT    NOT NULL,
  since       TEXT,
  until       TEXT,
  PRIMARY KEY (campaign_id, id)
);

CREATE TABLE blob (
  campaign_id INTEGER NOT NULL REFERENCES campaign (id),
  sha256      TEXT    NOT NULL,
  size        INTEGER NOT NULL,
  bytes       BLOB    NOT NULL,
  PRIMARY KEY (campaign_id, sha256)
);
