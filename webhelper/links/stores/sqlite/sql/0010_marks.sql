-- Lists of links by their state without an index that every use would change in two places.
DROP INDEX links_by_standing;
ALTER TABLE links ADD COLUMN mark TEXT AS (CASE  -- the first letter of its standing, small while it is unopened
    WHEN is_unopened THEN substr(standing, 1, 1)
    WHEN standing = 'active' THEN 'A'
    WHEN standing = 'used_up' THEN 'U'
    WHEN standing = 'revoked' THEN 'R'
    ELSE 'T' END
);
CREATE TABLE link_marks (
    part          INTEGER PRIMARY KEY,       -- seq / 256
    marks         TEXT NOT NULL              -- of each link of the part; '-' where there is none
) STRICT;
CREATE TABLE link_ends (                     -- of the same parts, what never changes
    part          INTEGER PRIMARY KEY,
    projects      TEXT NOT NULL,             -- JSON: project -> from and to where the next two have its links
    places        BLOB NOT NULL,             -- seq % 256 of each link, a byte each, by project and expiry
    ends          BLOB NOT NULL              -- expires_at in the same order, four bytes each, the lowest first
) STRICT;
CREATE TRIGGER links_change AFTER UPDATE OF uses, revoked_at, token_id_expired_at ON links
WHEN OLD.mark <> NEW.mark BEGIN
    UPDATE link_marks
    SET marks = substr(marks, 1, NEW.seq % 256) || NEW.mark || substr(marks, NEW.seq % 256 + 2)
    WHERE part = NEW.seq / 256;
END;
CREATE TRIGGER links_go AFTER DELETE ON links BEGIN
    UPDATE link_marks
    SET marks = substr(marks, 1, OLD.seq % 256) || '-' || substr(marks, OLD.seq % 256 + 2)
    WHERE part = OLD.seq / 256;
END;
DELETE FROM link_texts;                      -- which are packed together with the marks
-- A row has its size from the start, so that a use does not split its page. Nothing is shown of it before a use.
UPDATE links SET last_used_at = created_at WHERE last_used_at IS NULL;
