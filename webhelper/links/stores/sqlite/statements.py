"""The SQL of the store; schema.py has the tables."""

from typing import Final

from webhelper.links.stores.rows import LINK_COLUMNS, SPEC_COLUMNS, VISIT_COLUMNS

_NEW: Final = ("id", *SPEC_COLUMNS, "sealed", "sealed_by", "signed_by", "userid_digest", "created_at")
# A row has its size from the start, or its use would split a page. No use is shown while ``uses`` is 0.
INSERT_LINK: Final = (
    f"INSERT INTO links ({', '.join(_NEW)}, last_used_at) VALUES (:{', :'.join(_NEW)}, :created_at)"
)
INSERT_USED_CODE: Final = "INSERT OR IGNORE INTO used_codes VALUES (?, ?)"
CHECK_READY: Final = ("SELECT 1 FROM links LIMIT 1", "UPDATE site SET ready_checks = ready_checks + 1")
REVOKE: Final = "UPDATE links SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?"
SELECT_LINKS: Final = f"SELECT {', '.join(LINK_COLUMNS)}, seq FROM links"
SELECT_LINK: Final = f"{SELECT_LINKS} WHERE id = ?"
SELECT_LISTED: Final = f"{SELECT_LINKS} WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq DESC"
_VISIT: Final = ", ".join(f"visits.{name}" for name in VISIT_COLUMNS)
_OF_LINK: Final = "FROM visits WHERE link = (SELECT seq FROM links WHERE id = :link_id)"
SELECT_VISIT: Final = f"SELECT {_VISIT} {_OF_LINK} AND id = :id"
SELECT_VISITS: Final = f"SELECT {_VISIT} {_OF_LINK} ORDER BY id DESC LIMIT :limit"
# In the order of the primary key, of which ``after`` is a place; nothing comes after one that was deleted.
SELECT_OPEN_VISITS: Final = """
SELECT id FROM visits
WHERE (link, id) > (CASE :after WHEN '' THEN 0 ELSE (SELECT seq FROM links WHERE id = :link_id) END, :after)
AND at >= :since AND (:rejected OR is_final IS NOT 1)
ORDER BY link, id LIMIT :limit
"""
EXCHANGE: Final = """
UPDATE visits SET exchanged_at = :now
WHERE link = (SELECT seq FROM links WHERE id = :link_id) AND id = :id AND exchanged_at IS NULL
AND (:browser IS NULL OR browser = :browser)
"""

_SAME_BROWSER: Final = "link = seq AND visits.id >= :earliest AND at > :since AND browser = :browser"
# One use, unless this browser may come back to the one it had.
COUNT: Final = f"""
UPDATE links SET uses = uses + 1, last_used_at = :now
WHERE id = :id AND standing = 'active' AND expires_at > :now
AND NOT EXISTS (SELECT 1 FROM visits WHERE {_SAME_BROWSER})
"""
_CAN_GO_ON: Final = "revoked_at IS NULL AND expires_at > :now AND token_id_expired_at IS NULL"
EARLIER: Final = f"""
SELECT {_VISIT} FROM visits, links
WHERE links.id = :id AND {_CAN_GO_ON}
AND {_SAME_BROWSER}
ORDER BY visits.id DESC LIMIT 1
"""
HAND_OVER: Final = f"""
UPDATE visits SET browser = :browser, exchanged_at = NULL
WHERE link = (SELECT seq FROM links WHERE links.id = :id AND {_CAN_GO_ON}) AND id = :visit AND at > :since
AND substr(browser, 1, :size) = :holder
"""
COUNT_MANY: Final = """
UPDATE links SET uses = uses + :count,
    last_used_at = CASE uses WHEN 0 THEN :at ELSE max(last_used_at, :at) END
WHERE id = :id
"""
SELECT_SEQ: Final = "SELECT seq FROM links WHERE id = ?"
INSERT_VISIT: Final = """
INSERT INTO visits (link, id, at, userid, sealed_by, userid_digest, browser)
VALUES ((SELECT seq FROM links WHERE id = ?), ?, ?, ?, ?, ?, ?)
"""


def insert_visits(count: int) -> str:
    """Return the statement that inserts so many visits; each gives its link's seq, then its columns."""
    columns = ", ".join(["(?, ?, ?, ?, ?)"] * count)
    return f"INSERT INTO visits (link, id, at, userid, sealed_by) VALUES {columns}"
