"""These tests look for links in the console's list."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from html_forms import Form
from sites import TOKEN, Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

NONE_MATCH, NONE_YET = "No links match this choice.", "No links here yet."


@pytest.fixture
def staff(client: FlaskClient) -> FlaskClient:
    """Return a browser that is signed in to the console."""
    client.post("/sign-in", data={"token": TOKEN})
    return client


def labels(staff: FlaskClient, **query: str) -> list[str]:
    """Return the labels that the list shows."""
    page = staff.get("/", query_string=query).text
    return [unescape(label) for label in re.findall(r'<td class="name"><a href="[^"]*">([^<]*)</a>', page)]


@pytest.fixture
def orders(make_link: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """Return three links, of which two have a label and one a user id."""
    return [
        make_link(label="order 4711"),
        make_link(label="Poster", max_uses=None),
        make_link(fields={"userid": "user_12345"}),
    ]


@pytest.mark.parametrize("name", ["search", "label"])
@pytest.mark.parametrize("text", ["order", "ORDER", " 4711 ", "er 47"])
def test_part_of_a_label_is_enough(  # C1
    staff: FlaskClient, orders: list[dict[str, Any]], name: str, text: str
) -> None:
    """A part of a label finds its link without case; a bookmark of earlier versions does so too."""
    assert labels(staff, **{name: text}) == ["order 4711"]


def test_id_and_user_id_are_found(staff: FlaskClient, orders: list[dict[str, Any]]) -> None:  # C1
    """A part of an id and a whole user id find their links."""
    link_id = orders[2]["id"]
    for text in (link_id, link_id[3:11].lower(), "USER_12345"):
        assert labels(staff, search=text) == [link_id]


@pytest.mark.parametrize(
    "query",
    [{"search": "nothing"}, {"state": "revoked"}, {"state": "revoked", "search": "order"}, {"cursor": "1"}],
)
def test_empty_answer_says_so_and_offers_all_links(  # C1
    staff: FlaskClient, orders: list[dict[str, Any]], query: dict[str, str]
) -> None:
    """A choice that no link matches says so, keeps what was typed, and leads back to all links."""
    page = staff.get("/", query_string=query).text
    assert NONE_MATCH in page
    assert NONE_YET not in page
    assert '<a class="button quiet" href="/">Show all links</a>' in page
    assert Form(page).values["search"] == query.get("search", "")
    assert len(labels(staff)) == 3


def test_site_without_links_does_not_speak_of_a_choice(staff: FlaskClient) -> None:
    """Without any link, the list says that there are none yet; with a choice, that none match it."""
    assert NONE_YET in staff.get("/").text
    assert NONE_MATCH in staff.get("/?search=a").text


def test_search_is_kept_on_the_next_page(
    staff: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """The link to older links keeps state, text, and whether unopened codes are shown."""
    for number in range(6):
        make_link(label=f"Order {number}")
    page = staff.get("/?state=active&search=order&unopened=true&limit=4").text
    (more,) = re.findall(r'rel="next" href="/\?([^"]*)"', page)
    assert set(unescape(more).split("&")) >= {"state=active", "search=order", "unopened=true"}
    assert labels(staff, **dict(pair.split("=") for pair in unescape(more).split("&"))) == [
        "Order 1",
        "Order 0",
    ]


@pytest.mark.parametrize("text", ["x" * 1000, "\0", "%", "' OR 1=1 --", "<b>", "\u202e"])
def test_any_text_can_be_searched(staff: FlaskClient, orders: list[dict[str, Any]], text: str) -> None:
    """Whatever is typed, the page answers, and shows it as text."""
    page = staff.get("/", query_string={"search": text}).text
    assert NONE_MATCH in page
    assert "<b>" not in page


def test_choice_that_cannot_be_read_keeps_the_text(staff: FlaskClient, orders: list[dict[str, Any]]) -> None:
    """A state or cursor that there is not is left out, and the text still counts."""
    assert labels(staff, state="dead", search="order") == ["order 4711"]


def test_times_are_those_of_the_site(make_app: Callable[..., Flask], clock: Clock, api_of: Any) -> None:  # C6
    """Pages give times in TIME_ZONE with its name, and tell the script; without it, in UTC."""
    for zone, time, attribute in (
        (None, "2027-01-15 08:15 UTC", '<html lang="en">'),
        ("Asia/Seoul", "2027-01-15 17:15 KST", '<html lang="en" data-time-zone="Asia/Seoul">'),
    ):
        app = make_app(**({} if zone is None else {"TIME_ZONE": zone}))
        api_of(app).post("/api/links", json={"pipeline": "id_document", "project": "shop"})
        staff = app.test_client()
        staff.post("/sign-in", data={"token": TOKEN})
        page = staff.get("/").text
        assert time in page
        assert attribute in page
