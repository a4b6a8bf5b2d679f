"""Decides which event is sent when, how often it is tried, and which faults it meets.

The vendor announces a retry rule and does not document it (9.4), so the times between tries are a setting.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.errors import UnknownError
from webhelper.simulator.sandbox.events import Attempt
from webhelper.simulator.webhooks.body import body_of
from webhelper.simulator.webhooks.posting import Posted, Poster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.simulator.sandbox.events import Event, State
    from webhelper.simulator.sandbox.faults import Fault
    from webhelper.simulator.sandbox.sandbox import Sandbox

RETRY_AFTER: Final = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
HELD_BACK: Final = "held back by a fault"
LOST: Final = "lost by a fault"
NO_PROJECT: Final = "no such project any more"
_BATCH: Final = 20
_LEASE: Final = timedelta(minutes=10)  # more than a batch takes, if each attempt waits for its time-out


class Sender:
    """Sends the events of a sandbox.

    Args:
        sandbox: has the outbox, the faults and the clock.
        poster: what sends one event.
        retry_after: the times between an attempt that fails and the next. With three of them, an event is
            tried four times; then it has failed, as the vendor keeps no undelivered event (FAQ).
    """

    def __init__(
        self, sandbox: Sandbox, poster: Poster, *, retry_after: Sequence[timedelta] = RETRY_AFTER
    ) -> None:
        self._sandbox = sandbox
        self._poster = poster
        self._retry_after = tuple(retry_after)
        self._lock = Lock()

    def deliver_due(self) -> int:
        """Do what time does, send every event that is due, and return the number of attempts.

        The fault ``reorder`` lets an event wait until the others are sent, or if it is alone, as ``slow``
        does: for the seconds of the fault.
        """
        with self._lock:  # two threads would send in an order that nobody set
            self._sandbox.tick()
            attempts = 0
            while due := self._due():
                attempts += sum(map(self._send, self._in_order(due)))
            return attempts

    def may_call(self, url: str) -> bool:
        """Return whether events may be sent to this URL."""
        return self._poster.may_call(url)

    def send_now(self, event_id: int, *, times: int = 1) -> None:
        """Send an event at once, so many times, whatever became of it and without a fault.

        Raises:
            UnknownError: no event has this id.
        """
        event = self._sandbox.events.get(event_id)
        for _ in range(times if event.url is not None else 0):
            self._post(event, None)

    def lose(self, event_id: int) -> None:
        """Let an event that waits get lost, so that it is not tried again."""
        self._note(event_id, Posted(None, LOST), state="failed")

    def _due(self) -> list[Event]:
        return self._sandbox.events.due(self._sandbox.clock.now(), limit=_BATCH, lease=_LEASE)

    def _in_order(self, due: Sequence[Event]) -> list[tuple[Event, Fault | None]]:
        """Return the events with their faults, in the order in which they are sent."""
        pairs = [(event, self._fault(event)) for event in due]
        late = [pair for pair in pairs if pair[1] is not None and pair[1].kind == "reorder"]
        prompt = [pair for pair in pairs if pair not in late]
        return prompt + ([(event, None) for event, _ in late] if prompt else late)

    def _fault(self, event: Event) -> Fault | None:
        """Return the fault that an event meets; only its first attempt meets one."""
        return None if event.attempts else self._sandbox.faults.take("webhook", event.trigger)

    def _send(self, pair: tuple[Event, Fault | None]) -> int:
        event, fault = pair
        kind = None if fault is None else fault.kind
        if fault is not None and kind in ("slow", "reorder"):
            later = timedelta(seconds=fault.seconds)
            return self._note(event.id, Posted(None, HELD_BACK), state="waiting", again_after=later)
        if kind == "drop":
            return self._note(event.id, Posted(None, LOST), state="failed")
        return sum(self._post(event, fault) for _ in range(2 if kind == "duplicate" else 1))

    def _post(self, event: Event, fault: Fault | None) -> int:
        try:
            self._sandbox.dashboard(event.pid)
        except UnknownError:  # the file of the sandbox outlives a change of the settings
            return self._note(event.id, Posted(None, NO_PROJECT), state="failed")
        body = body_of(event.members, self._sandbox.transfer(event.pid))
        posted = _pretended(self._poster.post(str(event.url), body), fault)
        state, again_after = self._next(event, posted)
        return self._note(event.id, posted, state=state, again_after=again_after, body=body)

    def _next(self, event: Event, posted: Posted) -> tuple[State, timedelta | None]:
        """Return the state of an event after an attempt, and the time until the next one."""
        if posted.is_delivered:
            return "delivered", None
        before = self._sandbox.events.attempts(event.id)
        tried = sum(attempt.problem != HELD_BACK for attempt in before)
        if tried >= len(self._retry_after):
            return "failed", None
        return "waiting", self._retry_after[tried]

    def _note(
        self,
        event_id: int,
        posted: Posted,
        *,
        state: State,
        again_after: timedelta | None = None,
        body: bytes | None = None,
    ) -> int:
        now = self._sandbox.clock.now()
        attempt = Attempt(iso(now), posted.status, posted.problem or None, body)
        due_at = None if again_after is None else now + again_after
        self._sandbox.events.note(event_id, attempt, state=state, due_at=due_at)
        return 1


def _pretended(posted: Posted, fault: Fault | None) -> Posted:
    """Return how the sender believes an attempt ended: it may miss the answer to an event that arrived."""
    if fault is not None and fault.kind == "status":
        return Posted(fault.status)
    if fault is not None and fault.kind == "timeout":
        return Posted(None, "time-out")
    return posted
