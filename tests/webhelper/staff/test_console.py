"""These tests sign in to the console, make links from the parameter table, watch and revoke them."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from html_forms import Form
from sites import HOLDER, RETURN_HOST, TOKEN, projects

from liveform import PARAMETERS, Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

PAGES = ["/", "/links/new", "/links/AAAAAAAAAAAAAAAA"]
LINK_REQUEST = {"pipeline": "id_document", "project": "shop", "expires_in": "900", "max_uses": "1"}


@pytest.fixture
def staff(client: FlaskClient) -> FlaskClient:
    """Return a browser that is signed in to the console."""
    assert client.post("/sign-in", data={"token": TOKEN}).status_code == 303
    return client


def link_of(answer: TestResponse) -> str:
    """Return the id of the link that a form made."""
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(r"/links/([A-Z2-7]{16})\?created=1", answer.headers["Location"])
    assert found
    return found[1]


class TestSignIn:
    """These tests decide who gets into the console, and for how long."""

    @pytest.mark.parametrize("path", PAGES)
    def test_page_leads_to_the_sign_in(self, client: FlaskClient, path: str) -> None:
        """A page of the console redirects a browser that is not signed in to ``/sign-in``."""
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")

    @pytest.mark.parametrize("path", ["/links", "/links/AAAAAAAAAAAAAAAA/revoke", "/kiosks", "/sign-out"])
    def test_nothing_is_done_before_the_sign_in(
        self, client: FlaskClient, api: FlaskClient, path: str
    ) -> None:
        """A form from a browser that is not signed in leads to ``/sign-in`` and creates no link."""
        answer = client.post(path, data=LINK_REQUEST)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
        assert api.get("/api/links").get_json()["links"] == []

    def test_script_of_a_page_is_told_in_json(self, client: FlaskClient) -> None:
        """A script without a sign-in gets 401 in JSON, even if it accepts HTML."""
        answer = client.get("/links/state?id=AAAAAAAAAAAAAAAA", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.mimetype) == (401, "application/json")

    def test_bearer_token_signs_nobody_in(self, api: FlaskClient) -> None:
        """An API token in the Authorization header does not open the console."""
        assert api.get("/").status_code == 303

    @pytest.mark.parametrize("token", [TOKEN, f" {TOKEN}\n"])
    def test_api_token_signs_in(self, client: FlaskClient, token: str) -> None:
        """An API token signs in, with or without the space that copying adds."""
        answer = client.post("/sign-in", data={"token": token})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
        assert client.get("/").status_code == 200

    @pytest.mark.parametrize("token", [None, "", "x", TOKEN[:-1], TOKEN.upper(), HOLDER, "ä", "\ud800"])
    def test_wrong_token_is_refused(self, client: FlaskClient, token: str | None) -> None:
        """A wrong token answers 403 with an error at the empty field, and starts no session."""
        data = b"token=%ed%a0%80" if token == "\ud800" else {} if token is None else {"token": token}
        answer = client.post("/sign-in", data=data, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 403
        assert Form(answer.text).invalid == {"token"}
        assert Form(answer.text).values["token"] == ""
        assert "This API token is unknown." in answer.text
        assert "Set-Cookie" not in answer.headers
        assert client.get("/").status_code == 303

    def test_token_in_the_address_is_not_looked_at(self, client: FlaskClient) -> None:
        """A token in the query does not sign in, because URLs end up in logs."""
        assert client.get(f"/sign-in?token={TOKEN}").status_code == 200
        assert client.post(f"/sign-in?token={TOKEN}").status_code == 403

    def test_form_of_any_bytes_is_refused(self, client: FlaskClient) -> None:
        """A sign-in form of broken or 70,000 bytes answers 403 or 413."""
        for body in (b"\x80", b"token=%", b"token=" + b"x" * 70_000):
            answer = client.post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")
            assert answer.status_code in (403, 413)

    def test_cookie_is_bound_to_this_host_and_to_https(self, client: FlaskClient) -> None:
        """The session cookie is for this host and https, hidden from scripts, and holds no token."""
        (cookie,) = client.post("/sign-in", data={"token": TOKEN}).headers.getlist("Set-Cookie")
        name, _, rest = cookie.partition("=")
        assert name == "__Host-console"
        flags = {part.partition("=")[0]: part.partition("=")[2] for part in rest.split("; ")[1:]}
        assert {"Secure", "HttpOnly", "Expires"} <= set(flags)
        assert (flags["Path"], flags["SameSite"]) == ("/", "Lax")
        assert "Domain" not in flags
        assert TOKEN not in cookie

    def test_cookies_of_a_site_without_https_can_be_sent(self, make_app: Callable[..., Flask]) -> None:
        """A site on loopback without https sets a session cookie without Secure and ``__Host-``."""
        plain = make_app(BASE_URL="http://127.0.0.1:5000").test_client()
        (cookie,) = plain.post("/sign-in", data={"token": TOKEN}).headers.getlist("Set-Cookie")
        assert cookie.startswith("console=")
        assert "Secure" not in cookie

    def test_session_dies_with_its_token(self, make_app: Callable[..., Flask], staff: FlaskClient) -> None:
        """A session ends when its API token is replaced in the settings or removed from them."""
        cookie = staff.get_cookie("__Host-console")
        assert cookie is not None
        for tokens, status in (
            ({HOLDER: TOKEN, "till": TOKEN[::-1]}, 200),
            ({HOLDER: TOKEN[::-1]}, 303),
            ({"till": TOKEN}, 303),
        ):
            browser = make_app(API_TOKENS=tokens).test_client()
            browser.set_cookie("__Host-console", cookie.value)
            assert browser.get("/").status_code == status

    def test_session_outlives_a_new_key_until_the_old_one_goes(
        self, make_app: Callable[..., Flask], staff: FlaskClient, services: Any
    ) -> None:
        """A session stays valid while the key that signed it is in SECRET_KEYS."""
        cookie = staff.get_cookie("__Host-console")
        assert cookie is not None
        old, new = services.settings.secret_keys[0], "n3w-" + services.settings.secret_keys[0][::-1]
        for keys, status in (([new, old], 200), ([new], 303)):
            browser = make_app(SECRET_KEYS=keys).test_client()
            browser.set_cookie("__Host-console", cookie.value)
            assert browser.get("/").status_code == status

    def test_forged_session_is_none(self, staff: FlaskClient) -> None:
        """A session cookie with a changed character leads to the sign-in."""
        cookie = staff.get_cookie("__Host-console")
        assert cookie is not None
        for at in range(0, len(cookie.value), 11):
            changed = "A" if cookie.value[at] != "A" else "B"
            staff.set_cookie("__Host-console", cookie.value[:at] + changed + cookie.value[at + 1 :])
            assert staff.get("/").status_code == 303

    def test_sign_out_forgets_the_browser(self, staff: FlaskClient) -> None:
        """POST to ``/sign-out`` ends the session, and GET answers 405."""
        assert staff.get("/sign-out").status_code == 405
        assert staff.get("/").status_code == 200
        assert staff.post("/sign-out").status_code == 303
        assert staff.get("/").status_code == 303

    @pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/links", "/links/x/revoke", "/kiosks"])
    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_form_of_another_site_is_refused(
        self, staff: FlaskClient, api: FlaskClient, path: str, site: str
    ) -> None:
        """A form that another site sends answers 403 and changes nothing."""
        answer = staff.post(path, data=LINK_REQUEST | {"token": TOKEN}, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
        assert api.get("/api/links").get_json()["links"] == []
        assert staff.get("/").status_code == 200


class TestNewLink:
    """These tests use the form for a new link, which is made from the parameter table."""

    def test_form_asks_for_every_parameter_but_those_the_link_sets(self, staff: FlaskClient) -> None:
        """The form has every parameter of its forms but those that the link sets itself."""
        form = Form(staff.get("/links/new").text)
        set_by_the_link = {"cf3", "startValidUntil", "action"}
        own = {
            "project",
            "pipeline",
            "expires_in",
            "max_uses",
            "unlimited",
            "label",
            "unique_userid",
            "next",
            "note",
        }
        rows = [row for row in PARAMETERS if set(row.places) != {Pipeline.FACE_AUTH}]
        assert set(form.values) == own | {row.vendor_name for row in rows} - set_by_the_link

    def test_state_field_of_the_settings_is_the_one_left_out(self, make_app: Callable[..., Flask]) -> None:
        """The form leaves out the custom field that STATE_FIELD names, and no other."""
        client = make_app(STATE_FIELD="cf1").test_client()
        client.post("/sign-in", data={"token": TOKEN})
        form = Form(client.get("/links/new").text)
        assert "cf1" not in form.values
        assert {"cf2", "cf3"} <= set(form.values)

    def test_every_parameter_says_what_it_is_and_where_it_belongs(self, staff: FlaskClient) -> None:
        """Each parameter has its sentence from the table as description, and lists its pipelines."""
        page = staff.get("/links/new").text
        form = Form(page)
        for row in PARAMETERS:
            if row.vendor_name in form.values:
                (hint,) = form.described[row.vendor_name]
                assert row.about in form.texts[hint]
                pipelines = " ".join(place.value for place in row.places)
                assert f'data-pipelines="{pipelines}"' in page

    def test_form_as_it_is_shown_makes_a_link(self, staff: FlaskClient, api: FlaskClient) -> None:
        """The form as it is shown makes a link with the API's defaults, created by the signed-in holder."""
        shown = Form(staff.get("/links/new").text).values
        filled = {name: value for name, value in shown.items() if value is not None}
        details = api.get(f"/api/links/{link_of(staff.post('/links', data=filled))}").get_json()
        assert (details["max_uses"], details["pipeline"]) == (1, "id_document")
        assert details["expires_at"] == "2027-01-15T08:15:00Z"
        assert (details["created_by"], details["field_names"]) == (HOLDER, [])

    def test_everything_that_is_filled_in_is_in_the_link(
        self, staff: FlaskClient, api: FlaskClient, sent: Callable[..., dict[str, Any]]
    ) -> None:
        """Texts, flags, lists and structures of the form reach the vendor with their types."""
        filled = {
            "userid": "user_12345",
            "cf1": "null",
            "rejectDuplicateUser": "true",
            "ageLimit": "false",
            "allowedCountries": "USA,KOR",
            "auxidField": '{"cf1": {"label": "이름"}}',
        }
        more = {
            "label": "포스터",
            "expires_in": "86400",
            "max_uses": "7",
            "unlimited": "1",
            "next": f"https://{RETURN_HOST}/done",
            "note": "Asked twice.\r\nMind <b>the</b> name",
        }
        link_id = link_of(staff.post("/links", data=LINK_REQUEST | filled | more))
        details = api.get(f"/api/links/{link_id}").get_json()
        assert (details["max_uses"], details["label"]) == (None, "포스터")
        assert details["next"] == f"https://{RETURN_HOST}/done"
        assert details["note"] == more["note"]
        assert "Asked twice.\r\nMind &lt;b&gt;the&lt;/b&gt; name" in staff.get(f"/links/{link_id}").text
        assert set(details["field_names"]) == set(filled)
        fields = sent(staff.get(details["url"].removeprefix("https://shop.example.com")).headers["Location"])
        assert (fields["userid"], fields["cf1"]) == ("user_12345", "null")
        assert (fields["rejectDuplicateUser"], fields["ageLimit"]) == (True, False)
        assert fields["allowedCountries"] == "USA,KOR"
        assert fields["auxidField"] == {"cf1": {"label": "이름"}}

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"max_uses": "0"}, "max_uses"),
            ({"max_uses": "many"}, "max_uses"),
            ({"label": "x" * 101}, "label"),
            ({"note": "x" * 501}, "note"),
            ({"unique_userid": "a b"}, "unique_userid"),
            ({"next": "https://evil.example.com/"}, "next"),
            ({"allowedCountries": "XYZ"}, "allowedCountries"),
            ({"auxidField": "{}"}, "auxidField"),
            ({"auxidField": "[1]"}, "auxidField"),
            ({"auxidField": "7"}, "auxidField"),
            ({"auxidField": '{"a": NaN}'}, "auxidField"),
            ({"project": "plain", "projectionId": "p"}, "projectionId"),
            ({"pipeline": "injection", "email": ""}, "sid"),
            ({"userid": "a", "unique_userid": "b-"}, "userid"),
            ({"tokenId": "x"}, "tokenId"),
        ],
    )
    def test_what_is_wrong_is_shown_beside_its_field_with_all_that_was_typed(
        self, staff: FlaskClient, api: FlaskClient, changes: dict[str, str], field: str
    ) -> None:
        """A wrong value answers 422 with an error beside its field, and keeps all other input."""
        typed = LINK_REQUEST | {"email": '"jane&b"@example.com', "cf2": "<script>"} | changes
        answer = staff.post("/links", data=typed)
        assert answer.status_code == 422
        form = Form(answer.text)
        assert form.invalid == {field}
        assert f"{field}-error" in form.described[field]
        assert form.texts[f"{field}-error"]
        assert {name: form.values[name] for name in typed if name in form.values} == typed
        assert "<script>" not in answer.text.replace('<script type="module"', "")
        assert api.get("/api/links").get_json()["links"] == []

    @pytest.mark.parametrize("text", ["{not json", "[" * 4000])
    def test_structure_that_is_not_a_json_goes_out_as_it_is(
        self, staff: FlaskClient, sent: Callable[..., dict[str, Any]], api: FlaskClient, text: str
    ) -> None:
        """A structure that is not valid JSON goes to the vendor as text, unchanged."""
        link_id = link_of(staff.post("/links", data=LINK_REQUEST | {"unlimited": "1", "auxidField": text}))
        path = api.get(f"/api/links/{link_id}").get_json()["url"].removeprefix("https://shop.example.com")
        assert sent(staff.get(path).headers["Location"])["auxidField"] == text

    @pytest.mark.parametrize(
        ("changes", "field"), [({"project": "nobody"}, "project"), ({"expires_in": "1e9"}, "expires_in")]
    )
    def test_choice_that_no_browser_offers_is_refused_by_name(
        self, staff: FlaskClient, changes: dict[str, str], field: str
    ) -> None:
        """A choice that the form does not offer answers 422 and names the field."""
        answer = staff.post("/links", data=LINK_REQUEST | changes)
        assert answer.status_code == 422
        assert f"<strong>{field}</strong>" in answer.text

    def test_fields_that_the_table_does_not_have_are_left_alone(
        self, staff: FlaskClient, api: FlaskClient
    ) -> None:
        """The form ignores fields that the table lacks or that the link sets itself."""
        extra = {"cf3": "mine", "startValidUntil": "2030-01-01", "created_by": "boss", "x": "y"}
        link_id = link_of(staff.post("/links", data=LINK_REQUEST | extra))
        details = api.get(f"/api/links/{link_id}").get_json()
        assert (details["field_names"], details["created_by"]) == ([], HOLDER)


class TestLinks:
    """These tests use the list of links, and the page of one link."""

    @pytest.fixture
    def listed(self, staff: FlaskClient) -> Callable[[str], list[str]]:
        """Return a reader of the labels that the list shows."""

        def read(query: str) -> list[str]:
            answer = staff.get(f"/?{query}")
            assert answer.status_code == 200
            rows = re.findall(r'<td class="name"><a href="/links/[A-Z2-7]{16}">([^<]*)</a>', answer.text)
            return [unescape(label) for label in rows]

        return read

    @pytest.mark.parametrize(
        ("query", "labels"),
        [
            ("", ["<c>", "null", "b", "a"]),
            ("state=&label=", ["<c>", "null", "b", "a"]),
            ("state=&label=a", ["a"]),
            ("state=active&label=", ["<c>", "null", "b"]),
            ("state=revoked&label=", ["a"]),
            ("state=revoked&label=b", []),
            ("label=null", ["null"]),
            ("label=%3Cc%3E", ["<c>"]),
            ("state=revoked&lang=ko", ["a"]),
            ("state=revoked&utm_source=x", ["a"]),
            ("state=dead", ["<c>", "null", "b", "a"]),
            ("cursor=%80", ["<c>", "null", "b", "a"]),
            ("limit=2", ["<c>", "null"]),
        ],
    )
    def test_list_shows_what_was_asked_for(
        self,
        listed: Callable[[str], list[str]],
        make_link: Callable[..., dict[str, Any]],
        api: FlaskClient,
        query: str,
        labels: list[str],
    ) -> None:
        """The list follows its filter, and ignores empty choices and values that it cannot read."""
        gone = make_link(label="a")
        api.delete(f"/api/links/{gone['id']}")
        for label in ("b", "null", "<c>"):
            make_link(label=label)
        assert listed(query) == labels

    def test_list_goes_on_with_the_same_filter(
        self,
        staff: FlaskClient,
        listed: Callable[[str], list[str]],
        make_link: Callable[..., dict[str, Any]],
    ) -> None:
        """The link to the next page of the list keeps the filter."""
        for number in range(25):
            make_link(label=f"a{number % 2}")
        page = staff.get("/?state=active&label=a0&limit=10").text
        (more,) = re.findall(r'rel="next" href="/\?([^"]*)"', page)
        assert listed(unescape(more)) == ["a0"] * 3

    def test_site_without_links_says_so(self, staff: FlaskClient) -> None:
        """The list of a site without links says that there are none yet."""
        assert "No links here yet." in staff.get("/").text

    def test_page_of_a_link_shows_its_address_code_and_visits(
        self,
        app: Flask,
        staff: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        sent: Callable[..., dict[str, Any]],
        return_path: Callable[..., str],
    ) -> None:
        """The page of a link shows URL, QR code, uses, errors and field names, but no field's value."""
        link = make_link(fields={"email": "jane@example.com", "cf1": "store 17"}, max_uses=2, label="a")
        visitor = app.test_client()
        state = sent(visitor.post(link["path"]).headers["Location"])["cf3"]
        visitor.get(return_path("shop", {"errorCode": "LO-30005", "cf3": state}))
        page = staff.get(f"/links/{link['id']}").text
        assert link["url"] in page
        assert f'src="{link["path"]}/qr.svg"'.lower() in page.lower()
        assert "<code>email</code>" in page
        assert not any(text in page for text in ("jane", "store 17"))
        assert "1 of 2 uses" in page
        assert "<code>LO-30005</code>" in page
        assert "The link is ready." not in page
        assert "The link is ready." in staff.get(f"/links/{link['id']}?created=1").text

    def test_link_of_another_token_is_shown_and_revoked_too(
        self, staff: FlaskClient, make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """Staff can revoke a link that a program made, and its page then has no button for that."""
        link = make_link()
        answer = staff.post(f"/links/{link['id']}/revoke")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/links/{link['id']}")
        assert staff.get(link["path"]).status_code == 410
        assert f'action="/links/{link["id"]}/revoke"' not in staff.get(f"/links/{link['id']}").text

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", "/links/AAAA"), ("POST", "/links/AAAA/revoke"), ("GET", "/links/%00")]
    )
    def test_link_that_is_not_there_is_404(self, staff: FlaskClient, method: str, path: str) -> None:
        """The console answers 404 with a page for a link that does not exist."""
        answer = staff.open(path, method=method)
        assert (answer.status_code, answer.mimetype) == (404, "text/html")

    def test_states_tell_what_became_of_the_links_on_a_page(
        self,
        app: Flask,
        staff: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        sent: Callable[..., dict[str, Any]],
        return_path: Callable[..., str],
    ) -> None:
        """A page's script gets state, uses and outcome with its level, in the order of the request."""
        fresh, used, poster = make_link(), make_link(), make_link(max_uses=None)
        visitor = app.test_client()
        state = sent(visitor.post(used["path"]).headers["Location"])["cf3"]
        visitor.get(return_path("shop", {"kycStatus": "pending", "cf3": state}))
        app.test_client().get(poster["path"])
        query = [("id", one) for one in (used["id"], "AAAAAAAAAAAAAAAA", fresh["id"], poster["id"])]
        answer = staff.get("/links/state", query_string=query)
        assert answer.headers["Cache-Control"] == "no-store"
        names = ("id", "state", "uses", "outcome", "level", "uses_text")
        assert [tuple(link[name] for name in names) for link in answer.get_json()["links"]] == [
            (used["id"], "used_up", 1, "pending", "claimed", "1 of 1 uses"),
            (fresh["id"], "active", 0, None, None, "0 of 1 uses"),
            (poster["id"], "active", 1, None, None, "opened 1 time"),
        ]

    def test_link_of_many_uses_shows_counts(  # E3
        self,
        app: Flask,
        staff: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        sent: Callable[..., dict[str, Any]],
        return_path: Callable[..., str],
    ) -> None:
        """List, page and states count the browsers that came back to a poster, by outcome and level."""
        poster = make_link(max_uses=None)
        for status in ("pending", "pending", "rejected"):
            visitor = app.test_client()
            state = sent(visitor.get(poster["path"]).headers["Location"])["cf3"]
            visitor.get(return_path("shop", {"kycStatus": status, "cf3": state}))
        for path in ("/", f"/links/{poster['id']}"):
            text = re.sub(r"<[^>]*>|\s+", " ", staff.get(path).text)
            assert re.search(r"3 came back +Pending, claimed +× 2 +Rejected, claimed +× 1", text)
        (states,) = staff.get("/links/state", query_string={"id": poster["id"]}).get_json()["links"]
        assert states["counts"] == {
            "returned_text": "3 came back",
            "kinds": [["pending", "claimed", 2], ["rejected", "claimed", 1]],
        }

    def test_states_are_told_of_a_hundred_links_at_most(
        self, staff: FlaskClient, make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """A request for states reads its first 100 ids and ignores the rest."""
        link = make_link()["id"]
        answer = staff.get("/links/state", query_string=[("id", "A")] * 99 + [("id", link)] * 2)
        assert len(answer.get_json()["links"]) == 1

    def test_many_visits_are_cut(
        self, staff: FlaskClient, app: Flask, make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """The page of a link shows its 50 latest visits."""
        link = make_link(max_uses=None)
        for _ in range(51):
            app.test_client().get(link["path"])
        page = staff.get(f"/links/{link['id']}").text
        assert page.count('<article class="visit"') == 50


class TestSealed:
    """These tests use the console of a site that keeps no links."""

    @pytest.fixture
    def staff(self, make_app: Callable[..., Flask]) -> FlaskClient:
        """Return a browser that is signed in to a site without a store."""
        client = make_app(STORE="sealed:").test_client()
        client.post("/sign-in", data={"token": TOKEN})
        return client

    def test_home_says_that_nothing_is_kept(self, staff: FlaskClient) -> None:
        """The console of a site without a store says that it keeps no links, and offers no kiosk."""
        page = staff.get("/").text
        assert "This site does not keep links" in page
        assert "/kiosks" not in page

    def test_link_is_shown_at_once_for_it_cannot_be_later(self, staff: FlaskClient) -> None:
        """A new link of a site without a store is shown at once, without a button to revoke it."""
        answer = staff.post("/links", data=LINK_REQUEST | {"unlimited": "1", "cf1": "store 17"})
        assert answer.status_code == 201
        assert "https://shop.example.com/r/" in answer.text
        assert "The link is ready." in answer.text
        assert "/revoke" not in answer.text

    def test_link_request_that_needs_a_store_is_refused_with_what_was_typed(self, staff: FlaskClient) -> None:
        """A form that needs a store answers 422, names the option and keeps the input."""
        answer = staff.post("/links", data=LINK_REQUEST | {"cf1": "store 17"})
        assert answer.status_code == 422
        assert "max_uses" in answer.text
        assert Form(answer.text).values["cf1"] == "store 17"

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/links/AAAAAAAAAAAAAAAA"),
            ("POST", "/links/AAAAAAAAAAAAAAAA/revoke"),
            ("GET", "/links/state?id=AAAAAAAAAAAAAAAA"),
        ],
    )
    def test_what_needs_a_store_is_409(self, staff: FlaskClient, method: str, path: str) -> None:
        """The console of a site without a store answers 409 to showing or revoking a link."""
        assert staff.open(path, method=method).status_code == 409


class TestKioskSetUp:
    """These tests set a kiosk up in the console, up to the address for the tablet."""

    def test_address_for_the_tablet_is_shown_with_its_code(self, staff: FlaskClient) -> None:
        """The console shows the tablet's address below BASE_URL, with a QR code and the escaped store."""
        data = {"store": "<store> 17", "project": "shop", "pipeline": "id_document", "expires_in": "180"}
        cookie = staff.get_cookie("__Host-console")
        assert cookie is not None
        staff.set_cookie("__Host-console", cookie.value, domain="evil.example.com")
        answer = staff.post("/kiosks", data=data, headers={"Host": "evil.example.com"})
        assert answer.status_code == 200
        assert re.search(
            r'<code class="address" id="address">https://shop\.example\.com/kiosk/start/', answer.text
        )
        assert "evil" not in answer.text
        assert '<svg xmlns="http://www.w3.org/2000/svg"' in answer.text
        assert "&lt;store&gt; 17" in answer.text
        assert "<store>" not in answer.text

    @pytest.mark.parametrize(
        "changes",
        [
            {"store": ""},
            {"store": "x" * 61},
            {"store": "a\nb"},
            {"project": "nobody"},
            {"project": ""},
            {"pipeline": "injection"},
            {"pipeline": "x"},
            {"expires_in": "59"},
            {"expires_in": "3601"},
            {"expires_in": "x"},
            {"label": "x"},
        ],
    )
    def test_placement_that_could_make_no_links_is_refused(
        self, staff: FlaskClient, changes: dict[str, str]
    ) -> None:
        """A kiosk that could not make links answers 422 in the console, without an address."""
        data = {"store": "store 17", "project": "shop", "pipeline": "id_document", "expires_in": "180"}
        answer = staff.post("/kiosks", data=data | changes)
        assert answer.status_code == 422
        assert '<p class="notice bad" role="alert">' in answer.text
        assert "/kiosk/start/" not in answer.text


def test_every_project_can_be_chosen(staff: FlaskClient) -> None:
    """The form for a new link offers every project of the settings."""
    page = staff.get("/links/new").text
    assert all(f"<option>{name}</option>" in page for name in projects())
