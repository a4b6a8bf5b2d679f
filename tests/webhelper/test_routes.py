"""These tests walk every route: what it asks for, and that nobody with less gets in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from sites import TOKEN, settings

from webhelper import create_app
from webhelper.config.scopes import Scope
from webhelper.staff.pages import SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

# Every route without a scope, by its endpoint: for anybody, or with a secret in address or cookie.
# A new route is added here, to API below, or to webhelper/staff/pages.py.
OPEN: Final = {
    "static": "anybody",
    "openapi": "anybody",
    "health.healthz": "anybody",
    "health.readyz": "anybody",
    "console.sign_in": "anybody",
    "inbox.receive": "the vendor's address",
    "open_link.open_link": "link",
    "open_link.redeem": "link",
    "qr.svg": "link",
    "qr.png": "link",
    "qr.poster": "link",
    "hand_over.show": "code",
    "hand_over.take": "code",
    "return_url.receive": "return",
    "return_url.result": "result",
    "api_waits.get_wait": "code",
    "api_returns.read_return": "return",  # and with an API token more, if it has RESULTS
    "kiosk.start": "ticket",
    "kiosk.become": "ticket",
    "kiosk.screen": "tablet",
    "kiosk.new_code": "tablet",
    "kiosk.code_states": "tablet",
}
API: Final = {
    "api_links.create_link": Scope.CREATE,
    "api_links.list_links": Scope.READ,
    "api_links.get_link": Scope.READ,
    "api_links.revoke_link": Scope.REVOKE,
    "api_returns.exchange_result": Scope.RESULTS,
    "api_visits.get_visit": Scope.READ,
}
TOKENS: Final = {
    **{f"only {scope}": f"only-{scope}-Zm9yIHRlc3RzIG9ubHksIGFuZCBzdHJvbmcu" for scope in Scope},
    **{f"not {scope}": f"not-{scope}-Zm9yIHRlc3RzIG9ubHksIGFuZCBzdHJvbmcu" for scope in Scope},
    **{f"console {scope}": f"console-{scope}-Zm9yIHRlc3RzIG9ubHksIGFuZCBzdHJvbmc" for scope in Scope},
    "elsewhere": "elsewhere-Zm9yIHRlc3RzIG9ubHksIGFuZCBzdHJvbmcu",
}
SCOPES_OF: Final = {
    **{f"only {scope}": [scope] for scope in Scope},
    **{f"not {scope}": [one for one in Scope if one != scope] for scope in Scope},
    **{f"console {scope}": [Scope.CONSOLE, scope] for scope in Scope},
    "elsewhere": ["project:signup"],
}
METHODS: Final = ("GET", "POST", "DELETE")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site with an API token for each scope, for all others, and for another project."""
    directory: Path = tmp_path_factory.mktemp("site")
    app = create_app(settings(directory, API_TOKENS={"all": TOKEN, **TOKENS}, API_SCOPES=SCOPES_OF))
    yield app
    app.extensions["webhelper"].links.store.close()


@pytest.fixture(scope="module")
def routes(site: Flask) -> list[tuple[str, str, str]]:
    """Return endpoint, method and an address of every route; of a link and an event that exist."""
    link = program(site, "all").post("/api/links", json={"pipeline": "id_document", "project": "shop"})
    values = {"link_id": link.get_json()["id"], "number": "1", "filename": "site.css", "project": "shop"}
    found = []
    for rule in site.url_map.iter_rules():
        path = rule.rule.replace("<path:", "<").replace("<int:", "<")
        for name in rule.arguments:
            path = path.replace(f"<{name}>", values.get(name, "x"))
        found += [(rule.endpoint, method, path) for method in METHODS if method in (rule.methods or ())]
    return found


def program(site: Flask, holder: str) -> FlaskClient:
    """Return a program with an API token."""
    client = site.test_client(use_cookies=False)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKENS.get(holder, TOKEN)}"
    return client


def staff(site: Flask, holder: str) -> FlaskClient:
    """Return a browser that is signed in."""
    client = site.test_client()
    assert client.post("/sign-in", data={"token": TOKENS.get(holder, TOKEN)}).status_code == 303
    return client


def asked(client: FlaskClient, method: str, path: str) -> TestResponse:
    """Return the answer, whatever a body is good for."""
    return client.open(path, method=method, json={} if path.startswith("/api/") else None)


def test_every_route_is_listed(site: Flask) -> None:  # A7
    """Every route of the site is in one of the tables, and no table has another."""
    endpoints = {rule.endpoint for rule in site.url_map.iter_rules()}
    assert endpoints == OPEN.keys() | API.keys() | SCOPES.keys()
    assert not OPEN.keys() & (API.keys() | SCOPES.keys())


def test_api_asks_for_an_api_token(site: Flask, routes: list[tuple[str, str, str]]) -> None:
    """No operation of the API answers without an API token, with a wrong one, or with a session's cookie."""
    browser = staff(site, "all")
    wrong = {"Authorization": f"Bearer {TOKEN[:-1]}x"}
    for endpoint, method, path in routes:
        if endpoint in API:
            for headers in ({}, wrong, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": TOKEN}):
                answer = browser.open(path, method=method, json={}, headers=headers)
                assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), endpoint


def test_operation_asks_for_its_scope(site: Flask, routes: list[tuple[str, str, str]]) -> None:  # A7
    """An operation refuses an API token with every scope but its own, and takes one with its own alone."""
    for endpoint, method, path in routes:
        if endpoint in API:
            scope = API[endpoint]
            answer = asked(program(site, f"not {scope}"), method, path)
            assert answer.status_code == 403, endpoint
            assert answer.get_json()["error"]["code"] == "insufficient_scope"
            challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
            assert answer.headers["WWW-Authenticate"] == challenge
            assert asked(program(site, f"only {scope}"), method, path).status_code not in (401, 403), endpoint


def test_openapi_says_which_scope_an_operation_asks_for(site: Flask) -> None:  # A7
    """The document names the scope of each operation."""
    described = site.test_client().get("/api/openapi.json").get_json()
    security = {
        operation["operationId"]: operation["security"]
        for path in described["paths"].values()
        for operation in path.values()
    }
    for endpoint, scope in API.items():
        assert security[endpoint.partition(".")[2]] == [{"apiToken": [scope.value]}]
    assert security["read_return"] == [{}, {"apiToken": ["results"]}]


def test_each_scope_opens_what_the_document_says_and_nothing_else(
    site: Flask, routes: list[tuple[str, str, str]]
) -> None:  # A7
    """A route of the API is 403 for an API token of one scope exactly where the document names another."""
    described = site.test_client().get("/api/openapi.json").get_json()
    operations = {one["operationId"]: one for path in described["paths"].values() for one in path.values()}
    asked_for = 0
    for endpoint, method, path in routes:
        operation = operations.get(endpoint.partition(".")[2]) if endpoint.startswith("api_") else None
        if operation is None:
            continue
        needed = {scope for one in operation["security"] for scope in one.get("apiToken", ())}
        for scope in Scope:
            answer = asked(program(site, f"only {scope}"), method, path)
            is_refused = bool(needed) and scope not in needed
            assert (answer.status_code == 403) is is_refused, (endpoint, scope, answer.status_code)
            assert answer.status_code != 401, (endpoint, scope)
            asked_for += 1
    assert asked_for == len(operations) * len(Scope)


def test_console_asks_for_a_sign_in(site: Flask, routes: list[tuple[str, str, str]]) -> None:
    """No page for staff opens without a sign-in, and no API token opens one."""
    for client in (site.test_client(), program(site, "all")):
        for endpoint, method, path in routes:
            if endpoint in SCOPES:
                answer = client.open(path, method=method)
                wanted = 401 if endpoint == "console.link_states" else 303
                assert answer.status_code == wanted, endpoint
                assert wanted == 401 or answer.headers["Location"] == "/sign-in"


@pytest.mark.parametrize(
    "holder", ["not console", *(f"only {scope}" for scope in Scope if scope != "console")]
)
def test_api_token_without_the_console_does_not_sign_in(site: Flask, holder: str) -> None:  # A7
    """An API token without the scope console is refused at the sign-in, and starts no session."""
    client = site.test_client()
    answer = client.post("/sign-in", data={"token": TOKENS[holder]})
    assert answer.status_code == 403
    assert "Your API token does not allow this." in answer.text
    assert client.get("/").status_code == 303


def test_page_asks_for_its_scope(site: Flask, routes: list[tuple[str, str, str]]) -> None:  # A7
    """A page refuses staff with every scope but its own, and opens with its own beside the console's."""
    for endpoint, method, path in routes:
        scope = SCOPES.get(endpoint)
        if scope is not None:
            answer = staff(site, f"not {scope}").open(path, method=method)
            assert answer.status_code == 403, endpoint
            allowed = staff(site, f"console {scope}").open(path, method=method)
            leads_back = endpoint == "link_page.revoke"
            assert allowed.status_code not in (() if leads_back else (303,)) + (401, 403), endpoint


def test_page_without_a_scope_of_its_own_opens_for_the_console(
    site: Flask, routes: list[tuple[str, str, str]]
) -> None:
    """The first page and the sign-ins open for everybody who is signed in."""
    for endpoint, method, path in routes:
        if SCOPES.get(endpoint, Scope.READ) is None:
            answer = staff(site, "only console").open(path, method=method)
            assert answer.status_code in (200, 303), endpoint


def test_cookie_of_nobody_opens_no_kiosk(site: Flask, routes: list[tuple[str, str, str]]) -> None:
    """The kiosk's routes answer nobody but a tablet."""
    for endpoint, method, path in routes:
        if OPEN.get(endpoint) == "tablet":
            answer = staff(site, "all").open(path, method=method)
            assert answer.status_code == (303 if endpoint == "kiosk.screen" else 401), endpoint


@pytest.mark.parametrize("secret", ["link", "code", "ticket", "the vendor's address"])
def test_forged_secret_opens_nothing(site: Flask, routes: list[tuple[str, str, str]], secret: str) -> None:
    """A route whose secret is in the address or cookie answers 4xx to a made-up one."""
    for endpoint, method, path in routes:
        if OPEN.get(endpoint) == secret:
            assert 400 <= asked(site.test_client(), method, path).status_code < 500, endpoint


def test_made_up_return_says_nothing(site: Flask) -> None:
    """A return or result that somebody made up leads to the page that says nothing, the same for all."""
    client = site.test_client()
    assert client.get("/result/x").text == client.get("/result/y").text
    for project, status in (("plain", 303), ("nothing", 400)):
        answer = client.get(f"/return/{project}?kycStatus=approved&cf3=x")
        assert answer.status_code == status
        assert "approved" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    ("query", "statuses"),
    [
        ("", (303, 400)),
        ("?utm_source=x", (303, 200)),
        ("?errorCode=expired", (303, 200)),
        ("?errorCode=expired&cf3=x", (400, 400)),
        ("?encrypted=AAAA", (400, 400)),
        ("?kycStatus=approved", (400, 400)),
    ],
)
def test_projects_cannot_be_probed(
    make_app: Callable[..., Flask], query: str, statuses: tuple[int, int]
) -> None:  # A13
    """A project with a key is not told from one that there is not, at the Return URL or in the API."""
    client, names = make_app().test_client(), ("shop", "signup", "nothing", "Shop")
    pages = [client.get(f"/return/{name}{query}") for name in names]
    answers = [client.post("/api/returns", json={"project": name, "query": query}) for name in names]
    for status, found in zip(statuses, (pages, answers), strict=True):
        assert {(one.status_code, one.data) for one in found} == {(status, found[0].data)}


def test_project_of_others_is_not_told_from_none(
    site: Flask, routes: list[tuple[str, str, str]], make_result: Callable[[], dict[str, Any]]
) -> None:  # A7
    """An API token for another project finds, lists, revokes, exchanges and makes nothing in this one."""
    other, known = program(site, "elsewhere"), make_result()
    for address in (f"/api/links/{known['link']}", f"/api/visits/{known['visit']}"):
        assert program(site, "all").get(address).status_code == 200
        assert other.get(address).get_json() == other.get(address[:-4] + "AAAA").get_json()
    assert other.delete(f"/api/links/{known['link']}").status_code == 404
    assert other.get("/api/links").get_json()["links"] == []
    assert other.post("/api/results", json={"code": known["code"]}).status_code == 404
    answer = other.post("/api/links", json={"pipeline": "id_document", "project": "shop"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (
        403,
        'Bearer error="insufficient_scope"',
    )
    encrypted = other.post("/api/returns", json={"project": "shop", "encrypted": "A"})
    assert encrypted.status_code == 403
    made = other.post("/api/links", json={"pipeline": "id_document", "project": "signup"})
    assert made.status_code == 201
    assert [link["project"] for link in other.get("/api/links").get_json()["links"]] == ["signup"]
    assert program(site, "all").post("/api/results", json={"code": known["code"]}).status_code == 200


def test_project_of_others_is_not_in_the_console(
    site: Flask, make_result: Callable[[], dict[str, Any]]
) -> None:  # A7
    """Staff for another project see, revoke and make nothing in this one."""
    known, browser = make_result(), staff(site, "elsewhere")
    page = f"/links/{known['link']}"
    for method, path in (
        ("GET", page),
        ("POST", f"{page}/revoke"),
        ("POST", f"{page}/visits/{known['visit']}/ask"),
    ):
        assert browser.open(path, method=method).status_code == 404, path
    assert known["link"] not in browser.get("/").text
    assert browser.get(f"/links/state?id={known['link']}").get_json() == {"links": []}
    assert browser.post("/links", data={"project": "shop", "pipeline": "id_document"}).status_code == 403
    assert browser.post("/kiosks", data={"project": "shop", "store": "a"}).status_code == 403
    for address in ("/links/new", "/", "/webhooks"):
        assert ">shop<" not in browser.get(address).text
    assert "/webhooks/shop" not in browser.get("/webhooks").text


def test_confirmation_asks_for_results_too(
    site: Flask, make_result: Callable[[], dict[str, Any]]
) -> None:  # A7
    """To ask the vendor about a visit needs the scope results beside read."""
    known = make_result()
    for holder, status in (("only read", 403), ("not results", 403), ("only results", 403), ("all", 200)):
        answer = program(site, holder).get(f"/api/visits/{known['visit']}?confirm=true")
        assert answer.status_code == status, holder


def test_claims_are_for_the_scope_results(site: Flask) -> None:  # A7
    """A return that is read with an API token needs results; without one, it is read to a word."""
    body = {"project": "plain", "query": "?kycStatus=approved"}
    assert program(site, "not results").post("/api/returns", json=body).status_code == 403
    assert program(site, "only results").post("/api/returns", json=body).get_json()["claims"] is not None
    assert site.test_client().post("/api/returns", json=body).get_json()["claims"] is None


@pytest.fixture
def make_result(site: Flask, sent: Callable[..., dict[str, Any]], return_path: Callable[..., str]) -> Any:
    """Return a maker of a link of ``shop`` with a visit, and a result code of it."""

    def make() -> dict[str, Any]:
        api, browser = program(site, "all"), site.test_client()
        request = {"pipeline": "id_document", "project": "shop", "next": "https://app.example.com/done"}
        link = api.post("/api/links", json=request).get_json()
        path = link["url"].removeprefix("https://shop.example.com")
        state = sent(browser.post(path).headers["Location"])["cf3"]
        answer = browser.get(return_path("shop", {"kycStatus": "pending", "cf3": state}))
        (visit,) = api.get(f"/api/links/{link['id']}").get_json()["visits"]
        return {
            "link": link["id"],
            "visit": visit["id"],
            "code": answer.headers["Location"].partition("result=")[2],
        }

    return make
