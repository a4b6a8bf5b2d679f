"""These tests sign browsers in to the console and check how sessions are signed."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import flask.sessions
import pytest
from flask import g, session
from flask.sessions import SecureCookieSessionInterface
from sites import HOLDER, KEY, NOW, OTHER_KEY, TOKEN
from vector_files import signed_values, vector_name

from webhelper.api.auth import holder_of
from webhelper.config.scopes import Scope
from webhelper.staff.session import is_current, mark_of, sign_in, sign_out, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from flask import Flask
    from flask.testing import FlaskClient
    from sites import Clock

KNOWN = pytest.mark.parametrize("entry", signed_values("console sessions"), ids=vector_name)


class StandingDatetime(datetime):
    """A replacement for ``datetime`` where Flask writes the end of a cookie; it is always NOW."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> StandingDatetime:
        """Return NOW, whatever the real time is."""
        return cls.fromtimestamp(NOW, tz)


@pytest.fixture
def known_site(make_app: Callable[..., Flask]) -> Callable[[dict[str, Any]], Flask]:
    """Return a maker of the site that a known session belongs to."""

    def make(entry: dict[str, Any], **changes: object) -> Flask:
        tokens = {entry["holder"]: entry["api_token"]}
        return make_app(**{"SECRET_KEYS": entry["secret_keys"], "API_TOKENS": tokens} | changes)

    return make


@KNOWN
def test_session_at_a_known_time_is_the_known_cookie(
    entry: dict[str, Any],
    known_site: Callable[..., Flask],
    system_time: Clock,
    counted_bytes: None,
    uncompressed: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same sign-in at the same time always sets the same cookie, of two hours and for no scripts."""
    monkeypatch.setattr(flask.sessions, "datetime", StandingDatetime)
    system_time.now = entry["now"]
    answer = known_site(entry).test_client().post("/sign-in", data={"token": entry["api_token"]})
    assert answer.headers.getlist("Set-Cookie") == [entry["set_cookie"]]


@KNOWN
@pytest.mark.parametrize("made", [0, 7199])
def test_session_that_the_site_does_not_keep_is_nobodys(
    entry: dict[str, Any], known_site: Callable[..., Flask], system_time: Clock, made: float
) -> None:  # A8
    """A cookie that is signed rightly opens nothing without its session on the server."""
    browser = known_site(entry).test_client()
    browser.set_cookie("__Host-console", entry["cookie"])
    system_time.now = entry["now"] + made
    assert browser.get("/").status_code == 303


@KNOWN
@pytest.mark.parametrize(("after", "status"), [(0, 200), (7200, 200), (7201, 303), (10**9, 303)])
def test_known_session_of_a_site_without_a_store_holds_two_hours(
    entry: dict[str, Any], known_site: Callable[..., Flask], system_time: Clock, after: float, status: int
) -> None:
    """A session of a site without a store that is in a browser already works for two hours without use."""
    browser = known_site(entry, STORE="sealed:").test_client()
    browser.set_cookie("__Host-console", entry["cookie"])
    system_time.now = entry["now"] + after
    assert browser.get("/").status_code == status


@KNOWN
def test_session_signed_with_an_older_key_is_read(
    entry: dict[str, Any], known_site: Callable[..., Flask], system_time: Clock
) -> None:
    """A session survives a new key in front of the old one, and ends when the old key is removed."""
    system_time.now = entry["now"]
    for keys, status in (([OTHER_KEY, *entry["secret_keys"]], 200), ([OTHER_KEY], 303)):
        browser = known_site(entry, SECRET_KEYS=keys, STORE="sealed:").test_client()
        browser.set_cookie("__Host-console", entry["cookie"])
        assert browser.get("/").status_code == status


@pytest.mark.parametrize("entry", signed_values("sessions"), ids=vector_name)
@pytest.mark.parametrize("store", [{}, {"STORE": "sealed:"}])
def test_session_of_an_earlier_version_leads_to_the_sign_in(
    entry: dict[str, Any], known_site: Callable[..., Flask], system_time: Clock, store: dict[str, str]
) -> None:  # A8
    """A session that no server can end, as earlier versions made them, opens nothing any more."""
    browser = known_site(entry, **store).test_client()
    browser.set_cookie("__Host-console", entry["cookie"])
    system_time.now = entry["now"]
    assert browser.get("/").status_code == 303


@KNOWN
def test_mark_of_a_known_token_is_the_known_text(
    entry: dict[str, Any], known_site: Callable[..., Flask]
) -> None:
    """The mark of an API token is the same in every version and fits only this token and holder."""
    site, other = known_site(entry), known_site(entry, API_TOKENS={entry["holder"]: TOKEN[::-1]})
    with site.app_context():
        assert mark_of(entry["holder"]) == entry["mark"]
        assert is_current(entry["holder"], entry["mark"], Scope.CONSOLE)
        assert not is_current(entry["holder"], None, Scope.CONSOLE)
        assert not is_current(None, entry["mark"], Scope.CONSOLE)
        assert not is_current("another", entry["mark"], Scope.CONSOLE)
    with other.app_context():
        assert not is_current(entry["holder"], entry["mark"], Scope.CONSOLE)


def test_session_on_loopback_has_a_cookie_that_http_carries(make_app: Callable[..., Flask]) -> None:
    """A site without https sets a session cookie without Secure that is still hidden from scripts."""
    browser = make_app(BASE_URL="http://127.0.0.1:5000").test_client()
    (cookie,) = browser.post("/sign-in", data={"token": TOKEN}).headers.getlist("Set-Cookie")
    first, *rest = cookie.split("; ")
    assert first.startswith("console=")
    assert "Secure" not in rest
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(rest)


def test_sign_in_and_sign_out_change_who_is_signed_in(app: Flask) -> None:
    """A browser has a holder from sign-in to sign-out, and the access log learns of it."""
    with app.test_request_context():
        assert sign_in(f" {TOKEN}\n")
        assert "holder" not in g
        assert session.permanent
        assert signed_in() == HOLDER
        assert g.holder == HOLDER
        sign_out()
        assert signed_in() is None
        assert dict(session) == {}


def test_sign_in_with_a_wrong_token_changes_nothing(app: Flask) -> None:
    """A wrong token signs nobody in, and leaves a signed-in holder signed in."""
    with app.test_request_context():
        assert not sign_in(TOKEN[:-1])
        assert dict(session) == {}
        assert "holder" not in g
        sign_in(TOKEN)
        assert not sign_in("x")
        assert signed_in() == HOLDER


def test_session_is_signed_with_sha_256_under_a_name_of_its_own(app: Flask) -> None:
    """A session is signed with SHA-256 under its own salt, so one that Flask's default signs is refused."""
    ours = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    app.config["SECRET_KEY"] = KEY
    flask = SecureCookieSessionInterface().get_signing_serializer(app)
    assert flask is not None
    assert ours.salt != flask.salt
    client = app.test_client()
    client.post("/sign-in", data={"token": TOKEN})
    cookie = client.get_cookie("__Host-console")
    assert cookie is not None
    client.set_cookie("__Host-console", flask.dumps(ours.loads(cookie.value)))
    assert client.get("/").status_code == 303


def test_session_holds_the_holder_and_a_digest(client: FlaskClient) -> None:
    """A session holds the holder and a mark, and neither the API token nor its plain digest."""
    client.post("/sign-in", data={"token": TOKEN})
    with client.session_transaction() as session:
        assert session["holder"] == HOLDER
        assert set(session) == {"holder", "token", "session", "since", "_permanent"}
        assert TOKEN not in str(dict(session))
        assert sha256(TOKEN.encode()).hexdigest()[:16] != session["token"]


@pytest.mark.parametrize(
    "members", [{}, {"holder": HOLDER}, {"holder": HOLDER, "token": ""}, {"token": "x"}, {"holder": None}]
)
def test_session_without_the_mark_of_a_token_is_nobodys(
    client: FlaskClient, members: dict[str, object]
) -> None:
    """A session without both a known holder and the mark of the token leads to the sign-in."""
    with client.session_transaction() as session:
        session.update(members)
    assert client.get("/").status_code == 303


def test_session_with_a_mark_and_no_code_is_nobodys(app: Flask, client: FlaskClient) -> None:
    """A session that names a holder rightly, but no session of the site, leads to the sign-in."""
    with app.app_context():
        members = {"holder": HOLDER, "token": mark_of(HOLDER)}
    for more in ({}, {"session": "A" * 24}, {"since": int(NOW)}, {"session": 7, "since": int(NOW)}):
        with client.session_transaction() as session:
            session.clear()
            session.update(members | more)
        assert client.get("/").status_code == 303


def test_sign_in_drops_what_stood_in_the_session(client: FlaskClient) -> None:
    """Signing in clears everything that the session held before."""
    with client.session_transaction() as session:
        session["planted"] = "x"
    client.post("/sign-in", data={"token": TOKEN})
    with client.session_transaction() as session:
        assert "planted" not in session


def test_sessions_of_every_key_are_read(make_app: Callable[..., Flask]) -> None:
    """A session that an older key signed is read, and the next one is signed by the newest key."""
    old = make_app(SECRET_KEYS=[OTHER_KEY]).test_client()
    old.post("/sign-in", data={"token": TOKEN})
    cookie = old.get_cookie("__Host-console")
    assert cookie is not None
    for keys, status in (([KEY, OTHER_KEY], 200), ([KEY], 303)):
        browser = make_app(SECRET_KEYS=keys).test_client()
        browser.set_cookie("__Host-console", cookie.value)
        assert browser.get("/").status_code == status


@pytest.mark.parametrize(
    ("token", "holder"),
    [
        (TOKEN, HOLDER),
        ("", None),
        (TOKEN + " ", None),
        (TOKEN[:-1], None),
        ("\ud800", None),
        ("é" * 40, None),
    ],
)
def test_holder_of_a_token_is_found_by_the_whole_token(app: Flask, token: str, holder: str | None) -> None:
    """Only the whole API token finds its holder, whatever text is tried."""
    with app.test_request_context():
        assert holder_of(token) == holder
        assert sign_in(token) is (token.strip() == TOKEN)


def test_nobody_is_signed_in_at_first(app: Flask) -> None:
    """A new browser is not signed in, however often one asks."""
    with app.test_request_context():
        assert signed_in() is None
        assert signed_in() is None


# Which answers set the cookie


OF_STAFF = ["/", "/links/new", "/webhooks", "/sign-ins", "/links/state?id=A"]
OF_ALL = ["/static/site.css", "/static/liveform.js", "/healthz", "/api/openapi.json", "/sign-in"]


def test_pages_of_staff_alone_renew_the_cookie(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """Whoever is signed in gets the cookie again on pages of staff, and on no answer that others get too."""
    client.post("/sign-in", data={"token": TOKEN})
    link = make_link()["path"]
    for path in OF_STAFF:
        (cookie,) = client.get(path).headers.getlist("Set-Cookie")
        assert cookie.startswith("__Host-console="), path
    for path in (
        *OF_ALL,
        link,
        f"{link}/qr.svg",
        f"{link}/qr.png",
        "/return/shop?x",
        "/result/x",
        "/nothing",
    ):
        answer = client.get(path, buffered=True)
        assert "__Host-console" not in str(answer.headers), path
        assert (
            answer.status_code == 404 or "Cookie" not in answer.vary or "public" not in answer.cache_control
        )


# Where one wanted to go


@pytest.mark.parametrize(
    "path",
    [
        "/links/AAAAAAAAAAAAAAAA",
        "/links/AAAAAAAAAAAAAAAA?asked=confirmed",
        "/?state=active&search=%EC%A3%BC%EB%AC%B8",
        "/links/new",
        "/webhooks?project=shop",
        "/webhooks/events/1",
        "/",
        "/links/x%0D%0AFoo:bar",
        "/links/%3Fx?asked=%0D%0A",
        "/links/%EC%A3%BC%25%00",
        "/links/a;b=c@d",
    ],
)
def test_sign_in_leads_to_the_page_that_was_asked_for(client: FlaskClient, path: str) -> None:  # C5
    """After the sign-in, and after a wrong token, the browser gets the page that it asked for first."""
    asked = client.get(path)
    assert (asked.status_code, asked.headers["Location"]) == (303, "/sign-in")
    assert client.get("/sign-in").status_code == 200
    assert client.post("/sign-in", data={"token": "wrong"}).status_code == 403
    answer = client.post("/sign-in", data={"token": TOKEN})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    client.post("/sign-out")
    assert client.post("/sign-in", data={"token": TOKEN}).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/links", "/links/new"),
        ("/links/AAAAAAAAAAAAAAAA/revoke", "/links/AAAAAAAAAAAAAAAA"),
        ("/links/AAAAAAAAAAAAAAAA/visits/x/ask", "/links/AAAAAAAAAAAAAAAA"),
        ("/webhooks/events/7/replay", "/webhooks/events/7"),
        ("/kiosks", "/"),
        ("/sign-out", "/"),
    ],
)
def test_sign_in_after_a_form_leads_to_the_page_of_the_form(
    client: FlaskClient, path: str, page: str
) -> None:  # C5
    """A form that was sent after the session had ended is not sent again; its page is shown."""
    assert client.post(path, data={"token": TOKEN}).headers["Location"] == "/sign-in"
    assert client.post("/sign-in", data={"token": TOKEN}).headers["Location"] == page


def test_sign_in_says_that_a_form_was_not_sent(client: FlaskClient) -> None:
    """Who sent a form after the session had ended reads that nothing was saved; who did not, does not."""
    words, korean = "what you sent was not saved", "저장되지 않았습니다"
    assert words not in client.get("/sign-in").text
    client.post("/links", data={"label": "order 17"})
    assert words in client.get("/sign-in").text
    assert korean in client.get("/sign-in?lang=ko").text
    client.post("/sign-out")
    assert korean not in client.get("/sign-in").text
    client.post("/links")
    client.get("/links/new")
    assert korean not in client.get("/sign-in").text
    client.post("/links")
    client.post("/sign-in", data={"token": TOKEN})
    client.post("/sign-out")
    assert korean not in client.get("/sign-in").text


@pytest.mark.parametrize(
    "path", ["//evil.example.com", "/\\evil.example.com", "/%2F%2Fevil.example.com", "/nothing"]
)
def test_page_that_is_not_of_the_console_is_not_remembered(client: FlaskClient, path: str) -> None:
    """Only a page of the console is remembered: no address leads to another site after the sign-in."""
    assert client.get(path, headers={"Host": "evil.example.com"}).status_code in (404, 303)
    assert client.post("/sign-in", data={"token": TOKEN}).headers["Location"] == "/"


@pytest.mark.parametrize("query", ["?next=https://evil.example.com", "?next=//evil.example.com"])
def test_address_of_the_sign_in_page_chooses_no_target(client: FlaskClient, query: str) -> None:
    """Nothing in the address of the sign-in page says where it leads."""
    assert client.post(f"/sign-in{query}", data={"token": TOKEN}).headers["Location"] == "/"


def test_address_that_fits_no_cookie_is_not_remembered(client: FlaskClient) -> None:
    """A very long address is forgotten, instead of a cookie that browsers do not keep."""
    client.get("/?search=" + "x" * 2000)
    assert client.post("/sign-in", data={"token": TOKEN}).headers["Location"] == "/"


def test_script_of_a_page_is_nowhere_to_go_back_to(client: FlaskClient) -> None:
    """What a page's script asked for without a session is not where the sign-in leads."""
    client.get("/links/AAAAAAAAAAAAAAAA")
    assert client.get("/links/state?id=A").status_code == 401
    wanted = client.post("/sign-in", data={"token": TOKEN}).headers["Location"]
    assert wanted == "/links/AAAAAAAAAAAAAAAA"
