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
    result        TEXT,                      -- the outcome of the visit of which there was news last
    submission_id TEXT,
    error_code    TEXT,
    returned_at   REAL,
    source        TEXT,
    outcome_visit TEXT                       -- that visit
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
    result        TEXT,                      -- the outcome that is shown
    submission_id TEXT,
    error_code    TEXT,
    returned_at   REAL,
    exchanged_at  REAL,                      -- when its result code was used
    source        TEXT,
    PRIMARY KEY (link, id)                   -- the only tree, so that a use writes few pages
) STRICT, WITHOUT ROWID;
CREATE TABLE outcomes (
    link          INTEGER NOT NULL REFERENCES links (seq) ON DELETE CASCADE,
    visit         TEXT NOT NULL,
    number        INTEGER NOT NULL,          -- from 0, in the order of their arrival
    result        TEXT,
    submission_id TEXT,
    error_code    TEXT,
    returned_at   REAL NOT NULL,
    source        TEXT NOT NULL,
    PRIMARY KEY (link, visit, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE submissions (                   -- of which visit each is, as the vendor said
    project       TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    link          INTEGER NOT NULL REFERENCES links (seq) ON DELETE CASCADE,
    visit         TEXT NOT NULL,
    PRIMARY KEY (project, submission_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX submissions_by_link ON submissions (link);
CREATE TABLE events (
    number           INTEGER PRIMARY KEY,
    project          TEXT NOT NULL,
    key              TEXT NOT NULL,
    trigger          TEXT NOT NULL,
    submission_id    TEXT,
    occurred_at      REAL,
    received_at      REAL NOT NULL,
    last_received_at REAL NOT NULL,
    deliveries       INTEGER NOT NULL DEFAULT 1,
    state            TEXT NOT NULL DEFAULT 'waiting',
    due_at           REAL,                   -- when it may be leased, NULL once it is done or has failed
    fence            INTEGER NOT NULL DEFAULT 0,
    attempts         INTEGER NOT NULL DEFAULT 0,
    replays          INTEGER NOT NULL DEFAULT 0,
    times_done       INTEGER NOT NULL DEFAULT 0,
    ended_at         REAL,                   -- when it was done or failed
    problem          TEXT,
    visit            TEXT,
    sealed           BLOB NOT NULL,          -- JSON of the members. Last, for it overflows to further pages
    UNIQUE (project, key)
) STRICT;
CREATE INDEX events_due ON events (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE refusals (
    day     TEXT NOT NULL,
    project TEXT NOT NULL,
    reason  TEXT NOT NULL,
    times   INTEGER NOT NULL,
    PRIMARY KEY (day, project, reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE messages (
    number       INTEGER PRIMARY KEY,
    id           TEXT NOT NULL,              -- the same for every sink
    kind         TEXT NOT NULL,
    sink         TEXT NOT NULL,
    at           REAL NOT NULL,
    data         TEXT NOT NULL,              -- JSON, nothing personal
    due_at       REAL,                       -- NULL once it is delivered or given up
    fence        INTEGER NOT NULL DEFAULT 0,
    attempts     INTEGER NOT NULL DEFAULT 0,
    ended_at     REAL,
    problem      TEXT
) STRICT;
CREATE INDEX messages_due ON messages (sink, due_at) WHERE due_at IS NOT NULL;
CREATE TABLE token_ids (
    number  INTEGER PRIMARY KEY,
    project TEXT NOT NULL,
    digest  BLOB NOT NULL UNIQUE,            -- keyed
    sealed  BLOB NOT NULL,
    state   TEXT NOT NULL DEFAULT 'new',
    at      REAL NOT NULL,                   -- since when it is in this state
    link_id TEXT UNIQUE                      -- the link that drew it, which may have been deleted since
) STRICT;
CREATE INDEX token_ids_by_state ON token_ids (project, state);
CREATE TABLE jobs (
    job    TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until  REAL NOT NULL
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
PRAGMA user_version = 5;
