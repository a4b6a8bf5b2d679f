"""Work the inbox: each event once, whatever fails on the way."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from liveform import DecryptError, LiveformError, VendorError
from liveform.webhooks import EVENTS, TokenExpiredEvent, UnknownEvent
from webhelper.confirmation.findings import (
    Said,
    finding_with_api,
    finding_without_api,
    is_behind,
    outcome_in,
)
from webhelper.errors import StoreError
from webhelper.links.stores.inbox import LONGEST_DELAY_S

if TYPE_CHECKING:
    from liveform.webhooks import Event
    from webhelper.confirmation.asking import VendorApi
    from webhelper.confirmation.matching import Matcher
    from webhelper.links.stores.inbox import EventLease, Finding, InboxStore
    from webhelper.links.stores.token_ids import TokenIdStore

log = logging.getLogger("webhelper")

LEASE_S: Final = 60  # several times what the API may take
PAUSES_S: Final = (10, 60, 600)  # before the second, third and fourth attempt
LONGEST_PAUSE_S: Final = LONGEST_DELAY_S  # whatever the vendor asks for
MOST_ATTEMPTS: Final = 20  # of an event that ends the process before it is postponed
_BEHIND: Final = "api_behind"
_UNEXPECTED: Final = "unexpected"
_FACE_AUTH: Final = "faceAuth"


class EventWorker:
    """Works one event after the other. Any number of threads and processes may do it at once.

    Args:
        inbox: has the events.
        matcher: finds the visits of events.
        api: asks the vendor, for projects with an API key.
        token_ids: learns which were used up.
    """

    def __init__(
        self, *, inbox: InboxStore, matcher: Matcher, api: VendorApi, token_ids: TokenIdStore
    ) -> None:
        self._inbox = inbox
        self._matcher = matcher
        self._api = api
        self._token_ids = token_ids

    def work_one(self, now: float) -> bool:
        """Work the event that is due longest, and return whether there was one.

        One that cannot be worked is due again later, and fails for good after the fourth attempt.

        Args:
            now: Unix time.

        Raises:
            StoreError: the store cannot be read or written now; the event is due again when its lease ends.
            NotKeptError: this site keeps no events.
        """
        lease = self._inbox.lease(now=now, lease_s=LEASE_S)
        if lease is None:
            return False
        if lease.kept.attempts > MOST_ATTEMPTS:
            self._inbox.postpone(lease, _UNEXPECTED, at=None)
            return True
        try:
            self._work(lease, now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the event must not be lost
            self._fail(lease, error, now)
        return True

    def _work(self, lease: EventLease, now: float) -> None:
        kept = lease.kept
        if not kept.event.members:  # the SECRET_KEY that sealed them was removed
            raise DecryptError
        event = EVENTS.get(kept.event.trigger, UnknownEvent).read(kept.event.members)
        if isinstance(event, TokenExpiredEvent):
            self._expire(kept.event.project, event, now)
        if kept.event.submission_id is None:  # it is about no visit
            self._inbox.finish(lease, None, now=now)
            return
        said = Said(self._matcher.visit_of_event(kept.event.project, event), outcome_in(event, kept))
        if not self._api.can_ask(kept.event.project):
            self._inbox.finish(lease, finding_without_api(said), now=now)
            return
        self._confirm(lease, kept.event.submission_id, said, now)

    def _confirm(self, lease: EventLease, submission_id: str, said: Said, now: float) -> None:
        """Ask the API, and finish; or come back to it later, if it cannot be asked or is behind."""
        finding: Finding | None
        try:
            answer = self._api.ask(lease.kept.event.project, submission_id, now=now)
        except VendorError as error:
            if self._postponed(lease, error.code, now, error.retry_after_s):
                return
            finding = finding_without_api(said)  # nobody else records it
        else:
            if is_behind(answer, said) and self._postponed(lease, _BEHIND, now):
                return
            finding = finding_with_api(said, answer)
        self._inbox.finish(lease, finding, now=now)

    def _expire(self, project: str, event: Event, now: float) -> None:
        """Note that the vendor used up a token id. A face authentication has token ids of its own."""
        if event.token_id is not None and getattr(event, "service", None) != _FACE_AUTH:
            self._token_ids.expire(project, event.token_id, now=now)

    def _fail(self, lease: EventLease, error: Exception, now: float) -> None:
        log.error("webhook %d cannot be worked: %s", lease.kept.number, type(error).__name__)
        problem = error.code if isinstance(error, LiveformError) else _UNEXPECTED
        if not self._postponed(lease, problem, now):
            self._inbox.postpone(lease, problem, at=None)

    def _postponed(self, lease: EventLease, problem: str, now: float, wanted_s: float | None = None) -> bool:
        """Make the event due again later, and return True; or return False after the last attempt."""
        if lease.kept.attempts > len(PAUSES_S):
            return False
        pause_s: float = PAUSES_S[lease.kept.attempts - 1]
        if wanted_s is not None:
            pause_s = max(pause_s, min(wanted_s, LONGEST_PAUSE_S))
        self._inbox.postpone(lease, problem, at=now + pause_s)
        return True
