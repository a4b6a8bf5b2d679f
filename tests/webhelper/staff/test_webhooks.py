"""These tests look at the console's pages of webhooks: events, bodies, replays, and what was refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sites import NOW, TOKEN, Clock

from webhelper.confirmation.refusals import REASONS
from webhelper.links.stores.inbox import EventState, Finding, NewEvent
from webhelper.staff.webhooks import SHOWN_EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

PATHS = ["/webhooks", "/webhooks/events/1"]


@pytest.fixture
def staff(client: FlaskClient) -> FlaskClient:
    """Return a browser that is signed in to the console."""
    client.post("/sign-in", data={"token": TOKEN})
    return client


@pytest.fixture
def receive(services: Services) -> Callable[..., int]:
    """Return a maker of kept events, which returns their numbers."""
    made: list[int] = []

    def make(project: str = "shop", trigger: str = "approved", **changes: Any) -> int:
        event = NewEvent(
            project=project,
            key=changes.get("key", f"key {len(made)}"),
            trigger=trigger,
            submission_id=changes.get("submission_id", "sub-1"),
            occurred_at=NOW - 60,
            members={"email": "jane@example.com", "full_name": "<b>JANE</b> 홍"},
        )
        made.append(services.links.store.inbox.receive(event, now=NOW).number)
        return made[-1]

    return make


def work(services: Services, finding: Finding | None = None) -> None:
    """Work the event that is due, and find this out."""
    lease = services.links.store.inbox.lease(now=NOW, lease_s=60)
    assert lease is not None
    assert services.links.store.inbox.finish(lease, finding, now=NOW)


def numbers(page: str) -> list[int]:
    """Return the numbers of the events in a list."""
    return [int(one) for one in re.findall(r'href="/webhooks/events/(\d+)"', page)]


@pytest.mark.parametrize("path", PATHS)
def test_page_leads_to_the_sign_in(client: FlaskClient, path: str) -> None:
    """The pages redirect a browser that is not signed in to ``/sign-in``."""
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


def test_nothing_is_replayed_before_the_sign_in_or_for_another_site(
    app: Flask, services: Services, receive: Callable[..., int], staff: FlaskClient
) -> None:
    """A replay needs a sign-in, and a form of this site."""
    receive()
    work(services)
    path = "/webhooks/events/1/replay"
    assert app.test_client().post(path).headers["Location"] == "/sign-in"
    assert staff.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    kept = services.links.store.inbox.get(1)
    assert kept is not None
    assert (kept.state, kept.replays) == (EventState.DONE, 0)


def test_navigation_leads_to_the_webhooks(staff: FlaskClient) -> None:
    """Every page of the console leads to the webhooks, and the page itself is marked as the current one."""
    assert '<a href="/webhooks">Webhooks</a>' in staff.get("/").text
    assert '<a href="/webhooks" aria-current="page">Webhooks</a>' in staff.get("/webhooks").text


def test_list_shows_events_with_the_newest_first(
    staff: FlaskClient, services: Services, receive: Callable[..., int]
) -> None:
    """The list shows trigger, submission, state and problem of each event, and no member of its body."""
    assert "No webhooks here yet." in staff.get("/webhooks").text
    first = receive()
    work(services)
    second = receive("signup", "token_expired", submission_id=None)
    receive("signup", "token_expired", submission_id=None, key="key 1")
    lease = services.links.store.inbox.lease(now=NOW, lease_s=60)
    assert lease is not None
    services.links.store.inbox.postpone(lease, "network", at=None)
    page = staff.get("/webhooks").text
    assert numbers(page) == [second, first]
    assert re.findall(r'class="badge" data-value="(\w+)"', page) == ["failed", "done"]
    assert "2 deliveries" in page
    assert '<code class="small">network</code>' in page
    assert "<code>sub-1</code>" in page
    assert not re.search("jane|홍", page)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, [3, 2, 1]),
        ({"project": "", "state": ""}, [3, 2, 1]),
        ({"project": "signup"}, [3]),
        ({"state": "done"}, [1]),
        ({"state": "waiting", "project": "shop"}, [2]),
        ({"state": "failed"}, []),
        ({"state": "<b>", "project": "<b>", "before": "x"}, [3, 2, 1]),
        ({"before": "2"}, [1]),
        ({"before": "9" * 30}, [3, 2, 1]),
        ({"before": "²"}, [3, 2, 1]),
    ],
)
def test_list_is_filtered_by_project_and_state(
    staff: FlaskClient,
    services: Services,
    receive: Callable[..., int],
    query: dict[str, str],
    wanted: list[int],
) -> None:
    """The list has the events of a project and a state; what there is not shows all."""
    receive()
    work(services)
    receive()
    receive("signup")
    page = staff.get("/webhooks", query_string=query).text
    assert numbers(page) == wanted
    chosen = re.findall(r"<option[^>]* selected>([^<]+)<", page)
    assert len(chosen) == len(
        [one for one in query.items() if one[0] != "before" and one[1] not in ("", "<b>")]
    )


def test_long_list_has_pages(staff: FlaskClient, receive: Callable[..., int]) -> None:
    """A page has fifty events, and a link to the older ones, which keeps the filter."""
    made = [receive() for _ in range(SHOWN_EVENTS + 1)]
    page = staff.get("/webhooks?project=shop&state=waiting").text
    assert numbers(page) == made[:0:-1]
    (older,) = re.findall(r'rel="next" href="([^"]+)"', page)
    page = staff.get(older.replace("&amp;", "&")).text
    assert numbers(page) == made[:1]
    assert 'rel="next"' not in page
    assert "<option selected>shop</option>" in page


def test_counts_of_refused_deliveries_are_shown_in_words(
    staff: FlaskClient, services: Services, clock: Clock
) -> None:
    """The page tells how many deliveries were refused in seven days and why, also those just now."""
    assert "None." in staff.get("/webhooks").text
    for project, reason in (("shop", "wrong_sender"), ("shop", "wrong_sender"), ("", "unknown_project")):
        services.inbox.refuse(project, reason)
    services.inbox.refuse("shop", "another_reason")
    page = staff.get("/webhooks").text
    assert "<strong>2</strong> <span>from an address that is not the vendor's<br>" in page
    assert "2027-01-15 · no project" in page
    assert "another_reason" in page
    clock.advance(7 * 86_400)
    staff.post("/sign-in", data={"token": TOKEN})  # a session has twelve hours
    assert "None." in staff.get("/webhooks").text


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_reason_of_a_refusal_is_shown_in_words(
    staff: FlaskClient, services: Services, language: str
) -> None:
    """No reason under which a delivery is counted is shown as its code, in either language."""
    for reason in REASONS:
        services.inbox.refuse("shop", reason)
    page = staff.get("/webhooks", query_string={"lang": language}).text
    listed = page.partition('<ul class="refused">')[2].partition("</ul>")[0]
    words = re.findall(r"<span>([^<]+)<br>", listed)
    assert len(set(words)) == len(REASONS)
    assert not set(words) & set(REASONS)
    assert all(word.isascii() is (language == "en") for word in words)


def test_addresses_for_the_dashboard_are_shown(staff: FlaskClient) -> None:
    """The page shows the webhook URL of each project, below BASE_URL."""
    found = re.findall(r'<code class="address" id="[\w-]+">([^<]+)<', staff.get("/webhooks").text)
    assert found == [f"https://shop.example.com/webhooks/{name}" for name in ("plain", "shop", "signup")]


def test_event_shows_its_body_only_when_asked(staff: FlaskClient, receive: Callable[..., int]) -> None:
    """The page of an event has no personal data until its button asks for the body, which is escaped."""
    path = f"/webhooks/events/{receive()}"
    page = staff.get(path).text
    assert "2027-01-15 07:59:00 UTC" in page
    assert "<code>sub-1</code>" in page
    assert not re.search("jane|JANE|홍", page)
    assert '<button class="button quiet" name="body" value="1">' in page
    answer = staff.get(f"{path}?body=1")
    assert "&lt;b&gt;JANE&lt;/b&gt; 홍" in answer.text
    assert 'name="body"' not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_event_leads_to_the_link_of_its_visit(
    app: Flask,
    staff: FlaskClient,
    services: Services,
    receive: Callable[..., int],
    make_link: Callable[..., dict[str, Any]],
) -> None:
    """The page of an event leads to the link of the visit that it belongs to; without one, to none."""
    link = make_link(label="counter 17")
    app.test_client().post(link["path"])
    (visit,) = services.links.store.visits(link["id"], limit=1)
    number = receive()
    assert "/links/" not in staff.get(f"/webhooks/events/{number}").text.partition("<main")[2]
    work(services, Finding(visit.id, ()))
    page = staff.get(f"/webhooks/events/{number}").text
    assert f'<a href="/links/{link["id"]}">counter 17</a>' in page


def test_event_that_was_delivered_twice_says_when_last(
    staff: FlaskClient, receive: Callable[..., int]
) -> None:
    """The page of an event tells the time of its latest delivery if there was more than one."""
    number = receive(key="same")
    assert "Delivered last" not in staff.get(f"/webhooks/events/{number}").text
    assert receive(key="same") == number
    assert "Delivered last" in staff.get(f"/webhooks/events/{number}").text


def test_replay_makes_an_event_due_again(
    staff: FlaskClient, services: Services, receive: Callable[..., int]
) -> None:
    """The button of an event has it worked again, and the page says so."""
    number = receive()
    work(services)
    answer = staff.post(f"/webhooks/events/{number}/replay")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/webhooks/events/{number}?replayed=1")
    assert "The event is worked again." in staff.get(answer.headers["Location"]).text
    kept = services.links.store.inbox.get(number)
    assert kept is not None
    assert (kept.state, kept.replays) == (EventState.WAITING, 1)


@pytest.mark.parametrize("number", ["1", "9" * 15, "9" * 40, "x", "-1", "²"])
def test_event_that_is_not_there_is_404(staff: FlaskClient, number: str) -> None:
    """A number of no event answers 404, and so does its replay."""
    assert staff.get(f"/webhooks/events/{number}").status_code == 404
    assert staff.post(f"/webhooks/events/{number}/replay").status_code == 404


def test_site_without_a_store_says_that_it_takes_none(make_app: Callable[..., Flask]) -> None:
    """The page of a site that keeps nothing says so; an event is not there."""
    browser = make_app(STORE="sealed:").test_client()
    browser.post("/sign-in", data={"token": TOKEN})
    page = browser.get("/webhooks").text
    assert "This site keeps nothing, so it takes no webhooks." in page
    assert "<table" not in page
    assert browser.get("/webhooks/events/1").status_code == 409
