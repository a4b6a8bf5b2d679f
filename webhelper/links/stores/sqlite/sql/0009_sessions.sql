-- Sessions that can be ended on the server; lists of the links of some projects alone; what an erasure looks for.
CREATE TABLE sessions (
    key      BLOB PRIMARY KEY,               -- digest of what the cookie has
    kind     TEXT NOT NULL,                  -- console or kiosk
    holder   TEXT NOT NULL,                  -- of the API token
    about    TEXT,                           -- the store of a kiosk
    since    REAL NOT NULL,
    seen_at  REAL NOT NULL,
    ends_at  REAL NOT NULL                   -- unless it is used before
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_end ON sessions (ends_at);
CREATE INDEX sessions_by_holder ON sessions (holder, kind);
DROP INDEX links_by_standing;
CREATE INDEX links_by_standing ON links (block, standing, is_unopened, expires_at, project);
CREATE TABLE event_userids (                 -- whom each webhook names, from the end of its work
    event    INTEGER NOT NULL REFERENCES events (number) ON DELETE CASCADE,
    digest   BLOB NOT NULL,                  -- keyed
    PRIMARY KEY (event, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_userids_by_digest ON event_userids (digest, event);
CREATE INDEX events_by_visit ON events (visit) WHERE visit IS NOT NULL;
CREATE INDEX events_by_submission ON events (submission_id, project)
    WHERE ended_at IS NOT NULL AND submission_id IS NOT NULL;
ALTER TABLE messages ADD COLUMN visit TEXT;    -- that it is about
ALTER TABLE messages ADD COLUMN event INTEGER; -- that it tells of, by its number
UPDATE messages SET visit = json_extract(data, '$.visit_id');
UPDATE messages SET event = json_extract(data, '$.number') WHERE kind = 'event_received';
CREATE INDEX messages_by_visit ON messages (visit) WHERE visit IS NOT NULL;
CREATE INDEX messages_by_event ON messages (event) WHERE event IS NOT NULL;
