"""The contract of the upkeep of a store: what is deleted in time, sealed anew, or erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class KeyUse(NamedTuple):
    """What still needs a key of ``SECRET_KEYS``.

    Attributes:
        key_id: 8 bytes that name it; None for rows that no key of the settings could open at an upgrade.
        place: where it stands in the settings, from 0, the newest; None if it has left them.
        rows: how many rows it sealed: fields, user ids, webhooks, token ids.
        links: how many links that have not expired had their first address signed by it: a printed code keeps
            its signature, whatever becomes of the rows.
    """

    key_id: bytes | None
    place: int | None
    rows: int
    links: int

    @property
    def is_needed(self) -> bool:
        """Whether something is lost if the key leaves the settings."""
        return self.rows > 0 or self.links > 0


def key_uses(
    key_ids: Sequence[bytes], rows: Mapping[bytes | None, int], links: Mapping[bytes | None, int]
) -> list[KeyUse]:
    """Return what still needs each key: those of the settings, the newest first, then those that left them.

    Args:
        key_ids: those of the settings.
        rows: how many rows each key sealed.
        links: how many links each key signed.
    """
    places: dict[bytes | None, int] = {key_id: place for place, key_id in enumerate(key_ids)}
    return [
        KeyUse(key_id, places.get(key_id), rows.get(key_id, 0), links.get(key_id, 0))
        for key_id in dict.fromkeys([*key_ids, *rows, *links])
    ]


class KnownSubmission(NamedTuple):
    """A submission that is known of a visit.

    Attributes:
        project: the name of its project.
        id: the vendor's id.
        visit_id: of the user.
        is_claimed: whether only a return named it, which any visitor can make up; else the vendor said so,
            by a webhook or its API.
    """

    project: str
    id: str
    visit_id: str
    is_claimed: bool


class Erased(NamedTuple):
    """What was erased of one user: how many of each, and nothing that names the user.

    Attributes:
        links: with the user id in their fields, with all their visits.
        visits: of those links, and others that carried the user id.
        outcomes: of those visits.
        webhooks: about the user or those visits, from the inbox.
        messages: about those visits, from the outbox.
    """

    links: int
    visits: int
    outcomes: int
    webhooks: int
    messages: int


class UpkeepStore(Protocol):
    """Keeps a store in order. Every method may raise ``StoreError``."""

    def purge(self, *, now: float) -> int:
        """Delete some of what has been kept for long enough: a thousand rows of a table, in one commit.

        Returns:
            How many rows were deleted; 0 if nothing is left to delete.
        """

    def shrink(self) -> bool:
        """Give some free space back to the system, in one short commit.

        Returns:
            Whether another call may give back more; False from the first call on that gave back nothing.
        """

    def keys(self, *, now: float) -> Sequence[KeyUse]:
        """Return the keys of the settings, the newest first, and then others that rows name."""

    def reseal(self) -> Iterator[int]:
        """Seal everything anew by the newest key that another key of the settings opens.

        Yields:
            How many rows one commit sealed anew, of a thousand that it looked at.
        """

    def unreadable(self) -> Mapping[bytes | None, int]:
        """Return how many links, visits and webhooks have a user that no key of the settings can find.

        Returns:
            The number of rows by the id of their key; None where an upgrade could not tell which it was.
        """

    def submissions_of(self, userid: str) -> Sequence[KnownSubmission]:
        """Return each submission that is known of this user's visits, in the order of their ids."""

    def erase(self, userid: str) -> Iterator[Erased]:
        """Erase every link, visit, webhook and message of this user.

        A submission that only a return claimed is nobody's: webhooks about it stay. What others hold is
        waited for. If it ends early, another call erases the rest.

        Yields:
            What one commit erased, of two hundred links, visits or webhooks that it looked at.
        """
