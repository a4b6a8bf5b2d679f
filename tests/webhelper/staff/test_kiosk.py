"""These tests make a tablet a kiosk with a ticket, and let its cookie make codes of one placement."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from html_forms import Form
from sites import HOLDER, NOW, TOKEN, Clock, projects
from store_values import confirmed
from vector_files import signed_values

from webhelper.links.outcomes import Result, Source
from webhelper.links.signing.purposes import Purpose
from webhelper.staff.kiosk import RENEW_AT, ticket
from webhelper.staff.kiosk_placement import Placement
from webhelper.staff.session import mark_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

KNOWN = {entry["name"]: entry for entry in signed_values("codes")}
KNOWN_TICKET, KNOWN_COOKIE = KNOWN["kiosk ticket"], KNOWN["kiosk"]
STORE = {"store": "store 17", "project": "shop", "pipeline": "id_document", "expires_in": "180"}


@pytest.fixture
def start(app: Flask) -> Callable[..., str]:
    """Return a maker of the path that makes a tablet a kiosk, as staff get it in the console."""

    def make(site: Flask = app, **changes: str) -> str:
        staff = site.test_client()
        staff.post("/sign-in", data={"token": TOKEN})
        page = staff.post("/kiosks", data=STORE | changes).text
        (url,) = re.findall(r'id="address">https://shop\.example\.com(/kiosk/start/[^<]+)<', page)
        return str(url)

    return make


@pytest.fixture
def kiosk(app: Flask, start: Callable[..., str]) -> Callable[..., FlaskClient]:
    """Return a maker of tablets that are kiosks."""

    def make(site: Flask = app, **changes: str) -> FlaskClient:
        tablet = site.test_client()
        answer = tablet.post(start(site, **changes))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/kiosk")
        return tablet

    return make


@pytest.fixture
def tablet(kiosk: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a tablet that is the kiosk of store 17."""
    return kiosk()


def listed(api: FlaskClient) -> list[dict[str, Any]]:
    """Return every link of the API's list, those that nobody has opened too."""
    links: list[dict[str, Any]] = api.get("/api/links?unopened=true").get_json()["links"]
    return links


def test_ticket_of_a_known_placement_is_the_known_text(
    app: Flask, system_time: Clock, counted_bytes: None, uncompressed: None
) -> None:
    """The same placement, holder, mark and time always give the same ticket."""
    with app.app_context():
        placement = Placement(store="store 17", project="shop")
        assert ticket(placement, HOLDER) == KNOWN_TICKET["code"]


@pytest.mark.parametrize("writing", ["code", "deflated_code"])
def test_ticket_that_is_out_already_gives_the_known_cookie(
    client: FlaskClient, system_time: Clock, counted_bytes: None, uncompressed: None, writing: str
) -> None:
    """A ticket from an earlier version makes a kiosk with a session, always with the same cookie."""
    answer = client.post(f"/kiosk/start/{KNOWN_TICKET[writing]}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kiosk")
    cookie = client.get_cookie("__Host-kiosk")
    assert cookie is not None
    assert cookie.value == KNOWN["kiosk with a session"]["code"]


@pytest.mark.parametrize("writing", ["code", "deflated_code"])
@pytest.mark.parametrize(("after", "status"), [(0, 201), (2_592_000, 201), (2_592_001, 401)])
def test_cookie_of_a_tablet_that_stands_already_makes_codes(
    client: FlaskClient, api: FlaskClient, system_time: Clock, writing: str, after: int, status: int
) -> None:
    """A kiosk cookie of an earlier version makes codes for 30 days, and not a second longer."""
    client.set_cookie("__Host-kiosk", KNOWN_COOKIE[writing])
    system_time.now = NOW + after
    assert client.post("/kiosk/codes").status_code == status
    made = [(link["created_by"], link["project"]) for link in listed(api)]
    assert made == [("kiosk store 17", "shop")] * (status == 201)


def test_tablet_that_stands_already_gets_a_session_with_its_screen(
    client: FlaskClient, system_time: Clock, services: Services
) -> None:  # A8
    """A kiosk of an earlier version becomes one that can be ended when its screen is loaded again."""
    client.set_cookie("__Host-kiosk", KNOWN_COOKIE["code"])
    client.post("/kiosk/codes")
    assert services.sessions.of_holder(HOLDER) == []
    assert client.get("/kiosk").status_code == 200
    (session,) = services.sessions.of_holder(HOLDER)
    assert (session.kind, session.about) == ("kiosk", "store 17")
    assert client.post("/kiosk/codes").status_code == 201
    assert client.get("/kiosk").status_code == 200
    services.sessions.end_of_key(session.key, HOLDER)
    assert client.post("/kiosk/codes").status_code == 401


def test_ticket_works_once(app: Flask, start: Callable[..., str]) -> None:
    """A ticket works once and answers 410 to the next tablet, without a cookie."""
    path = start()
    assert app.test_client().post(path).status_code == 303
    other = app.test_client()
    answer = other.post(path)
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (410, [])
    assert other.post("/kiosk/codes").status_code == 401


@pytest.mark.parametrize("after", [0, 901])
def test_ticket_leads_the_tablet_that_it_made_to_its_screen(
    app: Flask, start: Callable[..., str], clock: Clock, after: int
) -> None:
    """A ticket that was used leads its own tablet to the screen, also when its button is pressed twice."""
    path, tablet = start(), app.test_client()
    assert tablet.post(path).status_code == 303
    again = tablet.post(path)
    clock.advance(after)
    for answer in (again, tablet.post(path), tablet.get(path)):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/kiosk")
    assert tablet.get("/kiosk").status_code == 200
    assert app.test_client().get(path).status_code == (200 if after == 0 else 410)


def test_second_press_of_the_button_gets_the_answer_of_the_first(
    app: Flask, start: Callable[..., str], services: Services
) -> None:
    """A browser that presses again drops the first answer, and becomes the same kiosk by the second."""
    path, tablet, other = start(), app.test_client(), app.test_client()
    form, others_form = (Form(one.get(path).text).values for one in (tablet, other))
    assert form != others_form
    assert tablet.post(path, data=form).status_code == 303
    tablet.delete_cookie("__Host-kiosk")  # that of the answer, which was dropped
    again = tablet.post(path, data=form)
    assert (again.status_code, again.headers["Location"]) == (303, "/kiosk")
    assert tablet.post("/kiosk/codes").status_code == 201
    for forged in (others_form, {"page": ""}, {"page": "x"}, {"page": "x" * 24}, {}):
        assert other.post(path, data=forged).status_code == 410
    (session,) = (one for one in services.sessions.of_holder(HOLDER) if one.kind == "kiosk")
    services.sessions.end_of_key(session.key, HOLDER)
    tablet.delete_cookie("__Host-kiosk")
    assert tablet.post(path, data=form).status_code == 410


def test_ticket_is_unused_when_its_session_cannot_begin(
    app: Flask, start: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ticket that got 503 works when the store does again, in any browser."""
    path = start()
    with monkeypatch.context() as broken:
        broken.setattr("webhelper.links.stores.sqlite.sessions._BEGIN", "INSERT INTO nothing VALUES (?)")
        assert app.test_client().post(path).status_code == 503
    assert app.test_client().post(path).status_code == 303


def test_ticket_of_another_store_leads_no_tablet_to_its_old_screen(
    app: Flask, start: Callable[..., str], clock: Clock
) -> None:
    """A tablet becomes the kiosk of another store by its button, and reads that a ticket is over."""
    tablet = app.test_client()
    tablet.post(start())
    path = start(store="store 18")
    assert "Tablet for store 18" in tablet.get(path).text
    app.test_client().post(path)
    assert tablet.post(path).status_code == 410
    clock.advance(901)
    assert tablet.get(path).status_code == 410


def test_ticket_makes_a_kiosk_again_that_was_ended(
    app: Flask, start: Callable[..., str], services: Services
) -> None:
    """A tablet whose session its holder has ended gets the button of a new ticket, and not the screen."""
    tablet = app.test_client()
    tablet.post(start())
    (session,) = (one for one in services.sessions.of_holder(HOLDER) if one.kind == "kiosk")
    services.sessions.end_of_key(session.key, HOLDER)
    path = start()
    assert tablet.get(path).status_code == 200
    assert tablet.post(path).status_code == 303
    assert tablet.post("/kiosk/codes").status_code == 201


def test_ticket_is_not_used_up_by_head(app: Flask, start: Callable[..., str]) -> None:
    """HEAD and prefetch of a ticket neither spend it nor set a cookie."""
    path = start()
    tablet = app.test_client()
    assert tablet.head(path).headers.getlist("Set-Cookie") == []
    assert tablet.get(path, headers={"Sec-Purpose": "prefetch"}).headers.getlist("Set-Cookie") == []
    assert tablet.post(path).status_code == 303


@pytest.mark.parametrize(
    "headers", [{}, {"User-Agent": "kakaotalk-scrap/1.0"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_address_of_a_ticket_is_only_looked_at(
    app: Flask, start: Callable[..., str], headers: dict[str, str]
) -> None:
    """To open a ticket's address makes no kiosk, uses up nothing and signs nobody out; its button does."""
    path, previewer = start(), app.test_client()
    previewer.post("/sign-in", data={"token": TOKEN})
    page = previewer.get(path, headers=headers)
    assert (page.status_code, page.headers.getlist("Set-Cookie")) == (200, [])
    assert "Tablet for store 17" in page.text
    assert f'<form method="post" action="{path}">' in page.text
    assert previewer.get("/").status_code == 200
    assert previewer.post("/kiosk/codes").status_code == 401
    assert app.test_client().post(path).status_code == 303


def test_address_of_a_ticket_is_in_the_language_of_the_browser(
    client: FlaskClient, start: Callable[..., str]
) -> None:
    """The page with the button is in Korean, too."""
    assert "이 기기를 태블릿으로 사용하기" in client.get(start(), headers={"Accept-Language": "ko"}).text


def test_button_of_a_ticket_is_pressed_on_our_page_alone(
    client: FlaskClient, start: Callable[..., str]
) -> None:
    """A page of another site makes no browser a kiosk."""
    path = start()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post(path, headers=headers).status_code == 403
    assert client.post(path).status_code == 303


def test_ticket_dies_after_a_quarter_of_an_hour(
    client: FlaskClient, start: Callable[..., str], clock: Clock
) -> None:
    """A kiosk ticket makes a tablet a kiosk for 900 seconds, and answers 410 from then on."""
    path = start()
    clock.advance(901)
    assert [client.get(path).status_code, client.post(path).status_code] == [410, 410]
    clock.advance(-1)
    assert [client.get(path).status_code, client.post(path).status_code] == [200, 303]


def test_forged_ticket_is_404(client: FlaskClient, start: Callable[..., str], services: Services) -> None:
    """A changed ticket, or a signed value of another purpose, answers 404 and makes no kiosk."""
    path = start()
    others = [
        services.signed_values.sign(purpose, {"id": "x", "placement": {"store": "a", "project": "shop"}})
        for purpose in (Purpose.RESULT, Purpose.RESULT_PAGE, Purpose.KIOSK)
    ]
    for forged in (
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        *(f"/kiosk/start/{code}" for code in others),
    ):
        assert [client.get(forged).status_code, client.post(forged).status_code] == [404, 404]
    assert client.post("/kiosk/codes").status_code == 401


def test_ticket_is_bound_to_its_placement(app: Flask) -> None:
    """Two tickets differ even if their placements are the same."""
    with app.app_context():
        placement = Placement(store="a", project="shop")
        assert ticket(placement, HOLDER) != ticket(placement, HOLDER)


def test_cookie_is_bound_to_this_host_and_holds_a_month(app: Flask, start: Callable[..., str]) -> None:
    """The kiosk cookie is for this host, https and no scripts, and is renewed for 30 days by the screen."""
    tablet = app.test_client()
    for method, path in (("POST", start()), ("GET", "/kiosk")):
        (cookie,) = tablet.open(path, method=method).headers.getlist("Set-Cookie")
        name, _, rest = cookie.partition("=")
        assert name == "__Host-kiosk"
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=2592000"} <= set(rest.split("; "))


def test_screen_shows_where_it_stands(tablet: FlaskClient, kiosk: Callable[..., FlaskClient]) -> None:
    """The screen names the store, escaped, and the paths where its script asks for codes and states."""
    answer = tablet.get("/kiosk")
    assert answer.status_code == 200
    assert "store 17" in answer.text
    assert 'data-codes="/kiosk/codes"' in answer.text
    assert 'data-states="/kiosk/state"' in answer.text
    assert "&lt;b&gt;" in kiosk(store="<b>").get("/kiosk").text


def test_screen_of_no_kiosk_leads_to_the_console(client: FlaskClient) -> None:
    """The kiosk's screen redirects a browser without a kiosk cookie to the console."""
    answer = client.get("/kiosk")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_code_is_a_link_for_one_use_that_carries_the_store(
    app: Flask, tablet: FlaskClient, api: FlaskClient, sent: Callable[..., dict[str, Any]]
) -> None:
    """A code is a link of one use with the store in cf1, and comes with the time of its renewal."""
    answer = tablet.post("/kiosk/codes", json={})
    assert answer.status_code == 201
    code = answer.get_json()
    assert set(code) == {"id", "number", "url", "qr_svg", "expires_in", "renew_in"}
    assert (code["expires_in"], code["renew_in"]) == (180, 180 * RENEW_AT)
    assert tablet.get(code["qr_svg"]).mimetype == "image/svg+xml"
    link = api.get(f"/api/links/{code['id']}").get_json()
    assert (link["created_by"], link["label"], link["max_uses"]) == ("kiosk store 17", "kiosk store 17", 1)
    path = code["url"].removeprefix("https://shop.example.com")
    assert sent(app.test_client().post(path).headers["Location"])["cf1"] == "store 17"


def test_every_code_is_another(tablet: FlaskClient) -> None:
    """A kiosk makes a new link for each code that it asks for."""
    assert len({tablet.post("/kiosk/codes").get_json()["url"] for _ in range(3)}) == 3


def test_kiosk_follows_its_codes(
    app: Flask,
    tablet: FlaskClient,
    clock: Clock,
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
) -> None:
    """A kiosk sees its codes become used, expire, and how far their customers are, but not how it went."""
    fresh, opened = (tablet.post("/kiosk/codes").get_json() for _ in range(2))
    query = [("id", fresh["id"]), ("id", opened["id"])]

    def states() -> list[tuple[object, ...]]:
        links = tablet.get("/kiosk/state", query_string=query).get_json()["links"]
        assert all(set(link) == {"id", "number", "state", "uses", "stage"} for link in links)
        assert [link["number"] for link in links] == [fresh["number"], opened["number"]] == [1, 2]
        return [tuple(link[name] for name in ("id", "state", "uses", "stage")) for link in links]

    assert states() == [(fresh["id"], "active", 0, "waiting"), (opened["id"], "active", 0, "waiting")]
    customer = app.test_client()
    location = customer.post(opened["url"].removeprefix("https://shop.example.com")).headers["Location"]
    assert states()[1] == (opened["id"], "used_up", 1, "opened")
    customer.get(return_path("shop", {"kycStatus": "pending", "cf3": sent(location)["cf3"]}))
    assert states()[1] == (opened["id"], "used_up", 1, "returned")
    store = app.extensions["webhelper"].links.store
    (visit,) = store.visits(opened["id"], limit=1)
    for result, stage in ((Result.PENDING, "returned"), (Result.REJECTED, "confirmed")):
        clock.advance(1)
        store.record(visit.id, replace(visit.outcome, result=result, at=clock(), source=Source.WEBHOOK))
        assert states()[1] == (opened["id"], "used_up", 1, stage)
    clock.advance(180)
    assert states() == [(fresh["id"], "expired", 0, "waiting"), (opened["id"], "expired", 1, "confirmed")]


def test_kiosk_goes_on_waiting_while_a_rejected_customer_tries_again(
    app: Flask, tablet: FlaskClient, sent: Callable[..., dict[str, Any]], return_path: Callable[..., str]
) -> None:
    """As on the customer's own page, another submission after a rejection is returned until it is decided."""
    code, customer = tablet.post("/kiosk/codes").get_json(), app.test_client()
    form = customer.post(code["url"].removeprefix("https://shop.example.com")).headers["Location"]
    claim = {"kycStatus": "approved", "submissionId": "second", "cf3": sent(form)["cf3"]}
    store = app.extensions["webhelper"].links.store
    (visit,) = store.visits(code["id"], limit=1)

    def stage() -> str:
        (link,) = tablet.get(f"/kiosk/state?id={code['id']}").get_json()["links"]
        return str(link["stage"])

    store.record(visit.id, confirmed(Result.REJECTED, submission_id="first"))
    assert stage() == "confirmed"
    customer.get(return_path("shop", claim))
    assert stage() == "returned"
    store.record(visit.id, confirmed(submission_id="second"))
    assert stage() == "confirmed"


def test_kiosk_sees_its_own_links_alone(
    tablet: FlaskClient, kiosk: Callable[..., FlaskClient], make_link: Callable[..., dict[str, Any]]
) -> None:
    """A kiosk sees neither the links of programs, even with its label, nor those of another store."""
    own = tablet.post("/kiosk/codes").get_json()["id"]
    other = kiosk(store="store 1").post("/kiosk/codes").get_json()["id"]
    program = make_link(label="kiosk store 17")["id"]
    query = [("id", one) for one in (other, program, "AAAAAAAAAAAAAAAA", own)]
    links = tablet.get("/kiosk/state", query_string=query).get_json()["links"]
    assert [link["id"] for link in links] == [own]


def test_kiosk_is_told_of_twenty_codes_at_most(tablet: FlaskClient) -> None:
    """A kiosk gets the states of at most 20 codes in one request."""
    own = tablet.post("/kiosk/codes").get_json()["id"]
    links = tablet.get("/kiosk/state", query_string=[("id", own)] * 21).get_json()["links"]
    assert len(links) == 20


@pytest.mark.parametrize("body", [{}, {"store": "elsewhere"}, {"max_uses": None, "project": "signup"}])
def test_nothing_that_a_tablet_sends_changes_its_codes(
    tablet: FlaskClient, api: FlaskClient, body: dict[str, object]
) -> None:
    """The body of a kiosk's request does not change project, uses or label of the code."""
    code = tablet.post("/kiosk/codes", json=body).get_json()
    link = api.get(f"/api/links/{code['id']}").get_json()
    assert (link["project"], link["max_uses"], link["label"]) == ("shop", 1, "kiosk store 17")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 303),
        ("GET", "/links/new", 303),
        ("POST", "/links", 303),
        ("POST", "/kiosks", 303),
        ("GET", "/links/state", 401),
        ("GET", "/api/links", 401),
        ("POST", "/api/links", 401),
    ],
)
def test_cookie_of_a_tablet_opens_nothing_else(
    tablet: FlaskClient, method: str, path: str, status: int
) -> None:
    """The kiosk cookie opens neither the console nor the API."""
    answer = tablet.open(path, method=method, data=STORE)
    assert answer.status_code == status
    if status == 303:
        assert answer.headers["Location"] == "/sign-in"


@pytest.mark.parametrize("cookie", [None, "", "x", "A" * 3000, "forged", "other purpose"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/kiosk/codes"), ("GET", "/kiosk/state?id=A")])
def test_tablet_without_its_cookie_is_told_in_json(
    client: FlaskClient, tablet: FlaskClient, services: Services, cookie: str | None, method: str, path: str
) -> None:
    """A tablet without a valid kiosk cookie gets 401 in JSON, even if it accepts HTML."""
    own = tablet.get_cookie("__Host-kiosk")
    assert own is not None
    members = {"store": "store 17", "project": "shop", "pipeline": "id_document", "expires_in": 180}
    values = {
        "forged": own.value[:-1] + ("A" if own.value[-1] != "A" else "B"),
        "other purpose": services.signed_values.sign(Purpose.RESULT, members),
    }
    if cookie is not None:
        client.set_cookie("__Host-kiosk", values.get(cookie, cookie))
    answer = client.open(path, method=method, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (401, "application/json")
    assert answer.get_json()["error"]["code"] == "unauthorized"


def test_cookie_of_a_tablet_that_was_put_away_dies(tablet: FlaskClient, clock: Clock) -> None:
    """A tablet whose screen was not loaded for 30 days is no longer signed in."""
    clock.advance(30 * 86_400)
    assert tablet.post("/kiosk/codes").status_code == 201
    clock.advance(1)
    assert tablet.post("/kiosk/codes").status_code == 401
    assert tablet.get("/kiosk").status_code == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_code_asked_for_by_another_site_is_refused(tablet: FlaskClient, api: FlaskClient, site: str) -> None:
    """A request for a code from another site's page answers 403 and creates no link."""
    answer = tablet.post("/kiosk/codes", headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "cross_site")
    assert listed(api) == []


@pytest.mark.parametrize("words", [["project:signup"], ["read", "revoke", "results", "console"]])
def test_kiosk_ends_with_the_permissions_of_its_holder(
    make_app: Callable[..., Flask], tablet: FlaskClient, words: list[str]
) -> None:  # A7
    """A tablet whose holder may no longer create links, or not in its project, is signed out."""
    cookie = tablet.get_cookie("__Host-kiosk")
    assert cookie is not None
    for scopes, status in (({HOLDER: ["create", "project:shop"]}, 201), ({HOLDER: words}, 401)):
        other = make_app(API_SCOPES=scopes).test_client()
        other.set_cookie("__Host-kiosk", cookie.value)
        assert other.post("/kiosk/codes").status_code == status


def test_kiosk_whose_project_is_gone_is_told(make_app: Callable[..., Flask], tablet: FlaskClient) -> None:
    """A kiosk whose project has left the settings gets 422 for ``project``."""
    cookie = tablet.get_cookie("__Host-kiosk")
    assert cookie is not None
    other = make_app(PROJECTS={"signup": projects()["signup"]}).test_client()
    other.set_cookie("__Host-kiosk", cookie.value)
    answer = other.post("/kiosk/codes")
    assert (answer.status_code, answer.get_json()["error"]["field"]) == (422, "project")


@pytest.mark.parametrize(
    ("tokens", "status"),
    [
        ({HOLDER: TOKEN, "another": TOKEN[::-1]}, 201),
        ({HOLDER: TOKEN[::-1]}, 401),
        ({"another": TOKEN}, 401),
    ],
    ids=["the same", "replaced", "removed"],
)
def test_tablet_works_as_long_as_the_token_of_who_set_it_up(
    make_app: Callable[..., Flask], tablet: FlaskClient, tokens: dict[str, str], status: int
) -> None:
    """A kiosk works as long as the API token of its holder stays the same; others do not matter."""
    cookie = tablet.get_cookie("__Host-kiosk")
    assert cookie is not None
    other = make_app(API_TOKENS=tokens).test_client()
    other.set_cookie("__Host-kiosk", cookie.value)
    assert other.post("/kiosk/codes").status_code == status


def test_sign_out_of_the_console_leaves_tablets_alone(app: Flask, tablet: FlaskClient) -> None:
    """Signing out of the console does not end a kiosk."""
    staff = app.test_client()
    staff.post("/sign-in", data={"token": TOKEN})
    assert staff.post("/sign-out").status_code == 303
    assert tablet.post("/kiosk/codes").status_code == 201


@pytest.mark.parametrize("way", ["start", "screen"])
def test_tablet_is_signed_out_of_the_console(  # K7
    app: Flask, start: Callable[..., str], way: str
) -> None:
    """A browser that becomes a kiosk, or shows the kiosk's screen, is signed out of the console."""
    tablet = app.test_client()
    if way == "screen":
        tablet.post(start())
    tablet.post("/sign-in", data={"token": TOKEN})
    assert tablet.get("/").status_code == 200
    answer = tablet.post(start()) if way == "start" else tablet.get("/kiosk")
    assert answer.status_code in (200, 303)
    for path in ("/", "/links/new", "/webhooks"):
        assert tablet.get(path).headers["Location"] == "/sign-in"
    assert tablet.get_cookie("__Host-console") is not None  # where the browser wanted to go, and nothing else
    assert tablet.post("/kiosk/codes").status_code == 201


def test_ticket_that_was_used_signs_nobody_out(app: Flask, start: Callable[..., str]) -> None:
    """Staff who open a used or forged ticket stay signed in."""
    path = start()
    app.test_client().post(path)
    staff = app.test_client()
    staff.post("/sign-in", data={"token": TOKEN})
    for ticket_path in (path, "/kiosk/start/x"):
        staff.get(ticket_path)
        staff.post(ticket_path)
    staff.head(start())
    assert staff.get("/").status_code == 200


@pytest.mark.parametrize(("language", "words"), [("en", "Your number at the counter"), ("ko", "고객 번호")])
def test_customer_reads_the_number_of_the_screen_on_the_phone(  # K3
    app: Flask,
    tablet: FlaskClient,
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
    language: str,
    words: str,
) -> None:
    """The page of a code and the page after the return show the number that the kiosk's card has."""
    for number in (1, 2):
        code = tablet.post("/kiosk/codes").get_json()
        assert code["number"] == number
        path = code["url"].removeprefix("https://shop.example.com")
        phone = app.test_client()
        shown = f'<p class="customer-number">{words} <strong>{number}</strong></p>'
        assert shown in phone.get(f"{path}?lang={language}").text
        state = sent(phone.post(path).headers["Location"])["cf3"]
        result = phone.get(return_path("shop", {"kycStatus": "rejected", "cf3": state})).headers["Location"]
        assert shown in phone.get(result).text
        (card,) = tablet.get(f"/kiosk/state?id={code['id']}").get_json()["links"]
        assert (card["number"], card["stage"]) == (number, "returned")


def test_customer_of_another_link_has_no_number(app: Flask, make_link: Callable[..., dict[str, Any]]) -> None:
    """The page of a link that is not a kiosk's shows no number."""
    assert "customer-number" not in app.test_client().get(make_link()["path"]).text


def test_codes_that_nobody_opened_are_not_in_the_lists(  # K8
    app: Flask, tablet: FlaskClient, api: FlaskClient, clock: Clock, make_link: Callable[..., dict[str, Any]]
) -> None:
    """An idle tablet adds nothing to the lists, and an hour after their end its codes are gone."""
    staff = app.test_client()
    staff.post("/sign-in", data={"token": TOKEN})
    codes = []
    for _ in range(4):
        codes.append(tablet.post("/kiosk/codes").get_json())
        clock.advance(135)
    assert "No links here yet." in staff.get("/").text
    assert api.get("/api/links").get_json()["links"] == []
    assert [link["id"] for link in listed(api)] == [code["id"] for code in codes[::-1]]
    assert staff.get("/?unopened=true").text.count('<td class="name">') == 4
    app.test_client().post(codes[1]["url"].removeprefix("https://shop.example.com"))  # expired: not opened
    app.test_client().post(codes[3]["url"].removeprefix("https://shop.example.com"))
    page = staff.get("/").text
    assert page.count('<td class="name">') == 1
    assert f"{codes[3]['id']}" in page
    assert '<span class="muted">#4</span>' in page
    clock.advance(3600 + 180)
    app.extensions["webhelper"].background.run_pending(clock())
    make_link(max_uses=None)
    assert {link["id"] for link in listed(api)} == {codes[3]["id"], listed(api)[0]["id"]}


def test_sealed_site_has_no_kiosks(make_app: Callable[..., Flask], services: Services) -> None:
    """A site without a store answers 409 to tickets and to requests for codes."""
    sealed = make_app(STORE="sealed:").test_client()
    with sealed.application.app_context():
        kiosk = {"placement": {"store": "a", "project": "shop"}, "holder": HOLDER, "mark": mark_of(HOLDER)}
    members = {"id": "x", "kiosk": kiosk}
    path = f"/kiosk/start/{services.signed_values.sign(Purpose.KIOSK_TICKET, members)}"
    answer = sealed.post(path)
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (409, [])
    sealed.set_cookie("__Host-kiosk", services.signed_values.sign(Purpose.KIOSK, kiosk))
    answer = sealed.post("/kiosk/codes")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "not_kept")


def test_sealed_site_sets_no_kiosk_up(make_app: Callable[..., Flask]) -> None:
    """The console of a site without a store answers 409 to setting up a kiosk."""
    staff = make_app(STORE="sealed:").test_client()
    staff.post("/sign-in", data={"token": TOKEN})
    answer = staff.post("/kiosks", data=STORE)
    assert answer.status_code == 409
    assert "/kiosk/start/" not in answer.text
