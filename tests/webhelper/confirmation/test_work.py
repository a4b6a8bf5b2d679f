"""These tests work the inbox: each event once, whatever the vendor's API or the store does meanwhile."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, cast

import pytest
from confirmed_sites import NAME, ConfirmedSite, text_of
from sites import KEY, NOW, OTHER_KEY, Clock

from liveform import Project, VendorError
from liveform.webhooks import build_event
from webhelper.confirmation.asking import Answer, VendorApi
from webhelper.confirmation.matching import Matcher
from webhelper.confirmation.work import EventWorker
from webhelper.errors import StoreError
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.signing.visit_state import VisitStates
from webhelper.links.stores.inbox import EventState
from webhelper.simulate import LocalSimulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from confirmed_sites import Started

    from liveform.webhooks import Event

PLAIN = Project("abc123de45")
DAY_S = 86_400


class ScriptedApi:
    """An API that answers as a test says; without answers it cannot be asked."""

    def __init__(self) -> None:
        self.answers: list[Answer | BaseException] = []
        self.asked: list[tuple[str, str]] = []
        self.has_key = True

    def can_ask(self, project: str) -> bool:
        """Return whether the project has an API key."""
        return self.has_key

    def ask(self, project: str, submission_id: str, *, now: float) -> Answer:
        """Return the next answer, or raise it."""
        self.asked.append((project, submission_id))
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def api() -> ScriptedApi:
    """Return the API of the project ``shop``."""
    return ScriptedApi()


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> Iterator[ConfirmedSite]:
    """Yield a site of a plain project without an API key."""
    one = ConfirmedSite(tmp_path, PLAIN, clock)
    yield one
    one.close()


@pytest.fixture
def worker(shop: ConfirmedSite, api: ScriptedApi) -> EventWorker:
    """Return a worker of the site that asks the scripted API."""
    return EventWorker(
        inbox=shop.store.inbox,
        matcher=Matcher(VisitStates([KEY], shop.clock), "cf3", shop.store.inbox),
        api=cast("VendorApi", api),
        token_ids=shop.store.token_ids,
    )


def event(started: Started | None, trigger: str = "approved", **members: Any) -> bytes:
    """Return an event of the submission s-17, which carries the state of a visit."""
    made = {"submission_id": "s-17", "kyc_result": {"status": trigger, "updated_at": "2027-01-15T07:59:55Z"}}
    state = {} if started is None else {"cf": {"cf3": started.state}}
    return build_event(trigger, made | state | members, PLAIN, allow_unknown=True)


def answer(started: Started, result: Result = Result.APPROVED, *, at: float = NOW) -> Answer:
    """Return what the API says: s-17 is of this visit, and has this result."""
    outcome = Outcome(result=result, submission_id="s-17", error_code=None, at=at, source=Source.API)
    return Answer(started.visit_id, outcome)


def outage(code: str = "timeout", retry_after_s: float | None = None) -> VendorError:
    """Return the failure of a call."""
    return VendorError("x", reason="timeout", code=code, retry_after_s=retry_after_s)


def state(site: ConfirmedSite) -> tuple[EventState, str | None]:
    """Return how far the work on the one event is, and what failed last."""
    (kept,) = site.events()
    return kept.state, kept.problem


# --- without an API key -------------------------------------------------------------------------------------


def test_event_confirms_its_visit(shop: ConfirmedSite) -> None:
    """An event with the state of a visit confirms what it says, and is done."""
    started = shop.start()
    assert shop.post(event(started)).status_code == 200
    assert shop.shown(started.visit_id) is None
    assert shop.work() == 1
    assert shop.shown(started.visit_id) == "approved confirmed webhook"
    (kept,) = shop.events()
    assert (kept.state, kept.visit_id, kept.problem) == (EventState.DONE, started.visit_id, None)
    assert shop.store.inbox.visit_of_submission(NAME, "s-17") == started.visit_id
    assert shop.work() == 0


def test_empty_inbox_has_no_work(shop: ConfirmedSite) -> None:
    """Without a due event there is nothing to do."""
    assert shop.services.event_worker.work_one(NOW) is False


def test_event_without_an_outcome_tells_whose_submission_it_is(shop: ConfirmedSite) -> None:
    """``created`` confirms nothing, but a later event of the submission needs no state any more."""
    started = shop.start()
    shop.post(event(started, "created", kyc_result={"status": "incomplete"}))
    shop.post(event(None, "updated", data={"kyc_result": "rejected"}, update_time="2027-01-15T07:59:58Z"))
    assert shop.work() == 2
    assert shop.shown(started.visit_id) == "rejected confirmed webhook"


def test_events_are_right_in_any_order(shop: ConfirmedSite) -> None:
    """Older news that comes later changes nothing of what is shown."""
    started = shop.start()
    shop.post(event(started))
    shop.post(event(started, "submit", created_at="2027-01-15T07:59:00Z"))
    shop.work()
    assert shop.shown(started.visit_id) == "approved confirmed webhook"
    assert [text_of(one) for one in shop.visit(started.visit_id).outcomes] == [
        "approved confirmed webhook",
        "pending confirmed webhook",
    ]


@pytest.mark.parametrize("trigger", ["approved", "aproved", "created", "faceAuth", "delete", "aml"])
def test_event_of_nobody_is_done_and_confirms_nothing(shop: ConfirmedSite, trigger: str) -> None:
    """An event of a check that this site did not begin is kept and done, and no visit is found."""
    started = shop.start()
    shop.post(event(None, trigger, cf={"cf3": "table-4"}))
    assert shop.work() == 1
    assert shop.shown(started.visit_id) is None
    (kept,) = shop.events()
    assert (kept.state, kept.visit_id) == (EventState.DONE, None)


def test_event_without_a_submission_confirms_nothing(shop: ConfirmedSite) -> None:
    """An event with a state but without a submission is not believed: nobody could check it."""
    started = shop.start()
    shop.post(event(started, submission_id=7))
    assert shop.work() == 1
    assert shop.shown(started.visit_id) is None


def test_event_is_worked_days_later(shop: ConfirmedSite) -> None:
    """The decision of a review comes days after the link was opened, and is confirmed then."""
    started = shop.start()
    shop.post(event(started))
    assert shop.work(NOW + 20 * DAY_S) == 1
    assert shop.shown(started.visit_id) == "approved confirmed webhook"


# --- with an API key ----------------------------------------------------------------------------------------


def test_api_is_asked_once_and_both_are_kept(
    shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi
) -> None:
    """With an API key, the API is asked about the submission of an event, and what it says is shown."""
    started = shop.start()
    shop.post(event(started))
    api.answers = [answer(started, Result.REJECTED)]
    assert worker.work_one(NOW)
    assert api.asked == [(NAME, "s-17")]
    assert shop.shown(started.visit_id) == "rejected confirmed api"
    assert [text_of(one) for one in shop.visit(started.visit_id).outcomes] == [
        "approved confirmed webhook",
        "rejected confirmed api",
    ]


def test_api_wins_also_if_the_vendors_clock_is_ahead(
    shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi
) -> None:
    """What the API says after an event came is not older than the event, whatever time the event has."""
    started = shop.start()
    shop.post(event(started, kyc_result={"status": "approved", "updated_at": "2027-01-15T08:04:00Z"}))
    api.answers = [answer(started, Result.REJECTED)]
    worker.work_one(NOW)
    assert shop.shown(started.visit_id) == "rejected confirmed api"


def test_api_finds_the_visit_of_an_event_without_a_state(
    shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi
) -> None:
    """An event whose custom fields a projection took away is of the visit that the API's submission names."""
    started = shop.start()
    shop.post(event(None))
    api.answers = [answer(started)]
    worker.work_one(NOW)
    assert shop.shown(started.visit_id) == "approved confirmed api"


@pytest.mark.parametrize("attempt", range(3))
def test_unreachable_api_is_asked_again_later(
    shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi, attempt: int
) -> None:
    """After a failed call the event is due again in 10 seconds, a minute, and ten minutes; not before."""
    started = shop.start()
    shop.post(event(started))
    api.answers = [*[outage()] * (attempt + 1), answer(started)]
    now = NOW
    for pause_s in (10, 60, 600)[: attempt + 1]:
        assert worker.work_one(now)
        assert state(shop) == (EventState.WAITING, "timeout")
        assert shop.shown(started.visit_id) is None
        assert not worker.work_one(now + pause_s - 0.1)
        now += pause_s
    assert worker.work_one(now)
    assert shop.shown(started.visit_id) == "approved confirmed api"


def test_event_counts_by_itself_if_the_api_stays_unreachable(
    shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi
) -> None:
    """After the fourth failed call, what the event itself says is recorded: nobody else records it."""
    started = shop.start()
    shop.post(event(started))
    api.answers = [outage() for _ in range(4)]
    for now in (NOW, NOW + 10, NOW + 70, NOW + 670):
        assert worker.work_one(now)
    assert shop.shown(started.visit_id) == "approved confirmed webhook"
    assert state(shop) == (EventState.DONE, None)


@pytest.mark.parametrize(
    ("wanted_s", "pause_s"), [(None, 10), (0.0, 10), (9.0, 10), (30.0, 30), (3600.0, 3600), (1e9, 3600)]
)
def test_vendor_is_asked_again_when_it_says(
    shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi, wanted_s: float | None, pause_s: float
) -> None:
    """A Retry-After of the vendor makes a pause longer, up to an hour."""
    started = shop.start()
    shop.post(event(started))
    api.answers = [outage("429", wanted_s), answer(started)]
    worker.work_one(NOW)
    assert not worker.work_one(NOW + pause_s - 0.1)
    assert worker.work_one(NOW + pause_s)


@pytest.mark.parametrize("said", ["nobody", "incomplete"])
def test_api_that_does_not_know_it_yet_is_asked_again_and_believed_then(
    shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi, said: str
) -> None:
    """If the API does not confirm an event, it is asked three more times; what it says then is the truth."""
    started = shop.start()
    shop.post(event(started))
    behind = Answer(None, None) if said == "nobody" else Answer(started.visit_id, None)
    api.answers = [behind] * 4
    for now in (NOW, NOW + 10, NOW + 70):
        assert worker.work_one(now)
        assert state(shop) == (EventState.WAITING, "api_behind")
    assert worker.work_one(NOW + 670)
    assert state(shop) == (EventState.DONE, None)
    assert shop.shown(started.visit_id) is None


def test_api_that_knows_it_a_moment_later_confirms_it(
    shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi
) -> None:
    """An event that comes before the API knows of it is confirmed ten seconds later."""
    started = shop.start()
    shop.post(event(started))
    api.answers = [Answer(started.visit_id, None), answer(started, at=NOW + 10)]
    worker.work_one(NOW)
    worker.work_one(NOW + 10)
    assert shop.shown(started.visit_id) == "approved confirmed api"


def test_event_of_nobody_is_asked_about_once(
    shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi
) -> None:
    """A submission of nobody here, such as of a form that was not opened by a link, costs one call."""
    shop.post(event(None))
    api.answers = [Answer(None, None)]
    worker.work_one(NOW)
    assert state(shop) == (EventState.DONE, None)


def test_forged_event_with_ones_own_state_confirms_nothing(
    shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi
) -> None:
    """An event that names somebody else's submission beside the own state is of that submission's visit."""
    mallory, alice = shop.start("mallory"), shop.start("alice")
    shop.post(event(mallory))
    api.answers = [answer(alice)]
    worker.work_one(NOW)
    assert shop.shown(mallory.visit_id) is None
    assert shop.shown(alice.visit_id) == "approved confirmed api"


def test_replayed_event_is_worked_again(shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi) -> None:
    """An operator's replay asks the API again."""
    started = shop.start()
    shop.post(event(started))
    api.answers = [answer(started, Result.PENDING), answer(started, Result.APPROVED, at=NOW + DAY_S)]
    worker.work_one(NOW)
    (kept,) = shop.events()
    assert shop.store.inbox.replay(kept.number, now=NOW + DAY_S)
    worker.work_one(NOW + DAY_S)
    assert shop.shown(started.visit_id) == "approved confirmed api"


# --- what must not be lost ----------------------------------------------------------------------------------


class BrokenMatcher:
    """A matcher with a mistake, which makes an error with personal data in its text."""

    def visit_of_event(self, project: str, event: Event) -> str:
        """Fail."""
        raise ZeroDivisionError("jane@example.com")


@pytest.fixture
def broken(shop: ConfirmedSite, api: ScriptedApi) -> EventWorker:
    """Return a worker that fails for a reason that nobody thought of."""
    return EventWorker(
        inbox=shop.store.inbox,
        matcher=cast("Matcher", BrokenMatcher()),
        api=cast("VendorApi", api),
        token_ids=shop.store.token_ids,
    )


def test_event_that_cannot_be_worked_fails_after_four_attempts(
    shop: ConfirmedSite, broken: EventWorker, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected error postpones the event as often as a failed call, and then it waits for a replay."""
    shop.post(event(shop.start(), email="jane@example.com"))
    with caplog.at_level(logging.INFO):
        for now in (NOW, NOW + 10, NOW + 70):
            assert broken.work_one(now)
            assert state(shop) == (EventState.WAITING, "unexpected")
        assert broken.work_one(NOW + 670)
    assert state(shop) == (EventState.FAILED, "unexpected")
    assert not broken.work_one(NOW + 100 * DAY_S)
    told = ("webhelper", logging.ERROR, "webhook 1 cannot be worked: ZeroDivisionError")
    assert caplog.record_tuples.count(told) == 4
    assert "jane" not in caplog.text


def test_failed_event_is_worked_after_a_replay(shop: ConfirmedSite, broken: EventWorker) -> None:
    """When the cause is removed, a replay works an event that had failed."""
    started = shop.start()
    shop.post(event(started))
    for now in (NOW, NOW + 10, NOW + 70, NOW + 670):
        broken.work_one(now)
    assert shop.store.inbox.replay(1, now=NOW + DAY_S)
    assert shop.work(NOW + DAY_S) == 1
    assert shop.shown(started.visit_id) == "approved confirmed webhook"


def test_event_whose_key_was_removed_is_not_lost(tmp_path: Path, clock: Clock) -> None:
    """An event that was sealed with a SECRET_KEY that is gone fails, and a replay works it with the key."""
    before = ConfirmedSite(tmp_path, PLAIN, clock)
    started = before.start()
    before.post(event(started))
    before.close()
    without = ConfirmedSite(tmp_path, PLAIN, clock, SECRET_KEYS=[OTHER_KEY])
    for now in (NOW, NOW + 10, NOW + 70, NOW + 670):
        assert without.work(now) == 1
    assert state(without) == (EventState.FAILED, "decrypt_failed")
    without.close()
    again = ConfirmedSite(tmp_path, PLAIN, clock, SECRET_KEYS=[OTHER_KEY, KEY])
    again.store.inbox.replay(1, now=NOW + DAY_S)
    again.work(NOW + DAY_S)
    assert again.shown(started.visit_id) == "approved confirmed webhook"
    again.close()


def test_worker_that_dies_is_replaced(shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi) -> None:
    """An event whose worker died is due again when the lease ends, and its late word counts for nothing."""
    started = shop.start()
    shop.post(event(started))
    api.answers = [SystemExit(), answer(started)]
    with pytest.raises(SystemExit):
        worker.work_one(NOW)
    assert not worker.work_one(NOW + 59.9)
    lost = shop.store.inbox.lease(now=NOW + 60, lease_s=60)
    assert lost is not None
    assert worker.work_one(NOW + 120)
    assert not shop.store.inbox.finish(lost, None, now=NOW + 120)
    assert shop.shown(started.visit_id) == "approved confirmed api"


@pytest.mark.parametrize("deaths", [19, 20])
def test_event_that_ends_the_process_each_time_fails_in_the_end(
    shop: ConfirmedSite, worker: EventWorker, api: ScriptedApi, deaths: int
) -> None:
    """An event whose workers die one after the other is given up, so that the process stays alive."""
    started = shop.start()
    shop.post(event(started))
    for number in range(deaths):
        assert shop.store.inbox.lease(now=NOW + number * 60, lease_s=60) is not None
    api.answers = [answer(started)]
    assert worker.work_one(NOW + deaths * 60) is True
    assert state(shop) == ((EventState.FAILED, "unexpected") if deaths == 20 else (EventState.DONE, None))


def test_store_that_is_down_leaves_the_event_to_the_next(
    shop: ConfirmedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the store fails, the error is the caller's to wait for; the event is due when its lease ends."""
    started = shop.start()
    shop.post(event(started))
    with monkeypatch.context() as patch:
        patch.setattr(shop.store.inbox, "finish", _raise_store_error)
        with pytest.raises(StoreError):
            shop.work(NOW)
    assert shop.work(NOW + 60) == 1
    assert shop.shown(started.visit_id) == "approved confirmed webhook"


def _raise_store_error(*_: object, **__: object) -> bool:
    raise StoreError


# --- token ids ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "expired"),
    [
        ({"token_id": "tok_1", "service": "idCheck"}, True),
        ({"token_id": "tok_1"}, True),
        ({"tokenId": "tok_1", "service": "idCheck"}, True),
        ({"token_id": "tok_1", "service": "faceAuth"}, False),
        ({"service": "idCheck"}, False),
    ],
)
def test_expired_token_id_is_noted(shop: ConfirmedSite, members: dict[str, str], expired: bool) -> None:
    """``token_expired`` of the ID check is told to the pool; one of FaceAuth is about other token ids."""
    shop.store.token_ids.add(NAME, ["tok_1"], now=NOW)
    shop.store.token_ids.registered(NAME, ["tok_1"], now=NOW)
    shop.post(event(None, "token_expired", submission_id=None, **members))
    assert shop.work() == 1
    assert shop.store.token_ids.count(NAME).expired == (1 if expired else 0)
    assert state(shop) == (EventState.DONE, None)


# --- the whole way, at the simulator ------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["approved", "pending", "rejected"])
def test_simulated_events_are_confirmed_by_the_simulated_api(
    confirmed_site: ConfirmedSite, simulator: LocalSimulator, outcome: str
) -> None:
    """The events of a check confirm the visit whose link was opened, and so does the API."""
    started = confirmed_site.start()
    simulator.complete(started.form_url, outcome)
    for body in simulator.events:
        assert confirmed_site.post(body).status_code == 200
    assert confirmed_site.work() == len(simulator.events) > 1
    assert confirmed_site.shown(started.visit_id) == f"{outcome} confirmed api"
    assert {one.visit_id for one in confirmed_site.events()} == {started.visit_id}


def test_simulated_review_replaces_what_was_pending(
    confirmed_site: ConfirmedSite, simulator: LocalSimulator
) -> None:
    """What a reviewer decides later is shown from then on."""
    started = confirmed_site.start()
    simulator.complete(started.form_url, "pending")
    submission_id = json.loads(simulator.events[-1])["submission_id"]
    confirmed_site.post(simulator.events[-1])
    confirmed_site.work()
    assert confirmed_site.shown(started.visit_id) == "pending confirmed api"
    simulator.review(submission_id, "approved")
    confirmed_site.post(simulator.events[-1])
    confirmed_site.work(NOW + 5)
    assert confirmed_site.shown(started.visit_id) == "approved confirmed api"


def test_simulated_outage_is_waited_for(
    confirmed_site: ConfirmedSite, simulator: LocalSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    """An API that answers 503 is asked again, and nothing personal is in the log."""
    started = confirmed_site.start()
    simulator.complete(started.form_url, "approved")
    confirmed_site.post(simulator.events[-1])
    simulator.fail("status", status=503)
    with caplog.at_level(logging.DEBUG):
        confirmed_site.work()
        assert confirmed_site.shown(started.visit_id) is None
        confirmed_site.work(NOW + 10)
    assert confirmed_site.shown(started.visit_id) == "approved confirmed api"
    assert "user_12345" not in caplog.text


def test_secure_data_transfer_is_opened_and_confirmed(tmp_path: Path, clock: Clock) -> None:
    """Encrypted events and answers confirm a visit as plain ones do."""
    with LocalSimulator(secure_data_transfer=True) as vendor:
        encrypting = ConfirmedSite(tmp_path, vendor.project, clock)
        started = encrypting.start()
        vendor.complete(started.form_url, "approved")
        for body in vendor.events:
            assert set(json.loads(body)) == {"data"}
            assert encrypting.post(body).status_code == 200
        encrypting.work()
        assert encrypting.shown(started.visit_id) == "approved confirmed api"
        encrypting.close()
