"""Whom webhooks name: the keyed digests of their user ids, by which an erasure finds them.

They are kept when the work on a webhook ends. Its receipt writes one row alone, for the vendor waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

_KEEP: Final = "INSERT OR IGNORE INTO event_userids (event, digest) VALUES (?, ?)"
_DELETE: Final = "DELETE FROM event_userids WHERE event = ?"


def keep(connection: Connection, number: int, digests: Sequence[bytes]) -> None:
    """Keep whom a webhook names, besides what was kept by an older key, inside a transaction."""
    connection.executemany(_KEEP, [(number, digest) for digest in digests])


def replace(connection: Connection, number: int, digests: Sequence[bytes]) -> None:
    """Keep whom a webhook names by the newest key, in the place of what was kept by an older one."""
    connection.execute(_DELETE, (number,))
    keep(connection, number, digests)
