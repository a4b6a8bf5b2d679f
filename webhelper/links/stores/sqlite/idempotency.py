"""Requests that may be repeated: which link each made, by its Idempotency-Key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.errors import KeyReusedError
from webhelper.links.stores.base import IDEMPOTENCY_S

if TYPE_CHECKING:
    from sqlite3 import Connection

    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.base import IdempotencyKey

_SELECT: Final = "SELECT digest, link_id FROM idempotency_keys WHERE scope = ? AND key = ? AND at >= ?"
_INSERT: Final = "INSERT OR REPLACE INTO idempotency_keys VALUES (?, ?, ?, ?, ?)"


def link_id_of(connection: Connection, key: IdempotencyKey, sealer: Sealer, *, now: float) -> str | None:
    """Return the link that this request made within a day; None if it is the first of its key.

    Raises:
        KeyReusedError: another request had this key.
    """
    row = connection.execute(_SELECT, (key.scope, key.key, now - IDEMPOTENCY_S)).fetchone()
    if row is None:
        return None
    digest, link_id = row
    if digest not in key.keyed(sealer):
        raise KeyReusedError
    return str(link_id)


def remember(
    connection: Connection, key: IdempotencyKey, link_id: str, sealer: Sealer, *, now: float
) -> None:
    """Remember which link a request made, inside the transaction that inserts it."""
    connection.execute(_INSERT, (key.scope, key.key, key.keyed(sealer)[0], link_id, now))
