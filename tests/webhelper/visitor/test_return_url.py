"""These tests open ``/return/<project>`` and the result page, ``/result/<code>``."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sites import OTHER_KEY, RETURN_HOST, VENDOR_KEY, Clock

from liveform import Project
from webhelper.links.browser_cookie import digest_of
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.visit_state import VisitStates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

APPROVED = {"kycStatus": "approved", "submissionId": "s-17"}
NEXT = f"https://{RETURN_HOST}/done"
PERSONAL = ("jane_17", "jane@example.com", "store 17")


@pytest.fixture
def opened(
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], sent: Callable[..., dict[str, Any]]
) -> Callable[..., tuple[dict[str, Any], dict[str, str]]]:
    """Return a maker of an opened link, and of the fields that the vendor sends back for it."""

    def make(project: str = "shop", **link_request: Any) -> tuple[dict[str, Any], dict[str, str]]:
        link = make_link(
            project=project, **{"fields": {"userid": "jane_17", "cf1": "store 17"}} | link_request
        )
        fields = sent(client.post(link["path"]).headers["Location"], project)
        return link, {name: fields[name] for name in ("userid", "email", "cf1", "cf3") if name in fields}

    return make


@pytest.fixture
def outcome(api: FlaskClient) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    """Return a reader of the outcome that a link shows in the API."""

    def read(link: dict[str, Any]) -> dict[str, Any] | None:
        noted: dict[str, Any] | None = api.get(f"/api/links/{link['id']}").get_json()["outcome"]
        return noted

    return read


@pytest.mark.parametrize("project", ["plain", "shop", "signup"])
def test_return_is_noted_and_leads_to_a_clean_url(
    client: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
    return_path: Callable[..., str],
    project: str,
) -> None:
    """A return, plain or encrypted, is written to its link and answers 303 to a URL without claims."""
    link, back = opened(project)
    answer = client.get(return_path(project, APPROVED | back))
    assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "no-store"
    location = urlsplit(answer.headers["Location"])
    assert (location.netloc, location.query) == ("", "")
    assert location.path.startswith("/result/")
    assert not any(text in answer.text + str(answer.headers) for text in (*PERSONAL, "s-17", back["cf3"]))
    noted = outcome(link)
    assert noted is not None
    assert (noted["result"], noted["submission_id"]) == ("approved", "s-17")


@pytest.mark.parametrize(
    ("claims", "result", "sentence"),
    [
        (APPROVED, "approved", "Thank you, you are done here"),
        ({"kycStatus": "pending"}, "pending", "Thank you, we are looking at it"),
        ({"kycStatus": "rejected"}, "rejected", "This did not work out"),
        ({"errorCode": "SE-50021"}, "error", "Your face could not be seen clearly"),
        ({"errorCode": "XY-1"}, "error", "The check stopped before it was finished."),
        ({"kycStatus": "", "errorCode": "TK-10001"}, "error", "Your link has expired."),
        ({}, None, "We do not know how it went."),
    ],
)
def test_every_outcome_has_its_page(
    client: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
    return_path: Callable[..., str],
    claims: dict[str, str],
    result: str | None,
    sentence: str,
) -> None:
    """Each outcome has its own page, which never says that somebody is verified."""
    link, back = opened()
    page = client.get(client.get(return_path("shop", claims | back)).headers["Location"])
    assert page.status_code == 200
    assert sentence in page.text
    assert not any(text in page.text for text in PERSONAL)
    assert "erified" not in page.text
    noted = outcome(link)
    assert noted is not None
    assert noted["result"] == result


def test_later_return_of_a_visit_replaces_the_earlier(
    client: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
    return_path: Callable[..., str],
) -> None:
    """A later return of a visit replaces the outcome of an earlier one."""
    link, back = opened()
    for claims in ({"errorCode": "LO-30005"}, {"kycStatus": "pending"}):
        client.get(return_path("shop", claims | back))
    noted = outcome(link)
    assert noted is not None
    assert (noted["result"], noted["error_code"]) == ("pending", None)


@pytest.mark.parametrize(
    "changes",
    [
        {"cf3": None},
        {"cf3": ""},
        {"cf3": "x"},
        {"cf3": "AAAAAAAAAAAAAAAA.-.9999999999.AAAA"},
        {"userid": "john_18"},
        {"userid": ""},
        {"userid": "JANE_17"},
    ],
)
def test_return_with_a_forged_state_or_another_user_is_not_noted(
    client: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
    return_path: Callable[..., str],
    changes: dict[str, str | None],
) -> None:
    """A return with a forged state or another user id leaves the link alone and opens our own page."""
    link, back = opened(next=NEXT)
    answer = client.get(return_path("shop", APPROVED | back | changes))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/result/")
    assert outcome(link) is None
    assert RETURN_HOST not in client.get(answer.headers["Location"]).text


def test_return_without_a_user_id_is_noted(
    client: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
    return_path: Callable[..., str],
) -> None:
    """A return without a user id is written to its link, because the state is enough."""
    link, back = opened()
    client.get(return_path("shop", APPROVED | back | {"userid": None}))
    assert outcome(link) is not None


def test_state_of_another_site_or_project_is_not_ours(
    client: FlaskClient,
    api: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
    return_path: Callable[..., str],
) -> None:
    """A visit state of another project or key writes nothing to the link."""
    link, back = opened("shop")
    client.get(return_path("signup", APPROVED | back))
    assert outcome(link) is None
    (visit,) = api.get(f"/api/links/{link['id']}").get_json()["visits"]
    cookie = client.get_cookie("__Host-browser")
    assert cookie is not None
    browser = digest_of(cookie.value)
    foreign = VisitStates([OTHER_KEY]).sign(visit["id"], project="shop", userid="jane_17", browser=browser)
    client.get(return_path("shop", APPROVED | back | {"cf3": foreign}))
    assert outcome(link) is None


@pytest.mark.parametrize("project", ["nobody", "SHOP", "..", "%00"])
def test_unknown_project_is_answered_as_a_wrong_return(client: FlaskClient, project: str) -> None:  # A13
    """The Return URL of an unknown project answers as one whose return cannot be read."""
    wrong = client.get("/return/shop?encrypted=AAAA")
    unknown = client.get(f"/return/{project}?encrypted=AAAA")
    assert (unknown.status_code, unknown.data) == (wrong.status_code, wrong.data)
    assert unknown.status_code == 400
    assert dict(unknown.headers) == dict(wrong.headers)


@pytest.mark.parametrize("project", ["shop", "signup"])
@pytest.mark.parametrize("query", ["kycStatus=approved", "userid=jane_17", "kycStatus=approved&cf3={cf3}"])
def test_plain_claims_to_a_project_that_encrypts_are_refused(  # A2
    client: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
    project: str,
    query: str,
) -> None:
    """A plain return to a project with a key, also one with a good state, gets the page of a wrong one."""
    link, back = opened(project)
    answer = client.get(f"/return/{project}?{query.format(**back)}")
    assert (answer.status_code, answer.data) == (400, client.get("/return/shop?encrypted=AAAA").data)
    assert outcome(link) is None


def test_plain_error_code_alone_is_shown_in_a_project_that_encrypts(client: FlaskClient) -> None:  # A2
    """A plain error code alone gets its page, because the vendor may send it so."""
    answer = client.get("/return/shop?errorCode=SE-50021")
    assert "Your face could not be seen clearly" in client.get(answer.headers["Location"]).text


def test_project_can_be_set_to_take_plain_claims(  # A2
    make_app: Callable[..., Flask],
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    api_of: Callable[..., FlaskClient],
) -> None:
    """A project with ``return_encrypted=False`` takes plain claims."""
    app = make_app(
        PROJECTS={"shop": Project("shoppid001", key=VENDOR_KEY, cipher="ecb", return_encrypted=False)}
    )
    client, program = app.test_client(), api_of(app)
    link = make_link(program)
    state = sent(client.post(link["path"]).headers["Location"])["cf3"]
    assert client.get(f"/return/shop?kycStatus=approved&cf3={state}").status_code == 303
    assert program.get(f"/api/links/{link['id']}").get_json()["outcome"]["result"] == "approved"


@pytest.mark.parametrize("max_uses", [1, None])
@pytest.mark.parametrize("cookie", [None, "B" * 22, "x"])
def test_finished_return_in_another_browser_gets_a_page_and_no_code(  # A3
    app: Flask,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
    return_path: Callable[..., str],
    max_uses: int | None,
    cookie: str | None,
) -> None:
    """A finished return planted on another browser gets a page that says what to do, and nothing is noted."""
    link, back = opened(next=NEXT, max_uses=max_uses)
    other = app.test_client()
    if cookie is not None:
        other.set_cookie("__Host-browser", cookie)
    answer = other.get(return_path("shop", APPROVED | back))
    assert answer.status_code == 403
    assert "Location" not in answer.headers
    assert "You began in another browser" in answer.text
    assert "open it in the app or browser in which you opened the link" in answer.text
    assert not any(text in answer.text for text in ("result=", RETURN_HOST, "s-17", back["cf3"], *PERSONAL))
    assert "?lang=" not in answer.text  # it would lead to an address without the claims
    assert outcome(link) is None


def test_return_is_finished_in_the_first_browser_after_another_one(  # A3
    app: Flask,
    client: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    return_path: Callable[..., str],
) -> None:
    """The address that another browser refused still works in the browser that redeemed the link."""
    _, back = opened(next=NEXT)
    path = return_path("shop", APPROVED | back)
    assert app.test_client().get(path).status_code == 403
    assert client.get(path).headers["Location"].startswith(f"{NEXT}?result=")


def test_browser_that_redeems_without_a_cookie_gets_one_and_comes_back(  # A3
    app: Flask,
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
) -> None:
    """A phone that scans the kiosk's code gets its cookie with the redirect, and comes back with it."""
    for max_uses, method in ((1, "POST"), (None, "GET")):
        phone, link = app.test_client(), make_link(max_uses=max_uses)
        state = sent(phone.open(link["path"], method=method).headers["Location"])["cf3"]
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        answer = phone.get(return_path("shop", APPROVED | {"cf3": state}), headers=headers)
        assert answer.status_code == 303


def test_state_of_another_user_without_a_user_id_is_refused(  # A4
    app: Flask,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
    make_link: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
) -> None:
    """Who puts another user's state into a return without a user id writes nothing and gets no code."""
    link, back = opened(next=NEXT)
    mallory = app.test_client()
    mallory.post(make_link(next=NEXT, fields={"userid": "mallory"})["path"])
    answer = mallory.get(return_path("shop", {"kycStatus": "rejected", "cf3": back["cf3"]}))
    assert (answer.status_code, outcome(link)) == (403, None)


def test_reload_of_a_return_gives_the_same_code_and_none_once_it_was_used(  # A5
    client: FlaskClient,
    api: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    return_path: Callable[..., str],
) -> None:
    """A visit has one result code: a reload gives the same, and ``next`` alone once it was used."""
    _, back = opened(next=NEXT)
    path = return_path("shop", APPROVED | back)
    first, again = (client.get(path).headers["Location"] for _ in range(2))
    assert first == again
    code = parse_qs(urlsplit(first).query)["result"][0]
    assert api.post("/api/results", json={"code": code}).status_code == 200
    assert client.get(path).headers["Location"] == NEXT
    assert api.post("/api/results", json={"code": code}).status_code == 410


def test_reload_of_a_return_gives_no_code_after_ten_minutes(  # A5
    client: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    return_path: Callable[..., str],
    clock: Clock,
) -> None:
    """A reload more than ten minutes after the first return leads to ``next`` without a code."""
    _, back = opened(next=NEXT)
    path = return_path("shop", APPROVED | back)
    first = client.get(path).headers["Location"]
    clock.advance(600)
    assert client.get(path).headers["Location"] == first
    clock.advance(1)
    assert client.get(path).headers["Location"] == NEXT


def test_older_return_opened_again_takes_nothing_back(  # A6, E2
    client: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
    return_path: Callable[..., str],
) -> None:
    """After pending and approved, the first address again leaves the link approved, and the page says so."""
    link, back = opened()
    paths = [return_path("shop", {"kycStatus": status} | back) for status in ("pending", "approved")]
    for path in (*paths, paths[0], return_path("shop", {"errorCode": "LO-30005"} | back)):
        page = client.get(client.get(path).headers["Location"])
    assert "Thank you, you are done here" in page.text
    noted = outcome(link)
    assert noted is not None
    assert (noted["result"], noted["error_code"]) == ("approved", None)


@pytest.mark.parametrize("project", ["plain", "shop"])
def test_unknown_status_is_noted_and_followed(  # E1
    client: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
    return_path: Callable[..., str],
    project: str,
) -> None:
    """A status that the vendor adds is noted as unknown, ``next`` is followed, and nobody starts again."""
    for next_url in (NEXT, None):
        link, back = opened(project, next=next_url)
        answer = client.get(return_path(project, {"kycStatus": "in_review"} | back))
        assert answer.status_code == 303
        noted = outcome(link)
        assert noted is not None
        assert noted["result"] == "unknown"
    page = client.get(answer.headers["Location"]).text
    assert "Thank you, it is being checked" in page
    assert "Try again" not in page
    assert "in_review" not in page


@pytest.mark.parametrize(
    "code", ["jane@example.com", "TK-10099", "TK-10001 ", "x" * 128, "x" * 129, "\u0001"]
)
def test_address_of_the_result_page_tells_no_text_out_of_encrypted(  # A1
    client: FlaskClient, return_path: Callable[..., str], code: str
) -> None:
    """An error code that is not in our table is in neither the address nor the text of the result page."""
    answer = client.get(return_path("shop", {"errorCode": code}))
    location = answer.headers["Location"]
    members = json.loads(urlsafe_b64decode(location.split("/")[-1].split(".")[0] + "=="))
    assert members == {"result": "error", "code": None, "visit": None}
    assert code not in client.get(location).text


def test_everything_that_cannot_be_read_has_one_page(
    client: FlaskClient, return_path: Callable[..., str]
) -> None:
    """Every unreadable return gets the same page with 400, without any of its values (no oracle)."""
    genuine = return_path("shop", APPROVED)
    stranger = Project("shoppid001", key=VENDOR_KEY[::-1], cipher="ecb")
    foreign = stranger.build_return("https://a/return/shop", APPROVED).removeprefix("https://a")
    paths = [
        genuine[:-6],
        genuine + "AAAA",
        foreign,
        genuine + "&kycStatus=approved",
        genuine + "&" + genuine.partition("?")[2],
        "/return/shop?encrypted=",
        "/return/shop?encrypted=%ff",
        "/return/shop?kycStatus=jane@example.com",
        "/return/shop?kycStatus=approved&kycStatus=approved",
        "/return/shop?submissionId=%ff",
        "/return/shop?submissionId=x",
        "/return/plain?encrypted=AAAA",
    ]
    answers = [client.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [400] * len(paths)
    assert len({answer.data for answer in answers}) == 1
    assert "jane" not in answers[0].text


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_query_is_read_or_refused(client: FlaskClient, query: bytes) -> None:
    """A return with any bytes as its query answers 303 or 400."""
    answer = client.get("/return/shop", environ_overrides={"QUERY_STRING": query.decode("latin-1")})
    assert answer.status_code in (303, 400)


def test_next_gets_a_code_that_its_server_can_exchange(
    client: FlaskClient,
    api: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    return_path: Callable[..., str],
) -> None:
    """The redirect to ``next`` adds a result code and nothing else to the address."""
    for url, expected in (
        (NEXT, f"{NEXT}?result="),
        (f"{NEXT}?a=b", f"{NEXT}?a=b&result="),
        (f"{NEXT}?a=b#part", f"{NEXT}?a=b&result="),
        (f"{NEXT}#part", f"{NEXT}?result="),
    ):
        link, back = opened(next=url)
        location = client.get(return_path("shop", APPROVED | back)).headers["Location"]
        assert location.startswith(expected)
        assert urlsplit(location).fragment == urlsplit(url).fragment
        assert not any(text in location for text in (*PERSONAL, "s-17", "approved"))
        code = parse_qs(urlsplit(location).query)["result"][0]
        assert api.post("/api/results", json={"code": code}).get_json()["link_id"] == link["id"]


def test_next_is_followed_while_its_host_is_allowed_alone(
    client: FlaskClient,
    make_app: Callable[..., Flask],
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    return_path: Callable[..., str],
) -> None:
    """A return does not lead to a ``next`` whose host has left RETURN_HOSTS, and shows our own page."""
    _, back = opened(next=NEXT)
    again = make_app(RETURN_HOSTS=["elsewhere.example.com"]).test_client()
    cookie = client.get_cookie("__Host-browser")
    assert cookie is not None
    again.set_cookie("__Host-browser", cookie.value)
    location = again.get(return_path("shop", APPROVED | back)).headers["Location"]
    assert location.startswith("/result/")
    assert RETURN_HOST not in again.get(location).text


def test_nothing_in_a_return_can_choose_where_the_browser_goes(
    client: FlaskClient,
    opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
    return_path: Callable[..., str],
) -> None:
    """Neither a parameter of the return nor the Host header decides where the browser goes."""
    _, back = opened("plain")
    path = return_path("plain", APPROVED | back)
    cookie = client.get_cookie("__Host-browser")
    assert cookie is not None
    client.set_cookie("__Host-browser", cookie.value, domain="evil.example.com")
    for name in ("next", "return_url", "url", "result"):
        answer = client.get(f"{path}&{name}=https://evil.example.com", headers={"Host": "evil.example.com"})
        assert answer.status_code == 303
        assert "evil" not in answer.headers["Location"]


def test_head_of_a_return_is_answered_like_get(client: FlaskClient, return_path: Callable[..., str]) -> None:
    """HEAD of a return answers 303 without a body."""
    answer = client.head(return_path("shop", APPROVED))
    assert (answer.status_code, answer.data) == (303, b"")


class TestResultPage:
    """These tests open the result page, which visitors see at the end."""

    @pytest.fixture
    def page(
        self,
        client: FlaskClient,
        opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
        return_path: Callable[..., str],
    ) -> Callable[..., tuple[dict[str, Any], str]]:
        """Return a maker of a link with a return, and of the path of its result page."""

        def make(claims: dict[str, str], **link_request: Any) -> tuple[dict[str, Any], str]:
            link, back = opened(**link_request)
            return link, client.get(return_path("shop", claims | back)).headers["Location"]

        return make

    @pytest.mark.parametrize("max_uses", [2, None])
    def test_error_offers_the_same_link_while_it_opens(
        self, client: FlaskClient, page: Callable[..., tuple[dict[str, Any], str]], max_uses: int | None
    ) -> None:
        """The result page of an error shows the code, and the same link while it has uses left."""
        link, path = page({"errorCode": "LO-30005"}, max_uses=max_uses)
        text = client.get(path).text
        assert f'href="{link["path"]}"'.lower() in text.lower()
        assert "LO-30005" in text

    def test_error_offers_a_used_link_to_the_browser_that_used_it(
        self,
        app: Flask,
        client: FlaskClient,
        make_link: Callable[..., dict[str, Any]],
        sent: Callable[..., dict[str, Any]],
        return_path: Callable[..., str],
    ) -> None:
        """The result page offers a used link to the browser that used it, and to no other."""
        link = make_link()
        client.get(link["path"])
        state = sent(client.post(link["path"]).headers["Location"])["cf3"]
        path = client.get(return_path("shop", {"errorCode": "LO-30005", "cf3": state})).headers["Location"]
        assert link["path"].lower() in client.get(path).text.lower()
        assert link["path"].lower() not in app.test_client().get(path).text.lower()

    def test_error_of_the_link_itself_offers_no_second_try(
        self, client: FlaskClient, page: Callable[..., tuple[dict[str, Any], str]]
    ) -> None:
        """The result page of a token or parameter error says to ask for a new link."""
        for code in ("TK-10001", "PV-40018"):
            link, path = page({"errorCode": code}, max_uses=None)
            text = client.get(path).text
            assert link["path"].lower() not in text.lower()
            assert "Ask for a new link where you got this one." in text

    def test_error_of_a_dead_link_offers_no_second_try(
        self, client: FlaskClient, api: FlaskClient, page: Callable[..., tuple[dict[str, Any], str]]
    ) -> None:
        """The result page does not offer a link that has been revoked."""
        link, path = page({"errorCode": "LO-30005"}, max_uses=2)
        api.delete(f"/api/links/{link['id']}")
        assert link["path"].lower() not in client.get(path).text.lower()

    @pytest.mark.parametrize(
        "code",
        ["<script>alert(1)</script>", "jane@example.com", "tk-10001", "TK-10001x", "TK-100011", "TK-1\n"],
    )
    def test_error_code_of_another_shape_is_not_shown(
        self, client: FlaskClient, page: Callable[..., tuple[dict[str, Any], str]], code: str
    ) -> None:
        """The result page does not show an error code of another shape, which anyone can write."""
        _, path = page({"errorCode": code})
        answer = client.get(path)
        assert answer.status_code == 200
        assert "The check stopped" in answer.text
        assert "this number helps" not in answer.text
        assert not any(part in answer.text for part in ("alert(1)", "jane", "10001"))

    def test_page_offers_next_of_a_return_that_was_no_redirect(
        self, client: FlaskClient, services: Services, make_link: Callable[..., dict[str, Any]]
    ) -> None:
        """The result page links to the ``next`` of its link."""
        link = make_link(next=NEXT)
        members = {"result": "pending", "code": None, "link": link["id"]}  # as earlier versions wrote them
        text = client.get(f"/result/{services.signed_values.sign(Purpose.RESULT_PAGE, members)}").text
        assert f'href="{NEXT}"' in text
        assert f"Continue to {RETURN_HOST}" in text

    def test_page_of_a_link_that_is_gone_is_shown_all_the_same(
        self, client: FlaskClient, services: Services
    ) -> None:
        """The result page shows its outcome even if its link has been deleted."""
        members = {"result": "pending", "code": None, "link": "AAAAAAAAAAAAAAAA"}
        answer = client.get(f"/result/{services.signed_values.sign(Purpose.RESULT_PAGE, members)}")
        assert answer.status_code == 200
        assert "Thank you, we are looking at it" in answer.text

    @pytest.mark.parametrize("code", ["x", "%00", "x" * 3000, "eyJyZXN1bHQiOiJhcHByb3ZlZCJ9.aaaaaa.AAAA"])
    def test_forged_code_shows_the_page_of_who_comes_without_anything(
        self, client: FlaskClient, code: str
    ) -> None:
        """A forged code shows a result page without an outcome."""
        answer = client.get(f"/result/{code}")
        assert answer.status_code == 200
        assert "We do not know how it went." in answer.text

    def test_page_dies_after_an_hour(
        self, client: FlaskClient, page: Callable[..., tuple[dict[str, Any], str]], clock: Clock
    ) -> None:
        """The page of a result says nothing any more 3,601 seconds after the return."""
        _, path = page(APPROVED)
        clock.advance(3600)
        assert "Thank you, you are done here" in client.get(path).text
        clock.advance(1)
        assert "We do not know how it went." in client.get(path).text


class TestResultPageThatWaits:
    """These tests open the result page again, after the vendor has confirmed something."""

    @pytest.fixture
    def visit(
        self,
        client: FlaskClient,
        services: Services,
        opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
        return_path: Callable[..., str],
    ) -> Callable[..., tuple[str, str]]:
        """Return a maker of a visit that came back: its id, and the path of its result page."""

        def make(claims: dict[str, str], **link_request: Any) -> tuple[str, str]:
            link, back = opened(**link_request)
            path = client.get(return_path("shop", claims | back)).headers["Location"]
            (one,) = services.links.store.visits(link["id"], limit=1)
            return one.id, path

        return make

    @pytest.fixture
    def confirm(self, services: Services, clock: Clock) -> Callable[..., None]:
        """Return a vendor who says what became of a visit."""

        def say(
            visit_id: str, result: Result, *, at: float | None = None, submission_id: str = "s-17"
        ) -> None:
            outcome = Outcome(
                result=result,
                submission_id=submission_id,
                error_code=None,
                at=clock() if at is None else at,
                source=Source.WEBHOOK,
            )
            services.links.store.record(visit_id, outcome)

        return say

    @pytest.mark.parametrize(
        ("claimed", "result", "sentence", "waits"),
        [
            ("approved", Result.APPROVED, "Thank you, it is confirmed", False),
            ("pending", Result.PENDING, "A person is looking at it", True),
            ("pending", Result.APPROVED, "Thank you, it is confirmed", False),
            ("approved", Result.REJECTED, "This did not work out", False),
            ("pending", Result.UNKNOWN, "Thank you, it is being checked", True),
        ],
    )
    def test_page_shows_what_was_confirmed_since(
        self,
        client: FlaskClient,
        visit: Callable[..., tuple[str, str]],
        confirm: Callable[..., None],
        claimed: str,
        result: Result,
        sentence: str,
        waits: bool,
    ) -> None:
        """Opened again, the page shows what was confirmed since, and waits until that is a decision."""
        visit_id, path = visit({"kycStatus": claimed})
        assert heading(client.get(path).text) != sentence
        assert "data-wait" in client.get(path).text
        confirm(visit_id, result)
        page = client.get(path).text
        assert heading(page) == sentence
        assert ("data-wait" in page) is waits
        assert ("result.js" in page) is waits

    def test_other_submission_after_a_rejection_is_being_checked(
        self,
        client: FlaskClient,
        opened: Callable[..., tuple[dict[str, Any], dict[str, str]]],
        outcome: Callable[[dict[str, Any]], dict[str, Any] | None],
        services: Services,
        confirm: Callable[..., None],
        return_path: Callable[..., str],
        clock: Clock,
    ) -> None:
        """Rejected, tried again and approved, the visitor reads that it is being checked, and the page waits.

        The API shows the confirmed rejection until the vendor has said something of the other submission.
        """
        link, back = opened()
        client.get(return_path("shop", {"kycStatus": "rejected", "submissionId": "s-17"} | back))
        (visit,) = services.links.store.visits(link["id"], limit=1)
        confirm(visit.id, Result.REJECTED)
        clock.advance(60)
        again = return_path("shop", {"kycStatus": "approved", "submissionId": "s-18"} | back)
        path = client.get(again).headers["Location"]
        page = client.get(path).text
        assert heading(page) == "Thank you, it is being checked"
        assert "data-wait" in page
        shown = outcome(link)
        assert shown is not None
        assert (shown["result"], shown["level"]) == ("rejected", "confirmed")
        confirm(visit.id, Result.APPROVED, submission_id="s-18")
        page = client.get(path).text
        assert heading(page) == "Thank you, it is confirmed"
        assert "data-wait" not in page

    def test_older_news_does_not_take_the_newest_back(
        self,
        client: FlaskClient,
        visit: Callable[..., tuple[str, str]],
        confirm: Callable[..., None],
        clock: Clock,
    ) -> None:
        """An event that comes late with older news does not change the page."""
        visit_id, path = visit({"kycStatus": "pending"})
        confirm(visit_id, Result.APPROVED)
        confirm(visit_id, Result.PENDING, at=clock() - 60)
        assert heading(client.get(path).text) == "Thank you, it is confirmed"

    def test_error_code_goes_with_the_error(
        self, client: FlaskClient, visit: Callable[..., tuple[str, str]], confirm: Callable[..., None]
    ) -> None:
        """A code of an error page is no longer shown once the visit is approved."""
        visit_id, path = visit({"errorCode": "LO-30005"})
        page = client.get(path).text
        assert "LO-30005" in page
        assert "changes by itself" not in page  # most likely, nothing more comes
        confirm(visit_id, Result.APPROVED)
        assert "LO-30005" not in client.get(path).text

    def test_page_waits_with_a_token_of_the_visit_alone(
        self,
        client: FlaskClient,
        services: Services,
        visit: Callable[..., tuple[str, str]],
    ) -> None:
        """The page of a reusable link waits for its own visit."""
        visit_id, path = visit(APPROVED, max_uses=None)
        (token,) = re.findall(r'data-wait="([^"]+)"', client.get(path).text)
        assert services.signed_values.verify(Purpose.WAIT, token) == {"visit": visit_id}

    def test_page_says_how_to_look_again_without_javascript(
        self, client: FlaskClient, visit: Callable[..., tuple[str, str]], confirm: Callable[..., None]
    ) -> None:
        """A page that waits has a link to itself for browsers without JavaScript; the last page has none."""
        visit_id, path = visit({"kycStatus": "pending"})
        assert re.search(r'<noscript>.*<a href="">Look again</a>.*</noscript>', client.get(path).text)
        confirm(visit_id, Result.REJECTED)
        assert "<noscript>" not in client.get(path).text

    def test_page_has_the_words_for_what_may_come(
        self, client: FlaskClient, visit: Callable[..., tuple[str, str]]
    ) -> None:
        """The words of each later state are in the page, in its language, and not shown."""
        _, path = visit(APPROVED)
        for language, sentence in (("en", "Thank you, it is confirmed"), ("ko", "감사합니다. 확정됐습니다")):
            page = client.get(f"{path}?lang={language}").text
            assert (
                sentence in re.findall(r'<template id="confirmed-approved".*?</template>', page, re.DOTALL)[0]
            )
            assert sentence not in heading(page)
            assert len(re.findall(r"<template id=", page)) == 10

    def test_page_of_a_visit_that_is_gone_shows_what_was_claimed(
        self, client: FlaskClient, services: Services
    ) -> None:
        """Without the visit, the page shows what the return claimed, and does not wait."""
        members = {"result": "pending", "code": None, "visit": "A" * 16 + "1a3185c507b0001020304"}
        page = client.get(f"/result/{services.signed_values.sign(Purpose.RESULT_PAGE, members)}").text
        assert heading(page) == "Thank you, we are looking at it"
        assert "data-wait" not in page

    def test_page_is_shown_while_the_store_is_down(
        self, client: FlaskClient, services: Services, visit: Callable[..., tuple[str, str]], tmp_path: Path
    ) -> None:
        """A store that cannot be read takes nobody's result page away."""
        _, path = visit(APPROVED)
        services.links.store.close()
        (tmp_path / "links.db").unlink()
        (tmp_path / "links.db").mkdir()
        assert heading(client.get(path).text) == "Thank you, you are done here"


def heading(page: str) -> str:
    """Return the heading that a page shows."""
    shown = re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)
    (text,) = re.findall(r"<h1>(.*?)</h1>", shown)
    return str(text)


def test_sealed_site_shows_the_outcome_too(
    make_app: Callable[..., Flask],
    api_of: Callable[..., FlaskClient],
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
) -> None:
    """A site without a store shows the outcome on its result page."""
    app = make_app(STORE="sealed:")
    client, link = app.test_client(), make_link(api_of(app), max_uses=None)
    state = sent(client.get(link["path"]).headers["Location"])["cf3"]
    path = return_path("shop", APPROVED | {"cf3": state})
    assert "Thank you, you are done here" in client.get(client.get(path).headers["Location"]).text
    assert app.test_client().get(path).status_code == 403  # A3
