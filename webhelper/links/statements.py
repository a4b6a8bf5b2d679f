"""What the store says to SQLite; database.py has the tables."""

from typing import Final

from webhelper.links.link import LinkState

INSERT_LINK: Final = """
INSERT INTO links (id, project, pipeline, sealed, label, created_by, created_at, expires_at, max_uses)
VALUES (:id, :project, :pipeline, :sealed, :label, :created_by, :created_at, :expires_at, :max_uses)
"""
_INSERT_VISITS: Final = "INSERT INTO visits (id, link_id, at, userid, browser) VALUES "
# A link with the latest outcome of its visits.
SELECT_LINKS: Final = """
SELECT links.*, visits.result, visits.submission_id, visits.error_code, visits.returned_at
FROM links LEFT JOIN visits ON visits.seq = (
    SELECT seq FROM visits WHERE link_id = links.id AND returned_at IS NOT NULL
    ORDER BY returned_at DESC LIMIT 1
)
"""
SELECT_LINK: Final = f"{SELECT_LINKS} WHERE links.id = ?"

CONDITIONS: Final = {
    LinkState.ACTIVE: "revoked_at IS NULL AND expires_at > :now AND (max_uses IS NULL OR uses < max_uses)",
    LinkState.REVOKED: "revoked_at IS NOT NULL",
    LinkState.EXPIRED: "revoked_at IS NULL AND expires_at <= :now",
    LinkState.USED_UP: "revoked_at IS NULL AND expires_at > :now AND uses >= max_uses",
}
COUNT: Final = f"""
UPDATE links SET uses = uses + 1, last_used_at = :now WHERE id = :id AND {CONDITIONS[LinkState.ACTIVE]}
"""  # noqa: S608 - constants
EARLIER: Final = """
SELECT visits.* FROM visits JOIN links ON links.id = visits.link_id
WHERE link_id = :id AND browser = :browser AND at > :since AND revoked_at IS NULL AND expires_at > :now
ORDER BY visits.seq DESC LIMIT 1
"""
RECORD: Final = """
UPDATE visits
SET result = :result, submission_id = :submission_id, error_code = :error_code, returned_at = :at
WHERE id = :id
"""
COUNT_MANY: Final = """
UPDATE links SET uses = uses + :count, last_used_at = max(coalesce(last_used_at, 0), :at) WHERE id = :id
"""


def insert_visits(count: int) -> str:
    """Return the statement that takes the columns of so many new visits, one after the other."""
    return _INSERT_VISITS + ", ".join(["(?, ?, ?, ?, ?)"] * count)
