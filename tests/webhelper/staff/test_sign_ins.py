"""These tests show where one is signed in, and end what one has signed in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sites import HOLDER, TOKEN

from webhelper.links.signing.base32 import to_base32
from webhelper.links.stores.sessions import SessionKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from sites import Clock

    from webhelper.services import Services

OTHER = "another"
STORE = {"store": "store 17", "project": "shop", "pipeline": "id_document", "expires_in": "180"}


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., FlaskClient]:
    """Return a maker of browsers that are signed in."""

    def make(site: Flask = app, token: str = TOKEN) -> FlaskClient:
        browser = site.test_client()
        assert browser.post("/sign-in", data={"token": token}).status_code == 303
        return browser

    return make


def is_signed_in(browser: FlaskClient) -> bool:
    """Return whether the console opens."""
    return browser.get("/").status_code == 200


def copy_of(browser: FlaskClient, name: str = "__Host-console") -> FlaskClient:
    """Return another browser with a copy of the cookie, as a thief has it."""
    cookie = browser.get_cookie(name)
    assert cookie is not None
    thief = browser.application.test_client()
    thief.set_cookie(name, cookie.value)
    return thief


def ends_of(page: str) -> list[str]:
    """Return the addresses that end one session."""
    return re.findall(r'action="(/sign-ins/[A-Z2-7]+/end)"', page)


def test_sign_out_ends_the_session_on_the_server(sign_in: Callable[..., FlaskClient]) -> None:  # A8
    """A copy of the cookie opens nothing after the sign-out, and other browsers stay signed in."""
    browser, other = sign_in(), sign_in()
    thief = copy_of(browser)
    assert is_signed_in(thief)
    browser.post("/sign-out")
    assert not is_signed_in(thief)
    assert not is_signed_in(copy_of(thief))
    assert is_signed_in(other)


def test_new_sign_in_ends_the_one_before(sign_in: Callable[..., FlaskClient]) -> None:  # A8
    """A browser that signs in again leaves no session behind."""
    browser = sign_in()
    thief = copy_of(browser)
    browser.post("/sign-in", data={"token": TOKEN})
    assert not is_signed_in(thief)
    assert is_signed_in(browser)


def test_sign_out_everywhere_ends_every_browser(
    sign_in: Callable[..., FlaskClient], make_app: Callable[..., Flask]
) -> None:  # A8
    """Every browser with this API token is signed out at once, in every process; other holders are not."""
    both = {"API_TOKENS": {HOLDER: TOKEN, OTHER: TOKEN[::-1]}}
    one, two, third = (
        sign_in(make_app(**both)),
        sign_in(make_app(**both)),
        sign_in(make_app(**both), TOKEN[::-1]),
    )
    answer = one.post("/sign-ins/end")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert [is_signed_in(browser) for browser in (one, two, third)] == [False, False, True]


@pytest.mark.parametrize(("after_s", "goes_on"), [(7199, True), (7200, False)])
def test_session_ends_without_use(
    sign_in: Callable[..., FlaskClient], system_time: Clock, after_s: float, goes_on: bool
) -> None:  # A8
    """A browser is signed out after two hours without use."""
    browser = sign_in()
    system_time.advance(after_s)
    assert is_signed_in(browser) is goes_on


def test_tab_that_is_left_open_is_signed_out(
    sign_in: Callable[..., FlaskClient], system_time: Clock
) -> None:  # A8
    """The script of a page that is left open gets 401 after two hours, although it asks all the time."""
    browser = sign_in()
    for _ in range(24):
        assert browser.get("/links/state?id=A").status_code == 200
        assert browser.get("/webhooks", headers={"X-Page-Refresh": "1"}).status_code == 200
        system_time.advance(300)
    assert browser.get("/links/state?id=A").status_code == 401
    assert browser.get("/webhooks", headers={"X-Page-Refresh": "1"}).status_code == 303


def test_session_ends_after_twelve_hours_of_work(
    sign_in: Callable[..., FlaskClient], system_time: Clock
) -> None:  # A8
    """A browser that is used all the time is signed out after twelve hours."""
    browser = sign_in()
    for _ in range(12):
        assert is_signed_in(browser)
        system_time.advance(3600)
    assert not is_signed_in(browser)


def test_page_lists_browsers_and_tablets(sign_in: Callable[..., FlaskClient], app: Flask) -> None:
    """The page shows this browser, the others and each tablet, and ends all but this one."""
    browser, _other = sign_in(), sign_in()
    assert 'href="/sign-ins">Sign-ins</a>' in browser.get("/").text
    assert "/sign-ins" not in app.test_client().get("/sign-in").text
    page = browser.get("/sign-ins").text
    assert page.count("This browser") == 1
    assert len(ends_of(page)) == 1
    url, *_ = re.findall(r"shop\.example\.com(/kiosk/start/[^<]+)<", browser.post("/kiosks", data=STORE).text)
    tablet = app.test_client()
    tablet.post(url)
    page = browser.get("/sign-ins").text
    assert "store 17" in page
    assert len(ends_of(page)) == 2
    assert HOLDER in page


def test_browser_of_the_list_is_signed_out(sign_in: Callable[..., FlaskClient]) -> None:  # A8
    """“End” signs another browser out, at once and nobody else."""
    browser, other = sign_in(), sign_in()
    (address,) = ends_of(browser.get("/sign-ins").text)
    answer = browser.post(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-ins")
    assert not is_signed_in(other)
    assert is_signed_in(browser)
    assert ends_of(browser.get("/sign-ins").text) == []


def test_tablet_of_the_list_is_ended(sign_in: Callable[..., FlaskClient], app: Flask) -> None:
    """A tablet that is ended makes no more codes, and says so; signing out everywhere ends none."""
    browser = sign_in()
    url, *_ = re.findall(r"shop\.example\.com(/kiosk/start/[^<]+)<", browser.post("/kiosks", data=STORE).text)
    tablet = app.test_client()
    tablet.post(url)
    sign_in().post("/sign-ins/end")
    assert tablet.post("/kiosk/codes").status_code == 201
    browser = sign_in()
    (address,) = ends_of(browser.get("/sign-ins").text)
    browser.post(address)
    assert [tablet.post("/kiosk/codes").status_code, tablet.get("/kiosk/state").status_code] == [401, 401]
    assert tablet.get("/kiosk").status_code == 303


@pytest.mark.parametrize("key", ["x", "A", "%EA%B0%80", "A" * 500])
def test_session_that_there_is_not_ends_nothing(sign_in: Callable[..., FlaskClient], key: str) -> None:
    """To end what is no session of the holder's changes nothing and leads back to the list."""
    browser = sign_in()
    assert browser.post(f"/sign-ins/{key}/end").status_code == 303
    assert is_signed_in(browser)


def test_session_of_another_holder_is_not_ended(
    make_app: Callable[..., Flask], sign_in: Callable[..., FlaskClient]
) -> None:
    """A holder sees and ends his own sessions alone."""
    site = make_app(API_TOKENS={HOLDER: TOKEN, OTHER: TOKEN[::-1]})
    browser, other = sign_in(site), sign_in(site, TOKEN[::-1])
    (session,) = site.extensions["webhelper"].sessions.of_holder(OTHER)
    assert ends_of(browser.get("/sign-ins").text) == []
    browser.post(f"/sign-ins/{to_base32(session.key)}/end")
    assert is_signed_in(other)


def test_browser_that_becomes_a_kiosk_leaves_no_session(
    sign_in: Callable[..., FlaskClient], services: Services
) -> None:  # A8
    """A browser that opens a tablet's address is signed out on the server, too."""
    browser = sign_in()
    thief = copy_of(browser)
    url, *_ = re.findall(r"shop\.example\.com(/kiosk/start/[^<]+)<", browser.post("/kiosks", data=STORE).text)
    browser.post(url)
    assert not is_signed_in(thief)
    assert [one.kind for one in services.sessions.of_holder(HOLDER)] == [SessionKind.KIOSK]


def test_store_that_is_gone_is_told_to_who_is_signed_in(
    sign_in: Callable[..., FlaskClient], services: Services, tmp_path: Path
) -> None:  # F2
    """While the store cannot be read, the console answers 503 with a page, and public pages are shown."""
    browser = sign_in()
    services.links.store.close()
    (tmp_path / "links.db").unlink()
    (tmp_path / "links.db").mkdir()
    for address in ("/", "/sign-ins", "/links/new"):
        answer = browser.get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "Just a moment" in answer.text
    assert browser.get("/sign-in").status_code == 200
    assert browser.get("/nothing").status_code == 404


# Without a store


def test_site_without_a_store_says_what_it_cannot_do(
    make_app: Callable[..., Flask], sign_in: Callable[..., FlaskClient]
) -> None:  # A8
    """Without a store the page lists nothing, and says how all sign-ins are ended."""
    browser = sign_in(make_app(STORE="sealed:"))
    page = browser.get("/sign-ins").text
    assert "This site keeps no list of sign-ins." in page
    assert ends_of(page) == []
    browser.post("/sign-ins/AAAAAAAA/end")
    assert is_signed_in(browser)
    browser.post("/sign-ins/end")
    assert not is_signed_in(browser)


@pytest.mark.parametrize(("step_s", "hours"), [(3600, 12), (7201, 2)])
def test_site_without_a_store_ends_sessions_by_their_age(
    make_app: Callable[..., Flask],
    sign_in: Callable[..., FlaskClient],
    system_time: Clock,
    step_s: int,
    hours: int,
) -> None:  # A8
    """Without a store a session ends after twelve hours of work, or two without use."""
    browser = sign_in(make_app(STORE="sealed:"))
    passed = 0
    while is_signed_in(browser):
        system_time.advance(step_s)
        passed += step_s
        assert passed <= 12 * 3600
    assert passed // 3600 == hours
