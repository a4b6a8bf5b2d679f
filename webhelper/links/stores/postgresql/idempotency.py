"""Requests that may be repeated: which link each made, by its Idempotency-Key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.errors import KeyReusedError
from webhelper.links.stores.base import IDEMPOTENCY_S

if TYPE_CHECKING:
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.base import IdempotencyKey
    from webhelper.links.stores.postgresql.connections import Connection

# Another request with the same key waits here until the first has committed, and then writes nothing; a key
# that came more than a day ago is a new one.
_REMEMBER: Final = """
INSERT INTO idempotency_keys (scope, key, digest, link_id, at)
VALUES (%(scope)s, %(key)s, %(digest)s, %(link_id)s, %(now)s)
ON CONFLICT (scope, key) DO UPDATE SET digest = excluded.digest, link_id = excluded.link_id, at = excluded.at
WHERE idempotency_keys.at < %(forgotten)s
"""
_SELECT: Final = "SELECT digest, link_id FROM idempotency_keys WHERE scope = %s AND key = %s"


def link_id_of(
    connection: Connection, key: IdempotencyKey, sealer: Sealer, link_id: str, *, now: float
) -> str:
    """Return the id of the link of a request: the one it made before, or ``link_id`` if it is new.

    Inside the transaction that inserts the link, so that both are remembered or neither.

    Raises:
        KeyReusedError: another request had this key.
    """
    digests = key.keyed(sealer)
    values = {"scope": key.scope, "key": key.key, "digest": digests[0], "link_id": link_id, "now": now}
    values["forgotten"] = now - IDEMPOTENCY_S
    while connection.execute(_REMEMBER, values).rowcount == 0:
        row = connection.execute(_SELECT, (key.scope, key.key)).fetchone()
        if row is not None:  # else it has just been deleted with its link
            digest, earlier = row
            if digest not in digests:
                raise KeyReusedError
            return str(earlier)
    return link_id
