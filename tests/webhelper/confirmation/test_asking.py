"""These tests ask the vendor's API about submissions: the simulator, and a server of the test's own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

import pytest
from loopback_vendor import loopback_vendor
from racing import in_threads
from sites import NOW

from liveform import ConfigError, Project, VendorError
from liveform.rest import Submission
from webhelper.confirmation.asking import TIMEOUT_S, Answer, VendorApi, outcome_of
from webhelper.links.outcomes import Outcome, Result, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from confirmed_sites import ConfirmedSite
    from loopback_vendor import LoopbackVendor

    from webhelper.confirmation.matching import Matcher
    from webhelper.simulate import LocalSimulator

KEY = "Zk3RtYuVASemfm5tZh2rLKHDftdRYuKGMNFweGdZ"


class AnyMatcher:
    """A matcher that finds one visit for everything."""

    def visit_of_submission(self, project: str, submission_id: str, submission: Submission) -> str:
        """Return the visit."""
        return f"visit of {submission_id} in {project}"


def api_of(**projects: Project) -> VendorApi:
    """Return an API over these projects."""
    return VendorApi(projects, cast("Matcher", AnyMatcher()))


@pytest.fixture
def vendor() -> Iterator[LoopbackVendor]:
    """Yield a server that answers as a test says."""
    with loopback_vendor() as one:
        yield one


@pytest.fixture
def api(vendor: LoopbackVendor) -> Iterator[VendorApi]:
    """Yield an API whose project ``shop`` asks the server."""
    one = api_of(
        shop=Project("abc123de45", api_key=KEY, api_url=vendor.base_url), plain=Project("abc123de46")
    )
    yield one
    one.close()


def submission(status: str | None) -> dict[str, Any]:
    """Return a submission with this status as the API writes it."""
    return {"submission_id": "s-17", "kyc": {"result": status}}


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("approved", Result.APPROVED),
        ("pending", Result.PENDING),
        ("rejected", Result.REJECTED),
        ("incomplete", None),
        (None, None),
        ("on hold", Result.UNKNOWN),
        ("Approved", Result.UNKNOWN),
        ("", Result.UNKNOWN),
    ],
)
def test_status_of_a_submission_becomes_its_outcome(status: str | None, result: Result | None) -> None:
    """The three statuses are results; an unfinished check has none, and a new word is unknown."""
    outcome = outcome_of(Submission.read(submission(status)), "s-17", now=NOW)
    wanted = Outcome(result=result, submission_id="s-17", error_code=None, at=NOW, source=Source.API)
    assert outcome == (None if result is None else wanted)


def test_submission_without_a_decision_has_no_outcome() -> None:
    """A submission whose answer has no status at all has no outcome."""
    assert outcome_of(Submission.read({}), "s-17", now=NOW) is None


def test_answer_has_the_outcome_and_the_visit(api: VendorApi, vendor: LoopbackVendor) -> None:
    """An answer says what the submission's status is and whose it is; only a GET was sent, with the key."""
    vendor.answer({"Items": [submission("approved")]})
    answer = api.ask("shop", "s-17", now=NOW)
    assert answer.visit_id == "visit of s-17 in shop"
    assert answer.outcome is not None
    assert (answer.outcome.result, answer.outcome.level) == ("approved", "confirmed")
    (asked,) = vendor.requests
    assert (asked.method, asked.path, asked.query) == ("GET", "/submission", {"submission_id": "s-17"})


@pytest.mark.parametrize("submission_id", ["", " ", "a b", "s-17\n", "s-17\0", "\u00e9", "x" * 129, "\ud800"])
def test_text_that_is_no_id_is_not_asked_for(
    api: VendorApi, vendor: LoopbackVendor, submission_id: str
) -> None:
    """A claimed id that cannot be one is nobody's, and no call is made for it."""
    assert api.ask("shop", submission_id, now=NOW) == Answer(None, None)
    assert vendor.requests == []


@pytest.mark.parametrize("submission_id", ["../tokens", "s-17&userid=x", "s-17#", "%2e%2e", "x" * 128])
def test_strange_id_stays_inside_its_parameter(
    api: VendorApi, vendor: LoopbackVendor, submission_id: str
) -> None:
    """Whatever an id holds, the call asks for one submission and for nothing else."""
    vendor.answer({"Items": []})
    assert api.ask("shop", submission_id, now=NOW) == Answer(None, None)
    (asked,) = vendor.requests
    assert (asked.path, asked.query) == ("/submission", {"submission_id": submission_id})


def test_submission_that_the_vendor_does_not_know_is_nobodys(api: VendorApi, vendor: LoopbackVendor) -> None:
    """That the vendor has no such submission is an answer, and no failure."""
    vendor.answer({"Items": []})
    assert api.ask("shop", "s-17", now=NOW) == Answer(None, None)


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_failure_is_raised_after_one_call(api: VendorApi, vendor: LoopbackVendor, status: int) -> None:
    """A failed call is not repeated here, so that nobody waits long; who asks decides when to come back."""
    vendor.answer({"message": "no"}, status=status)
    with pytest.raises(VendorError):
        api.ask("shop", "s-17", now=NOW)
    assert len(vendor.requests) == 1


def test_answer_about_another_submission_is_a_failure(api: VendorApi, vendor: LoopbackVendor) -> None:
    """An answer about another submission than the one that was asked for is not believed."""
    vendor.answer({"Items": [submission("approved") | {"submission_id": "s-18"}]})
    with pytest.raises(VendorError):
        api.ask("shop", "s-17", now=NOW)


def test_only_projects_with_an_api_key_can_be_asked(api: VendorApi) -> None:
    """A project without an API key cannot be asked, and neither can one that was removed."""
    assert [api.can_ask(name) for name in ("shop", "plain", "removed")] == [True, False, False]


def test_client_answers_within_ten_seconds(api: VendorApi) -> None:
    """One call may take eight seconds and is made once, because somebody waits for the answer."""
    setup = api.client("shop")._setup
    assert (setup.timeout, setup.max_retries) == (TIMEOUT_S, 0)
    assert TIMEOUT_S < 10


def test_client_is_made_once_for_all_threads(api: VendorApi) -> None:
    """All threads of a process share one client of a project."""
    clients = in_threads(8, lambda _: api.client("shop"))
    assert len({id(client) for client in clients}) == 1


def test_client_is_not_shared_by_a_fork(api: VendorApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was forked opens connections of its own."""
    before = api.client("shop")
    monkeypatch.setattr(os, "getpid", lambda: -1)
    own = api.client("shop")
    assert own is not before
    assert api.client("shop") is own
    before.close()


def test_closed_clients_are_made_again_when_they_are_needed(api: VendorApi) -> None:
    """After ``close``, the next question opens connections again."""
    before = api.client("shop")
    api.close()
    api.close()
    with pytest.raises(ConfigError, match="is closed"):
        before.submissions.get("s-17")
    assert api.client("shop") is not before


def test_simulated_submission_names_the_visit_that_it_belongs_to(
    confirmed_site: ConfirmedSite, simulator: LocalSimulator
) -> None:
    """The state that the form URL carried comes back in the API's submission, and names its visit."""
    started = confirmed_site.start()
    back = simulator.complete(started.form_url, "pending")
    submission_id = simulator.project.read_return(back).submission_id
    assert submission_id is not None
    answer = confirmed_site.services.confirmer._api.ask("shop", submission_id, now=NOW)
    assert answer.visit_id == started.visit_id
    assert answer.outcome is not None
    assert (answer.outcome.result, answer.outcome.submission_id) == ("pending", submission_id)
