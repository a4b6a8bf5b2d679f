"""These tests exchange a result code at a site that asks the vendor's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from confirmed_sites import NAME, ConfirmedSite, text_of
from loopback_vendor import Answered, Asked, loopback_vendor

from liveform import Project

if TYPE_CHECKING:
    from pathlib import Path

    from confirmed_sites import Started
    from sites import Clock

    from webhelper.simulate import LocalSimulator

NEXT = "https://app.example.com/done"


def code_of(site: ConfirmedSite, started: Started, return_url: str) -> str:
    """Let the browser come back, and return the result code that it brings to ``next``."""
    answer = site.come_back(started, return_url)
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["Location"]).query)["result"][0]


def exchange(site: ConfirmedSite, code: str) -> dict[str, Any]:
    """Return what ``/api/results`` answers."""
    answer = site.call("POST", "/api/results", json={"code": code})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def certainty(told: dict[str, Any]) -> tuple[str, str, bool, str]:
    """Return status, level, whether it is a claim, and what came of asking the API."""
    return told["status"], told["level"], told["claimed"], told["api_check"]


@pytest.mark.parametrize("outcome", ["approved", "pending", "rejected"])
def test_result_is_confirmed_by_the_api(
    confirmed_site: ConfirmedSite, simulator: LocalSimulator, outcome: str
) -> None:
    """With an API key, a result is what the vendor says, and no claim any more."""
    started = confirmed_site.start(next=NEXT)
    told = exchange(
        confirmed_site,
        code_of(confirmed_site, started, simulator.complete(started.form_url, outcome)),
    )
    assert certainty(told) == (outcome, "confirmed", False, "confirmed")
    assert (told["visit_id"], told["userid"]) == (started.visit_id, "user_12345")
    assert confirmed_site.shown(started.visit_id) == f"{outcome} confirmed api"


def test_result_after_an_error_page_stays_a_claim(
    confirmed_site: ConfirmedSite, simulator: LocalSimulator
) -> None:
    """An error page names no submission, so that there is nothing to ask for."""
    started = confirmed_site.start(next=NEXT)
    back = simulator.complete(started.form_url, "error")
    told = exchange(confirmed_site, code_of(confirmed_site, started, back))
    assert certainty(told) == ("error", "claimed", True, "no_submission")


def test_result_that_a_webhook_confirmed_is_asked_for_once_more(
    confirmed_site: ConfirmedSite, simulator: LocalSimulator
) -> None:
    """The API is asked also if a webhook came first, because it wins where the two disagree."""
    started = confirmed_site.start(next=NEXT)
    back = simulator.complete(started.form_url, "approved")
    confirmed_site.post(simulator.events[-1])
    simulator.fail("status", times=1, status=500)
    confirmed_site.work()
    told = exchange(confirmed_site, code_of(confirmed_site, started, back))
    assert certainty(told) == ("approved", "confirmed", False, "confirmed")


def test_approval_of_somebody_else_is_not_believed(
    confirmed_site: ConfirmedSite, simulator: LocalSimulator
) -> None:
    """Whoever claims somebody else's approved submission gets no confirmation of it."""
    alice, mallory = confirmed_site.start("alice"), confirmed_site.start("mallory", next=NEXT)
    approved = simulator.project.read_return(simulator.complete(alice.form_url, "approved"))
    simulator.complete(mallory.form_url, "rejected")
    claims = {"kycStatus": "approved", "submissionId": approved.submission_id, "userid": "mallory"}
    forged = simulator.project.build_return("https://x.test/", claims | {"cf3": mallory.state})
    told = exchange(confirmed_site, code_of(confirmed_site, mallory, forged))
    assert certainty(told) == ("approved", "claimed", True, "other_visit")
    assert confirmed_site.shown(alice.visit_id) is None


def test_forged_approval_of_the_own_submission_is_rejected(
    confirmed_site: ConfirmedSite, simulator: LocalSimulator
) -> None:
    """A claimed approval of a rejected submission is rejected, and both are in the visit's history."""
    mallory = confirmed_site.start("mallory", next=NEXT)
    own = simulator.project.read_return(simulator.complete(mallory.form_url, "rejected"))
    claims = {"kycStatus": "approved", "submissionId": own.submission_id, "userid": "mallory"}
    forged = simulator.project.build_return("https://x.test/", claims | {"cf3": mallory.state})
    told = exchange(confirmed_site, code_of(confirmed_site, mallory, forged))
    assert certainty(told) == ("rejected", "confirmed", False, "confirmed")
    history = [text_of(one) for one in confirmed_site.visit(mallory.visit_id).outcomes]
    assert history == ["approved claimed return", "rejected confirmed api"]


def test_unavailable_api_leaves_a_claim_that_can_be_confirmed_later(
    confirmed_site: ConfirmedSite, simulator: LocalSimulator
) -> None:
    """If the vendor cannot be asked, the answer is the claim; the visit's id lets the site ask later."""
    started = confirmed_site.start(next=NEXT)
    back = simulator.complete(started.form_url, "approved")
    code = code_of(confirmed_site, started, back)
    simulator.fail("status", status=503)
    told = exchange(confirmed_site, code)
    assert certainty(told) == ("approved", "claimed", True, "unavailable")
    later = confirmed_site.call("GET", f"/api/visits/{told['visit_id']}?confirm=true").get_json()
    assert (later["api_check"], later["outcome"]["level"]) == ("confirmed", "confirmed")


def test_code_is_used_up_before_the_api_is_asked(tmp_path: Path, clock: Clock) -> None:
    """A code makes one call of the vendor's API at most, however often it is sent, and however that ends."""
    with loopback_vendor() as vendor:
        project = Project("abc123de45", api_key="an-example-of-an-API-key", api_url=vendor.base_url)
        site = ConfirmedSite(tmp_path, project, clock)
        started = site.start(next=NEXT)
        code = code_of(
            site,
            started,
            f"https://x.test/?kycStatus=approved&submissionId=s-17&userid=user_12345&cf3={started.state}",
        )
        statuses: list[int] = []

        def respond(asked: Asked) -> Answered:
            again = site.call("POST", "/api/results", json={"code": code})  # while the first is waiting
            statuses.append(again.status_code)
            return Answered(b"{}", 500)

        vendor.respond = respond
        assert certainty(exchange(site, code)) == ("approved", "claimed", True, "unavailable")
        statuses += [site.call("POST", "/api/results", json={"code": code}).status_code for _ in range(3)]
        assert statuses == [410] * 4
        assert len(vendor.requests) == 1
        site.close()


def test_forged_code_asks_nothing(confirmed_site: ConfirmedSite, simulator: LocalSimulator) -> None:
    """A code that is not ours, or one without an API token, makes no call of the vendor's API."""
    started = confirmed_site.start(next=NEXT)
    code = code_of(confirmed_site, started, simulator.complete(started.form_url, "approved"))
    before = len(simulator.sandbox.requests.newest(limit=100))
    assert confirmed_site.call("POST", "/api/results", json={"code": code + "x"}).status_code == 404
    stranger = confirmed_site.app.test_client()
    assert stranger.post("/api/results", json={"code": code}).status_code == 401
    assert len(simulator.sandbox.requests.newest(limit=100)) == before


def test_return_by_itself_asks_nothing(confirmed_site: ConfirmedSite, simulator: LocalSimulator) -> None:
    """A browser that comes back makes no call of the vendor's API: only an API token does."""
    started = confirmed_site.start(next=NEXT)
    back = simulator.complete(started.form_url, "approved")
    before = len(simulator.sandbox.requests.newest(limit=100))
    confirmed_site.come_back(started, back)
    query = urlsplit(back).query
    started.browser.post("/api/returns", json={"query": query, "project": NAME})
    assert len(simulator.sandbox.requests.newest(limit=100)) == before
