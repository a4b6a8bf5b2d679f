"""These tests do things too often, by every way into a site that is limited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from html_forms import Form
from sites import HOLDER, TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from sites import Clock
    from werkzeug.test import TestResponse

CLIENT, OTHER = "203.0.113.7", "198.51.100.9"
STORE = {"store": "store 17", "project": "shop", "pipeline": "id_document", "expires_in": "180"}
WRONG = {"token": "x" * 43}
ORIGIN = "https://app.example.com"


def at(site: Flask, address: str = CLIENT) -> FlaskClient:
    """Return a browser of a client behind the proxy."""
    client = site.test_client()
    client.environ_base["HTTP_X_FORWARDED_FOR"] = address
    return client


def guesses(site: Flask, times: int, address: str = CLIENT) -> list[int]:
    """Return the statuses of so many guesses at the sign-in."""
    return [at(site, address).post("/sign-in", data=WRONG).status_code for _ in range(times)]


@pytest.fixture
def site(make_app: Callable[..., Flask]) -> Flask:
    """Return a site behind one proxy."""
    return make_app(PROXIES=1)


def test_guesses_at_the_sign_in_are_limited(site: Flask, clock: Clock) -> None:  # A9
    """A client has ten guesses, and then one a minute."""
    assert guesses(site, 50) == [403] * 10 + [429] * 40
    assert guesses(site, 1, OTHER) == [403]
    clock.advance(60)
    assert guesses(site, 2) == [403, 429]


@pytest.mark.parametrize("proxies", [1, 0], ids=["clients are told apart", "clients have one address"])
def test_guesses_of_others_keep_nobody_out(make_app: Callable[..., Flask], proxies: int) -> None:  # A9
    """A right API token signs in after any number of wrong ones, of the same address and of all others."""
    site = make_app(PROXIES=proxies, LIMITS={"sign_in_total": "20/10m"})
    guesses(site, 15, OTHER)
    assert (guesses(site, 15) + guesses(site, 1))[-1] == 429
    signed_in = [at(site).post("/sign-in", data={"token": TOKEN}).status_code for _ in range(30)]
    assert signed_in == [303] * 30
    assert guesses(site, 1) == [429]


def test_right_token_without_the_console_is_no_guess(make_app: Callable[..., Flask]) -> None:  # A9
    """An API token that does not allow the console is refused, and counts against nobody."""
    site = make_app(PROXIES=1, API_SCOPES={HOLDER: ["read"]})
    assert [at(site).post("/sign-in", data={"token": TOKEN}).status_code for _ in range(15)] == [403] * 15
    assert guesses(site, 11) == [403] * 10 + [429]


def test_refusal_at_the_sign_in_says_how_long_to_wait(site: Flask, clock: Clock) -> None:  # A9
    """The form says how many minutes to wait, in both languages, and the header how many seconds."""
    guesses(site, 10)
    clock.advance(1)
    answer = at(site).post("/sign-in", data=WRONG)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "59")
    assert Form(answer.text).invalid == {"token"}
    assert "Too many attempts. Please wait 1 minute, and try again." in answer.text
    assert "1분" in at(site).post("/sign-in?lang=ko", data=WRONG).text


def test_guesses_of_many_clients_are_limited_in_total(
    make_app: Callable[..., Flask], clock: Clock
) -> None:  # A9
    """However many addresses somebody has, all guesses together are limited; who is signed in stays so."""
    site = make_app(PROXIES=1, LIMITS={"sign_in_total": "20/10m"})
    staff = at(site, OTHER)
    staff.post("/sign-in", data={"token": TOKEN})
    statuses = [status for number in range(50) for status in guesses(site, 1, f"203.0.113.{number}")]
    assert statuses == [403] * 20 + [429] * 30
    assert staff.get("/").status_code == 200


def test_ipv6_client_is_its_network(site: Flask) -> None:  # A9
    """An IPv6 client that changes its address within its /64 is counted as one."""
    statuses = [guesses(site, 1, f"2a00:1450:4001:82f::{number:x}")[0] for number in range(50)]
    assert statuses == [403] * 10 + [429] * 40
    assert guesses(site, 1, "2a00:1450:4001:830::1") == [403]


def test_address_that_a_client_writes_does_not_count(site: Flask) -> None:  # A9
    """A client that sends an X-Forwarded-For of its own is counted by what the proxy adds."""
    statuses = [guesses(site, 1, f"10.0.0.{number}, {CLIENT}")[0] for number in range(12)]
    assert statuses == [403] * 10 + [429] * 2


def test_staff_of_one_address_sign_in_as_often_as_they_like(site: Flask) -> None:
    """A sign-in that succeeds does not count."""
    for _ in range(25):
        assert at(site).post("/sign-in", data={"token": TOKEN}).status_code == 303


def test_site_with_a_proxy_that_is_not_counted_limits_nobody_by_its_address(app: Flask) -> None:
    """Behind a proxy on this machine that PROXIES does not count, one client does not lock all others out."""
    assert guesses(app, 30) == [403] * 30


@pytest.mark.parametrize("store", ["sqlite", "sealed"])
def test_guesses_are_limited_on_every_kind_of_site(
    make_app: Callable[..., Flask], tmp_path: Path, store: str
) -> None:  # A9
    """Without a store, or with one whose disk is full, each process counts for itself."""
    if store == "sqlite":
        (tmp_path / "links.db-throttle").mkdir()
    site = make_app(PROXIES=1, **({"STORE": "sealed:"} if store == "sealed" else {}))
    assert guesses(site, 12) == [403] * 10 + [429] * 2


def test_processes_of_a_site_count_together(make_app: Callable[..., Flask]) -> None:  # A9
    """Two processes with one store allow as much as one."""
    one, two = make_app(PROXIES=1), make_app(PROXIES=1)
    assert guesses(one, 6) + guesses(two, 6) == [403] * 10 + [429] * 2


def test_limit_can_be_turned_off(make_app: Callable[..., Flask]) -> None:
    """A limit that is off refuses nobody."""
    assert guesses(make_app(PROXIES=1, LIMITS={"sign_in": "off"}), 30) == [403] * 30


def test_log_of_refusals_has_no_address(site: Flask, caplog: pytest.LogCaptureFixture) -> None:  # A9
    """The log tells a limit that was reached, once, and neither address nor what was sent."""
    guesses(site, 30)
    assert len([line for line in caplog.messages if "sign_in" in line]) == 1
    assert CLIENT not in caplog.text
    assert WRONG["token"] not in caplog.text


def test_database_of_limits_has_no_address(site: Flask, tmp_path: Path) -> None:  # A9
    """Neither file of the throttle holds an address or the name of a holder."""
    guesses(site, 3)
    at(site).get("/api/links", headers={"Authorization": f"Bearer {TOKEN}"})
    files = [path.read_bytes() for path in tmp_path.glob("links.db-throttle*")]
    assert files
    assert not any(text in data for data in files for text in (CLIENT.encode(), HOLDER.encode(), b"sign_in"))


# The API


def asked(site: Flask, token: str = TOKEN, address: str = CLIENT) -> TestResponse:
    """Return the answer to a request with an API token."""
    return at(site, address).get("/api/links", headers={"Authorization": f"Bearer {token}"})


def test_api_is_limited_by_its_token(make_app: Callable[..., Flask], clock: Clock) -> None:  # A9
    """An API token has its limit wherever it is used from; another one is not touched by it."""
    tokens = {HOLDER: TOKEN, "other": TOKEN[::-1]}
    site = make_app(PROXIES=1, LIMITS={"api": "3/30s"}, API_TOKENS=tokens)
    answers = [asked(site, address=address) for address in (CLIENT, OTHER) * 3]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 3
    assert answers[3].headers["Retry-After"] == "10"
    assert answers[3].get_json()["error"]["code"] == "too_many_requests"
    assert asked(site, TOKEN[::-1]).status_code == 200
    clock.advance(10)
    assert [asked(site).status_code for _ in range(2)] == [200, 429]


def test_wrong_api_tokens_are_refused_sooner_and_right_ones_are_not(site: Flask) -> None:
    """After sixty wrong API tokens of a client the answer is 429; a right one of the same client works."""
    statuses = [asked(site, "wrong").status_code for _ in range(70)]
    assert statuses == [401] * 60 + [429] * 10
    assert asked(site).status_code == 200
    assert asked(site, "wrong", OTHER).status_code == 401
    assert at(site).get("/api/links").status_code == 401


# Kiosks


def test_codes_of_a_tablet_are_limited(app: Flask, clock: Clock) -> None:  # A9
    """A tablet makes sixty codes at once and then one a second, however fast its cookie is used."""
    tablets = []
    for _ in range(2):
        staff, tablet = app.test_client(), app.test_client()
        staff.post("/sign-in", data={"token": TOKEN})
        page = staff.post("/kiosks", data=STORE).text
        path, *_ = re.findall(r"shop\.example\.com(/kiosk/start/[^<]+)<", page)
        tablet.post(path)
        tablets.append(tablet)
    one, two = tablets
    answers = [one.post("/kiosk/codes") for _ in range(70)]
    assert [answer.status_code for answer in answers] == [201] * 60 + [429] * 10
    assert answers[-1].headers["Retry-After"] == "1"
    assert answers[-1].mimetype == "application/json"
    assert two.post("/kiosk/codes").status_code == 201
    assert one.get("/kiosk/state?id=A").status_code == 200
    clock.advance(1)
    assert [one.post("/kiosk/codes").status_code for _ in range(2)] == [201, 429]


# Returns


def returned(site: Flask, address: str = CLIENT, **options: Any) -> TestResponse:
    """Return the answer to a return that cannot be read."""
    return at(site, address).post("/api/returns", json={"project": "shop", "encrypted": "A"}, **options)


def test_returns_are_limited_by_client(make_app: Callable[..., Flask], clock: Clock) -> None:  # A9
    """A client without an API token reads so many returns; the answer can be read by the listed origins."""
    site = make_app(PROXIES=1, LIMITS={"returns": "3/30s"}, CORS_ORIGINS=[ORIGIN])
    answers = [returned(site, headers={"Origin": ORIGIN}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [400] * 3 + [429] * 2
    assert answers[3].headers["Retry-After"] == "10"
    assert answers[3].headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answers[3].headers["Access-Control-Expose-Headers"] == "Retry-After"
    assert returned(site, OTHER).status_code == 400
    clock.advance(10)
    assert [returned(site).status_code for _ in range(2)] == [400, 429]


def test_preflight_is_no_return(make_app: Callable[..., Flask]) -> None:
    """What a browser asks before a return is not counted."""
    site = make_app(PROXIES=1, LIMITS={"returns": "1/1h"}, CORS_ORIGINS=[ORIGIN])
    for _ in range(5):
        assert at(site).options("/api/returns", headers={"Origin": ORIGIN}).status_code == 200
    assert returned(site).status_code == 400


def test_returns_with_an_api_token_count_as_the_tokens(make_app: Callable[..., Flask]) -> None:
    """A server that reads returns with its API token is not limited as a client."""
    site = make_app(PROXIES=1, LIMITS={"returns": "1/1h", "api": "5/1h"})
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert [returned(site, headers=headers).status_code for _ in range(7)] == [400] * 5 + [429] * 2
    assert returned(site).status_code == 400


# What is not limited


def test_opening_links_writes_no_limit(
    make_app: Callable[..., Flask],
    api_of: Callable[[Flask], FlaskClient],
    make_link: Callable[..., dict[str, Any]],
    tmp_path: Path,
) -> None:
    """Redirects and redemptions count nothing: they are as fast as before."""
    site = make_app(LIMITS={"api": "off"})
    reusable, limited = make_link(api_of(site), max_uses=None), make_link(api_of(site))
    assert site.test_client().get(reusable["path"]).status_code == 302
    assert site.test_client().post(limited["path"]).status_code == 303
    assert not (tmp_path / "links.db-throttle").exists()
