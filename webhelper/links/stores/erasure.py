"""What every engine does to erase a user: part after part, in slices of which each is one commit.

A user is found by the digests of the user id, one for each key, which know no case. So each row that is found
is opened, and counts only if it has exactly this user id.

A webhook may have no digests until its work ends, so every pending one is opened. That comes before the part
that goes by digests: it finds what has ended meanwhile.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias, TypeVar

from webhelper.links.stores import event_rows, rows
from webhelper.links.stores.upkeep import Erased

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from sqlite3 import Row as SqliteRow

    from webhelper.links.signing.sealing import Sealer

    Row: TypeAlias = SqliteRow | tuple[Any, ...]

ConnectionT_contra = TypeVar("ConnectionT_contra", contravariant=True)

SLICE: Final = 200  # links, visits or webhooks of one commit
NOTHING: Final = Erased(0, 0, 0, 0, 0)
Place: TypeAlias = "tuple[int, str]"  # a visit: the place of its link in the store, and its id


class Wanted(NamedTuple):
    """The user who is looked for, by one key.

    Attributes:
        userid: in exactly its spelling.
        digest: of it, by this key.
        sealer: opens what is found.
    """

    userid: str
    digest: bytes
    sealer: Sealer

    def has_link(self, row: Row) -> bool:
        """Whether a link, as a row of ``LINK_COLUMNS``, carries the user id."""
        link = rows.to_link(row, self.sealer)
        return link is not None and str(link.spec.userid) == self.userid

    def has_visit(self, row: Row) -> bool:
        """Whether a visit, as a row of ``VISIT_COLUMNS``, carries the user id."""
        return rows.to_visit(row, self.sealer).userid == self.userid

    def is_named_in(self, row: event_rows.Row) -> bool:
        """Whether a webhook, as a row of events, names the user id."""
        return self.userid in event_rows.userids_in(event_rows.to_kept(row, self.sealer).event.members)


def wanted(userid: str, sealer: Sealer) -> list[Wanted]:
    """Return whom to look for: the user by each key of the settings."""
    return [Wanted(userid, digest, sealer) for digest in rows.userid_digests(userid, sealer)]


class Part(Protocol[ConnectionT_contra]):
    """Erases the next rows of one kind, inside a transaction."""

    def __call__(
        self, connection: ConnectionT_contra, /, who: Wanted, after: Sequence[object]
    ) -> tuple[Erased, Sequence[object] | None]:
        """Return what was erased, and the key to go on after; None at the end."""


def in_slices(
    commit: Callable[[Callable[[ConnectionT_contra], tuple[Erased, Sequence[object] | None]]], Any],
    parts: Sequence[tuple[Part[ConnectionT_contra], Sequence[object]]],
    users: Sequence[Wanted],
) -> Iterator[Erased]:
    """Erase users, and yield what each commit erased.

    Args:
        commit: does a piece of work in one transaction.
        parts: in their order, each with a key before that of every row.
        users: to erase.
    """
    for who in users:
        for part, start in parts:
            after: Sequence[object] | None = start
            while after is not None:
                erased, after = commit(partial(part, who=who, after=after))
                yield erased
