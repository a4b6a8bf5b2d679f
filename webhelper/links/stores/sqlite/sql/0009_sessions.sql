-- Sessions that can be ended on the server; lists of the links of some projects alone.
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
