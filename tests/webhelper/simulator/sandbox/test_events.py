"""These tests check the outbox: which events are due, and what is kept of each attempt."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sandboxes import NOON, PID, StillClock, submitted

from webhelper.simulator.sandbox.errors import UnknownError
from webhelper.simulator.sandbox.events import Attempt
from webhelper.simulator.sandbox.sandbox import Sandbox

URL = "https://app.example.com/hook"
OK = Attempt(NOON, 200, None, b"{}")


def emit(sandbox: Sandbox, trigger: str = "approved", url: str | None = URL) -> int:
    """Keep an event."""
    return sandbox.events.emit(PID, {"webhook_trigger": trigger}, url=url, at=sandbox.clock.now())


def test_event_is_due_at_once_and_to_one_sender(sandbox: Sandbox) -> None:
    """An event is due when it is made; who gets it has it alone for the time of the lease."""
    number = emit(sandbox)
    now = sandbox.clock.now()
    (event,) = sandbox.events.due(now)
    assert (event.id, event.trigger, event.url, event.state) == (number, "approved", URL, "waiting")
    assert event.members == {"webhook_trigger": "approved"}
    assert sandbox.events.due(now + timedelta(seconds=59)) == []
    assert [one.id for one in sandbox.events.due(now + timedelta(seconds=60))] == [number]


def test_delayed_event_is_due_after_its_delay(sandbox: Sandbox) -> None:
    """An event of a dashboard with a delay is due so long after it happened."""
    sandbox.configure(replace(sandbox.dashboard(PID), event_delay=timedelta(seconds=3)))
    submitted(sandbox)
    now = sandbox.clock.now()
    assert sandbox.events.due(now + timedelta(seconds=2.9)) == []
    due = sandbox.events.due(now + timedelta(seconds=3))
    assert [event.trigger for event in due] == ["created", "approved"]
    assert {event.created_at for event in due} == {NOON}


def test_due_events_come_in_order_and_not_all_at_once(sandbox: Sandbox, still: StillClock) -> None:
    """The oldest events are due first, at most so many."""
    made = [emit(sandbox) for _ in range(5)]
    assert [event.id for event in sandbox.events.due(still.now, limit=3)] == made[:3]
    assert [event.id for event in sandbox.events.due(still.now, limit=3)] == made[3:]


def test_attempts_are_kept_until_the_event_is_delivered(sandbox: Sandbox) -> None:
    """A failed attempt makes the event due again; a delivered one is not sent any more."""
    number, now = emit(sandbox), sandbox.clock.now()
    failed = Attempt(NOON, None, "timeout", b"{}")
    sandbox.events.note(number, failed, state="waiting", due_at=now + timedelta(minutes=1))
    assert sandbox.events.due(now) == []
    (event,) = sandbox.events.due(now + timedelta(minutes=1))
    assert event.attempts == 1
    sandbox.events.note(number, OK, state="delivered")
    assert sandbox.events.due(now + timedelta(days=1)) == []
    assert sandbox.events.attempts(number) == [failed, OK]
    assert (sandbox.events.get(number).state, sandbox.events.get(number).attempts) == ("delivered", 2)


def test_event_without_a_url_is_kept_and_not_sent(sandbox: Sandbox) -> None:
    """Without a webhook URL, an event is only kept."""
    number = emit(sandbox, url=None)
    assert sandbox.events.get(number).state == "unsent"
    assert sandbox.events.due(sandbox.clock.now()) == []


def test_newest_events_come_first(sandbox: Sandbox) -> None:
    """Events can be listed by project and trigger, the newest first."""
    first, second = emit(sandbox, "submit"), emit(sandbox)
    assert [event.id for event in sandbox.events.newest()] == [second, first]
    assert [event.id for event in sandbox.events.newest(PID, trigger="submit")] == [first]
    assert [event.id for event in sandbox.events.newest(limit=1)] == [second]
    assert sandbox.events.newest("other00001") == []


def test_unknown_event_is_refused(sandbox: Sandbox) -> None:
    """An id that no event has is refused."""
    with pytest.raises(UnknownError):
        sandbox.events.get(99)
    with pytest.raises(UnknownError):
        sandbox.events.note(99, OK, state="delivered")
