"""These tests run a site in private mode, with a simulator as the vendor: the whole way, and what is told."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from sites import NOW, TOKEN, Clock

from webhelper.simulator.sandbox.dashboard import TokenExpiration
from webhelper.testing import FormRefused, LocalSimulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

MINUTES_S = 60
DAY_S = 86_400
VENDOR_ADDRESS = "52.78.194.237"
JSON = {"Accept": "application/json"}
LINK_REQUEST = {"pipeline": "id_document", "project": "shop", "expires_in": "900", "max_uses": "1"}
BEFORE = "Have your ID ready: once started, the check must begin within three minutes."
AGAIN = "The form opens again until three minutes after you first pressed Start."
TOO_LATE = "After its first use, it works for three minutes only."
EXPIRED = "It was not used in time, and the form that it leads to no longer accepts it."


@pytest.fixture
def app(make_app: Callable[..., Flask], vendor: LocalSimulator) -> Flask:
    """Return a site whose project ``shop`` is in private mode; it wants five token ids, and has none."""
    return make_app(PROJECTS={"shop": vendor.project}, TOKEN_POOLS={"shop": 5}, BACKGROUND_JOBS=False)


@pytest.fixture
def filled(services: Services) -> Services:
    """Return the services of the site, whose pool is full."""
    (pool,) = services.token_pools
    assert pool.fill(NOW)
    return services


@pytest.fixture
def staff(app: Flask) -> FlaskClient:
    """Return a browser that is signed in to the console."""
    browser = app.test_client()
    assert browser.post("/sign-in", data={"token": TOKEN}).status_code == 303
    return browser


@pytest.fixture
def tablet(app: Flask, staff: FlaskClient) -> FlaskClient:
    """Return a tablet that is a kiosk."""
    page = staff.post(
        "/kiosks", data={"store": "store 17", "project": "shop", "pipeline": "id_document"}
    ).text
    (path,) = re.findall(r'id="address">https://shop\.example\.com(/kiosk/start/[^<]+)<', page)
    browser = app.test_client()
    assert browser.post(path).status_code == 303
    return browser


def opened(location: str) -> None:
    """Open the form, as a browser that follows a redirect."""
    with urlopen(location, timeout=10) as answer:
        assert b"<form" in answer.read()


def receive_events(client: FlaskClient, services: Services, vendor: LocalSimulator, now: float) -> None:
    """Let the site receive and work all events of the vendor."""
    for body in vendor.events:
        answer = client.post("/webhooks/shop", data=body, environ_base={"REMOTE_ADDR": VENDOR_ADDRESS})
        assert answer.status_code == 200
    while services.event_worker.work_one(now):
        pass


class TestWholeWay:
    """These tests go from the link to the form."""

    def test_link_opens_the_form_that_opens_to_nobody_else(
        self,
        vendor: LocalSimulator,
        filled: Services,
        client: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
    ) -> None:
        """The form opens with the token id of a link, once, and not without one."""
        with pytest.raises(FormRefused):
            vendor.complete(vendor.project.form_url())
        link = make_link(fields={"userid": "user_12345"})
        assert BEFORE in client.get(link["path"]).text
        location = client.post(link["path"]).headers["Location"]
        claims = vendor.project.read_return(vendor.complete(location, "approved"))
        assert (claims.kyc_status, claims.userid) == ("approved", "user_12345")
        with pytest.raises(FormRefused) as refused:
            vendor.complete(location)
        assert refused.value.code.startswith("TK-")

    @pytest.mark.parametrize("pipeline", ["id_document", "knowledge"])
    def test_both_forms_take_the_token_id(
        self,
        vendor: LocalSimulator,
        filled: Services,
        client: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        pipeline: str,
    ) -> None:
        """The ID document form and the Knowledge form open with a drawn token id."""
        location = client.post(make_link(pipeline=pipeline)["path"]).headers["Location"]
        assert vendor.complete(location, "pending")

    def test_browser_comes_back_within_three_minutes_and_not_later(
        self,
        vendor: LocalSimulator,
        filled: Services,
        client: FlaskClient,
        clock: Clock,
        make_link: Callable[..., dict[str, Any]],
    ) -> None:
        """Whoever leaves the form can open it for three minutes; then form and link refuse, and say why."""
        path = make_link(expires_in=3600)["path"]
        opened(client.post(path).headers["Location"])

        clock.advance(3 * MINUTES_S - 1)
        vendor.clock.move(minutes=3, seconds=-1)
        assert AGAIN in client.get(path).text
        again = client.post(path).headers["Location"]
        opened(again)

        clock.advance(2)
        vendor.clock.move(seconds=2)
        with pytest.raises(FormRefused) as refused:
            vendor.complete(again)
        assert refused.value.code == "TK-10001"
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code == 410
            assert TOO_LATE in answer.text
        assert client.get(path, headers=JSON).get_json()["error"]["code"] == "used_up"

    def test_kiosk_code_leads_to_the_form(
        self, vendor: LocalSimulator, filled: Services, client: FlaskClient, tablet: FlaskClient
    ) -> None:
        """Each code of a kiosk has a token id of its own."""
        first, second = (tablet.post("/kiosk/codes") for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        for code in (first, second):
            location = client.post(urlsplit(code.get_json()["url"]).path).headers["Location"]
            assert vendor.complete(location, "approved")
        assert filled.links.store.token_ids.count("shop").drawn == 2

    def test_link_of_the_console_leads_to_the_form(
        self, vendor: LocalSimulator, filled: Services, client: FlaskClient, staff: FlaskClient
    ) -> None:
        """A link that staff make draws a token id, too."""
        answer = staff.post("/links", data=LINK_REQUEST)
        link = filled.links.store.get(urlsplit(answer.headers["Location"]).path.removeprefix("/links/"))
        location = client.post(f"/r/{filled.links.token(link)}").headers["Location"]
        assert vendor.complete(location, "approved")


class TestExpired:
    """These tests let token ids expire at the vendor before their links are used."""

    @pytest.fixture
    def vendor(self) -> Iterator[LocalSimulator]:
        """Return a simulator whose token ids expire after a day."""
        expiration = TokenExpiration("time", after=timedelta(days=1))
        with LocalSimulator(private_mode=True, token_expiration=expiration) as simulator:
            yield simulator

    @pytest.fixture
    def link(
        self,
        vendor: LocalSimulator,
        filled: Services,
        client: FlaskClient,
        clock: Clock,
        make_link: Callable[..., dict[str, Any]],
    ) -> dict[str, Any]:
        """Return a link of a week, whose token id expired on its second day."""
        link = make_link(expires_in=7 * DAY_S)
        clock.advance(DAY_S + 1)
        vendor.clock.move(days=1, seconds=1)
        receive_events(client, filled, vendor, clock())
        return link

    def test_visitor_is_told_to_ask_for_a_new_link(self, client: FlaskClient, link: dict[str, Any]) -> None:
        """The link says that it was not used in time, with 410 and a code of its own; nothing is counted."""
        for answer in (client.get(link["path"]), client.post(link["path"])):
            assert answer.status_code == 410
            assert EXPIRED in answer.text
            assert "Ask for a new link where you got this one." in answer.text
        assert client.get(link["path"], headers=JSON).get_json()["error"]["code"] == "token_id_expired"

    def test_api_and_console_show_the_state(
        self, api: FlaskClient, link: dict[str, Any], staff: FlaskClient
    ) -> None:
        """The state of the link is ``token_id_expired``, which lists can be filtered by."""
        shown = api.get(f"/api/links/{link['id']}").get_json()
        assert (shown["state"], shown["uses"]) == ("token_id_expired", 0)
        listed = api.get("/api/links?state=token_id_expired").get_json()["links"]
        assert [one["id"] for one in listed] == [link["id"]]
        assert api.get("/api/links?state=active").get_json()["links"] == []
        assert "Token id expired" in staff.get(f"/links/{link['id']}").text

    def test_pool_is_filled_again(
        self, vendor: LocalSimulator, filled: Services, clock: Clock, link: dict[str, Any]
    ) -> None:
        """Those that expired in the pool are replaced, and deleted at the vendor."""
        (pool,) = filled.token_pools
        assert filled.links.store.token_ids.count("shop") == (0, 0, 0, 5)
        assert pool.fill(clock())
        pool.sweep(clock())
        assert filled.links.store.token_ids.count("shop") == (0, 5, 0, 0)
        assert vendor.sandbox.token_ids.count(vendor.project.pid) == 5


class TestBackground:
    """These tests let the background of the site fill and sweep the pool."""

    def test_pool_is_filled_and_swept(
        self,
        vendor: LocalSimulator,
        services: Services,
        clock: Clock,
        make_link: Callable[..., dict[str, Any]],
    ) -> None:
        """The background fills the pool, and later deletes the token id of a link that died unused."""
        services.background.run_pending(clock())
        assert services.links.store.token_ids.count("shop") == (0, 5, 0, 0)
        make_link(expires_in=60)
        clock.advance(DAY_S)
        services.background.run_pending(clock())
        assert services.links.store.token_ids.count("shop") == (0, 4, 0, 0)
        assert vendor.sandbox.token_ids.count(vendor.project.pid) == 4

    def test_link_that_finds_no_token_id_wakes_it(
        self, services: Services, api: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever asks for a link in vain has the pool filled at once."""
        woken: list[str] = []
        monkeypatch.setattr(services.background, "wake", woken.append)
        assert api.post("/api/links", json={"pipeline": "id_document"}).status_code == 503
        assert woken == ["token pool shop"]


class TestEmptyPool:
    """These tests ask for links while no token id is ready."""

    def test_program_is_told_to_try_again(self, api: FlaskClient) -> None:
        """The API answers 503 with Retry-After, and with a code of its own."""
        answer = api.post("/api/links", json={"pipeline": "id_document"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.get_json()["error"]["code"] == "no_token_id"
        assert api.get("/api/links").get_json()["links"] == []

    def test_empty_pool_is_not_logged_as_a_failure_of_the_store(
        self, api: FlaskClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The log does not say that the store failed."""
        api.post("/api/links", json={"pipeline": "id_document"})
        assert "store" not in caplog.text

    def test_kiosk_is_told_to_try_again(self, tablet: FlaskClient) -> None:
        """The kiosk's script gets the code on which it covers the screen and tries again."""
        answer = tablet.post("/kiosk/codes")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.get_json()["error"]["code"] == "no_token_id"

    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", "No token id is ready for this project."), ("ko", "준비된 토큰 ID가 없습니다.")],
    )
    def test_staff_keep_what_they_filled_in(self, staff: FlaskClient, language: str, words: str) -> None:
        """The form of the console says it in words, and keeps its values."""
        answer = staff.post(f"/links?lang={language}", data=LINK_REQUEST | {"label": "Counter 3"})
        assert answer.status_code == 503
        assert words in answer.text
        assert 'value="Counter 3"' in answer.text


def test_form_of_the_console_marks_the_field(staff: FlaskClient, filled: Services) -> None:
    """Staff who ask for a link without a limit read why that cannot be, at its field."""
    answer = staff.post("/links", data=LINK_REQUEST | {"unlimited": "1"})
    assert answer.status_code == 422
    assert 'id="max_uses-error"' in answer.text
    assert "because the project is in private mode: its token ids are for one person each" in answer.text


def test_page_of_a_link_without_private_mode_says_nothing_of_three_minutes(
    make_app: Callable[..., Flask],
    api_of: Callable[[Flask], FlaskClient],
    make_link: Callable[..., dict[str, Any]],
) -> None:
    """Only links in private mode tell of the three minutes."""
    other = make_app()
    path = make_link(api_of(other))["path"]
    client = other.test_client()
    assert "three minutes" not in client.get(path).text
    client.post(path)
    assert "three minutes" not in client.get(path).text
    assert "three minutes" not in other.test_client().get(path).text


class Everybody(NamedTuple):
    """Whoever uses the site."""

    client: FlaskClient
    api: FlaskClient
    staff: FlaskClient
    tablet: FlaskClient

    def look_at(self, link: dict[str, Any]) -> list[str]:
        """Return what each of them sees of a link."""
        browser = self.client
        return [
            browser.get(link["path"]).text,
            browser.get(link["path"], headers=JSON).text,
            *(self.api.get(path).text for path in ("/api/links", f"/api/links/{link['id']}")),
            *(self.staff.get(path).text for path in ("/", f"/links/{link['id']}")),
        ]


@pytest.fixture
def everybody(client: FlaskClient, api: FlaskClient, staff: FlaskClient, tablet: FlaskClient) -> Everybody:
    """Return whoever uses the site."""
    return Everybody(client, api, staff, tablet)


def after_failures(vendor: LocalSimulator, filled: Services) -> list[str]:
    """Let a registration and a deletion fail, and return all token ids of the pool."""
    token_ids = [one.token_id for one in vendor.sandbox.token_ids.page(vendor.project.pid)]
    (pool,) = filled.token_pools
    for one in token_ids[:2]:
        filled.links.store.token_ids.expire("shop", one, now=NOW)
    for method in ("POST", "DELETE"):
        vendor.fail("status", status=500, method=method)
    assert not pool.fill(NOW)
    assert not pool.sweep(NOW)
    return [*token_ids, *filled.links.store.token_ids.new("shop", limit=9)]


def test_token_ids_are_nowhere_in_clear(
    caplog: pytest.LogCaptureFixture,
    vendor: LocalSimulator,
    filled: Services,
    everybody: Everybody,
    clock: Clock,
    tmp_path: Path,
    make_link: Callable[..., dict[str, Any]],
) -> None:
    """No token id is in a log, an answer of the API, a page or a file of the store."""
    token_ids = after_failures(vendor, filled)
    made = make_link()
    shown = [json.dumps(made), everybody.tablet.post("/kiosk/codes").text, *everybody.look_at(made)]
    shown.append(everybody.client.post(made["path"]).headers["Location"])
    shown += everybody.look_at(made)
    clock.advance(181)
    shown += everybody.look_at(made)
    link = filled.links.store.get(made["id"])
    shown += [repr(link), repr(filled), *map(repr, filled.token_pools), caplog.text]
    files = [path.read_bytes() for path in tmp_path.iterdir() if path.is_file()]
    assert (len(token_ids), link.spec.token_id in token_ids, len(files) >= 2) == (7, True, True)
    for one in token_ids:
        assert not [text for text in shown if one in text]
        assert not [data for data in files if one.encode() in data]
    assert "token ids of shop cannot be registered" in caplog.text
    assert "token ids of shop cannot be deleted" in caplog.text
