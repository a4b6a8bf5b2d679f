"""Receive webhooks: each is read, deduplicated and kept before it is acknowledged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from liveform.webhooks import read_event
from webhelper.confirmation.refusals import Refusals
from webhelper.links.stores.inbox import NewEvent
from webhelper.links.vendor_ids import id_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from liveform import Project
    from liveform.webhooks import Event
    from webhelper.links.stores.inbox import InboxStore, Receipt, RefusedCount

# What is kept in clear; anything else could be somebody's name. The vendor's own are 2 to 13 letters and _.
_TRIGGER: Final = re.compile(r"[A-Za-z_-]{1,40}")
OTHER_TRIGGER: Final = "other"


def _nothing(*_: object) -> None:
    """Do nothing."""


class Inbox:
    """Receives the webhooks of all projects, and counts those that are refused.

    Args:
        projects: by name.
        store: keeps the events.
        clock: Unix time.
        on_new: is called when an event was kept for the first time.
        on_duplicate: is called with every further delivery of an event.
    """

    def __init__(
        self,
        projects: Mapping[str, Project],
        store: InboxStore,
        clock: Callable[[], float],
        *,
        on_new: Callable[[], object] = _nothing,
        on_duplicate: Callable[[NewEvent, Receipt], object] = _nothing,
    ) -> None:
        self._projects = projects
        self._store = store
        self._clock = clock
        self._refusals = Refusals(store)
        self._on_new = on_new
        self._on_duplicate = on_duplicate

    def receive(self, project_name: str, body: bytes) -> Receipt:
        """Keep the event of a body, and return its receipt; it is on the disk then.

        Args:
            project_name: whose webhook URL was called; a name of the settings.
            body: what was posted.

        Raises:
            UntrustedInputError: it cannot be read, or not with the keys of this project. Nothing is kept.
            StoreError: it cannot be kept now.
            NotKeptError: this site keeps nothing.
        """
        event = _new_event(project_name, read_event(body, self._projects[project_name]))
        receipt = self._store.receive(event, now=self._clock())
        if receipt.is_new:
            self._on_new()
        else:
            self._on_duplicate(event, receipt)
        return receipt

    def refuse(self, project_name: str, reason: str) -> None:
        """Count a webhook that was refused.

        Args:
            project_name: the name in the address if there is such a project, else an empty text.
            reason: a code.
        """
        self._refusals.count(project_name, reason, now=self._clock())

    def flush(self) -> None:
        """Write what was counted.

        Raises:
            StoreError: it cannot be written now; it is kept.
        """
        self._refusals.flush(now=self._clock())

    def refused(self, *, days: int) -> Sequence[RefusedCount]:
        """Return how many were refused on the latest days, by day, project and reason, the newest first."""
        self.flush()
        return self._store.refused(days=days, now=self._clock())


def _new_event(project_name: str, event: Event) -> NewEvent:
    occurred_at = event.occurred_at
    return NewEvent(
        project=project_name,
        key=event.key,
        trigger=event.trigger if _TRIGGER.fullmatch(event.trigger) else OTHER_TRIGGER,
        submission_id=id_or_none(event.submission_id),
        occurred_at=None if occurred_at is None else occurred_at.timestamp(),
        members=event.raw,
    )
