"""The SQL of links and visits; sql/ has the tables and the function that redeems."""

from typing import Final

from webhelper.links.stores.postgresql import move_mark
from webhelper.links.stores.rows import LINK_COLUMNS, SPEC_COLUMNS, VISIT_COLUMNS

_NEW: Final = (
    "id",
    *SPEC_COLUMNS,
    "sealed",
    "sealed_by",
    "signed_by",
    "userid_digest",
    "created_at",
    "folded",
)
_VALUES: Final = ", ".join(f"%({name})s" for name in _NEW)
# An id is random: where it is here already, this very link was written, and the answer was lost.
INSERT_LINK: Final = f"INSERT INTO links ({', '.join(_NEW)}) VALUES ({_VALUES}) ON CONFLICT (id) DO NOTHING"
SELECT_LINKS: Final = f"SELECT {', '.join(LINK_COLUMNS)}, seq FROM links"
SELECT_LINK: Final = f"{SELECT_LINKS} WHERE id = %(id)s"
REVOKE: Final = """
UPDATE links SET revoked_at = coalesce(revoked_at, %(now)s) WHERE id = %(id)s RETURNING max_uses
"""
SELECT_TIME: Final = "SELECT extract(epoch FROM clock_timestamp())::double precision"
SELECT_CHANGES: Final = "SELECT number FROM link_changes"
COUNT_CHANGE: Final = "UPDATE link_changes SET number = number + 1"
# What changes nothing, and yet has to reach the disk.
TRY_TO_WRITE: Final = f"""
UPDATE link_changes SET number = number
WHERE EXISTS (SELECT FROM links) IS NOT NULL AND {move_mark.IS_ABSENT}
"""
USE_CODE: Final = """
INSERT INTO used_codes (code_id, at, used_by) VALUES (%(code_id)s, %(now)s, %(mark)s)
ON CONFLICT (code_id) DO UPDATE SET at = used_codes.at WHERE used_codes.used_by = excluded.used_by
"""
# A visit that is found again is of the browser that asks.
REDEEM: Final = f"""
SELECT answer, {", ".join(VISIT_COLUMNS[:-1])}, %(browser)s::bytea FROM redeem(
    %(id)s, %(visit)s, %(now)s, %(userid)s, %(sealed_by)s, %(userid_digest)s, %(browser)s,
    %(since)s, %(earliest)s)
"""

_SEQ: Final = "(SELECT seq FROM links WHERE id = %(link_id)s)"
_VISIT: Final = ", ".join(f"visits.{name}" for name in VISIT_COLUMNS)
SELECT_VISIT: Final = f"SELECT {_VISIT} FROM visits WHERE link = {_SEQ} AND id = %(id)s"
SELECT_VISITS: Final = f"SELECT {_VISIT} FROM visits WHERE link = {_SEQ} ORDER BY id DESC LIMIT %(limit)s"
# In the order of the primary key, of which ``after`` is a place; nothing comes after one that was deleted.
SELECT_OPEN_VISITS: Final = f"""
SELECT id FROM visits
WHERE (link, id) > (CASE %(after)s WHEN '' THEN 0 ELSE {_SEQ} END, %(after)s)
AND at >= %(since)s AND (%(rejected)s OR is_final IS NOT TRUE)
ORDER BY link, id LIMIT %(limit)s
"""
EXCHANGE: Final = f"""
UPDATE visits SET exchanged_at = %(now)s, exchanged_by = %(mark)s
WHERE link = {_SEQ} AND id = %(id)s AND (exchanged_at IS NULL OR exchanged_by = %(mark)s)
AND (%(browser)s::bytea IS NULL OR browser = %(browser)s)
"""
_CAN_GO_ON: Final = "revoked_at IS NULL AND expires_at > %(now)s AND token_id_expired_at IS NULL"
EARLIER: Final = f"""
SELECT {_VISIT} FROM visits JOIN links ON link = seq
WHERE links.id = %(id)s AND {_CAN_GO_ON}
AND visits.id >= %(earliest)s AND at > %(since)s AND browser = %(browser)s
ORDER BY visits.id DESC LIMIT 1
"""
_HAND_OVER: Final = f"""
UPDATE visits SET browser = %(browser)s, exchanged_at = NULL, exchanged_by = NULL
WHERE link = (SELECT seq FROM links WHERE links.id = %(id)s AND {_CAN_GO_ON})
AND id = %(visit)s AND at > %(since)s
"""
_HOLDER: Final = "substring(browser FROM 1 FOR %(size)s) = %(holder)s"
HAND_OVER: Final = f"{_HAND_OVER} AND {_HOLDER}"
# After an answer that was lost: the other browser may have the visit already.
HAND_OVER_AGAIN: Final = f"{_HAND_OVER} AND ({_HOLDER} OR browser = %(browser)s)"
# A delivery with the mark of the latest one is the same, asked again after a lost answer.
RECEIVE: Final = """
WITH received AS (
    INSERT INTO events (project, key, trigger, submission_id, occurred_at, sealed, sealed_by,
        received_at, last_received_at, due_at, delivery)
    VALUES (%(project)s, %(key)s, %(trigger)s, %(submission_id)s, %(occurred_at)s, %(sealed)s,
        %(sealed_by)s, %(now)s, %(now)s, %(now)s, %(mark)s)
    ON CONFLICT (project, key) DO UPDATE SET
        deliveries = events.deliveries + (events.delivery <> excluded.delivery)::integer,
        delivery = excluded.delivery, last_received_at = excluded.received_at
    RETURNING number, deliveries
), named AS (
    INSERT INTO event_userids (event, digest) SELECT number, unnest(%(userids)s::bytea[]) FROM received
    ON CONFLICT DO NOTHING
)
SELECT number, deliveries FROM received
"""
