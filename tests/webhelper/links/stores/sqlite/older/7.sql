CREATE TABLE links (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given again, for a block is packed once
    id            TEXT NOT NULL UNIQUE,
    project       TEXT NOT NULL,
    pipeline      TEXT NOT NULL,
    sealed        BLOB NOT NULL,             -- JSON of the fields of a spec that are personal
    userid_digest BLOB,                      -- keyed, to find the link by its user id
    label         TEXT,
    kiosk_number  INTEGER,                   -- of a kiosk's code
    created_by    TEXT NOT NULL,
    created_at    REAL NOT NULL,
    expires_at    INTEGER NOT NULL,
    max_uses      INTEGER,
    uses          INTEGER NOT NULL DEFAULT 0,
    last_used_at  REAL,
    revoked_at    REAL,
    token_id_expired_at REAL,                -- in private mode, when the vendor said so
    outcome       TEXT,                      -- of one use, JSON: what its visit shows
    counts        TEXT,                      -- of more uses, JSON: what so many visits show
    block         INTEGER AS (seq / 512),
    standing      TEXT AS (CASE              -- its state, as long as it has not expired
        WHEN revoked_at IS NOT NULL THEN 'revoked'
        WHEN uses >= max_uses THEN 'used_up'
        WHEN token_id_expired_at IS NOT NULL THEN 'token_id_expired'
        ELSE 'active' END),
    is_unopened   INTEGER AS (kiosk_number IS NOT NULL AND uses = 0)
) STRICT;
CREATE INDEX links_by_label ON links (label, seq);
CREATE INDEX links_by_userid ON links (userid_digest, seq) WHERE userid_digest IS NOT NULL;
CREATE INDEX links_by_expiry ON links (expires_at);
CREATE INDEX links_by_standing ON links (block, standing, is_unopened, expires_at);
CREATE INDEX links_unopened ON links (expires_at) WHERE kiosk_number IS NOT NULL AND uses = 0;
CREATE TABLE link_texts (                    -- of a whole block, a line for each link, to be searched
    block         INTEGER PRIMARY KEY,
    labels        BLOB NOT NULL,
    ids           BLOB NOT NULL
) STRICT;
CREATE TABLE kiosk_numbers (                 -- the number of each kiosk's latest code
    kiosk         TEXT PRIMARY KEY,
    number        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE visits (
    link          INTEGER NOT NULL REFERENCES links (seq) ON DELETE CASCADE,
    id            TEXT NOT NULL,             -- sorts by time
    at            REAL NOT NULL,
    userid        BLOB,                      -- sealed
    userid_digest BLOB,                      -- keyed
    browser       BLOB,                      -- digest of a random cookie
    exchanged_at  REAL,                      -- when its result code was used
    is_final      INTEGER,                   -- 1 while what is shown of its outcomes is final
    PRIMARY KEY (link, id)                   -- the only tree, so that a use writes few pages
) STRICT, WITHOUT ROWID;
CREATE INDEX visits_by_userid ON visits (userid_digest, link) WHERE userid_digest IS NOT NULL;
CREATE TABLE outcomes (
    link          INTEGER NOT NULL REFERENCES links (seq) ON DELETE CASCADE,
    visit         TEXT NOT NULL,
    number        INTEGER NOT NULL,          -- from 0, in the order of their arrival
    result        TEXT,
    submission_id TEXT,
    error_code    TEXT,
    at            REAL NOT NULL,
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
CREATE INDEX submissions_by_visit ON submissions (link, visit);
CREATE TABLE events (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
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
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
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
    number    INTEGER PRIMARY KEY,
    project   TEXT NOT NULL,
    digest    BLOB NOT NULL UNIQUE,          -- keyed
    sealed    BLOB NOT NULL,
    sealed_by BLOB NOT NULL,                 -- tells the keys apart
    state     TEXT NOT NULL DEFAULT 'new',
    at        REAL NOT NULL,                 -- since when it is in this state
    link_id   TEXT UNIQUE                    -- the link that drew it, which may have been deleted since
) STRICT;
CREATE INDEX token_ids_by_state ON token_ids (project, sealed_by, state);
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
PRAGMA user_version = 7;
