"""These tests open links at ``/r/<token>`` and check what uses them up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import pytest
from sites import BASE_URL, NOW, OTHER_KEY, RETURN_HOST, Clock, projects

from liveform import Project
from webhelper.links.models import GRACE_S
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.signing.link_tokens import LinkTokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from webhelper.services import Services

    Header: TypeAlias = tuple[str, str]

JSON = {"Accept": "application/json"}
FORM = "https://form.argosidentity.com"
PREVIEWS = [
    "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/t/scrap/33984",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "WhatsApp/2.23.20.0 A",
    "TelegramBot (like TwitterBot)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Twitterbot/1.0",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
    "facebookexternalhit/1.1;line-poker/1.0",
]
IN_APP = [
    "Mozilla/5.0 (Linux; Android 14; SM-S918N; wv) AppleWebKit/537.36 Chrome/120 KAKAOTALK 10.4.5",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari Line/13.16.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Instagram 300.0",
    "Mozilla/5.0 (Linux; Android 14; SM-S918N; wv) AppleWebKit/537.36 [FB_IAB/FB4A;FBAV/440.0.0.0;]",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Telegram-Android/10.5.0",
]
DONE, WAITING = "You have done this check", "is waiting for your ID check"


@pytest.fixture
def uses(api: FlaskClient) -> Callable[[dict[str, Any]], int]:
    """Return a reader of how often a link was used."""

    def read(link: dict[str, Any]) -> int:
        count: int = api.get(f"/api/links/{link['id']}").get_json()["uses"]
        return count

    return read


def token_of(link: dict[str, Any]) -> str:
    """Return the token in the URL of a link."""
    return str(link["path"].removeprefix("/r/"))


def is_uncached(answer: TestResponse) -> bool:
    """Return whether caches must not keep the answer."""
    return answer.headers["Cache-Control"] == "no-store"


class TestReusable:
    """These tests open links that have any number of uses."""

    @pytest.fixture
    def link(self, make_link: Callable[..., dict[str, Any]]) -> dict[str, Any]:
        """Return a reusable link of a project with GCM."""
        return make_link(max_uses=None, project="signup", fields={"userid": "user_12345"})

    def test_link_leads_on_at_once_with_a_fresh_url_each_time(
        self,
        client: FlaskClient,
        link: dict[str, Any],
        sent: Callable[..., dict[str, Any]],
        uses: Callable[[dict[str, Any]], int],
    ) -> None:
        """Each GET of a reusable link is a use, and a 302 to a form URL with a new visit state."""
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
        """The form URL carries the link's expiry as its startValidUntil."""
        until = sent(client.get(link["path"]).headers["Location"], "signup")["startValidUntil"]
        assert until[:19] == link["expires_at"][:19]

    def test_project_without_cipher_sends_plain_fields_to_its_form(
        self,
        client: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        sent: Callable[..., dict[str, Any]],
    ) -> None:
        """A project without a cipher sends pid, fields and visit state in plain, without startValidUntil."""
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
        """The pipeline decides the path of the form, which is /knowledge or the root."""
        link = make_link(max_uses=None, pipeline=pipeline, fields=fields)
        location = urlsplit(client.get(link["path"]).headers["Location"])
        assert (location.scheme, location.netloc, location.path) == ("https", "form.argosidentity.com", path)

    @pytest.mark.parametrize(
        "header",
        [
            ("Sec-Purpose", "prefetch"),
            ("Sec-Purpose", "prefetch;prerender"),
            ("Sec-Purpose", "prefetch;anonymous-client-ip"),
            ("Purpose", "prefetch"),
            ("Purpose", "Prefetch"),
            ("X-Purpose", "preview"),
            ("X-Purpose", "prefetch"),
            ("X-Moz", "prefetch"),
            ("Sec-Fetch-Dest", "image"),
            ("Sec-Fetch-Dest", "script"),
            ("Sec-Fetch-Dest", "embed"),
            *(("User-Agent", agent) for agent in PREVIEWS),
        ],
        ids=": ".join,
    )
    def test_what_is_sent_ahead_is_not_an_opening(  # L7
        self, client: FlaskClient, link: dict[str, Any], uses: Callable[[dict[str, Any]], int], header: Header
    ) -> None:
        """A prefetch or preview of a reusable link answers 200 without a redirect, and counts no use."""
        answer = client.get(link["path"], headers=[header])
        assert answer.status_code == 200
        assert "Location" not in answer.headers
        assert uses(link) == 0

    @pytest.mark.parametrize(
        "header",
        [
            *(("Sec-Fetch-Dest", value) for value in ("document", "iframe", "empty")),
            *(("User-Agent", agent) for agent in IN_APP),
        ],
        ids=": ".join,
    )
    def test_browser_of_a_chat_app_is_a_visitor(
        self, client: FlaskClient, link: dict[str, Any], uses: Callable[[dict[str, Any]], int], header: Header
    ) -> None:
        """A visitor who opens a reusable link in an app, in a frame or by a script is led on and counted."""
        assert client.get(link["path"], headers=[header]).status_code == 302
        assert uses(link) == 1

    @pytest.mark.parametrize("name", ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"])
    def test_other_words_in_these_headers_open_a_link(
        self, client: FlaskClient, link: dict[str, Any], name: str
    ) -> None:
        """A header for prefetch that does not say prefetch changes nothing."""
        assert client.get(link["path"], headers={name: "navigate"}).status_code == 302

    def test_head_is_not_a_opening(
        self, client: FlaskClient, link: dict[str, Any], uses: Callable[[dict[str, Any]], int]
    ) -> None:
        """HEAD of a reusable link answers 200 without a body and counts no use."""
        answer = client.head(link["path"])
        assert (answer.status_code, answer.data) == (200, b"")
        assert uses(link) == 0

    def test_button_of_a_prefetched_page_leads_on(
        self, client: FlaskClient, link: dict[str, Any], uses: Callable[[dict[str, Any]], int]
    ) -> None:
        """A POST to a reusable link answers 303 and counts one use."""
        assert client.post(link["path"]).status_code == 303
        assert uses(link) == 1

    def test_browser_that_comes_again_is_counted_again(
        self, client: FlaskClient, make_link: Callable[..., dict[str, Any]], api: FlaskClient
    ) -> None:
        """A browser that opens a poster twice gets a new user id each time."""
        link = make_link(max_uses=None, unique_userid="p-")
        for _ in range(2):
            client.post(link["path"])
        visits = api.get(f"/api/links/{link['id']}").get_json()["visits"]
        assert len({visit["userid"] for visit in visits}) == 2

    def test_dead_link_says_so(
        self, client: FlaskClient, clock: Clock, link: dict[str, Any], uses: Callable[[dict[str, Any]], int]
    ) -> None:
        """A link of 900 seconds opens after 899.9 seconds and answers 410 after 900."""
        clock.advance(899.9)
        assert client.get(link["path"]).status_code == 302
        clock.advance(0.1)
        assert client.get(link["path"]).status_code == 410
        assert uses(link) == 1


class TestLimited:
    """These tests open links that can be used up."""

    @pytest.fixture
    def link(self, make_link: Callable[..., dict[str, Any]]) -> dict[str, Any]:
        """Return a link of one use, with a user id."""
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
        """A link of one use is spent by POST only, not by GET, HEAD, a prefetch or a preview."""
        for _ in range(3):
            answer = client.open(link["path"], method=method, headers=headers)
            assert "Location" not in answer.headers
        assert uses(link) == 0
        assert client.post(link["path"]).status_code == 303

    def test_page_in_front_says_who_asks_and_posts_to_the_link(
        self, client: FlaskClient, link: dict[str, Any]
    ) -> None:
        """The page of a limited link names the site and shows neither fields nor the form's address."""
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
        """The button answers 303 to the form (RFC 9110 section 15.4.4) and counts one use."""
        client.get(link["path"])
        answer = client.post(link["path"])
        assert answer.status_code == 303
        assert sent(answer.headers["Location"])["userid"] == "user_12345"
        assert is_uncached(answer)
        assert uses(link) == 1

    def test_another_browser_finds_a_used_link_dead(
        self, app: Flask, client: FlaskClient, link: dict[str, Any], uses: Callable[[dict[str, Any]], int]
    ) -> None:
        """A used link answers 410 to GET and POST of another browser."""
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
        """The browser that used a link resumes the same visit within the grace time, and not after."""
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

    @pytest.mark.parametrize(
        ("said", "heading", "sentence"),
        [
            ([("approved", "s-17", Source.RETURN)], DONE, "There is nothing more to do."),
            ([("pending", "s-17", Source.RETURN)], DONE, "There is nothing more to do."),
            ([("in_review", "s-17", Source.RETURN)], DONE, "There is nothing more to do."),
            ([("pending", "s-17", Source.WEBHOOK)], DONE, "There is nothing more to do."),
            ([("approved", "s-17", Source.WEBHOOK)], DONE, "Your check was successful"),
            (
                [("rejected", "s-17", Source.WEBHOOK), ("approved", "s-18", Source.RETURN)],
                DONE,
                "There is nothing more to do.",
            ),
            ([("rejected", "s-17", Source.RETURN)], WAITING, "It takes a few minutes"),
            ([("rejected", "s-17", Source.WEBHOOK)], WAITING, "It takes a few minutes"),
            ([("error", None, Source.RETURN)], WAITING, "It takes a few minutes"),
            ([], WAITING, "It takes a few minutes"),
        ],
    )
    def test_check_that_is_done_leads_to_its_result(
        self,
        client: FlaskClient,
        services: Services,
        clock: Clock,
        link: dict[str, Any],
        said: list[tuple[str, str | None, Source]],
        heading: str,
        sentence: str,
    ) -> None:
        """Who opens a link again reads that the check is done, or goes on after a rejection or an error."""
        client.get(link["path"])
        client.post(link["path"])
        (visit,) = services.links.store.visits(link["id"], limit=1)
        for number, (word, submission_id, source) in enumerate(said):
            result = Result(word) if word in list(Result) else Result.UNKNOWN
            outcome = Outcome(
                result=result, submission_id=submission_id, error_code=None, at=NOW + number, source=source
            )
            services.links.store.record(visit.id, outcome)
        page = client.get(link["path"])
        assert page.status_code == 200
        assert heading in page.text
        assert sentence in page.text
        assert ("<form" in page.text) is (heading == WAITING)
        found = re.findall(r'href="(/result/[^"]+)"', page.text)
        assert len(found) == (heading == DONE)
        assert all(client.get(path).status_code == 200 for path in found)

    def test_link_of_several_uses_goes_on(
        self, client: FlaskClient, services: Services, make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """A link that several people may use is opened again, whatever came of a visit before."""
        link = make_link(max_uses=2)
        client.post(link["path"])
        (visit,) = services.links.store.visits(link["id"], limit=1)
        outcome = Outcome(result=Result.APPROVED, submission_id="s-17", error_code=None, at=NOW)
        services.links.store.record(visit.id, outcome)
        assert "<form" in client.get(link["path"]).text

    def test_browser_without_cookies_cannot_come_back(
        self, app: Flask, link: dict[str, Any], uses: Callable[[dict[str, Any]], int]
    ) -> None:
        """A browser without cookies uses a link once and then gets 410."""
        client = app.test_client(use_cookies=False)
        client.get(link["path"])
        assert client.post(link["path"]).status_code == 303
        assert client.post(link["path"]).status_code == 410

    @pytest.mark.parametrize("cookie", ["", "x", "A" * 21, "A" * 23, "A" * 21 + "=", "Ä" * 22, "A" * 4000])
    def test_cookie_that_we_did_not_write_is_none(
        self, client: FlaskClient, link: dict[str, Any], cookie: str
    ) -> None:
        """A browser cookie of another shape is ignored, so a second POST answers 410."""
        client.set_cookie("__Host-browser", cookie)
        assert client.post(link["path"]).status_code == 303
        client.set_cookie("__Host-browser", cookie)
        assert client.post(link["path"]).status_code == 410

    def test_cookie_of_the_browser_is_short_lived_and_bound_to_this_host(
        self, client: FlaskClient, link: dict[str, Any]
    ) -> None:
        """The browser cookie is for this host, https and no scripts, and lives for a day from each use on."""
        (cookie,) = client.get(link["path"]).headers.getlist("Set-Cookie")
        assert cookie.startswith("__Host-browser=")
        flags = set(cookie.split("; ")[1:])
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=86400"} <= flags
        assert not any(flag.startswith("Domain") for flag in flags)
        for answer in (client.get(link["path"]), client.post(link["path"])):
            assert answer.headers.getlist("Set-Cookie") == [cookie]

    def test_link_of_three_uses_serves_three_browsers(
        self, app: Flask, make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """A link of three uses opens in three browsers and answers 410 to the fourth."""
        link = make_link(max_uses=3)
        answers = [app.test_client().post(link["path"]) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [303, 303, 303, 410]

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "CROSS-SITE", "", "same-origin, none"])
    def test_post_from_another_site_is_refused(
        self, client: FlaskClient, link: dict[str, Any], uses: Callable[[dict[str, Any]], int], site: str
    ) -> None:
        """A POST from a page of another site answers 403 and uses nothing."""
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
        """A POST from this site's page, or from a browser without Fetch Metadata, uses the link."""
        headers = {} if site is None else {"Sec-Fetch-Site": site}
        assert client.post(link["path"], headers=headers).status_code == 303

    def test_link_from_another_site_opens_its_page(self, client: FlaskClient, link: dict[str, Any]) -> None:
        """A link that is clicked on another site opens its page."""
        assert client.get(link["path"], headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


class TestDead:
    """These tests open links that are expired, used up, revoked, forged or unknown."""

    @pytest.fixture
    def dead(
        self, make_link: Callable[..., dict[str, Any]], api: FlaskClient, app: Flask, clock: Clock
    ) -> Callable[..., dict[str, Any]]:
        """Return a maker of links that are dead for a given reason."""

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
        """An expired, used or revoked link answers 410 with a page that caches must not keep."""
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
        """The page of a dead link says why, and links to ``next`` or says to ask for a new link."""
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
        """A dead link answers JSON with a code and a message, and with ``next`` if it has one."""
        answer = client.open(dead(reason)["path"], method=method, headers=JSON)
        assert (answer.status_code, answer.mimetype) == (410, "application/json")
        error = answer.get_json()["error"]
        assert error["code"] == reason
        assert set(error) == {"code", "message"}
        link = dead(reason, next=f"https://{RETURN_HOST}/start")
        error = client.open(link["path"], method=method, headers=JSON).get_json()["error"]
        assert error["next"] == f"https://{RETURN_HOST}/start"

    def test_next_that_is_not_a_longer_allowed_is_not_shown(
        self, make_app: Callable[..., Flask], dead: Callable[..., dict[str, Any]]
    ) -> None:
        """A dead link hides a ``next`` whose host has been removed from RETURN_HOSTS."""
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
        """A forged token answers 404 without a look into the store."""

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
        """A token with any character changed, added or removed answers 404."""
        token = token_of(make_link())
        for at, character in enumerate(token):
            other = "A" if character != "A" else "B"
            assert client.get(f"/r/{token[:at]}{other}{token[at + 1 :]}").status_code == 404
        for other in (token[:-1], token + "A", "A" + token, token + "="):
            assert client.get(f"/r/{other}").status_code == 404

    def test_token_of_another_key_is_404(
        self, client: FlaskClient, make_link: Callable[..., dict[str, Any]], services: Services
    ) -> None:
        """A token that another key signed answers 404."""
        payload = services.links.authenticate(token_of(make_link()))
        assert client.get(f"/r/{LinkTokens([OTHER_KEY]).sign(payload)}").status_code == 404

    def test_genuine_token_of_a_link_that_is_not_there_is_404_unknown(
        self, client: FlaskClient, services: Services
    ) -> None:
        """A genuine token of a deleted link gets the page of a forged one, with "unknown" in JSON."""
        token = services.links._tokens.sign(bytes(10))
        assert client.get(f"/r/{token}").status_code == 404
        assert client.get(f"/r/{token}").data == client.get("/r/forged").data
        error = client.get(f"/r/{token}", headers=JSON).get_json()["error"]
        assert error["code"] == "unknown"
        assert set(error) == {"code", "message"}

    def test_link_of_a_project_that_is_gone_is_404(
        self, make_app: Callable[..., Flask], make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """A link whose project has been removed from the settings answers 404."""
        link = make_link(project="signup")
        client = make_app(PROJECTS={"shop": projects()["shop"]}).test_client()
        assert client.post(link["path"]).status_code == 404


@pytest.mark.parametrize("path", [str.upper, str.lower, str.title, lambda path: path.replace("/r/", "/R/")])
def test_case_does_not_count_in_a_link(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], path: Callable[[str], str]
) -> None:
    """A link works in capitals, in small letters and in a mixture of both."""
    link = make_link()
    assert client.get(path(link["path"])).status_code == 200
    assert client.post(path(link["path"])).status_code == 303


# What messengers hang on a link, percent-encoded or not
HUNG_ON = [
    "//",
    "%C2%AD",
    "에서",
    "를%20확인하세요",
    ".",
    "...",
    ",",
    ")",
    ").",
    "]",
    ">",
    "%3E",
    '"',
    "'",
    "”",
    "」",
    "!",
    ":",
    ";",
    "*",
    "_",
    "~",
    "|",
    "`",
    "%20",
    "%20에서",
    "+",
    "%0A",
    "%0D%0A",
    "%09",
    "\u200b",
    "\u00a0",
    "\ufeff",
    "\u3000",
    "。",
    "）",
    "，확인",
    "🙏",
    "&utm_source=x",
    "&utm_source=x/y&z=1",
    "%26utm_source=x",
    "&amp;fbclid=1",
    "\\",
    "%5Cn",
    "/",
    "/.",
    "/에서",
    "-",
    "ſ",
    "%FF",
    "%EC%97",
    "%00",
]


@pytest.mark.parametrize("hung_on", HUNG_ON, ids=ascii)
@pytest.mark.parametrize("prefix", ["/r/", "/R/"])
def test_text_behind_a_link_does_not_matter(  # L2
    client: FlaskClient,
    api: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    prefix: str,
    hung_on: str,
) -> None:
    """A link opens with the text that a messenger took into it, and its form leads to the clean address."""
    link, reusable = make_link(), make_link(max_uses=None)
    page = client.get(link["path"].replace("/r/", prefix) + hung_on)
    assert page.status_code == 200
    assert f'<form method="post" action="{link["path"]}">' in page.text
    assert client.post(link["path"] + hung_on).status_code == 303
    assert client.get(reusable["path"].replace("/r/", prefix) + hung_on).status_code == 302
    assert [api.get(f"/api/links/{one['id']}").get_json()["uses"] for one in (link, reusable)] == [1, 1]


@pytest.mark.parametrize("ahead", ["%20", "%E2%80%8B", "%C2%A0", "<", "%22", "(", "."])
def test_text_in_front_of_a_token_does_not_matter(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], ahead: str
) -> None:
    """A link opens with a space, an invisible character or a sign in front of its token."""
    link, reusable = make_link(), make_link(max_uses=None)
    page = client.get(link["path"].replace("/r/", f"/r/{ahead}"))
    assert f'<form method="post" action="{link["path"]}">' in page.text
    assert client.get(reusable["path"].replace("/r/", f"/r/{ahead}")).status_code == 302


def test_soft_hyphens_of_a_mailer_do_not_matter(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """A link opens with the soft hyphens that a mailer wrote into it, which nobody sees."""
    path = make_link()["path"]
    page = client.get(f"{path[:12]}%C2%AD{path[12:20]}%C2%AD{path[20:]}")
    assert f'<form method="post" action="{path}">' in page.text


@pytest.mark.parametrize("path", ["/r//{}", "/R//{}.", "/r///{}", "/r/%2F{}", "/r//{}/qr.svg"])
@pytest.mark.parametrize("max_uses", [1, None])
def test_second_slash_in_front_of_a_token_gets_a_page_that_says_so(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], max_uses: int | None, path: str
) -> None:
    """An address with two slashes in front of its token is no link, and asks whether it is complete."""
    page = client.get(path.format(token_of(make_link(max_uses=max_uses))))
    assert page.status_code == 404
    assert "Is the address complete?" in page.text


@pytest.mark.parametrize("hung_on", ["=", "=3D", "=20", "=%0D%0A", "%3D", "/=", "=/"])
def test_sign_of_a_mailer_behind_a_link_gets_a_page_that_says_so(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], hung_on: str
) -> None:
    """What quoted-printable leaves behind a token may be a part of it: the page says that it is not whole."""
    page = client.get(make_link()["path"] + hung_on)
    assert page.status_code == 404
    assert "open the complete link" in page.text


@pytest.mark.parametrize("hung_on", ["에서", "&utm_source=x", "%20", ")"])
def test_text_behind_a_sealed_link_does_not_matter(  # L2
    make_app: Callable[..., Flask],
    api_of: Callable[..., FlaskClient],
    make_link: Callable[..., dict[str, Any]],
    hung_on: str,
) -> None:
    """A link of a site without a store, whose token has another length, opens with text behind it too."""
    program = api_of(make_app(STORE="sealed:"))
    link = make_link(program, max_uses=None)
    assert program.get(link["path"] + hung_on).status_code == 302


@pytest.mark.parametrize("hung_on", ["a", "Z", "7", "0", "=", "a에서", "A.", "/qr.gif", "/x", "/7"])
def test_letters_behind_a_link_are_a_changed_token(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], hung_on: str
) -> None:
    """A letter or digit of ASCII directly behind a token, or a path of them, is refused."""
    assert client.get(make_link()["path"] + hung_on).status_code == 404


def test_text_behind_a_link_opens_no_other_link(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """Of two tokens in one address only the first is read, and a damaged one is not repaired."""
    first, second = make_link(), make_link()
    both = f"{first['path']}&{token_of(second)}"
    assert f'action="{first["path"]}"' in client.get(both).text
    damaged = first["path"][:-1] + ("A" if first["path"][-1] != "A" else "B")
    assert client.get(f"{damaged}&{token_of(second)}").status_code == 404
    assert client.get(f"{first['path'][:-1]} {first['path'][-1]}").status_code == 404


class TestLanguage:
    """These tests choose a language before they press Start."""

    @pytest.mark.parametrize("project", ["plain", "shop", "signup"])
    @pytest.mark.parametrize("max_uses", [1, None])
    def test_language_that_was_chosen_is_passed_on(  # L4
        self,
        client: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        sent: Callable[..., dict[str, Any]],
        project: str,
        max_uses: int | None,
    ) -> None:
        """A visitor who chose Korean on our page gets the form in Korean, at the next link too."""
        link = make_link(project=project, max_uses=max_uses)
        client.get("/sign-in?lang=ko")
        answer = client.open(link["path"], method="POST" if max_uses else "GET")
        location = answer.headers["Location"]
        assert sent(location, project)["lang"] == "ko"
        assert "&lang=ko" in location

    def test_language_of_the_address_needs_no_cookie(  # L4
        self, app: Flask, make_link: Callable[..., dict[str, Any]], sent: Callable[..., dict[str, Any]]
    ) -> None:
        """The button of a page with ``?lang=`` carries the language, also one that our pages do not have."""
        client = app.test_client(use_cookies=False)
        for tag in ("ko", "ja", "zh-TW", "pt_BR"):
            link = make_link()
            page = client.get(f"{link['path']}?lang={tag}")
            assert f'action="{link["path"]}?lang={tag}"' in page.text
            assert sent(client.post(f"{link['path']}?lang={tag}").headers["Location"])["lang"] == tag
        reusable = make_link(max_uses=None)
        assert sent(client.get(f"{reusable['path']}?lang=ja").headers["Location"])["lang"] == "ja"

    def test_language_of_the_link_comes_first(
        self,
        client: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        sent: Callable[..., dict[str, Any]],
    ) -> None:
        """A link that sets the language of its form keeps it, whatever the visitor chose."""
        link = make_link(fields={"lang": "en"})
        assert sent(client.post(f"{link['path']}?lang=ko").headers["Location"])["lang"] == "en"

    @pytest.mark.parametrize("tag", ["", "x", "k" * 36, "ko;", "<b>", "한국어", "ko-", "../ko"])
    def test_what_is_no_language_is_not_passed_on(
        self,
        client: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        sent: Callable[..., dict[str, Any]],
        tag: str,
    ) -> None:
        """A language that the form's parameter does not take, or none, leaves the form alone."""
        link = make_link()
        answer = client.post(link["path"], query_string={"lang": tag})
        assert "lang" not in sent(answer.headers["Location"])
        link = make_link()
        client.set_cookie("lang", "ja")  # not one that we set
        assert "lang" not in sent(client.post(link["path"]).headers["Location"])

    def test_language_of_the_browser_is_left_to_the_form(
        self,
        client: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        sent: Callable[..., dict[str, Any]],
    ) -> None:
        """A browser whose language nobody chose on our page is asked by the form itself."""
        answer = client.post(make_link()["path"], headers={"Accept-Language": "ko"})
        assert "lang" not in sent(answer.headers["Location"])

    def test_longest_form_url_has_room_for_a_language(
        self, api: FlaskClient, client: FlaskClient, make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """The longest link that can be made has room for a usual language, and opens without a longer one."""
        body = {"pipeline": "id_document", "project": "plain", "max_uses": None}
        for length in range(7_900, 7_700, -1):
            fields = {"cf1": "x" * length}
            if api.post("/api/links", json=body | {"fields": fields}).status_code == 201:
                break
        link = make_link(project="plain", max_uses=None, fields=fields)
        locations = [
            client.get(f"{link['path']}?lang={tag}").headers["Location"]
            for tag in ("zh-Hant-TW", "de-1996-x-y1")
        ]
        assert [len(location) for location in locations] == [8_000, 8_000 - len("&lang=zh-Hant-TW")]


@pytest.mark.parametrize("max_uses", [1, None])
def test_host_header_never_matters(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], max_uses: int | None
) -> None:
    """No answer repeats a Host or X-Forwarded-Host header, and redirects lead to the form only."""
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
    """A link leads to its project's form, and a link request cannot name another address."""
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
    """A used link shows the time of its last use in UTC."""
    link = make_link()
    client.post(link["path"])
    details = api.get(f"/api/links/{link['id']}").get_json()
    assert details["state"] == "used_up"
    assert details["last_used_at"] == "2027-01-15T08:00:00Z"
    assert NOW == 1_800_000_000
