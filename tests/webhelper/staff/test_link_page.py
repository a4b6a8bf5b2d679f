"""These tests look at the page of a link, on which stands who said what of it, and ask the vendor there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from confirmed_sites import ConfirmedSite
from sites import NOW, TOKEN, Clock

from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.simulate import LocalSimulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

NO_ID = "A" * 16


@pytest.fixture
def staff(client: FlaskClient) -> FlaskClient:
    """Return a browser that is signed in to the console."""
    client.post("/sign-in", data={"token": TOKEN})
    return client


@pytest.fixture
def visited(app: Flask, services: Services, make_link: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """Return a maker of links of which something was said; it returns the path of the link's page."""

    def make(*outcomes: Outcome) -> str:
        link = make_link()
        app.test_client().post(link["path"])
        (visit,) = services.links.store.visits(link["id"], limit=1)
        for outcome in outcomes:
            services.links.store.record(visit.id, outcome)
        return f"/links/{link['id']}"

    return make


def said(result: Result, source: Source, seconds: float = 0) -> Outcome:
    """Return what a source said so many seconds after NOW."""
    return Outcome(result=result, submission_id="sub-1", error_code=None, at=NOW + seconds, source=source)


def entries(page: str) -> list[tuple[str, str, str, list[str]]]:
    """Return the history on a page: source, result and level of each badge, and its marks."""
    found = []
    for source, entry in re.findall(r'<li data-source="(\w+)".*?>(.*?)</li>', page, re.DOTALL):
        ((result, level),) = re.findall(r'data-value="(\w+)" data-level="(\w+)"', entry)
        found.append((source, result, level, re.findall(r'<span class="mark(?: bad)?">(\w+)<', entry)))
    return found


def test_page_shows_who_said_what_and_what_of_it_is_shown(
    staff: FlaskClient, visited: Callable[..., str]
) -> None:
    """The page lists what return, webhook and API said, with submission and time, and marks the shown one."""
    path = visited(
        said(Result.APPROVED, Source.RETURN),
        said(Result.PENDING, Source.WEBHOOK),
        said(Result.APPROVED, Source.API, 60),
    )
    page = staff.get(path).text
    assert entries(page) == [
        ("return", "approved", "claimed", []),
        ("webhook", "pending", "confirmed", []),
        ("api", "approved", "confirmed", ["shown"]),
    ]
    assert page.count("<code>sub-1</code>") == 3
    assert "2027-01-15 08:01:00 UTC" in page
    assert "The browser said" not in page


def test_page_says_clearly_that_a_claim_is_refuted(staff: FlaskClient, visited: Callable[..., str]) -> None:
    """A claim that the vendor contradicts is marked, and a sentence says what either of them said."""
    path = visited(said(Result.APPROVED, Source.RETURN), said(Result.REJECTED, Source.WEBHOOK))
    page = staff.get(path).text
    assert entries(page) == [
        ("return", "approved", "claimed", ["refuted"]),
        ("webhook", "rejected", "confirmed", ["shown"]),
    ]
    assert "The browser said “approved”; the vendor says “rejected”." in page


@pytest.mark.parametrize(("lang", "word"), [("en", "Earlier browser"), ("ko", "이전 브라우저")])
def test_page_shows_what_an_earlier_browser_claimed_and_that_it_is_not_shown(
    staff: FlaskClient, visited: Callable[..., str], lang: str, word: str
) -> None:
    """A claim of a browser that handed its visit over is in the history alone, and says whose it is."""
    path = visited(said(Result.APPROVED, Source.EARLIER_BROWSER))
    page = staff.get(f"{path}?lang={lang}").text
    assert entries(page) == [("earlier_browser", "approved", "claimed", [])]
    assert re.search(rf'<span class="source"><svg.*?</svg> {word}</span>', page)
    assert page.count('data-value="approved" data-level') == 1
    listed = re.sub("<template.*?</template>", "", staff.get("/").text, flags=re.DOTALL)
    assert 'data-value="approved" data-level' not in listed


@pytest.mark.parametrize("result", [one for one in Result if one is not Result.ERROR])
@pytest.mark.parametrize("source", [Source.RETURN, Source.WEBHOOK, Source.API])
def test_badge_says_whether_an_outcome_is_claimed_or_confirmed(
    staff: FlaskClient, visited: Callable[..., str], result: Result, source: Source
) -> None:
    """List and page say the level of an outcome in words; what is confirmed has a sign too."""
    level = "claimed" if source is Source.RETURN else "confirmed"
    word = {"unknown": "Being checked"}.get(result, result.capitalize())
    path = visited(said(result, source))
    for page in (staff.get("/").text, staff.get(path).text):
        (badge,) = set(re.findall(rf'data-value="{result}" data-level="{level}">(.*?)</span>', page))
        assert re.sub("<.*>", "", badge) == f"{word}, {level}"
        assert ("<svg" in badge) is (level == "confirmed")


def test_link_that_nobody_opened_or_came_back_from_says_so(
    staff: FlaskClient, make_link: Callable[..., dict[str, Any]], visited: Callable[..., str]
) -> None:
    """The page says that nobody has opened the link yet, and then that nobody has come back."""
    assert "Nobody has opened this link yet." in staff.get(f"/links/{make_link()['id']}").text
    assert "Nobody has come back yet." in staff.get(visited()).text


def test_project_without_an_api_key_is_not_asked(
    staff: FlaskClient, visited: Callable[..., str], services: Services
) -> None:
    """Without an API key, the page has no button to ask the vendor, and asking changes nothing."""
    path = visited(said(Result.APPROVED, Source.RETURN))
    assert "Ask the vendor now" not in staff.get(path).text
    (visit,) = services.links.store.visits(path.removeprefix("/links/"), limit=1)
    assert staff.post(f"{path}/visits/{visit.id}/ask").headers["Location"] == f"{path}?asked=off"


def test_link_of_a_project_that_is_gone_is_shown(
    make_app: Callable[..., Flask], visited: Callable[..., str]
) -> None:
    """The page of a link whose project is no longer in the settings is shown, without the button."""
    path = visited(said(Result.APPROVED, Source.RETURN))
    projects = {
        name: project
        for name, project in make_app().extensions["webhelper"].settings.projects.items()
        if name != "shop"
    }
    browser = make_app(PROJECTS=projects).test_client()
    browser.post("/sign-in", data={"token": TOKEN})
    page = browser.get(path)
    assert page.status_code == 200
    assert "Ask the vendor now" not in page.text


def test_visit_that_is_not_there_or_of_another_link_is_not_asked_about(
    staff: FlaskClient, visited: Callable[..., str], services: Services
) -> None:
    """Asking about an unknown visit, or about one by the page of another link, answers 404."""
    path, other = visited(), visited()
    (visit,) = services.links.store.visits(path.removeprefix("/links/"), limit=1)
    for address in (f"{other}/visits/{visit.id}/ask", f"{path}/visits/{NO_ID}/ask", f"{path}/visits/x/ask"):
        assert staff.post(address).status_code == 404


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("confirmed", "The vendor has answered."),
        ("incomplete", "is not finished yet"),
        ("other_visit", "belongs to another visit"),
        ("no_submission", "Nobody has named a submission"),
        ("unavailable", "could not be asked"),
        ("<b>", None),
    ],
)
def test_page_says_what_came_of_asking(
    staff: FlaskClient, visited: Callable[..., str], asked: str, text: str | None
) -> None:
    """After the vendor was asked, a sentence says what came of it; an unknown word says nothing."""
    page = staff.get(visited(), query_string={"asked": asked}).text
    notices = re.findall(r'<p class="notice" role="status">(.*?)</p>', page)
    assert len(notices) == (text is not None)
    assert text is None or text in notices[0]


# At a simulator of the vendor


@pytest.fixture
def simulator() -> Iterator[LocalSimulator]:
    """Return a simulator of the vendor."""
    with LocalSimulator() as simulator:
        yield simulator


@pytest.fixture
def site(tmp_path: Path, simulator: LocalSimulator) -> Iterator[ConfirmedSite]:
    """Return a site of one project with an API key."""
    site = ConfirmedSite(tmp_path, simulator.project, Clock())
    yield site
    site.close()


def test_button_asks_the_vendor_until_it_has_decided(site: ConfirmedSite, simulator: LocalSimulator) -> None:
    """The button confirms a claim; it stays while the vendor reviews, and goes with the decision."""
    started = site.start()
    site.come_back(started, simulator.complete(started.form_url, "pending"))
    staff = started.browser
    staff.post("/sign-in", data={"token": TOKEN})
    path = f"/links/{started.link_id}"
    for shown, has_button in (("pending", True), ("approved", False)):
        answer = staff.post(f"{path}/visits/{started.visit_id}/ask")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}?asked=confirmed")
        assert site.shown(started.visit_id) == f"{shown} confirmed api"
        assert ("Ask the vendor now" in staff.get(path).text) is has_button
        if shown == "pending":
            (submission_id,) = {one.submission_id for one in site.visit(started.visit_id).outcomes}
            simulator.review(str(submission_id), "approved")


def test_button_comes_back_with_another_try_after_a_rejection(
    site: ConfirmedSite, simulator: LocalSimulator
) -> None:
    """Of who was rejected and comes back approved, the vendor can be asked; nothing is refuted."""
    started = site.start()
    site.come_back(started, simulator.complete(started.form_url, "rejected"))
    staff = started.browser
    staff.post("/sign-in", data={"token": TOKEN})
    path = f"/links/{started.link_id}"
    staff.post(f"{path}/visits/{started.visit_id}/ask")
    assert "Ask the vendor now" not in staff.get(path).text
    site.clock.advance(60)  # type: ignore[attr-defined]  # of the fixture
    site.come_back(started, simulator.complete(started.form_url))
    page = staff.get(path).text
    assert "Ask the vendor now" in page
    assert "The browser said" not in page
    staff.post(f"{path}/visits/{started.visit_id}/ask")
    assert site.shown(started.visit_id) == "approved confirmed api"
    assert "Ask the vendor now" not in staff.get(path).text


def test_claimed_submission_of_another_is_not_taken(site: ConfirmedSite, simulator: LocalSimulator) -> None:
    """A claim with somebody else's approved submission stays a claim after the vendor was asked."""
    owner, other = site.start("user_1"), site.start("user_2")
    claims = simulator.project.read_return(simulator.complete(owner.form_url, "approved"))
    site.store.record(
        other.visit_id,
        Outcome(result=Result.APPROVED, submission_id=claims.submission_id, error_code=None, at=NOW),
    )
    staff = other.browser
    staff.post("/sign-in", data={"token": TOKEN})
    path = f"/links/{other.link_id}"
    answer = staff.post(f"{path}/visits/{other.visit_id}/ask")
    assert answer.headers["Location"] == f"{path}?asked=other_visit"
    assert site.shown(other.visit_id) == "approved claimed return"
