-- The key that sealed a row, by the id that Sealer gives it, and the one that signed a link's first address.
-- NULL: none that was in the settings at the time of the upgrade.
ALTER TABLE links ADD COLUMN sealed_by BLOB;
ALTER TABLE links ADD COLUMN signed_by BLOB;
ALTER TABLE visits ADD COLUMN sealed_by BLOB;            -- of the user id; NULL without one
ALTER TABLE events ADD COLUMN sealed_by BLOB;
CREATE TABLE site (                                      -- one row
    host         TEXT NOT NULL,                          -- that opened the file last
    ready_checks INTEGER NOT NULL DEFAULT 0              -- how often it was asked whether it can be written
) STRICT;
CREATE INDEX idempotency_keys_by_link ON idempotency_keys (link_id);  -- for the links that are deleted
