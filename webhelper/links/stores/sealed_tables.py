"""Which tables hold something sealed, whatever the engine, and how a row of each is sealed anew.

The digests by which a sealed value is found are keyed too, and made anew with it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from liveform import DecryptError
from webhelper.links.models import userid_in
from webhelper.links.stores import event_rows, rows
from webhelper.links.stores.token_ids import context_of, digests_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from sqlite3 import Row as SqliteRow
    from typing import TypeAlias

    from webhelper.links.signing.sealing import Sealer

    Row: TypeAlias = SqliteRow | Mapping[str, Any]  # columns by name


class Anew(NamedTuple):
    """A row that is sealed anew.

    Attributes:
        columns: the values of the columns that ``changed`` names.
        userids: the digests of ``event_userids``.
    """

    columns: Sequence[object]
    userids: Sequence[bytes]


class SealedTable(NamedTuple):
    """Where a table holds what is sealed.

    Attributes:
        name: of the table.
        key: the columns of its primary key.
        sealed: the column with what is sealed.
        context: returns what a row's sealed value is bound to.
        is_about_users: whether what is sealed may name a user.
        userids_of: returns the digests of all user ids in an opened value, by the newest key, which the table
            ``event_userids`` keeps; None where there are none.
        digest: the column of the keyed digest; None without one.
        digest_of: returns that digest of a row and its opened value, by the newest key.
    """

    name: str
    key: tuple[str, ...]
    sealed: str
    context: Callable[[Row], bytes]
    is_about_users: bool = True
    userids_of: Callable[[bytes, Sealer], Sequence[bytes]] | None = None
    digest: str | None = None
    digest_of: Callable[[Row, bytes, Sealer], bytes | None] = lambda *_: None

    @property
    def start(self) -> Sequence[object]:
        """A key before every row's."""
        return (-1, "")[: len(self.key)]

    @property
    def changed(self) -> Sequence[str]:
        """The columns of a row that ``sealed_anew`` makes anew."""
        return [self.sealed, "sealed_by", *([] if self.digest is None else [self.digest])]

    def key_of(self, row: Row) -> list[object]:
        """Return the values of a row's key."""
        return [row[name] for name in self.key]

    def opened(self, row: Row, sealer: Sealer) -> tuple[bytes, bytes] | None:
        """Return what is sealed in a row, and the id of its key; None if no key opens it."""
        try:
            return sealer.open_and_name(row[self.sealed], self.context(row))
        except DecryptError:
            return None

    def sealed_anew(self, row: Row, sealer: Sealer) -> Anew | None:
        """Return what becomes of a row, sealed by the newest key; None if no key opens it."""
        opened = self.opened(row, sealer)
        if opened is None:
            return None
        columns: list[object] = [sealer.seal(opened[0], self.context(row)), sealer.key_ids[0]]
        if self.digest is not None:
            columns.append(self.digest_of(row, opened[0], sealer))
        return Anew(columns, () if self.userids_of is None else self.userids_of(opened[0], sealer))


def _of_link(_: Row, opened: bytes, sealer: Sealer) -> bytes | None:
    return rows.userid_digest(userid_in(json.loads(opened)["fields"]), sealer)


def _of_visit(_: Row, opened: bytes, sealer: Sealer) -> bytes | None:
    return rows.userid_digest(opened.decode(), sealer)


def _of_token_id(row: Row, opened: bytes, sealer: Sealer) -> bytes | None:
    return digests_of(row["project"], opened.decode(), sealer)[0]


def userids_of_event(opened: bytes, sealer: Sealer) -> list[bytes]:
    """Return the digests of the user ids in the opened members of a webhook, by the newest key."""
    return event_rows.userid_digests(json.loads(opened), sealer)


TABLES: Final = (
    SealedTable(
        "links",
        ("seq",),
        "sealed",
        lambda row: rows.context_of_link(row["id"]),
        digest="userid_digest",
        digest_of=_of_link,
    ),
    SealedTable(
        "visits",
        ("link", "id"),
        "userid",
        lambda row: rows.context_of_visit(row["id"]),
        digest="userid_digest",
        digest_of=_of_visit,
    ),
    SealedTable(
        "events",
        ("number",),
        "sealed",
        lambda row: event_rows.context_of(row["project"], row["key"]),
        userids_of=userids_of_event,
    ),
    SealedTable(
        "token_ids",
        ("number",),
        "sealed",
        lambda row: context_of(row["project"]),
        is_about_users=False,
        digest="digest",
        digest_of=_of_token_id,
    ),
)
