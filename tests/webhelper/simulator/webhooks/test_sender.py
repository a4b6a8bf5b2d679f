"""These tests send the events of a sandbox by hand, with failures, faults and a clock that they turn."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sandboxes import StillClock

from liveform import Pipeline
from webhelper.simulator import Simulator
from webhelper.simulator.sandbox.errors import UnknownError
from webhelper.simulator.sandbox.events import Event
from webhelper.simulator.sandbox.faults import Fault
from webhelper.simulator.sandbox.sandbox import Sandbox
from webhelper.simulator.webhooks.posting import Poster
from webhelper.simulator.webhooks.sender import HELD_BACK, LOST, NO_PROJECT, RETRY_AFTER, Sender

PID = "plain00001"
URL = "http://127.0.0.1:9/hook"


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Return a sandbox whose project has a webhook URL."""
    sandbox.configure(replace(sandbox.dashboard(PID), webhook_url=URL))
    return sandbox


@pytest.fixture
def sender(simulator: Simulator) -> Sender:
    """Return the sender, whose events go to the receiver."""
    return simulator.sender


def emit(sandbox: Sandbox, number: int = 1) -> int:
    """Keep an event of the trigger ``approved``, and return its id."""
    members = {"webhook_trigger": "approved", "number": number}
    return sandbox.events.emit(PID, members, url=URL, at=sandbox.clock.now())


def numbers(receiver: Any) -> list[int]:
    """Return the numbers of the events that the receiver got, in order."""
    return [json.loads(body)["number"] for body in receiver.bodies]


def problems(sandbox: Sandbox, event_id: int) -> list[object]:
    """Return the status or the problem of each attempt."""
    return [one.status or one.problem for one in sandbox.events.attempts(event_id)]


def one(sandbox: Sandbox, event_id: int) -> Event:
    """Return an event."""
    return sandbox.events.get(event_id)


def test_due_events_are_sent_once_and_in_order(sandbox: Sandbox, sender: Sender, receiver: Any) -> None:
    """Events that are due are sent in the order of their creation, each once, also more than a batch."""
    ids = [emit(sandbox, number) for number in range(45)]
    assert sender.deliver_due() == 45
    assert numbers(receiver) == list(range(45))
    assert {one(sandbox, event_id).state for event_id in ids} == {"delivered"}
    assert sender.deliver_due() == 0


def test_attempt_keeps_time_status_and_body(sandbox: Sandbox, sender: Sender, still: StillClock) -> None:
    """An attempt keeps when it was, how it was answered, and what was sent."""
    event_id = emit(sandbox)
    sender.deliver_due()
    (attempt,) = sandbox.events.attempts(event_id)
    assert (attempt.at, attempt.status, attempt.problem) == ("2026-05-01T12:00:00.000Z", 200, None)
    assert json.loads(attempt.body or b"") == {"webhook_trigger": "approved", "number": 1}


def test_failed_attempt_is_repeated_by_the_schedule(
    sandbox: Sandbox, sender: Sender, receiver: Any, still: StillClock
) -> None:
    """An event that is not answered by 2xx is tried again after each time of the schedule, not before."""
    receiver.statuses = [500, httpx2.ReadTimeout("x"), 404]
    event_id = emit(sandbox)
    assert sender.deliver_due() == 1
    for number, wait in enumerate(RETRY_AFTER):
        still.turn(seconds=wait.total_seconds() - 1)
        assert sender.deliver_due() == 0
        still.turn(seconds=1)
        assert sender.deliver_due() == 1
        assert len(receiver.bodies) == number + 2
    assert problems(sandbox, event_id) == [500, "time-out", 404, 200]
    assert one(sandbox, event_id).state == "delivered"


def test_event_has_failed_after_the_schedule(sandbox: Sandbox, receiver: Any, still: StillClock) -> None:
    """An event that fails once more than the schedule has times is given up (FAQ)."""
    transport = httpx2.MockTransport(receiver)
    sender = Sender(sandbox, Poster(transport=transport), retry_after=[timedelta(seconds=1)])
    receiver.statuses = [500, 500, 500]
    event_id = emit(sandbox)
    sender.deliver_due()
    still.turn(days=1)
    assert sender.deliver_due() == 1
    assert one(sandbox, event_id).state == "failed"
    still.turn(days=1)
    assert sender.deliver_due() == 0
    assert len(receiver.bodies) == 2


def test_event_without_a_url_is_not_sent(simulator: Simulator, sandbox: Sandbox, receiver: Any) -> None:
    """An event of a project without a webhook URL is kept and not sent, not even by hand."""
    event_id = sandbox.events.emit(PID, {"webhook_trigger": "aml"}, url=None, at=sandbox.clock.now())
    assert simulator.sender.deliver_due() == 0
    simulator.sender.send_now(event_id)
    assert receiver.bodies == []
    assert one(sandbox, event_id).state == "unsent"


def test_event_of_a_project_that_is_gone_has_failed(sandbox: Sandbox, sender: Sender) -> None:
    """An event of a project that the settings do not have any more fails, and the others are sent."""
    at = sandbox.clock.now()
    event_id = sandbox.events.emit("gone000001", {"webhook_trigger": "aml"}, url=URL, at=at)
    other = emit(sandbox)
    assert sender.deliver_due() == 2
    assert problems(sandbox, event_id) == [NO_PROJECT]
    assert (one(sandbox, event_id).state, one(sandbox, other).state) == ("failed", "delivered")


def test_time_does_its_part_before_events_are_sent(
    sandbox: Sandbox, sender: Sender, receiver: Any, still: StillClock
) -> None:
    """A submission that nobody finished is rejected by time, and that event is sent (row 9.6)."""
    sandbox.begin(PID, {}, pipeline=Pipeline.ID_DOCUMENT)
    sender.deliver_due()
    still.turn(days=1)
    sender.deliver_due()
    triggers = [json.loads(body)["webhook_trigger"] for body in receiver.bodies]
    assert triggers == ["created", "rejected"]


def test_fault_duplicate_sends_twice(sandbox: Sandbox, sender: Sender, receiver: Any) -> None:
    """An event that meets ``duplicate`` is sent twice at once; the next one is not."""
    sandbox.faults.add(Fault(where="webhook", kind="duplicate"))
    emit(sandbox, 1)
    emit(sandbox, 2)
    assert sender.deliver_due() == 3
    assert numbers(receiver) == [1, 1, 2]


def test_fault_drop_sends_nothing(sandbox: Sandbox, sender: Sender, receiver: Any, still: StillClock) -> None:
    """An event that meets ``drop`` never arrives (row 9.5)."""
    sandbox.faults.add(Fault(where="webhook", kind="drop", path="approved"))
    event_id = emit(sandbox)
    sender.deliver_due()
    still.turn(days=1)
    sender.deliver_due()
    assert (receiver.bodies, problems(sandbox, event_id)) == ([], [LOST])
    assert one(sandbox, event_id).state == "failed"


def test_fault_reorder_lets_the_others_go_first(sandbox: Sandbox, sender: Sender, receiver: Any) -> None:
    """An event that meets ``reorder`` is sent behind the others that are due (row 9.6)."""
    sandbox.faults.add(Fault(where="webhook", kind="reorder"))
    for number in (1, 2, 3):
        emit(sandbox, number)
    sender.deliver_due()
    assert numbers(receiver) == [2, 3, 1]


@pytest.mark.parametrize("kind", ["reorder", "slow"])
def test_fault_holds_an_event_back(
    sandbox: Sandbox, sender: Sender, receiver: Any, still: StillClock, kind: Any
) -> None:
    """An event that meets ``slow``, or ``reorder`` alone, waits for the seconds of the fault, once."""
    sandbox.faults.add(Fault(where="webhook", kind=kind, seconds=5, times=None))
    event_id = emit(sandbox)
    sender.deliver_due()
    still.turn(seconds=4)
    sender.deliver_due()
    assert receiver.bodies == []
    still.turn(seconds=1)
    receiver.statuses = [500]
    sender.deliver_due()
    assert problems(sandbox, event_id) == [HELD_BACK, 500]
    still.turn(seconds=RETRY_AFTER[0].total_seconds())
    sender.deliver_due()
    assert one(sandbox, event_id).state == "delivered"


@pytest.mark.parametrize(("kind", "seen"), [("status", 503), ("timeout", "time-out")])
def test_fault_hides_the_answer_of_an_event_that_arrived(
    sandbox: Sandbox, sender: Sender, receiver: Any, still: StillClock, kind: Any, seen: object
) -> None:
    """An event that meets ``status`` or ``timeout`` arrives, and comes again as the sender does not know."""
    sandbox.faults.add(Fault(where="webhook", kind=kind, status=503))
    event_id = emit(sandbox)
    sender.deliver_due()
    still.turn(minutes=1)
    sender.deliver_due()
    assert numbers(receiver) == [1, 1]
    assert problems(sandbox, event_id) == [seen, 200]


def test_event_is_sent_again_by_hand(sandbox: Sandbox, sender: Sender, receiver: Any) -> None:
    """An event is sent again, once or twice, whatever became of it, and meets no fault."""
    event_id = emit(sandbox)
    sender.deliver_due()
    sandbox.faults.add(Fault(where="webhook", kind="drop"))
    sender.send_now(event_id)
    sender.send_now(event_id, times=2)
    assert numbers(receiver) == [1, 1, 1, 1]
    with pytest.raises(UnknownError):
        sender.send_now(event_id + 1)


def test_event_that_waits_is_lost_by_hand(
    sandbox: Sandbox, sender: Sender, receiver: Any, still: StillClock
) -> None:
    """An event that waits is lost by hand, and is not tried again."""
    receiver.statuses = [500]
    event_id = emit(sandbox)
    sender.deliver_due()
    sender.lose(event_id)
    still.turn(days=1)
    assert sender.deliver_due() == 0
    assert problems(sandbox, event_id) == [500, LOST]
    with pytest.raises(UnknownError):
        sender.lose(event_id + 1)


def test_only_some_urls_may_be_called(sender: Sender) -> None:
    """The sender says which URLs it may call."""
    assert sender.may_call(URL)
    assert not sender.may_call("https://example.com/")
