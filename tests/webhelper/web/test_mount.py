"""These tests put a site under a path of its host, in each way in which servers and proxies do that."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from sites import HOLDER, TOKEN, projects
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from webhelper.web.mount import ASKED_HOST, Mount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

ORIGIN = "https://shop.example.com"
PATH = "/kyc"
BASE_URL = ORIGIN + PATH


class _WithoutPath:
    """A proxy that removes the path of the site."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(PATH)
        return self._app(environ, start_response)


PLACES: dict[str, Callable[[WSGIApplication], WSGIApplication]] = {
    "whole path": lambda app: app,
    "another app": lambda app: DispatcherMiddleware(NotFound(), {PATH: app}),
    "proxy": _WithoutPath,
}


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """Return a site under a path."""
    return make_app(BASE_URL=BASE_URL)


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, app: Flask) -> WSGIApplication:
    """Return the site as it is reached from outside."""
    return PLACES[request.param](app)


@pytest.fixture
def visitor(place: WSGIApplication) -> Client:
    """Return a visitor's browser."""
    return Client(place)


@pytest.fixture
def make(place: WSGIApplication) -> Callable[..., dict[str, Any]]:
    """Return a maker of links, whose ``path`` is what follows the origin."""

    def create(**link_request: Any) -> dict[str, Any]:
        answer = Client(place).post(
            f"{PATH}/api/links",
            json={"pipeline": "id_document", "project": "shop"} | link_request,
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        assert answer.status_code == 201
        link: dict[str, Any] = answer.get_json()
        assert answer.headers["Location"] == f"{PATH}/api/links/{link['id']}"
        return link | {"path": link["url"].removeprefix(ORIGIN)}

    return create


def addresses_in(page: str) -> list[str]:
    """Return the addresses that a page loads, leads to or sends forms to, without those of other hosts."""
    found = re.findall(r' (?:src|href|action|data-codes|data-states)="(/[^"]*)"', page)
    assert found
    return found


def test_links_codes_and_posters_have_the_path(  # L6
    visitor: Client, make: Callable[..., dict[str, Any]]
) -> None:
    """URL, QR codes and poster of a link are under the path of BASE_URL, and answer there."""
    link = make()
    assert link["url"].startswith(f"{BASE_URL}/r/")
    for name in ("url", "qr_svg", "qr_png", "poster"):
        assert link[name].startswith(link["url"])
        assert visitor.get(link[name].removeprefix(ORIGIN)).status_code == 200
    poster = visitor.get(f"{link['path']}/poster").text
    assert all(address.startswith(f"{PATH}/") for address in addresses_in(poster))


def test_visitor_goes_the_whole_way_under_the_path(  # L6
    visitor: Client, make: Callable[..., dict[str, Any]], sent: Callable[..., dict[str, Any]]
) -> None:
    """A visitor opens a link, starts, comes back and reads the result; all addresses have the path."""
    link = make()
    page = visitor.get(link["path"]).text
    assert f'action="{link["path"]}"' in page
    assert all(address.startswith(f"{PATH}/") for address in addresses_in(page))
    state = sent(visitor.post(link["path"]).headers["Location"])["cf3"]
    back = projects()["shop"].build_return(f"{BASE_URL}/return/shop", {"kycStatus": "approved", "cf3": state})
    answer = visitor.get(back.removeprefix(ORIGIN))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{PATH}/result/")
    assert "you are done here" in visitor.get(answer.headers["Location"]).text


@pytest.mark.parametrize("prefix", ["/r/", "/R/"])
def test_reusable_link_redirects_under_the_path(  # L6
    visitor: Client, make: Callable[..., dict[str, Any]], prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A reusable link redirects without Flask, with its headers, and its log line has the route alone."""
    link = make(max_uses=None)
    caplog.set_level(logging.INFO, logger="webhelper.access")
    caplog.clear()
    answer = visitor.get(link["path"].replace("/r/", prefix))
    assert (answer.status_code, answer.data) == (302, b"")
    assert answer.headers["Content-Security-Policy"]
    assert [message.partition(" 302 ")[0] for message in caplog.messages] == [f"GET {prefix}<token>"]


def test_cookies_stay_under_the_path(visitor: Client, make: Callable[..., dict[str, Any]]) -> None:  # L6
    """Every cookie has the path of the site, so that its neighbours on the host get none of them."""
    links = [make(), make(max_uses=None)]
    answers = [visitor.get(f"{links[0]['path']}?lang=ko"), visitor.get(links[1]["path"])]
    answers += [visitor.post(f"{PATH}/sign-in", data={"token": TOKEN})]
    answers += [_new_kiosk(visitor)]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names == {"__Secure-browser", "__Secure-console", "__Secure-kiosk", "lang"}
    assert all(f"Path={PATH}" in cookie.split("; ") for cookie in cookies)
    assert all("Secure" in cookie.split("; ") for cookie in cookies)


def _new_kiosk(staff: Client) -> Any:
    """Set a kiosk up, as somebody who is signed in; return what its button answers."""
    page = staff.post(f"{PATH}/kiosks", data={"store": "store_17", "project": "shop"}).text
    (address,) = set(re.findall(rf"{BASE_URL}/kiosk/start/[\w.-]+", page))
    return staff.post(address.removeprefix(ORIGIN))


def test_staff_and_tablet_work_under_the_path(
    visitor: Client, make: Callable[..., dict[str, Any]]
) -> None:  # L6
    """Console and kiosk lead to addresses under the path, and the tablet's codes too."""
    link = make(label="under a path")
    assert visitor.get(f"{PATH}/").headers["Location"] == f"{PATH}/sign-in"
    visitor.post(f"{PATH}/sign-in", data={"token": TOKEN})
    pages = ["/", f"/links/{link['id']}", "/links/new", "/webhooks"]
    for page in pages:
        text = visitor.get(PATH + page).text
        assert all(address.startswith(f"{PATH}/") for address in addresses_in(text))
    assert f"{BASE_URL}/webhooks/shop" in visitor.get(f"{PATH}/webhooks").text
    assert _new_kiosk(visitor).headers["Location"] == f"{PATH}/kiosk"
    screen = visitor.get(f"{PATH}/kiosk").text
    assert all(address.startswith(f"{PATH}/") for address in addresses_in(screen))
    code = visitor.post(f"{PATH}/kiosk/codes").get_json()
    assert code["url"].startswith(f"{BASE_URL}/r/")
    assert visitor.get(code["qr_svg"]).mimetype == "image/svg+xml"


def test_root_of_the_path_is_the_console(visitor: Client) -> None:
    """The path without a slash is the first page, as the one with a slash is."""
    assert [visitor.get(path).status_code for path in (PATH, f"{PATH}/")] == [303, 303]


def test_scripts_and_programs_work_under_the_path(visitor: Client) -> None:  # L6
    """Static files, OpenAPI and the API's errors are under the path, with the headers that they have."""
    module = visitor.get(f"{PATH}/static/liveform.js", buffered=True)
    assert (module.status_code, module.headers["Access-Control-Allow-Origin"]) == (200, "*")
    document = visitor.get(f"{PATH}/api/openapi.json").get_json()
    assert document["servers"] == [{"url": BASE_URL}]
    assert visitor.get(f"{PATH}/api/nothing").mimetype == "application/json"
    body = {"query": "?kycStatus=approved", "project": "plain"}
    answer = visitor.post(f"{PATH}/api/returns", json=body, headers={"Origin": ORIGIN})
    assert answer.get_json()["status"] == "approved"


def test_page_of_this_site_is_known_by_its_origin(  # L6
    visitor: Client, make: Callable[..., dict[str, Any]], sent: Callable[..., dict[str, Any]]
) -> None:
    """A page of the same origin that asks /api/returns is one of this site, which may use the cookie."""
    state = sent(visitor.post(make(project="plain")["path"]).headers["Location"], "plain")["cf3"]
    body = {"query": f"?kycStatus=approved&cf3={state}", "project": "plain"}
    answers = [
        visitor.post(f"{PATH}/api/returns", json=body, headers={"Origin": origin}).get_json()["state_ok"]
        for origin in (ORIGIN, "https://other.example.com")
    ]
    assert answers == [True, False]


@pytest.mark.parametrize(
    "header", ["Host", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Script-Name", "Script-Name"]
)
def test_headers_do_not_move_the_site(visitor: Client, header: str) -> None:
    """A redirect has the path of BASE_URL and no host, whatever the request says."""
    answer = visitor.get(f"{PATH}/", headers={header: "evil.example.com"})
    assert answer.headers["Location"] == f"{PATH}/sign-in"


# Of these, IDNA (RFC 5890) can write none, and Flask fails at each of the first five.
ODD_HOSTS = ["a..b", ".a", "a..", ".", f"{'x' * 64}.com", "", "[::1", "a b", "\xff", "evil.example.com"]


@pytest.mark.parametrize("host", ODD_HOSTS)
@pytest.mark.parametrize(
    "path", ["/healthz", "/return/shop?email=jane@example.com", "/sign-in", "/r/x", "/x"]
)
def test_host_of_a_request_is_never_seen(make_app: Callable[..., Flask], host: str, path: str) -> None:
    """Whatever a client sends as its Host, it gets the answer that all others get."""
    client = make_app().test_client(use_cookies=False)
    usual = client.get(path)
    answer = client.get(path, environ_overrides={"HTTP_HOST": host})
    assert (answer.status_code, answer.text) == (usual.status_code, usual.text)
    assert answer.headers == usual.headers


def test_simulator_works_under_the_path(make_app: Callable[..., Flask]) -> None:  # L6
    """The simulated form, its files and its API are under the path, and lead back there."""
    origin = "http://127.0.0.1:5000"
    form = f"{origin}{PATH}/simulator"
    app = make_app(BASE_URL=origin + PATH, SIMULATOR=True, PROJECTS=projects(form))
    visitor = Client(app)
    link = visitor.post(
        f"{PATH}/api/links",
        json={"pipeline": "id_document", "project": "shop"},
        headers={"Authorization": f"Bearer {TOKEN}"},
    ).get_json()
    location = visitor.post(link["url"].removeprefix(origin)).headers["Location"]
    assert location.startswith(f"{form}/?pid=")
    page = visitor.get(location.removeprefix(origin)).text
    assert all(address.startswith(f"{PATH}/simulator/") for address in addresses_in(page))
    form_values = {"query": urlsplit(location).query, "outcome": "approved", "field": ["kycStatus", "cf3"]}
    back = visitor.post(f"{PATH}/simulator/submit", data=form_values).headers["Location"]
    assert back.startswith(f"{origin}{PATH}/return/shop?")
    result = visitor.get(back.removeprefix(origin)).headers["Location"]
    assert result.startswith(f"{PATH}/result/")
    assert visitor.get(f"{PATH}/simulator/inbox").status_code == 200


@pytest.mark.parametrize(
    "given", ["//evil.example", "/evil", "//evil.example/kyc", "https://evil.example/kyc"]
)
@pytest.mark.parametrize("path", ["", PATH])
def test_script_name_that_a_client_sends_moves_nothing(
    make_app: Callable[..., Flask], path: str, given: str
) -> None:  # A11
    """A SCRIPT_NAME that a client got through its server is in no redirect and no page, and fails nothing.

    One that ends with the path of the site finds nothing: the server would have taken the path away.
    """
    app = make_app(BASE_URL=ORIGIN + path)
    client = app.test_client()
    moved = {"SCRIPT_NAME": given}
    for address, status in (("/", 303), ("/links/new", 303), ("/kiosk", 303), ("/sign-in", 200), ("/x", 404)):
        answer = client.get(path + address, environ_overrides=moved)
        assert answer.status_code in (status, 404 if given.endswith(path or "/") else status), address
        assert "evil" not in answer.text + str(answer.headers)
    signed_in = client.post(f"{path}/sign-in", data={"token": TOKEN}, environ_overrides=moved)
    assert "evil" not in signed_in.text + str(signed_in.headers)
    assert "evil" not in client.get(f"{path}/", environ_overrides=moved).text


def test_host_is_that_of_base_url_and_the_asked_one_is_kept_aside() -> None:
    """HTTP_HOST is the host of BASE_URL; what was asked is under a name of its own."""
    seen: list[tuple[str, str]] = []

    def app(environ: WSGIEnvironment, _: StartResponse) -> Iterable[bytes]:
        seen.append((environ["HTTP_HOST"], environ[ASKED_HOST]))
        return []

    for asked in ({"HTTP_HOST": "evil.example"}, {}):
        environ = {"PATH_INFO": "/", **asked}
        Mount(app, "", host="shop.example.com")(environ, lambda *_: lambda _: None)
    assert seen == [("shop.example.com", "evil.example"), ("shop.example.com", "")]


def told(path: str, *, script_name: str = "", path_info: str) -> tuple[str, str]:
    """Return SCRIPT_NAME and PATH_INFO behind a mount."""
    seen: list[tuple[str, str]] = []

    def app(environ: WSGIEnvironment, _: StartResponse) -> Iterable[bytes]:
        seen.append((environ["SCRIPT_NAME"], environ["PATH_INFO"]))
        return []

    Mount(app, path, host="shop.example.com")(
        {"SCRIPT_NAME": script_name, "PATH_INFO": path_info}, lambda *_: lambda _: None
    )
    return seen[0]


@pytest.mark.parametrize(
    ("path", "script_name", "path_info", "rest"),
    [
        ("/kyc", "", "/kyc/r/A", "/r/A"),
        ("/kyc", "", "/kyc", ""),
        ("/kyc", "", "/kyc/", "/"),
        ("/kyc", "", "/r/A", "/r/A"),
        ("/kyc", "", "/kycs/r/A", "/kycs/r/A"),
        ("/kyc", "", "/kyc/kyc", "/kyc"),
        ("/kyc", "/kyc", "/r/A", "/r/A"),
        ("/kiosk", "/kiosk", "/kiosk", "/kiosk"),
        ("/kiosk", "", "/kiosk/kiosk", "/kiosk"),
        ("/kyc", "/inner/kyc", "/r/A", "/r/A"),
        ("/kyc", "/inner", "/r/A", "/r/A"),
        ("/kyc", "/inner", "/kyc/r/A", "/r/A"),
        ("/a/b", "", "/a/b/r/A", "/r/A"),
        ("", "", "/r/A", "/r/A"),
        ("", "/inner", "/r/A", "/r/A"),
    ],
)
def test_path_of_base_url_is_what_the_app_is_told(
    path: str, script_name: str, path_info: str, rest: str
) -> None:
    """SCRIPT_NAME is the path of BASE_URL, and PATH_INFO what follows it, in whatever way a request comes."""
    assert told(path, script_name=script_name, path_info=path_info) == (path, rest)


def test_mount_that_base_url_does_not_know_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """A site that is mounted under a path that its BASE_URL does not have says so once in its log."""

    def app(_: WSGIEnvironment, __: StartResponse) -> Iterable[bytes]:
        return []

    mount = Mount(app, "", host="shop.example.com")
    for _ in range(3):
        mount({"SCRIPT_NAME": "/kyc", "PATH_INFO": "/"}, lambda *_: lambda _: None)
    (message,) = caplog.messages
    assert "BASE_URL" in message
    assert HOLDER not in message
