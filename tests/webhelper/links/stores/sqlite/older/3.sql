CREATE TABLE links (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    project       TEXT NOT NULL,
    pipeline      TEXT NOT NULL,
    sealed        BLOB NOT NULL,             -- JSON of the fields of a spec that are personal
    label         TEXT,
    created_by    TEXT NOT NULL,
    created_at    REAL NOT NULL,
    expires_at    INTEGER NOT NULL,
    max_uses      INTEGER,
    uses          INTEGER NOT NULL DEFAULT 0,
    last_used_at  REAL,
    revoked_at    REAL,
    result        TEXT,                      -- the latest outcome of its visits
    submission_id TEXT,
    error_code    TEXT,
    returned_at   REAL
) STRICT;
CREATE INDEX links_by_label ON links (label, seq);
CREATE INDEX links_by_expiry ON links (expires_at);
CREATE INDEX links_revoked ON links (seq) WHERE revoked_at IS NOT NULL;
CREATE TABLE visits (
    link          INTEGER NOT NULL REFERENCES links (seq) ON DELETE CASCADE,
    id            TEXT NOT NULL,             -- sorts by time
    at            REAL NOT NULL,
    userid        BLOB,                      -- sealed
    browser       BLOB,                      -- digest of a random cookie
    result        TEXT,
    submission_id TEXT,
    error_code    TEXT,
    returned_at   REAL,
    PRIMARY KEY (link, id)                   -- the only tree, so that a use writes few pages
) STRICT, WITHOUT ROWID;
CREATE TABLE idempotency_keys (
    scope   TEXT NOT NULL,
    key     TEXT NOT NULL,
    digest  BLOB NOT NULL,
    link_id TEXT NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    at      REAL NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE used_codes (
    code_id TEXT PRIMARY KEY,
    at      REAL NOT NULL
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 3;
