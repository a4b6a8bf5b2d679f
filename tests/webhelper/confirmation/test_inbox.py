"""These tests receive webhooks: read, kept once, and counted when refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import NOW, Clock, open_store
from webhook_samples import ENCRYPTING, PERSONAL, PLAIN, SAMPLES

from liveform import DecryptError, LiveformError, MalformedError, Project, UntrustedInputError
from liveform.webhooks import EVENTS, MAX_BODY_BYTES, build_event
from webhelper.confirmation.inbox import Inbox
from webhelper.errors import NotKeptError
from webhelper.links.stores.inbox import EventFilter, EventState, KeptEvent, NewEvent, Receipt, RefusedCount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webhelper.links.stores.base import Store

PROJECTS = {
    "plain": PLAIN,
    "encrypting": ENCRYPTING,
    "other": Project("abc123de46", api_key="another example of an API key", secure_data_transfer=True),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield a store."""
    one = open_store(tmp_path)
    yield one
    one.close()


@pytest.fixture
def inbox(store: Store, clock: Clock) -> Inbox:
    """Return the inbox of three projects."""
    return Inbox(PROJECTS, store.inbox, clock)


def kept(store: Store) -> list[KeptEvent]:
    """Return all events, the oldest first."""
    found = [store.inbox.get(one.number) for one in reversed(store.inbox.page(EventFilter(), limit=100))]
    return [one for one in found if one is not None]


def body(trigger: str = "approved", project: Project = PLAIN, **members: Any) -> bytes:
    """Return the body of an event."""
    return build_event(trigger, SAMPLES.get(trigger, {}) | members, project, allow_unknown=True)


@pytest.mark.parametrize("trigger", [*EVENTS, "brand_new"])
@pytest.mark.parametrize("project", ["plain", "encrypting"])
def test_every_event_is_kept_with_all_that_it_has(
    inbox: Inbox, store: Store, trigger: str, project: str
) -> None:
    """Each trigger is kept, plain or encrypted, with its members, and waits to be worked."""
    receipt = inbox.receive(project, body(trigger, PROJECTS[project]))
    assert receipt == Receipt(1, 1)
    (one,) = kept(store)
    assert (one.state, one.received_at, one.event.project) == (EventState.WAITING, NOW, project)
    assert (one.event.trigger, one.event.members) == (
        trigger,
        {"webhook_trigger": trigger, **SAMPLES.get(trigger, {})},
    )


def test_kept_event_has_its_ids_and_time(inbox: Inbox, store: Store) -> None:
    """An event is kept with the key of its deduplication, its submission and its own time."""
    inbox.receive("plain", body())
    (one,) = kept(store)
    event = EVENTS["approved"].read(one.event.members)
    assert event.occurred_at is not None
    assert one.event[:5] == ("plain", event.key, "approved", "kz3m1x9q2w8ab", event.occurred_at.timestamp())


@pytest.mark.parametrize(
    ("submission_id", "wanted"),
    [
        ("kz3m1x9q2w8ab", "kz3m1x9q2w8ab"),
        ("evcka62mes3ugzb_mg", "evcka62mes3ugzb_mg"),
        ("x" * 128, "x" * 128),
        ("x" * 129, None),
        ("", None),
        ("jane@example.com", None),
        ("Jane Doe", None),
        ("s-17\n", None),
        ("\u00e9", None),
        (17, None),
        (None, None),
    ],
)
def test_only_what_can_be_an_id_is_kept_in_clear(
    inbox: Inbox, store: Store, submission_id: object, wanted: str | None
) -> None:
    """A submission id is kept in clear if it has the form of an id, and sealed otherwise."""
    inbox.receive("plain", body(submission_id=submission_id))
    (one,) = kept(store)
    assert one.event.submission_id == wanted
    assert one.event.members["submission_id"] == submission_id


@pytest.mark.parametrize("trigger", ["jane@example.com", "Jane Doe", "x" * 41, "approved1", "\u00e9", "x\n"])
def test_only_what_can_be_a_trigger_is_kept_in_clear(inbox: Inbox, store: Store, trigger: str) -> None:
    """A trigger that is not a short word is called ``other``, and kept as it came among the members."""
    inbox.receive("plain", body(trigger))
    (one,) = kept(store)
    assert one.event.trigger == "other"
    assert one.event.members["webhook_trigger"] == trigger


def test_event_that_comes_again_is_counted_and_told(store: Store, clock: Clock) -> None:
    """Another delivery of an event is not kept again; who asked is told of it, and of each new event."""
    told: list[object] = []

    def duplicate(event: NewEvent, receipt: Receipt) -> None:
        told.append((event.trigger, receipt))

    inbox = Inbox(PROJECTS, store.inbox, clock, on_new=lambda: told.append("new"), on_duplicate=duplicate)
    assert inbox.receive("plain", body()).is_new
    clock.advance(60)
    for deliveries in (2, 3):
        assert inbox.receive("plain", body()) == Receipt(1, deliveries)
    assert told == ["new", ("approved", Receipt(1, 2)), ("approved", Receipt(1, 3))]
    (one,) = kept(store)
    assert (one.deliveries, one.received_at, one.last_received_at) == (3, NOW, NOW + 60)


def test_same_event_is_the_same_however_it_is_written(inbox: Inbox) -> None:
    """The order of members and the encryption of a delivery do not make another event of it."""
    members = dict(reversed(SAMPLES["approved"].items()))
    assert inbox.receive("encrypting", body(project=ENCRYPTING)).is_new
    assert not inbox.receive("encrypting", body(project=ENCRYPTING)).is_new  # with another IV
    assert not inbox.receive("encrypting", build_event("approved", members, ENCRYPTING)).is_new


def test_events_of_two_projects_are_two(inbox: Inbox, store: Store) -> None:
    """The same event at the addresses of two projects is kept for each."""
    other = PROJECTS["other"]
    assert inbox.receive("plain", body()).is_new
    assert inbox.receive("other", body(project=other)).is_new
    assert [one.event.project for one in kept(store)] == ["plain", "other"]


DUPLICATE = b'{"webhook_trigger":"aml","email":"jane@example.com","email":"jane@example.com"}'
UNREADABLE: dict[str, tuple[str, bytes, type[LiveformError]]] = {
    "empty": ("plain", b"", MalformedError),
    "no JSON": ("plain", b"webhook_trigger=approved", MalformedError),
    "a list": ("plain", b"[]", MalformedError),
    "no trigger": ("plain", b"{}", MalformedError),
    "a trigger of another type": ("plain", b'{"webhook_trigger":{}}', UntrustedInputError),
    "a member twice": ("plain", DUPLICATE, MalformedError),
    "not a number": ("plain", b'{"webhook_trigger":"aml","x":NaN}', MalformedError),
    "not UTF-8": ("plain", b'{"webhook_trigger":"aml","x":"\xff"}', MalformedError),
    "half a pair": ("plain", b'{"webhook_trigger":"aml","x":"\\ud800"}', MalformedError),
    "deep": ("plain", b'{"webhook_trigger":' + b"[" * 100_000, MalformedError),
    "deep and closed": (
        "plain",
        b'{"webhook_trigger":"aml","x":' + b"[" * 9000 + b"]" * 9000 + b"}",
        MalformedError,
    ),
    "too long": ("plain", b" " * (MAX_BODY_BYTES + 1), MalformedError),
    "a plain one where they are encrypted": ("encrypting", body(), MalformedError),
    "an encrypted one where they are plain": ("plain", body(project=ENCRYPTING), MalformedError),
    "of another project": ("other", body(project=ENCRYPTING), DecryptError),
    "damaged": ("encrypting", body(project=ENCRYPTING)[:-40] + b'AAAA"}', DecryptError),
}


@pytest.mark.parametrize(("project", "content", "error"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_leaves_nothing(
    inbox: Inbox, store: Store, project: str, content: bytes, error: type[LiveformError]
) -> None:
    """A body that is no event of this project is refused, and nothing of it is kept."""
    with pytest.raises(error) as caught:
        inbox.receive(project, content)
    assert not any(text in f"{caught.value} {caught.value!r}" for text in PERSONAL)
    assert kept(store) == []


@given(st.binary(max_size=200))
def test_any_bytes_are_an_event_or_refused(content: bytes) -> None:
    """No body raises anything but an error of the tree, on a site that keeps nothing too."""
    inbox = Inbox(PROJECTS, open_store_without_events(), Clock())
    for project in PROJECTS:
        with pytest.raises((UntrustedInputError, NotKeptError)):
            inbox.receive(project, content)


def open_store_without_events() -> Any:
    """Return the inbox of a site that keeps nothing."""
    return open_store(Path(), "sealed").inbox


def test_site_without_a_store_takes_no_webhooks(clock: Clock) -> None:
    """A site that keeps nothing says so, because an acknowledged event would be lost."""
    with pytest.raises(NotKeptError):
        Inbox(PROJECTS, open_store_without_events(), clock).receive("plain", body())


def test_refusals_are_counted_by_day_project_and_reason(inbox: Inbox, store: Store, clock: Clock) -> None:
    """Refused webhooks are counted, and whoever reads the counts sees the latest."""
    for _ in range(3):
        inbox.refuse("plain", "malformed")
    inbox.refuse("", "wrong_sender")
    assert list(inbox.refused(days=1)) == [
        RefusedCount("2027-01-15", "", "wrong_sender", 1),
        RefusedCount("2027-01-15", "plain", "malformed", 3),
    ]
    clock.advance(86_400)
    inbox.refuse("plain", "malformed")
    inbox.flush()
    assert [one.day for one in store.inbox.refused(days=2, now=clock())] == [
        "2027-01-16",
        "2027-01-15",
        "2027-01-15",
    ]
