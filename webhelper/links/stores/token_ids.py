"""The contract of the pools of token ids: the vendor's, for projects in private mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.links.signing.sealing import Sealer


class PoolCount(NamedTuple):
    """How many token ids of a project there are in each state.

    Attributes:
        new: made here, and not known to be registered.
        ready: registered, and drawn by no link.
        drawn: drawn by a link.
        expired: the vendor says that they can no longer be used.
    """

    new: int
    ready: int
    drawn: int
    expired: int


class TokenIdStore(Protocol):
    """Keeps token ids, sealed. ``Store.create`` draws one. Every method may raise ``StoreError``."""

    def count(self, project: str) -> PoolCount:
        """Return how many there are."""

    def add(self, project: str, token_ids: Sequence[str], *, now: float) -> None:
        """Keep new ones before they are registered, so that none is registered and forgotten."""

    def new(self, project: str, *, limit: int) -> Sequence[str]:
        """Return those that are not known to be registered, the oldest first."""

    def registered(self, project: str, token_ids: Sequence[str], *, now: float) -> None:
        """Make new ones ready."""

    def expire(self, project: str, token_id: str, *, now: float) -> str | None:
        """Note that the vendor expired one: nobody draws it, and the link that drew it no longer opens.

        Returns:
            The id of that link; None if no link drew it, or it is not known here.
        """

    def unused(self, project: str, *, now: float, limit: int) -> Sequence[str]:
        """Return those that nobody needs.

        They are the expired ones, those of links that died before ``now`` without a use, and those of links
        that were used a day before it.
        """

    def forget(self, project: str, token_ids: Sequence[str]) -> None:
        """Delete them here: they are deleted at the vendor."""


def context_of(project: str) -> bytes:
    """Return what the sealed token ids of a project are bound to."""
    return f"token id {project} ".encode()


def digests_of(project: str, token_id: str, sealer: Sealer) -> list[bytes]:
    """Return the digests by which a token id is found: one by each key, the newest first."""
    return sealer.digests(context_of(project) + token_id.encode())
