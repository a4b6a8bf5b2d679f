"""These tests receive webhooks, each kept once and worked once."""

from typing import Any

import pytest
from racing import in_threads
from sites import KEY, NOW, OTHER_KEY, new_visit
from store_values import answered, claimed, confirmed, delivered_messages, link_spec, new_event
from stores import Stores
from vector_files import signed_values, vector_name

from webhelper.errors import StoreError
from webhelper.links.outcomes import Outcome, Result
from webhelper.links.stores.base import Store
from webhelper.links.stores.inbox import (
    LONGEST_DELAY_S,
    EventFilter,
    EventLease,
    EventState,
    Finding,
    KeptEvent,
    RefusedCount,
)
from webhelper.links.stores.outbox import MessageKind

DAY_S = 86_400
KNOWN = pytest.mark.parametrize("entry", signed_values("events"), ids=vector_name)


def opened(store: Store, **changes: Any) -> str:
    """Return the id of a visit of a new link."""
    link, _ = store.create(link_spec(**changes), now=NOW)
    return store.visit(link, new_visit(link), browser=None).id


def leased(store: Store, now: float = NOW) -> EventLease:
    """Return a lease of the event that is due longest."""
    lease = store.inbox.lease(now=now, lease_s=60)
    assert lease is not None
    return lease


def kept(store: Store, number: int = 1) -> KeptEvent:
    """Return an event of the inbox."""
    event = store.inbox.get(number)
    assert event is not None
    return event


def finding(visit_id: str, *outcomes: Outcome) -> Finding:
    """Return what the work found out."""
    return Finding(visit_id, outcomes)


# Receiving


def test_event_comes_back_as_it_came(store: Store) -> None:
    """An event is kept with its members, and nothing has been done with it."""
    receipt = store.inbox.receive(new_event(), now=NOW)
    assert (receipt.number, receipt.deliveries, receipt.is_new) == (1, 1, True)
    assert store.inbox.get(receipt.number) == KeptEvent(
        number=1,
        event=new_event(),
        received_at=NOW,
        last_received_at=NOW,
        deliveries=1,
        state=EventState.WAITING,
        attempts=0,
        replays=0,
        problem=None,
        visit_id=None,
    )


def test_event_without_submission_and_time_is_kept(store: Store) -> None:
    """An event may be about no submission, and have no time of its own."""
    event = new_event(submission_id=None, occurred_at=None, members={})
    store.inbox.receive(event, now=NOW)
    assert kept(store).event == leased(store).kept.event == event


def test_event_delivered_again_is_counted(store: Store) -> None:
    """A second delivery of an event is counted, and the first is what is kept."""
    store.inbox.receive(new_event(), now=NOW)
    receipt = store.inbox.receive(new_event(trigger="other", members={"a": 1}), now=NOW + 5)
    assert (receipt.number, receipt.deliveries, receipt.is_new) == (1, 2, False)
    again = kept(store)
    assert (again.event, again.deliveries) == (new_event(), 2)
    assert (again.received_at, again.last_received_at) == (NOW, NOW + 5)


def test_event_of_another_project_is_another_event(store: Store) -> None:
    """The same key of another project is another event."""
    for project in ("shop", "signup"):
        assert store.inbox.receive(new_event(project=project), now=NOW).is_new
    assert len(store.inbox.page(EventFilter(), limit=9)) == 2


def test_event_delivered_by_many_threads_at_once_is_kept_once(store: Store) -> None:
    """An event that sixteen threads deliver at once is new for one of them."""
    receipts = in_threads(16, lambda _: store.inbox.receive(new_event(), now=NOW))
    assert sorted(one.deliveries for one in receipts) == list(range(1, 17))


def test_file_holds_nothing_of_the_members(store: Store, stores: Stores) -> None:
    """The database and its WAL hold no member of an event in plain."""
    store.inbox.receive(new_event(), now=NOW)
    content = stores.contents()
    assert b"key-1" in content
    assert b"jane@example.com" not in content
    assert "김철수".encode() not in content


@KNOWN
def test_event_of_a_known_nonce_is_sealed_into_the_known_bytes(
    entry: dict[str, Any], store: Store, stores: Stores, counted_bytes: None
) -> None:
    """The store seals the members of an event into the same bytes in every later version."""
    store.inbox.receive(
        new_event(project=entry["project"], key=entry["key"], members=entry["members"]), now=NOW
    )
    ((sealed,),) = stores.execute("SELECT sealed FROM events")
    assert sealed.hex() == entry["sealed_hex"]


@KNOWN
def test_event_that_is_stored_already_opens(entry: dict[str, Any], store: Store, stores: Stores) -> None:
    """The members of an event that an earlier version sealed are read."""
    store.inbox.receive(new_event(project=entry["project"], key=entry["key"], members={}), now=NOW)
    stores.execute("UPDATE events SET sealed = ?", bytes.fromhex(entry["sealed_hex"]))
    assert kept(store).event.members == entry["members"]


def test_members_copied_to_another_event_do_not_open(store: Store, stores: Stores) -> None:
    """Sealed members that are copied to another event's row do not open there."""
    for number in (1, 2):
        store.inbox.receive(new_event(number), now=NOW)
    stores.execute("UPDATE events SET sealed = (SELECT sealed FROM events WHERE number = 1)")
    assert kept(store, 1).event.members
    assert not kept(store, 2).event.members


# Leases


def test_event_is_leased_once_and_the_longest_due_first(store: Store) -> None:
    """Each event is leased to one worker, those that came first before the others."""
    for number, now in ((1, NOW + 5), (2, NOW), (3, NOW + 5)):
        store.inbox.receive(new_event(number), now=now)
    assert [leased(store, NOW + 9).kept.number for _ in range(3)] == [2, 1, 3]
    assert store.inbox.lease(now=NOW + 9, lease_s=60) is None


def test_lease_says_what_is_worked_and_until_when(store: Store) -> None:
    """A lease has the event with its members, counts the attempt, and ends when it was asked to."""
    store.inbox.receive(new_event(), now=NOW)
    assert store.inbox.lease(now=NOW - 0.001, lease_s=60) is None
    lease = leased(store)
    assert (lease.kept.event, lease.kept.attempts, lease.until) == (new_event(), 1, NOW + 60)
    assert lease.kept.state is kept(store).state is EventState.WORKING


def test_event_whose_worker_died_is_due_again(store: Store) -> None:
    """An event is due again when its lease has run out, and the late worker's result is refused."""
    store.inbox.receive(new_event(), now=NOW)
    late = leased(store)
    assert store.inbox.lease(now=NOW + 59.999, lease_s=60) is None
    again = leased(store, NOW + 60)
    assert again.fence > late.fence
    assert again.kept.attempts == 2
    assert store.inbox.finish(late, None, now=NOW + 61) is False
    assert store.inbox.postpone(late, "late", at=None) is False
    assert store.inbox.postpone(late, "late", at=NOW) is False
    assert store.inbox.finish(again, None, now=NOW + 61)
    assert len(delivered_messages(store)) == 1


def test_worker_that_is_late_but_the_only_one_may_finish(store: Store) -> None:
    """A worker whose lease has run out may finish as long as nobody else began."""
    store.inbox.receive(new_event(), now=NOW)
    assert store.inbox.finish(leased(store), None, now=NOW + 3600)


@pytest.mark.parametrize("is_postponed", [False, True])
def test_event_does_not_wait_for_as_long_as_the_clock_was_set_back(store: Store, is_postponed: bool) -> None:
    """An event that is due later than the longest delay is due now, after those that are really due."""
    store.inbox.receive(new_event(), now=NOW)
    if is_postponed:
        store.inbox.postpone(leased(store), "api_behind", at=NOW + LONGEST_DELAY_S)
    back = NOW - DAY_S
    store.inbox.receive(new_event(key="b"), now=back)
    assert [leased(store, back).kept.number for _ in range(2)] == [2, 1]
    assert store.inbox.lease(now=back, lease_s=60) is None


def test_event_postponed_for_the_longest_delay_waits(store: Store) -> None:
    """The longest delay is waited for, also by a host whose clock is up to a minute behind."""
    store.inbox.receive(new_event(), now=NOW)
    store.inbox.postpone(leased(store), "api_behind", at=NOW + LONGEST_DELAY_S)
    for now in (NOW - 60, NOW, NOW + LONGEST_DELAY_S - 0.001):
        assert store.inbox.lease(now=now, lease_s=60) is None
    assert leased(store, NOW + LONGEST_DELAY_S).kept.number == 1


def test_event_is_leased_by_one_of_many_threads(store: Store) -> None:
    """Of eight threads, one gets the lease of an event."""
    store.inbox.receive(new_event(), now=NOW)
    leases = in_threads(8, lambda _: store.inbox.lease(now=NOW, lease_s=60))
    assert sum(lease is not None for lease in leases) == 1


def test_event_that_no_key_opens_is_leased_without_its_members(store: Store, stores: Stores) -> None:
    """A worker that lacks the key of an event sees that it cannot work it, and leaves it to others."""
    store.inbox.receive(new_event(), now=NOW)
    other = stores.open(keys=[OTHER_KEY])
    lease = leased(other)
    assert lease.kept.event == new_event(members={})
    assert other.inbox.postpone(lease, "decrypt_failed", at=NOW + 1)
    other.close()
    assert leased(store, NOW + 1).kept.event == new_event()


# Finishing


def test_finish_records_what_was_found(store: Store) -> None:
    """Outcomes, the submission's visit, the messages and the event's end are there after one finish."""
    visit_id = opened(store)
    store.record(visit_id, claimed())
    store.inbox.receive(new_event(), now=NOW + 1)
    said = (confirmed(Result.PENDING, NOW + 1), answered(Result.REJECTED, NOW + 2))
    assert store.inbox.finish(leased(store, NOW + 1), finding(visit_id, *said), now=NOW + 3)
    visited_link = store.visited_link(visit_id)
    assert visited_link is not None
    assert visited_link.visit.outcomes == (claimed(), *said)
    assert visited_link.visit.outcome == visited_link.link.outcome == said[1]
    assert store.inbox.visit_of_submission("shop", "sub-1") == visit_id
    done = kept(store)
    assert (done.state, done.visit_id, done.problem) == (EventState.DONE, visit_id, None)
    told = [(one.kind, one.at, one.data.get("status")) for one in delivered_messages(store)]
    assert told == [
        (MessageKind.OUTCOME_CONFIRMED, NOW + 3, "rejected"),
        (MessageKind.CLAIM_REFUTED, NOW + 3, "rejected"),
        (MessageKind.EVENT_RECEIVED, NOW + 3, None),
    ]
    assert store.inbox.lease(now=NOW + 10**6, lease_s=60) is None


def test_event_received_says_which_and_nothing_personal(store: Store) -> None:
    """The message about an event has its ids and words, and none of its members."""
    visit_id = opened(store)
    store.inbox.receive(new_event(), now=NOW)
    store.inbox.finish(leased(store), finding(visit_id), now=NOW)
    (message,) = delivered_messages(store)
    assert message.data == {
        "number": 1,
        "project": "shop",
        "trigger": "approved",
        "key": "key-1",
        "submission_id": "sub-1",
        "occurred_at": NOW - 5,
        "visit_id": visit_id,
        "replay": False,
    }


def test_submission_of_an_event_without_an_outcome_is_remembered(store: Store) -> None:
    """An event that says nothing of an outcome still tells whose visit its submission is."""
    visit_id = opened(store)
    store.inbox.receive(new_event(), now=NOW)
    store.inbox.finish(leased(store), finding(visit_id), now=NOW)
    assert store.inbox.visit_of_submission("shop", "sub-1") == visit_id
    assert store.inbox.visit_of_submission("signup", "sub-1") is None
    assert store.inbox.submissions_of(visit_id) == ["sub-1"]
    assert store.inbox.submissions_of(opened(store)) == []


@pytest.mark.parametrize("unknown", ["unknown visit", "x", ""])
def test_finding_of_a_visit_that_is_gone_is_recorded_nowhere(unknown: str, store: Store) -> None:
    """An event whose visit is not here any more is done, and belongs to no visit."""
    link, _ = store.create(link_spec(), now=NOW)
    store.inbox.receive(new_event(), now=NOW)
    visit_id = new_visit(link).id if unknown == "unknown visit" else unknown
    assert store.inbox.finish(leased(store), finding(visit_id, confirmed()), now=NOW)
    assert (kept(store).state, kept(store).visit_id) == (EventState.DONE, None)
    assert store.inbox.visit_of_submission("shop", "sub-1") is None
    assert [one.data["visit_id"] for one in delivered_messages(store)] == [None]


def test_event_of_no_submission_that_belongs_to_a_visit_is_done(store: Store) -> None:
    """An event without a submission is recorded for its visit all the same."""
    visit_id = opened(store)
    store.inbox.receive(new_event(submission_id=None), now=NOW)
    assert store.inbox.finish(leased(store), finding(visit_id), now=NOW)
    assert kept(store).visit_id == visit_id


def test_finish_that_is_refused_writes_nothing(store: Store) -> None:
    """A worker whose lease is not the latest records nothing at all."""
    visit_id = opened(store)
    store.inbox.receive(new_event(), now=NOW)
    late = leased(store)
    leased(store, NOW + 60)
    assert not store.inbox.finish(late, finding(visit_id, confirmed()), now=NOW + 61)
    visited_link = store.visited_link(visit_id)
    assert visited_link is not None
    assert visited_link.visit.outcomes == ()
    assert store.inbox.visit_of_submission("shop", "sub-1") is None
    assert store.outbox.waiting() == 0
    assert kept(store).state is EventState.WORKING


def test_finish_that_fails_halfway_writes_nothing(store: Store, stores: Stores) -> None:
    """Without its messages, an event is not done and its outcome is not recorded."""
    visit_id = opened(store)
    store.inbox.receive(new_event(), now=NOW)
    lease = leased(store)
    stores.execute("ALTER TABLE messages RENAME TO others")
    with pytest.raises(StoreError):
        store.inbox.finish(lease, finding(visit_id, confirmed()), now=NOW)
    assert kept(store).state is EventState.WORKING
    assert [one.outcomes for one in store.visits(visit_id[:16], limit=1)] == [()]


def test_finish_sees_a_visit_that_was_opened_just_now(store: Store) -> None:
    """A visit of a reusable link that is not written yet gets its outcome."""
    link, _ = store.create(link_spec(max_uses=None), now=NOW)
    store.inbox.receive(new_event(), now=NOW)
    lease = leased(store)
    visit_id = store.visit(link, new_visit(link), browser=None).id
    assert store.inbox.finish(lease, finding(visit_id, confirmed()), now=NOW)
    assert kept(store).visit_id == visit_id


# Postponing and replaying


def test_event_postponed_is_due_at_its_time(store: Store) -> None:
    """A postponed event says what failed, is due at its time, and the lease before it is worth nothing."""
    store.inbox.receive(new_event(), now=NOW)
    lease = leased(store)
    assert store.inbox.postpone(lease, "vendor_error", at=NOW + 100)
    waiting = kept(store)
    assert (waiting.state, waiting.problem) == (EventState.WAITING, "vendor_error")
    assert not store.inbox.finish(lease, None, now=NOW + 1)
    assert store.inbox.lease(now=NOW + 99.999, lease_s=60) is None
    assert leased(store, NOW + 100).kept.attempts == 2


def test_event_that_failed_is_not_due_any_more(store: Store) -> None:
    """An event that failed for good is not worked again, and a delivery of it changes nothing."""
    store.inbox.receive(new_event(), now=NOW)
    assert store.inbox.postpone(leased(store), "vendor_error", at=None)
    store.inbox.receive(new_event(), now=NOW + 1)
    failed = kept(store)
    assert (failed.state, failed.problem, failed.deliveries) == (EventState.FAILED, "vendor_error", 2)
    assert store.inbox.lease(now=NOW + 10**6, lease_s=60) is None
    assert store.outbox.waiting() == 0


def test_event_done_and_replayed_is_told_as_a_replay(store: Store) -> None:
    """A replay of a done event works it again and marks its message, and keeps its visit."""
    visit_id = opened(store)
    store.inbox.receive(new_event(), now=NOW)
    store.inbox.finish(leased(store), finding(visit_id, confirmed()), now=NOW)
    assert store.inbox.replay(1, now=NOW + 9)
    again = leased(store, NOW + 9)
    assert (again.kept.replays, again.kept.attempts, again.kept.visit_id) == (1, 1, visit_id)
    assert store.inbox.finish(again, None, now=NOW + 9)
    assert kept(store).visit_id == visit_id
    received = [one for one in delivered_messages(store) if one.kind is MessageKind.EVENT_RECEIVED]
    assert [(one.data["replay"], one.data["visit_id"]) for one in received] == [
        (False, visit_id),
        (True, visit_id),
    ]
    assert len({one.id for one in received}) == 2


def test_event_that_failed_and_is_replayed_is_told_for_the_first_time(store: Store) -> None:
    """A replay of an event that was never done begins anew, and its message is no replay."""
    store.inbox.receive(new_event(), now=NOW)
    store.inbox.postpone(leased(store), "vendor_error", at=None)
    assert store.inbox.replay(1, now=NOW + 1)
    waiting = kept(store)
    assert (waiting.state, waiting.attempts, waiting.problem) == (EventState.WAITING, 0, None)
    assert store.inbox.finish(leased(store, NOW + 1), None, now=NOW + 1)
    assert [one.data["replay"] for one in delivered_messages(store)] == [False]


def test_event_replayed_while_it_is_worked_is_worked_anew(store: Store) -> None:
    """A replay takes the event from whoever works it."""
    store.inbox.receive(new_event(), now=NOW)
    lease = leased(store)
    assert store.inbox.replay(1, now=NOW + 1)
    assert not store.inbox.finish(lease, None, now=NOW + 2)
    assert store.inbox.finish(leased(store, NOW + 2), None, now=NOW + 2)


def test_event_of_no_such_number_is_unknown(store: Store) -> None:
    """A number that no event has is neither shown nor replayed."""
    assert store.inbox.get(7) is None
    assert store.inbox.replay(7, now=NOW) is False


# Lists


def test_events_are_listed_the_newest_first_without_members(store: Store) -> None:
    """A list has the newest events first, page by page, and none of their members."""
    for number in range(1, 6):
        store.inbox.receive(new_event(number), now=NOW + number)
    first = store.inbox.page(EventFilter(), limit=3)
    rest = store.inbox.page(EventFilter(), limit=3, before=first[-1].number)
    assert [one.number for one in (*first, *rest)] == [5, 4, 3, 2, 1]
    assert {one.event.key for one in first} == {"key-5", "key-4", "key-3"}
    assert not any(one.event.members for one in first)


def test_events_are_listed_by_what_is_asked_for(store: Store) -> None:
    """A list shows the events of a project, trigger, state or submission, or of several of them."""
    store.inbox.receive(new_event(1), now=NOW)
    store.inbox.receive(new_event(2, trigger="rejected"), now=NOW + 1)
    store.inbox.receive(new_event(3, project="signup"), now=NOW + 2)
    store.inbox.finish(leased(store), None, now=NOW + 3)

    def numbers(**wanted: Any) -> list[int]:
        return [one.number for one in store.inbox.page(EventFilter(**wanted), limit=9)]

    assert numbers(project="shop") == [2, 1]
    assert numbers(trigger="rejected") == [2]
    assert numbers(state=EventState.DONE) == [1]
    assert numbers(submission_id="sub-3") == [3]
    assert numbers(project="shop", state=EventState.WAITING) == [2]
    assert numbers(project="shop' OR 1=1 --") == []


# What is refused


def test_refused_deliveries_are_counted_by_day(store: Store) -> None:
    """Refusals add up by day, project and reason, and the newest day comes first."""
    store.inbox.count_refused({("shop", "wrong_sender"): 2, ("", "unknown"): 1}, now=NOW)
    store.inbox.count_refused({("shop", "wrong_sender"): 3}, now=NOW + 60)
    store.inbox.count_refused({("shop", "malformed"): 1}, now=NOW + DAY_S)
    store.inbox.count_refused({}, now=NOW)
    assert store.inbox.refused(days=2, now=NOW + DAY_S) == [
        RefusedCount("2027-01-16", "shop", "malformed", 1),
        RefusedCount("2027-01-15", "", "unknown", 1),
        RefusedCount("2027-01-15", "shop", "wrong_sender", 5),
    ]
    assert [one.day for one in store.inbox.refused(days=1, now=NOW + DAY_S)] == ["2027-01-16"]


def test_inbox_survives_a_restart(store: Store, stores: Stores) -> None:
    """A new store on the same file goes on with the events of the one before."""
    store.inbox.receive(new_event(), now=NOW)
    store.close()
    again = stores.open(keys=[OTHER_KEY, KEY])
    assert leased(again).kept.event == new_event()
    again.close()
