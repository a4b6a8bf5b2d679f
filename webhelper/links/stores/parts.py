"""The contract of what a store keeps beside links and visits, in the same database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from webhelper.links.stores.inbox import InboxStore
    from webhelper.links.stores.leases import LeaseStore
    from webhelper.links.stores.outbox import OutboxStore
    from webhelper.links.stores.sessions import SessionStore
    from webhelper.links.stores.throttle import ThrottleStore
    from webhelper.links.stores.token_ids import TokenIdStore
    from webhelper.links.stores.upkeep import UpkeepStore


class Parts(Protocol):
    """The parts of a store, each with a contract of its own.

    Where nothing is kept, each of their methods raises ``NotKeptError``; but the throttle counts everywhere,
    and there for its process alone.
    """

    @property
    def inbox(self) -> InboxStore:
        """The webhooks that were received."""

    @property
    def outbox(self) -> OutboxStore:
        """The messages that are to be delivered."""

    @property
    def token_ids(self) -> TokenIdStore:
        """The token ids of projects in private mode."""

    @property
    def leases(self) -> LeaseStore:
        """The jobs that one process at a time does."""

    @property
    def sessions(self) -> SessionStore:
        """Who is signed in."""

    @property
    def throttle(self) -> ThrottleStore:
        """How much of what is limited was done just now."""

    @property
    def upkeep(self) -> UpkeepStore:
        """What is deleted in time, sealed anew, or erased."""
