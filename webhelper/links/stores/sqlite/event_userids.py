"""Whom webhooks name: the keyed digests of their user ids, by which an erasure finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

_KEEP: Final = "INSERT INTO event_userids (event, digest) VALUES (?, ?)"
_DELETE: Final = "DELETE FROM event_userids WHERE event = ?"


def keep(connection: Connection, number: int, digests: Sequence[bytes]) -> None:
    """Keep whom a new webhook names, inside a transaction."""
    connection.executemany(_KEEP, [(number, digest) for digest in digests])


def replace(connection: Connection, number: int, digests: Sequence[bytes]) -> None:
    """Keep whom a webhook names by the newest key, in the place of what was kept by an older one."""
    connection.execute(_DELETE, (number,))
    keep(connection, number, digests)
