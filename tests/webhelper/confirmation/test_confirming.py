"""These tests ask the vendor's API about a visit on demand, and believe no claim by itself."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn, cast

import pytest
from sites import NOW, Clock, link_request, link_service, new_visit, open_store
from store_values import new_event

from liveform import ConfigError, LiveformError, VendorError
from webhelper.confirmation.asking import Answer, VendorApi
from webhelper.confirmation.confirming import ApiCheck, Confirmer
from webhelper.errors import StoreError
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.stores.inbox import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from webhelper.links.models import Visit
    from webhelper.links.stores.base import Store, VisitedLink


class ScriptedApi:
    """An API with one answer."""

    def __init__(self, answer: Answer | Exception | None) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def can_ask(self, project: str) -> bool:
        """Return whether there is an answer."""
        return self.answer is not None

    def ask(self, project: str, submission_id: str, *, now: float) -> Answer:
        """Return the answer, or raise it."""
        self.asked.append(submission_id)
        if isinstance(self.answer, Answer):
            return self.answer
        raise cast("Exception", self.answer)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield a store."""
    one = open_store(tmp_path)
    yield one
    one.close()


@pytest.fixture
def visit(store: Store, tmp_path: Path) -> Visit:
    """Return a visit from which nothing came back."""
    link, _ = link_service(tmp_path, Clock(), store).create(link_request(), by="test")
    return store.visit(link, new_visit(link), browser=None)


def news(
    result: Result | None = Result.APPROVED,
    *,
    source: Source = Source.RETURN,
    submission_id: str | None = "s-17",
    at: float = NOW,
) -> Outcome:
    """Return what was said of the visit."""
    return Outcome(result=result, submission_id=submission_id, error_code=None, at=at, source=source)


API = news(source=Source.API, at=NOW + 9)


def visited(store: Store, visit: Visit, *outcomes: Outcome) -> VisitedLink:
    """Record what was said of the visit, and return it with its link."""
    for outcome in outcomes:
        store.record(visit.id, outcome)
    visited_link = store.visited_link(visit.id)
    assert visited_link is not None
    return visited_link


def confirm(
    store: Store, visited_link: VisitedLink, answer: Answer | Exception | None, *, once: bool = False
) -> tuple[Any, ApiCheck, list[str]]:
    """Return what is shown after the API was asked, what came of it, and for what it was asked."""
    api = ScriptedApi(answer)
    confirmer = Confirmer(store, cast("VendorApi", api), lambda: NOW + 9)
    checked = (confirmer.confirm_once if once else confirmer.confirm)(visited_link)
    kept = store.visited_link(visited_link.visit.id)
    assert kept is not None
    assert checked.visited_link == kept
    return kept.visit.outcome, checked.api_check, api.asked


def test_words_of_a_check_stay_as_they_are() -> None:
    """The words of ``api_check`` are those that callers compare with."""
    words = ["confirmed", "incomplete", "other_visit", "no_submission", "unavailable", "off"]
    assert [str(one) for one in ApiCheck] == words


def test_claim_is_confirmed_by_the_api(store: Store, visit: Visit) -> None:
    """What the API says of the claimed submission of this visit is kept, and shown from then on."""
    claim = visited(store, visit, news())
    assert confirm(store, claim, Answer(visit.id, API)) == (API, ApiCheck.CONFIRMED, ["s-17"])


def test_claim_is_refuted_by_the_api(store: Store, visit: Visit) -> None:
    """A claimed approval that the vendor rejected is shown as rejected."""
    rejected = news(Result.REJECTED, source=Source.API, at=NOW + 9)
    claim = visited(store, visit, news())
    assert confirm(store, claim, Answer(visit.id, rejected)) == (rejected, ApiCheck.CONFIRMED, ["s-17"])


@pytest.mark.parametrize("whose", ["another visit", None])
def test_submission_of_another_visit_confirms_nothing(store: Store, visit: Visit, whose: str | None) -> None:
    """The approved submission of somebody else, or of nobody here, is worth nothing to who claims it."""
    claim = visited(store, visit, news())
    assert confirm(store, claim, Answer(whose, API)) == (news(), ApiCheck.OTHER_VISIT, ["s-17"])


def test_unfinished_submission_confirms_nothing(store: Store, visit: Visit) -> None:
    """As long as the vendor calls the submission incomplete, the claim stays a claim."""
    claim = visited(store, visit, news())
    assert confirm(store, claim, Answer(visit.id, None)) == (news(), ApiCheck.INCOMPLETE, ["s-17"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (VendorError("user_12345", reason="timeout"), "timeout"),
        (VendorError("user_12345", reason="refused", code="invalid_key"), "invalid_key"),
        (ConfigError(("api_key", "is wrong")), "config_error"),
        (StoreError(), "store_unavailable"),
    ],
)
def test_api_that_cannot_be_asked_leaves_the_claim(
    store: Store, visit: Visit, error: LiveformError, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """If the API cannot be asked, the claim stays a claim, the log has a code, and nobody gets an error."""
    claim = visited(store, visit, news())
    assert confirm(store, claim, error) == (news(), ApiCheck.UNAVAILABLE, ["s-17"])
    told = f"a visit cannot be confirmed now: {code}"
    assert caplog.record_tuples == [("webhelper", logging.WARNING, told)]


def test_project_without_an_api_key_is_not_asked(store: Store, visit: Visit) -> None:
    """Without an API key nothing is asked."""
    assert confirm(store, visited(store, visit, news()), None) == (news(), ApiCheck.OFF, [])


@pytest.mark.parametrize("outcomes", [[], [news(Result.ERROR, submission_id=None)]])
def test_visit_without_a_submission_has_nothing_to_ask_for(
    store: Store, visit: Visit, outcomes: list[Outcome]
) -> None:
    """A visit from which nothing came back, or an error page, names no submission to ask for."""
    shown = outcomes[0] if outcomes else None
    found = confirm(store, visited(store, visit, *outcomes), Answer(visit.id, API))
    assert found == (shown, ApiCheck.NO_SUBMISSION, [])


def test_shown_submission_is_the_one_that_is_asked_for(store: Store, visit: Visit) -> None:
    """Of several submissions, the API is asked for the one whose outcome is shown."""
    said = (
        news(submission_id="claimed"),
        news(submission_id="sent", source=Source.WEBHOOK),
        news(Result.REJECTED, submission_id="unfinished", source=Source.WEBHOOK),
    )
    answer = news(submission_id="sent", source=Source.API, at=NOW + 9)
    found = confirm(store, visited(store, visit, *said), Answer(visit.id, answer))
    assert found == (answer, ApiCheck.CONFIRMED, ["sent"])


@pytest.mark.parametrize("once", [True, False])
def test_another_try_after_a_rejection_is_the_one_that_is_asked_for(
    store: Store, visit: Visit, *, once: bool
) -> None:
    """A rejected visitor who comes back with another submission is asked about by that one."""
    said = (
        news(Result.REJECTED, submission_id="first", source=Source.API),
        news(submission_id="second", at=NOW + 5),
    )
    approved = news(submission_id="second", source=Source.API, at=NOW + 9)
    found = confirm(store, visited(store, visit, *said), Answer(visit.id, approved), once=once)
    assert found == (approved, ApiCheck.CONFIRMED, ["second"])


def test_try_that_is_made_up_leaves_the_rejection(store: Store, visit: Visit) -> None:
    """A claimed submission of somebody else does not take the place of what the vendor said."""
    rejection = news(Result.REJECTED, submission_id="first", source=Source.API)
    said = visited(store, visit, rejection, news(submission_id="stolen", at=NOW + 5))
    found = confirm(store, said, Answer("another visit", news(submission_id="stolen", source=Source.API)))
    assert found == (rejection, ApiCheck.OTHER_VISIT, ["stolen"])


def named(store: Store, visit: Visit, submission_id: str) -> None:
    """Let the vendor name a submission of the visit by its webhook ``created``."""
    store.inbox.receive(new_event(trigger="created", submission_id=submission_id), now=NOW)
    lease = store.inbox.lease(now=NOW, lease_s=9)
    assert lease is not None
    assert store.inbox.finish(lease, Finding(visit.id, ()), now=NOW)


@pytest.mark.parametrize("once", [True, False])
def test_try_that_the_vendor_named_after_a_rejection_is_asked_for(
    store: Store, visit: Visit, *, once: bool
) -> None:
    """A second try of a rejected visitor that the vendor named, and no more, is asked for."""
    rejection = news(Result.REJECTED, submission_id="first", source=Source.API)
    named(store, visit, "second")
    approved = news(submission_id="second", source=Source.API, at=NOW + 9)
    answer = Answer(visit.id, approved)
    assert confirm(store, visited(store, visit, rejection), answer, once=once) == (
        approved,
        ApiCheck.CONFIRMED,
        ["second"],
    )


def test_claim_is_asked_for_before_a_submission_that_was_only_begun(store: Store, visit: Visit) -> None:
    """Of what came back and what the vendor named, the first is asked for; without it, the other one."""
    named(store, visit, "begun")
    _, _, asked = confirm(store, visited(store, visit), Answer(visit.id, None))
    assert asked == ["begun"]
    _, _, asked = confirm(store, visited(store, visit, news()), Answer(visit.id, None))
    assert asked == ["s-17"]


@pytest.mark.parametrize("once", [True, False])
def test_store_that_cannot_be_read_leaves_what_is_known(
    store: Store, visit: Visit, monkeypatch: pytest.MonkeyPatch, *, once: bool
) -> None:
    """If the store cannot be read, the visit comes back as it was known, and nobody gets an error."""
    known = visited(store, visit, API)

    def fail(_: str) -> NoReturn:
        raise StoreError

    monkeypatch.setattr(store.inbox, "submissions_of", fail)
    found = confirm(store, known, Answer(visit.id, API), once=once)
    assert found == (API, ApiCheck.UNAVAILABLE, [])


def test_confirmed_submission_is_asked_for_if_the_shown_one_has_no_id(store: Store, visit: Visit) -> None:
    """If what is shown names no submission, any that was confirmed is asked for."""
    pending = news(Result.PENDING, submission_id="sent", source=Source.WEBHOOK, at=NOW - 9)
    nameless = news(Result.APPROVED, submission_id=None, source=Source.WEBHOOK)
    _, _, asked = confirm(store, visited(store, visit, pending, nameless), Answer(None, None))
    assert asked == ["sent"]


def test_what_an_earlier_browser_claims_is_asked_for_if_nobody_else_names_a_submission(
    store: Store, visit: Visit
) -> None:
    """The vendor's answer about a submission counts, also if it came back in a browser of before."""
    earlier = news(source=Source.EARLIER_BROWSER)
    found = confirm(store, visited(store, visit, earlier), Answer(visit.id, API))
    assert found == (API, ApiCheck.CONFIRMED, ["s-17"])


def test_what_an_earlier_browser_claims_is_asked_for_after_the_others(store: Store, visit: Visit) -> None:
    """As long as the browser that has the visit names a submission, that one is asked for."""
    said = news(source=Source.EARLIER_BROWSER), news(Result.PENDING, submission_id="own")
    _, _, asked = confirm(store, visited(store, visit, *said), Answer(None, None))
    assert asked == ["own"]


def test_answer_wins_over_a_webhook_whose_clock_is_ahead(store: Store, visit: Visit) -> None:
    """What the API says now is shown, also if a webhook that came before has a later time."""
    said = news(Result.APPROVED, source=Source.WEBHOOK, at=NOW + 200)
    answer = news(Result.REJECTED, source=Source.API, at=NOW + 9)
    shown, check, _ = confirm(store, visited(store, visit, said), Answer(visit.id, answer))
    assert (shown.result, shown.source, shown.at, check) == ("rejected", "api", NOW + 200, "confirmed")


@pytest.mark.parametrize(
    ("outcomes", "asks"),
    [
        ([API], False),
        ([news(), API], False),
        ([news(Result.REJECTED, source=Source.API)], False),
        ([news(Result.PENDING, source=Source.API)], True),
        ([news(Result.UNKNOWN, source=Source.API)], True),
        ([news(source=Source.WEBHOOK)], True),  # the API may disagree
        ([news()], True),
    ],
)
def test_decision_of_the_api_is_not_asked_for_again(
    store: Store, visit: Visit, outcomes: list[Outcome], asks: bool
) -> None:
    """Once the API has given a decision, ``confirm_once`` makes no further call, and ``confirm`` does."""
    _, check, asked = confirm(store, visited(store, visit, *outcomes), Answer(visit.id, API), once=True)
    assert (check, asked) == (ApiCheck.CONFIRMED, ["s-17"] if asks else [])
    _, _, asked = confirm(store, visited(store, visit), Answer(visit.id, API))
    assert asked == ["s-17"]


def test_visit_that_was_deleted_meanwhile_is_what_it_was(store: Store, visit: Visit) -> None:
    """If the visit is no longer in the store, what was known of it comes back."""
    claim = visited(store, visit, news())
    lost = claim._replace(visit=replace(new_visit(claim.link), outcome=news()))
    api = ScriptedApi(Answer(lost.visit.id, API))
    checked = Confirmer(store, cast("VendorApi", api), lambda: NOW).confirm(lost)
    assert checked == (lost, ApiCheck.UNAVAILABLE)


@pytest.mark.parametrize(("has_answer", "told"), [(True, 1), (False, 0)])
def test_answer_that_was_kept_is_told(store: Store, visit: Visit, *, has_answer: bool, told: int) -> None:
    """Who delivers messages is told of each answer that was kept, and of nothing else."""
    calls: list[None] = []
    api = ScriptedApi(Answer(visit.id, API if has_answer else None))
    confirmer = Confirmer(store, cast("VendorApi", api), lambda: NOW, on_recorded=lambda: calls.append(None))
    confirmer.confirm(visited(store, visit, news()))
    assert len(calls) == told
