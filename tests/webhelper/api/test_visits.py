"""These tests look a visit up, and have the vendor's API asked about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from confirmed_sites import ConfirmedSite
from sites import NOW, Clock

from liveform import Project
from liveform.webhooks import build_event
from webhelper.links.visit_ids import new_visit_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from webhelper.simulate import LocalSimulator

PLAIN = Project("abc123de45")


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> Iterator[ConfirmedSite]:
    """Yield a site of a plain project without an API key."""
    one = ConfirmedSite(tmp_path, PLAIN, clock)
    yield one
    one.close()


def visit_of(site: ConfirmedSite, visit_id: str, query: str = "") -> dict[str, Any]:
    """Return what the API answers for a visit."""
    answer = site.call("GET", f"/api/visits/{visit_id}{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def levels(told: dict[str, Any]) -> list[str]:
    """Return the history of a visit, such as ``["approved claimed return"]``."""
    return [f"{one['result']} {one['level']} {one['source']}" for one in told["outcomes"]]


def test_visit_without_news_has_no_outcome(shop: ConfirmedSite) -> None:
    """A visit from which nothing came back is shown with its link, and without an outcome."""
    started = shop.start(label="order 17")
    assert visit_of(shop, started.visit_id) == {
        "id": started.visit_id,
        "at": "2027-01-15T08:00:00Z",
        "userid": None,
        "outcome": None,
        "outcomes": [],
        "link_id": started.link_id,
        "project": "shop",
        "label": "order 17",
        "api_check": None,
    }


def test_visit_has_all_that_was_said_of_it(shop: ConfirmedSite, clock: Clock) -> None:
    """A visit shows its outcome with its level, and the history in the order of arrival."""
    started = shop.start()
    shop.come_back(started, f"https://x.test/?kycStatus=approved&submissionId=s-17&cf3={started.state}")
    made = {"kyc_result": {"status": "rejected", "updated_at": "2027-01-15T07:59:00Z"}}
    event = {"submission_id": "s-17", "cf": {"cf3": started.state}, **made}
    shop.post(build_event("rejected", event, PLAIN))
    clock.advance(9)
    shop.work()
    told = visit_of(shop, started.visit_id)
    assert told["outcome"] == {
        "result": "rejected",
        "level": "confirmed",
        "source": "webhook",
        "submission_id": "s-17",
        "error_code": None,
        "at": "2027-01-15T07:59:00Z",
    }
    assert levels(told) == ["approved claimed return", "rejected confirmed webhook"]
    assert visit_of(shop, started.visit_id, "?confirm=true")["api_check"] == "off"
    assert visit_of(shop, started.visit_id, "?confirm=false") == told


def test_api_is_asked_each_time_that_somebody_wants_it(
    confirmed_site: ConfirmedSite, simulator: LocalSimulator, clock: Clock
) -> None:
    """``confirm=true`` asks the vendor's API, keeps the answer, and asks again the next time."""
    started = confirmed_site.start()
    back = simulator.complete(started.form_url, "pending")
    confirmed_site.come_back(started, back)
    assert levels(visit_of(confirmed_site, started.visit_id)) == ["pending claimed return"]
    told = visit_of(confirmed_site, started.visit_id, "?confirm=true")
    assert (told["api_check"], told["outcome"]["level"]) == ("confirmed", "confirmed")
    clock.advance(60)
    simulator.review(told["outcome"]["submission_id"], "approved")
    told = visit_of(confirmed_site, started.visit_id, "?confirm=true")
    assert levels(told) == ["pending claimed return", "pending confirmed api", "approved confirmed api"]
    assert told["outcome"] == told["outcomes"][2]
    assert visit_of(confirmed_site, started.visit_id) == told | {"api_check": None}


def test_api_that_cannot_be_asked_is_told(confirmed_site: ConfirmedSite, simulator: LocalSimulator) -> None:
    """If the vendor's API cannot be asked, the answer is what was known, and says so."""
    started = confirmed_site.start()
    confirmed_site.come_back(started, simulator.complete(started.form_url, "approved"))
    simulator.fail("status", status=503)
    told = visit_of(confirmed_site, started.visit_id, "?confirm=true")
    assert (told["api_check"], levels(told)) == ("unavailable", ["approved claimed return"])


@pytest.mark.parametrize(
    "visit_id", ["x", "A" * 37, "%00", "../links", new_visit_id("A" * 16, NOW)], ids=range(5)
)
def test_unknown_visit_is_404(shop: ConfirmedSite, visit_id: str) -> None:
    """A visit that is not in the store answers 404."""
    answer = shop.call("GET", f"/api/visits/{visit_id}")
    assert answer.status_code == 404
    assert answer.mimetype == "application/json"


def test_visit_needs_an_api_token(shop: ConfirmedSite) -> None:
    """Nobody sees a visit without an API token."""
    visit_id = shop.start().visit_id
    assert shop.app.test_client().get(f"/api/visits/{visit_id}").status_code == 401


@pytest.mark.parametrize("query", ["confirm=1", "confirm=", "confirm=True", "ask=true", "confirm=null"])
def test_other_queries_are_refused(shop: ConfirmedSite, query: str) -> None:
    """A query that is not ``confirm=true`` or ``confirm=false`` is refused."""
    answer = shop.call("GET", f"/api/visits/{shop.start().visit_id}?{query}")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (422, "field_error")


def test_site_without_a_store_has_no_visits(tmp_path: Path, clock: Clock) -> None:
    """A site that keeps no links answers 404 for every visit."""
    site = ConfirmedSite(tmp_path, PLAIN, clock, STORE="sealed:")
    answer = site.call("GET", f"/api/visits/{new_visit_id('A' * 16, NOW)}")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "unknown_visit")
