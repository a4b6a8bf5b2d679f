"""``/r/<token>``: who opens a link, and what it takes to use one up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from sites import BASE_URL, NOW, OTHER_KEY, RETURN_HOST, Clock, projects

from liveform import Project
from webhelper.links.signing.link_tokens import LinkTokens
from webhelper.links.stores.base import GRACE_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from webhelper.services import Services

JSON = {"Accept": "application/json"}
FORM = "https://form.argosidentity.com"


@pytest.fixture
def uses(api: FlaskClient) -> Callable[[dict[str, Any]], int]:
    """Return a reader of how often a link was used."""

    def read(link: dict[str, Any]) -> int:
        count: int = api.get(f"/api/links/{link['id']}").get_json()["uses"]
        return count

    return read


def token_of(link: dict[str, Any]) -> str:
    """The token in a link's URL."""
    return str(link["path"].removeprefix("/r/"))


def is_uncached(answer: TestResponse) -> bool:
    """Whether nobody may keep it."""
    return answer.headers["Cache-Control"] == "no-store"


class TestReusable:
    """Links for any number of uses."""

    @pytest.fixture
    def link(self, make_link: Callable[..., dict[str, Any]]) -> dict[str, Any]:
        """One, of a project with GCM."""
        return make_link(max_uses=None, project="signup", fields={"userid": "user_12345"})

    def test_link_leads_on_at_once_with_a_fresh_url_each_time(
        self,
        client: FlaskClient,
        link: dict[str, Any],
        sent: Callable[..., dict[str, Any]],
        uses: Callable[[dict[str, Any]], int],
    ) -> None:
        """302 to the project's form; nonce and state are made at that moment."""
        answers = [client.get(link["path"]) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [302] * 3
        assert len({answer.headers["Location"] for answer in answers}) == 3
        fields = [sent(answer.headers["Location"], "signup") for answer in answers]
        assert len({one["cf3"] for one in fields}) == 3
        assert {one["userid"] for one in fields} == {"user_12345"}
        assert uses(link) == 3
        assert all(map(is_uncached, answers))

    def test_expiry_of_the_link_rules_the_form_too(
        self, client: FlaskClient, link: dict[str, Any], sent: Callable[..., dict[str, Any]]
    ) -> None:
        """startValidUntil is the link's own end, not later, however late it is opened."""
        until = sent(client.get(link["path"]).headers["Location"], "signup")["startValidUntil"]
        assert until[:19] == link["expires_at"][:19]

    def test_project_without_cipher_sends_plain_fields_to_its_form(
        self,
        client: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        sent: Callable[..., dict[str, Any]],
    ) -> None:
        """There is no startValidUntil outside of ``encrypted``."""
        link = make_link(max_uses=None, project="plain", fields={"cf1": "store 17"})
        fields = sent(client.get(link["path"]).headers["Location"], "plain")
        assert (fields["pid"], fields["cf1"]) == ("plainpid01", "store 17")
        assert set(fields) == {"pid", "cf1", "cf3"}

    @pytest.mark.parametrize(
        ("pipeline", "fields", "path"),
        [
            ("id_document", {}, "/"),
            ("knowledge", {}, "/knowledge"),
            ("injection", {"sid": "s-17"}, "/"),
        ],
    )
    def test_pipeline_chooses_the_form(
        self,
        client: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        pipeline: str,
        fields: dict[str, str],
        path: str,
    ) -> None:
        """As the library builds them, on the project's own host."""
        link = make_link(max_uses=None, pipeline=pipeline, fields=fields)
        location = urlsplit(client.get(link["path"]).headers["Location"])
        assert (location.scheme, location.netloc, location.path) == ("https", "form.argosidentity.com", path)

    @pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip"])
    def test_prefetch_is_no_opening(
        self,
        client: FlaskClient,
        link: dict[str, Any],
        uses: Callable[[dict[str, Any]], int],
        purpose: str,
    ) -> None:
        """It gets the page with the button; no form URL is made, nothing is counted."""
        answer = client.get(link["path"], headers={"Sec-Purpose": purpose})
        assert answer.status_code == 200
        assert "Location" not in answer.headers
        assert uses(link) == 0

    def test_head_is_no_opening(
        self, client: FlaskClient, link: dict[str, Any], uses: Callable[[dict[str, Any]], int]
    ) -> None:
        """Link checkers ask so."""
        answer = client.head(link["path"])
        assert (answer.status_code, answer.data) == (200, b"")
        assert uses(link) == 0

    def test_button_of_a_prefetched_page_leads_on(
        self, client: FlaskClient, link: dict[str, Any], uses: Callable[[dict[str, Any]], int]
    ) -> None:
        """Who sees that page all the same is not stuck."""
        assert client.post(link["path"]).status_code == 303
        assert uses(link) == 1

    def test_browser_that_comes_again_is_counted_again(
        self, client: FlaskClient, make_link: Callable[..., dict[str, Any]], api: FlaskClient
    ) -> None:
        """A family shares a phone: each opening of a poster has a user id of its own."""
        link = make_link(max_uses=None, unique_userid="p-")
        for _ in range(2):
            client.post(link["path"])
        visits = api.get(f"/api/links/{link['id']}").get_json()["visits"]
        assert len({visit["userid"] for visit in visits}) == 2

    def test_dead_link_says_so(
        self, client: FlaskClient, clock: Clock, link: dict[str, Any], uses: Callable[[dict[str, Any]], int]
    ) -> None:
        """410 at its last second."""
        clock.advance(899.9)
        assert client.get(link["path"]).status_code == 302
        clock.advance(0.1)
        assert client.get(link["path"]).status_code == 410
        assert uses(link) == 1


class TestLimited:
    """Links that can be used up."""

    @pytest.fixture
    def link(self, make_link: Callable[..., dict[str, Any]]) -> dict[str, Any]:
        """One for one use."""
        return make_link(fields={"userid": "user_12345"})

    @pytest.mark.parametrize(
        ("method", "headers"),
        [
            ("GET", {}),
            ("HEAD", {}),
            ("OPTIONS", {}),
            ("GET", {"Sec-Purpose": "prefetch"}),
            ("GET", {"Sec-Purpose": "prefetch;prerender"}),
            ("GET", {"User-Agent": "facebookexternalhit/1.1"}),
            ("GET", {"Accept": "application/json"}),
            ("GET", {"Range": "bytes=0-0"}),
            ("GET", {"X-HTTP-Method-Override": "POST"}),
            ("PUT", {}),
            ("DELETE", {}),
        ],
    )
    def test_nothing_but_a_post_uses_a_link(
        self,
        client: FlaskClient,
        link: dict[str, Any],
        uses: Callable[[dict[str, Any]], int],
        method: str,
        headers: dict[str, str],
    ) -> None:
        """Scanners, previews, HEAD and prefetch follow links, but press no buttons."""
        for _ in range(3):
            answer = client.open(link["path"], method=method, headers=headers)
            assert "Location" not in answer.headers
        assert uses(link) == 0
        assert client.post(link["path"]).status_code == 303

    def test_page_in_front_says_who_asks_and_posts_to_the_link(
        self, client: FlaskClient, link: dict[str, Any]
    ) -> None:
        """It holds nothing of what the link carries."""
        answer = client.get(link["path"])
        assert answer.status_code == 200
        assert is_uncached(answer)
        assert f'<form method="post" action="{link["path"]}">'.lower() in answer.text.lower()
        assert "shop.example.com" in answer.text
        assert "user_12345" not in answer.text
        assert FORM not in answer.text

    def test_button_leads_on_and_uses_the_link(
        self,
        client: FlaskClient,
        link: dict[str, Any],
        sent: Callable[..., dict[str, Any]],
        uses: Callable[[dict[str, Any]], int],
    ) -> None:
        """303, so that the browser GETs the form (RFC 9110 section 15.4.4)."""
        client.get(link["path"])
        answer = client.post(link["path"])
        assert answer.status_code == 303
        assert sent(answer.headers["Location"])["userid"] == "user_12345"
        assert is_uncached(answer)
        assert uses(link) == 1

    def test_another_browser_finds_a_used_link_dead(
        self, app: Flask, client: FlaskClient, link: dict[str, Any], uses: Callable[[dict[str, Any]], int]
    ) -> None:
        """410, by GET and by POST."""
        client.get(link["path"])
        client.post(link["path"])
        other = app.test_client()
        assert [other.get(link["path"]).status_code, other.post(link["path"]).status_code] == [410, 410]
        assert uses(link) == 1

    def test_same_browser_may_come_back_for_ten_minutes(
        self,
        client: FlaskClient,
        clock: Clock,
        link: dict[str, Any],
        sent: Callable[..., dict[str, Any]],
        uses: Callable[[dict[str, Any]], int],
    ) -> None:
        """Back button: the same visit once more, without a second use; then it is over."""
        client.get(link["path"])
        first = sent(client.post(link["path"]).headers["Location"])["cf3"]
        clock.advance(GRACE_S - 1)
        page = client.get(link["path"])
        assert page.status_code == 200
        assert "Continue" in page.text
        again = client.post(link["path"])
        assert again.status_code == 303
        assert sent(again.headers["Location"])["cf3"].partition(".")[0] == first.partition(".")[0]
        clock.advance(1)
        assert client.get(link["path"]).status_code == 410
        assert client.post(link["path"]).status_code == 410
        assert uses(link) == 1

    def test_browser_without_cookies_cannot_come_back(
        self, app: Flask, link: dict[str, Any], uses: Callable[[dict[str, Any]], int]
    ) -> None:
        """Nothing tells it from another."""
        client = app.test_client(use_cookies=False)
        client.get(link["path"])
        assert client.post(link["path"]).status_code == 303
        assert client.post(link["path"]).status_code == 410

    @pytest.mark.parametrize("cookie", ["", "x", "A" * 21, "A" * 23, "A" * 21 + "=", "Ä" * 22, "A" * 4000])
    def test_cookie_that_we_did_not_write_is_none(
        self, client: FlaskClient, link: dict[str, Any], cookie: str
    ) -> None:
        """Two browsers with such a cookie are two."""
        client.set_cookie("__Host-browser", cookie)
        assert client.post(link["path"]).status_code == 303
        client.set_cookie("__Host-browser", cookie)
        assert client.post(link["path"]).status_code == 410

    def test_cookie_of_the_browser_is_short_lived_and_bound_to_this_host(
        self, client: FlaskClient, link: dict[str, Any]
    ) -> None:
        """Random, for this host over https alone, for scripts not at all; given once."""
        (cookie,) = client.get(link["path"]).headers.getlist("Set-Cookie")
        assert cookie.startswith("__Host-browser=")
        flags = set(cookie.split("; ")[1:])
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", f"Max-Age={2 * GRACE_S}"} <= flags
        assert not any(flag.startswith("Domain") for flag in flags)
        assert client.get(link["path"]).headers.getlist("Set-Cookie") == []

    def test_link_of_three_uses_serves_three_browsers(
        self, app: Flask, make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """And the fourth not."""
        link = make_link(max_uses=3)
        answers = [app.test_client().post(link["path"]) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [303, 303, 303, 410]

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "CROSS-SITE", "", "same-origin, none"])
    def test_post_from_another_site_is_refused(
        self, client: FlaskClient, link: dict[str, Any], uses: Callable[[dict[str, Any]], int], site: str
    ) -> None:
        """403: a page elsewhere must not use links up in the visitor's name."""
        answer = client.post(link["path"], headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
        assert "Location" not in answer.headers
        answer = client.post(link["path"], headers={"Sec-Fetch-Site": site, **JSON})
        assert answer.get_json()["error"]["code"] == "cross_site"
        assert uses(link) == 0

    @pytest.mark.parametrize("site", ["same-origin", "none", None])
    def test_post_from_our_own_page_is_taken(
        self, client: FlaskClient, link: dict[str, Any], site: str | None
    ) -> None:
        """Or from a browser of before Fetch Metadata."""
        headers = {} if site is None else {"Sec-Fetch-Site": site}
        assert client.post(link["path"], headers=headers).status_code == 303

    def test_link_from_another_site_opens_its_page(self, client: FlaskClient, link: dict[str, Any]) -> None:
        """That is what links are for."""
        assert client.get(link["path"], headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


class TestDead:
    """Links that do not open."""

    @pytest.fixture
    def dead(
        self, make_link: Callable[..., dict[str, Any]], api: FlaskClient, app: Flask, clock: Clock
    ) -> Callable[..., dict[str, Any]]:
        """Return a maker of links that are dead for a reason."""

        def make(reason: str, **link_request: Any) -> dict[str, Any]:
            link = make_link(**link_request)
            if reason == "used_up":
                app.test_client().post(link["path"])
            elif reason == "revoked":
                api.delete(f"/api/links/{link['id']}")
            else:
                clock.advance(900)
            return link

        return make

    @pytest.mark.parametrize("reason", ["expired", "used_up", "revoked"])
    @pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
    def test_dead_link_is_410(
        self, client: FlaskClient, dead: Callable[..., dict[str, Any]], reason: str, method: str
    ) -> None:
        """As a page."""
        answer = client.open(dead(reason)["path"], method=method)
        assert answer.status_code == 410
        assert answer.mimetype == "text/html"
        assert is_uncached(answer)
        assert "Location" not in answer.headers

    @pytest.mark.parametrize(
        ("reason", "title"),
        [
            ("expired", "This link has expired"),
            ("used_up", "This link has been used"),
            ("revoked", "This link was withdrawn"),
        ],
    )
    def test_page_of_a_dead_link_says_why_and_offers_a_way_on(
        self, client: FlaskClient, dead: Callable[..., dict[str, Any]], reason: str, title: str
    ) -> None:
        """Its ``next``; without one, to ask for a new link."""
        text = client.get(dead(reason)["path"]).text
        assert f"<h1>{title}</h1>" in text
        assert "Ask for a new link where you got this one." in text
        url = f"https://{RETURN_HOST}/start?a=b&c=d"
        text = client.get(dead(reason, next=url)["path"]).text
        assert f'href="{url.replace("&", "&amp;")}"' in text
        assert "Ask for a new link where you got this one." not in text

    @pytest.mark.parametrize("reason", ["expired", "used_up", "revoked"])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_dead_link_in_json_has_the_shape_of_every_error(
        self, client: FlaskClient, dead: Callable[..., dict[str, Any]], reason: str, method: str
    ) -> None:
        """Code, sentence, and the way on if there is one."""
        answer = client.open(dead(reason)["path"], method=method, headers=JSON)
        assert (answer.status_code, answer.mimetype) == (410, "application/json")
        error = answer.get_json()["error"]
        assert error["code"] == reason
        assert set(error) == {"code", "message"}
        link = dead(reason, next=f"https://{RETURN_HOST}/start")
        error = client.open(link["path"], method=method, headers=JSON).get_json()["error"]
        assert error["next"] == f"https://{RETURN_HOST}/start"

    def test_next_that_is_no_longer_allowed_is_not_shown(
        self, make_app: Callable[..., Flask], dead: Callable[..., dict[str, Any]]
    ) -> None:
        """RETURN_HOSTS rules what is shown now, not what was allowed once."""
        link = dead("revoked", next=f"https://{RETURN_HOST}/start")
        client = make_app(RETURN_HOSTS=["elsewhere.example.com"]).test_client()
        assert RETURN_HOST not in client.get(link["path"]).text
        assert "next" not in client.get(link["path"], headers=JSON).get_json()["error"]

    @pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
    @pytest.mark.parametrize(
        "token",
        [
            "x",
            "A" * 30,
            "A" * 2000,
            "A" * 2001,
            "AAAA1",
            "%C5%BF" * 30,
            "%00",
            "%FF",
            "..%2f..",
            "<b>",
            " ",
            "'",
        ],
    )
    def test_forged_token_is_404_before_the_store_is_touched(
        self,
        client: FlaskClient,
        services: Services,
        monkeypatch: pytest.MonkeyPatch,
        token: str,
        method: str,
    ) -> None:
        """A store that would tell is not asked."""

        def touched(*_: object, **__: object) -> None:
            pytest.fail("the store was touched")

        for name in ("find", "get", "visit", "visit_of"):
            monkeypatch.setattr(services.links.store, name, touched)
        answer = client.open(f"/r/{token}", method=method)
        assert answer.status_code == 404
        assert is_uncached(answer)
        assert "<b>" not in answer.text
        answer = client.get(f"/r/{token}", headers=JSON)
        assert answer.get_json()["error"]["code"] in ("bad_signature", "not_found")

    def test_any_changed_character_of_a_token_is_404(
        self, client: FlaskClient, make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """Every one of them is signed."""
        token = token_of(make_link())
        for at, character in enumerate(token):
            other = "A" if character != "A" else "B"
            assert client.get(f"/r/{token[:at]}{other}{token[at + 1 :]}").status_code == 404
        for other in (token[:-1], token + "A", "A" + token, token + "="):
            assert client.get(f"/r/{other}").status_code == 404

    def test_token_of_another_key_is_404(
        self, client: FlaskClient, make_link: Callable[..., dict[str, Any]], services: Services
    ) -> None:
        """Of a site next door, or of a key that was removed."""
        payload = services.links.authenticate(token_of(make_link()))
        assert client.get(f"/r/{LinkTokens([OTHER_KEY]).sign(payload)}").status_code == 404

    def test_genuine_token_of_a_link_that_is_not_there_is_404_unknown(
        self, client: FlaskClient, services: Services
    ) -> None:
        """Deleted after its time; the page is that of a forged one."""
        token = services.links._tokens.sign(bytes(10))
        assert client.get(f"/r/{token}").status_code == 404
        assert client.get(f"/r/{token}").data == client.get("/r/forged").data
        error = client.get(f"/r/{token}", headers=JSON).get_json()["error"]
        assert error["code"] == "unknown"
        assert set(error) == {"code", "message"}

    def test_link_of_a_project_that_is_gone_is_404(
        self, make_app: Callable[..., Flask], make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """Settings change; nobody is sent anywhere."""
        link = make_link(project="signup")
        client = make_app(PROJECTS={"shop": projects()["shop"]}).test_client()
        assert client.post(link["path"]).status_code == 404


@pytest.mark.parametrize("path", [str.upper, str.lower, str.title, lambda path: path.replace("/r/", "/R/")])
def test_case_does_not_count_in_a_link(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], path: Callable[[str], str]
) -> None:
    """QR codes hold capitals, and people type what they like."""
    link = make_link()
    assert client.get(path(link["path"])).status_code == 200
    assert client.post(path(link["path"])).status_code == 303


@pytest.mark.parametrize("max_uses", [1, None])
def test_host_header_never_matters(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], max_uses: int | None
) -> None:
    """Every address comes from the settings."""
    link = make_link(max_uses=max_uses)
    assert link["url"].startswith(BASE_URL)
    for path in (link["path"], link["path"].replace("/r/", "/r//"), "/r/forged"):
        for method in ("GET", "POST"):
            headers = {"Host": "evil.example.com", "X-Forwarded-Host": "evil.example.com"}
            answer = client.open(path, method=method, headers=headers)
            assert "evil" not in answer.text + str(answer.headers)
            if "Location" in answer.headers:
                assert answer.headers["Location"].startswith(f"{FORM}/")


def test_targets_are_the_projects_own_forms_alone(
    make_app: Callable[..., Flask],
    api_of: Callable[..., FlaskClient],
    make_link: Callable[..., dict[str, Any]],
) -> None:
    """Another project may have another host; nothing of a wish can name one."""
    other = Project("otherpid01", base_url="https://form.example.org/idcheck")
    program = api_of(make_app(PROJECTS={"shop": other}))
    link = make_link(program, max_uses=None, fields={"cf1": "https://evil.example.com/"})
    location = program.get(link["path"]).headers["Location"]
    assert urlsplit(location).netloc == "form.example.org"
    for name in ("base_url", "host", "url", "target", "pid"):
        link_request = {"pipeline": "id_document", "fields": {name: "https://evil.example.com"}}
        assert program.post("/api/links", json=link_request).status_code == 422


def test_link_that_opened_says_when(
    client: FlaskClient, api: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """The clock of the desk, to the millisecond."""
    link = make_link()
    client.post(link["path"])
    details = api.get(f"/api/links/{link['id']}").get_json()
    assert details["state"] == "used_up"
    assert details["last_used_at"] == "2027-01-15T08:00:00Z"
    assert NOW == 1_800_000_000
